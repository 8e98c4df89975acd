"""Reconciliation: two nodes make sure that each knows of the same envelopes, without listing them.

First the roots over all hours are compared: when they agree, and they nearly always do, that is all, however many
envelopes there were. Where they differ, the hours that differ are found, then the envelopes. What one side lacks is
sent again (the same envelope gets the same receipt); what contradicts raises an alarm.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.exchange import alarms, log, notify, outbox, receipts, summaries, wire
from jusur.exchange.db import execute, rows
from jusur.exchange.errors import PeerMisbehavesError
from jusur.exchange.message import Digest, Id
from jusur.exchange.models import Delivery
from jusur.exchange.peer import Connection
from jusur.kernel.clock import now

PATH = "/exchange/v1/reconcile"
PAGE = 1000
MAX_ANSWER = 16 * 1024 * 1024
Fold = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /exchange/v1/reconcile``. ``outgoing``: of what the asker sent; else of what it received.

    ``summary``: counts and roots of both directions; ``buckets``: every hour's count and fold; ``objects``: identifiers
    and digests of one hour, after ``after``; ``receipts``: the receipts given for ``ids``; ``resend``: send ``ids``
    again.
    """

    v: Literal[1]
    ask: Literal["summary", "buckets", "objects", "receipts", "resend"]
    outgoing: bool = True
    bucket: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    after: Id | None = None
    ids: Annotated[list[Id], msgspec.Meta(max_length=wire.MAX_BATCH)] = []


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One direction's count and root."""

    count: Annotated[int, msgspec.Meta(ge=0)]
    root: Digest


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answer to a `Question`; only the members that were asked for are filled."""

    v: Literal[1]
    outgoing: Side | None = None
    incoming: Side | None = None
    buckets: list[tuple[int, int, Fold]] = []
    objects: list[tuple[Id, Digest]] = []
    receipts: list[msgspec.Raw] = []
    resent: int = 0


@dataclass
class Report:
    """What reconciling with a peer found. Counts of envelopes."""

    peer: str
    sent: int = 0
    received: int = 0
    same: bool = True
    receipts_recovered: int = 0
    sent_again: int = 0
    asked_again: int = 0
    unknown_here: int = 0
    conflicts: int = 0
    hours: list[int] = field(default_factory=list)


def answer(question: Question, *, asker: str) -> dict[str, Any]:
    """What this node says to ``asker``'s question, from its own point of view."""
    outgoing = not question.outgoing  # what the asker sent, we received
    if question.ask == "summary":
        return {"v": 1, "outgoing": _side(asker, outgoing=False), "incoming": _side(asker, outgoing=True)}
    if question.ask == "buckets":
        content = summaries.buckets(asker, outgoing=outgoing)
        return {"v": 1, "buckets": [(bucket, *rest) for bucket, rest in content.items()]}
    if question.ask == "objects":
        after = UUID(question.after) if question.after else None
        found = summaries.objects(asker, question.bucket, outgoing=outgoing, after=after, limit=PAGE)
        return {"v": 1, "objects": [(str(number), digest) for number, digest in found]}
    ids = [UUID(value) for value in question.ids]
    if question.ask == "receipts":
        stored = rows(
            """SELECT receipt FROM exchange_inboundmessage
               WHERE sender = %s AND envelope_id = ANY(%s) AND receipt IS NOT NULL""",
            (asker, ids),
        )
        return {"v": 1, "receipts": [msgspec.Raw(bytes(value)) for (value,) in stored]}
    return {"v": 1, "resent": send_again(asker, ids)}


def _side(peer: str, *, outgoing: bool) -> dict[str, Any]:
    content = summaries.buckets(peer, outgoing=outgoing)
    return {"count": sum(count for count, _ in content.values()), "root": summaries.root(content)}


def send_again(recipient: str, ids: list[UUID]) -> int:
    """Queue receipted deliveries again that the recipient has lost; how many."""
    sent = 0
    for number in ids:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(of=("self",))
                .select_related("message")
                .filter(envelope_id=number, recipient=recipient, state="receipted", message__forgotten_at=None)
                .first()
            )
            if delivery is None:
                continue
            log.record(
                "exchange.message.sent-again",
                subject_type=log.MESSAGE,
                subject_id=str(delivery.message_id),
                actor=recipient,
                data={"envelope": str(number), "digest": delivery.digest},
            )
            if delivery.expires_at <= now():
                outbox.reseal(delivery, resets_expiry=True)
            else:
                execute(
                    """UPDATE exchange_delivery SET state = 'queued', settled_at = NULL, next_attempt_at = %s
                       WHERE id = %s""",
                    (now(), delivery.id),
                )
                notify.notify_lane(delivery.route, delivery.priority)
            summaries.note_exchanged([(recipient, number, delivery.digest)], outgoing=True, count=-1)
            sent += 1
    if sent:
        alarms.raise_alarm(
            "peer-lost-messages",
            peer=recipient,
            detail=f"{recipient} no longer has {sent} messages it had given receipts for; they are sent again.",
        )
    return sent


def reconcile(peer: str, connection: Connection) -> Report:
    """Compare with ``peer`` what was exchanged, both ways, and mend what differs. Outside a transaction.

    Raises:
        PeerUnavailableError, PeerMisbehavesError: it does not answer, or not as it must.
    """
    report = Report(peer)
    theirs = _ask(connection, Question(v=1, ask="summary"))
    for outgoing, side in ((True, theirs.outgoing), (False, theirs.incoming)):
        ours = summaries.buckets(peer, outgoing=outgoing)
        total = sum(count for count, _ in ours.values())
        if outgoing:
            report.sent = total
        else:
            report.received = total
        if side is None or (side.count, side.root) != (total, summaries.root(ours)):
            report.same = False
            _mend(peer, connection, ours, report, outgoing=outgoing)
    if not report.same:
        with transaction.atomic():
            log.record(
                "exchange.reconciled",
                subject_type="exchange.peer",
                subject_id=peer,
                data={name: getattr(report, name) for name in _COUNTS},
            )
    return report


_COUNTS = ("receipts_recovered", "sent_again", "asked_again", "unknown_here", "conflicts")


def _mend(
    peer: str, connection: Connection, ours: dict[int, tuple[int, str]], report: Report, *, outgoing: bool
) -> None:
    found = _ask(connection, Question(v=1, ask="buckets", outgoing=outgoing))
    theirs = {bucket: (count, fold) for bucket, count, fold in found.buckets}
    for bucket in sorted(set(ours) | set(theirs)):
        if ours.get(bucket) == theirs.get(bucket):
            continue
        report.hours.append(bucket)
        here = _all_here(peer, bucket, outgoing=outgoing)
        there = _all_there(connection, bucket, outgoing=outgoing)
        only_here = sorted(set(here) - set(there))
        only_there = sorted(set(there) - set(here))
        _report_conflicts(peer, [n for n in set(here) & set(there) if here[n] != there[n]], report)
        if outgoing:
            report.sent_again += send_again(peer, only_here)
            _recover_receipts(peer, connection, only_there, report)
        else:
            _ask_again(connection, only_there, report)


def _recover_receipts(peer: str, connection: Connection, ids: list[UUID], report: Report) -> None:
    """The peer has these; we lack their receipts, or do not know them at all (a restored backup)."""
    known = rows("SELECT envelope_id FROM exchange_delivery WHERE envelope_id = ANY(%s)", (ids,))
    mine = [number for (number,) in known]
    for at in range(0, len(mine), wire.MAX_BATCH):
        page = mine[at : at + wire.MAX_BATCH]
        execute(
            """UPDATE exchange_delivery SET state = 'delivered' WHERE envelope_id = ANY(%s)
               AND state IN ('expired', 'refused')""",
            (page,),
        )
        found = _ask(connection, Question(v=1, ask="receipts", ids=[str(number) for number in page]))
        report.receipts_recovered += receipts.apply_receipts([bytes(value) for value in found.receipts])
    unknown = len(ids) - len(mine)
    report.unknown_here += unknown
    if unknown:
        alarms.raise_alarm(
            "messages-unknown-here",
            peer=peer,
            detail=f"{peer} holds {unknown} messages signed by this node that this node does not know. "
            "Was it restored from an old backup?",
        )


def _ask_again(connection: Connection, ids: list[UUID], report: Report) -> None:
    for at in range(0, len(ids), wire.MAX_BATCH):
        page = [str(number) for number in ids[at : at + wire.MAX_BATCH]]
        report.asked_again += _ask(connection, Question(v=1, ask="resend", outgoing=False, ids=page)).resent


def _report_conflicts(peer: str, ids: list[UUID], report: Report) -> None:
    report.conflicts += len(ids)
    if ids:
        alarms.raise_alarm(
            "digest-conflict",
            peer=peer,
            subject=str(min(ids)),
            detail=f"{peer} and this node hold {len(ids)} envelopes of one identifier and different content.",
        )


def _all_here(peer: str, bucket: int, *, outgoing: bool) -> dict[UUID, str]:
    content: dict[UUID, str] = {}
    after: UUID | None = None
    while page := summaries.objects(peer, bucket, outgoing=outgoing, after=after, limit=PAGE):
        content.update(page)
        after = page[-1][0]
    return content


def _all_there(connection: Connection, bucket: int, *, outgoing: bool) -> dict[UUID, str]:
    content: dict[UUID, str] = {}
    after: str | None = None
    while True:
        found = _ask(connection, Question(v=1, ask="objects", outgoing=outgoing, bucket=bucket, after=after))
        page = {UUID(number): digest for number, digest in found.objects}
        if not page or (content and min(page) <= max(content)):
            return content
        content.update(page)
        after = str(max(page))


def _ask(connection: Connection, question: Question) -> Found:
    got = connection.ask("POST", PATH, body=msgspec.json.encode(question), max_bytes=MAX_ANSWER)
    if got.status != 200:  # noqa: PLR2004 - OK
        raise PeerMisbehavesError(f"The peer answers HTTP {got.status} to a question of reconciliation.")
    return wire.decode(got.body, Found)
