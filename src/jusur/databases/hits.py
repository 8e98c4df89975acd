"""Hits: told to the record's owner at once, decided by a person with a reason, counted once on either side."""

import threading
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
from django.db import DatabaseError, connections, transaction
from django.db.models import QuerySet

from jusur.accounts import api as accounts
from jusur.databases import hits_rules, search_messages, searching_sealing
from jusur.databases.hits_waking import CHANNEL, wake
from jusur.databases.search_messages import DecisionBody, HitBody, ReasonBody
from jusur.databases.search_models import Hit
from jusur.databases.searching_shapes import Question
from jusur.databases.selectors import records_held
from jusur.exchange import api as exchange
from jusur.kernel import clock, text
from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError, NotFoundError, UnavailableError
from jusur.ledger import api as ledger
from jusur.node import context

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 2.0
AT_ONCE: Final = 50
SEARCHER, OWNER = "searcher", "owner"


@transaction.atomic
def hit_decide(*, hit_id: UUID, state: str, reason: str, remark: str = "", actor: accounts.Actor) -> Hit:
    """Confirm or discard a hit, for a reason. The other bureau is told.

    Only the bureau that searched decides; systems decide nothing about a person.

    Raises:
        NotFoundError: there is no such hit.
        ConflictError: it was decided before, or the other bureau decides.
        InvalidInputError: no such reason.
    """
    hits_rules.check(state, reason)
    said = text.paragraph(remark, max_length=2000, field="remark", required=False)
    found = Hit.objects.select_for_update().filter(id=hit_id).first()
    if found is None:
        raise NotFoundError("There is no such hit.")
    if actor.kind != "person":
        raise ConflictError("A person decides on a hit, never a system.", fix="Sign in as an officer.")
    if found.side != SEARCHER:
        raise ConflictError(f"{found.bureau} searched and decides.", fix="Write to it: jusur message send.")
    if found.state != Hit.PROPOSED:
        raise ConflictError(f"The hit was {found.state} before.", fix="Look at it anew.")
    found.state, found.reason, found.remark = state, reason, said
    found.decided_by, found.decided_at = actor.reference, clock.now()
    if state == Hit.DISCARDED:
        found.sealed_query = None
    found.save()
    _record(found, "hit.confirmed" if state == Hit.CONFIRMED else "hit.discarded", actor.reference)
    wake()
    return found


def hits(
    *,
    state: str = "",
    reference: str = "",
    actor: str = "",
    side: str = "",
    database: str = "",
    watch: UUID | None = None,
) -> QuerySet[Hit]:
    """Hits of this bureau's searches (``side`` searcher) and on this bureau's records (owner), newest first."""
    given = {"state": state, "reference": reference, "actor": actor, "side": side, "database": database, "watch": watch}
    return Hit.objects.filter(**{name: value for name, value in given.items() if value}).order_by("-id")


def hit(hit_id: UUID) -> Hit:
    """One hit.

    Raises:
        NotFoundError: there is none.
    """
    found = hits().filter(id=hit_id).first()
    if found is None:
        raise NotFoundError("There is no such hit.")
    return found


def question_of(found: Hit) -> Question | None:
    """What was searched for, for whoever compares it with the record; ``None`` where it is no longer kept."""
    if found.sealed_query is None:
        return None
    try:
        asked = msgspec.json.decode(searching_sealing.open_sealed(found.id, bytes(found.sealed_query)))
        return msgspec.convert(asked, Question)
    except (UnavailableError, msgspec.ValidationError, msgspec.DecodeError):
        return None  # a batch's queries, a client's own form, or keys that were lost


def run(stop: threading.Event) -> None:
    """The worker's loop: tell owners of hits and of decisions until told to stop."""
    listener = exchange.Listener(CHANNEL)
    failures = 0
    while not stop.is_set():
        try:
            done = tell_hits() + tell_decisions()
            failures = 0
        except DatabaseError as error:
            log.warning("hits.database_away", error=type(error).__name__)
            connections.close_all()
            failures += 1
            exchange.backoff_wait(stop, failures)
            continue
        if not done:
            listener.wait(POLL_SECONDS, stop)
    listener.close()


@transaction.atomic
def tell_hits() -> int:
    """Tell owners of new hits, a few at a time; how many were taken."""
    waiting = list(
        Hit.objects.select_for_update(skip_locked=True)
        .filter(side=SEARCHER, told_at__isnull=True)
        .order_by("found_at")[:AT_ONCE]
    )
    for each in waiting:
        if each.owner != context.current().address:
            _tell(search_messages.HIT, each, each.owner, _hit_body(each))
        each.told_at = clock.now()
        each.save(update_fields=["told_at"])
    return len(waiting)


@transaction.atomic
def tell_decisions() -> int:
    """Tell owners what people decided, a few at a time; how many were taken."""
    waiting = list(
        Hit.objects.select_for_update(skip_locked=True)
        .filter(side=SEARCHER, told_at__isnull=False, decided_at__isnull=False, decision_told_at__isnull=True)
        .order_by("decided_at")[:AT_ONCE]
    )
    for each in waiting:
        if each.owner != context.current().address:
            _tell(search_messages.DECISION, each, each.owner, _decision_body(each))
        each.decision_told_at = clock.now()
        each.save(update_fields=["decision_told_at"])
    return len(waiting)


def receive_hit(message: exchange.ReceivedMessage) -> None:
    """Handler of ``database.hit``: a record of ours was found by another bureau.

    Raises:
        MessageRefusedError: the record is not ours to be told of.
    """
    body: HitBody = message.body
    own = context.current().address
    record = _record_id(body.record)
    ours = [each for each in records_held([record]) if each.originator == own] if record else []
    if not ours:
        raise exchange.MessageRefusedError("The record is not this bureau's.", fix="Tell its owner.")
    values = {
        "source": body.source,
        "record": body.record,
        "database": body.database,
        "owner": own,
        "bureau": message.sender,
        "actor": message.sender,
        "purpose": body.purpose,
        "reference": body.reference,
        "score": body.score,
        "reasons": msgspec.to_builtins(body.reasons),
        "found_at": clock.parse_timestamp(body.found_at),
    }
    known = Hit.objects.filter(side=OWNER, record=body.record, bureau=message.sender, reference=body.reference).exists()
    if known or Hit.objects.filter(id=UUID(body.hit)).exists():
        return
    found = Hit.objects.create(id=UUID(body.hit), side=OWNER, told_at=clock.now(), **values)
    _record(found, "hit.found", message.sender)


def receive_decision(message: exchange.ReceivedMessage) -> None:
    """Handler of ``database.hit.decision``: what the searching bureau's officer made of a hit on a record of ours.

    Raises:
        MessageRefusedError: no such hit was told by that bureau.
    """
    body: DecisionBody = message.body
    found = Hit.objects.select_for_update().filter(id=UUID(body.hit), side=OWNER, bureau=message.sender).first()
    if found is None:
        raise exchange.MessageRefusedError("No such hit was told by this bureau.", fix="Tell of the hit first.")
    if found.state != Hit.PROPOSED:
        return
    hits_rules.check(body.state, body.reason)
    found.state, found.reason = body.state, body.reason
    found.remark = text.paragraph(body.remark, max_length=2000, field="remark", required=False)
    found.decided_at, found.decided_by = clock.parse_timestamp(body.decided_at), message.sender
    found.decision_told_at = clock.now()
    found.save()
    _record(found, "hit.confirmed" if body.state == Hit.CONFIRMED else "hit.discarded", message.sender)


def _tell(kind: str, found: Hit, owner: str, body: msgspec.Struct) -> None:
    """Send; a bureau that cannot be sent to (gone from the directory) is an alarm, and stops no other hit."""
    try:
        with transaction.atomic():
            search_messages.send(
                kind, to=owner, body=body, purpose=found.purpose, reference=found.reference, conversation=found.id
            )
    except JusurError as error:
        log.warning("hits.not_told", owner=owner, code=error.code)
        exchange.raise_alarm(
            "hit-untold",
            peer=owner[:17],
            subject=str(found.id),
            detail=f"{owner} cannot be told of a hit: {error.code}.",
        )


def _hit_body(found: Hit) -> HitBody:
    reasons = [ReasonBody(code=each["code"], weight=each["weight"]) for each in found.reasons]
    return HitBody(
        hit=str(found.id),
        record=found.record,
        database=found.database,
        source=_source(found.source),
        purpose=found.purpose,
        reference=found.reference,
        score=found.score,
        reasons=reasons,
        found_at=clock.timestamp(found.found_at),
    )


def _source(source: str) -> Any:
    return source


def _decision_body(found: Hit) -> DecisionBody:
    if found.decided_at is None:
        raise ValueError("a decision is told when it was made")
    state: Any = found.state
    return DecisionBody(
        hit=str(found.id),
        state=state,
        reason=found.reason,
        remark=found.remark,
        decided_at=clock.timestamp(found.decided_at),
    )


def _record_id(given: str) -> UUID | None:
    from jusur.kernel.ids import parse_id

    try:
        return parse_id(given)
    except InvalidInputError:
        return None


def _record(found: Hit, kind: str, actor: str) -> None:
    """Write the event of a hit; ``kind`` is hit.found, hit.confirmed or hit.discarded."""
    ledger.record(
        kind,
        subject_type="hit",
        subject_id=str(found.id),
        actor=actor,
        purpose=found.purpose,
        data={
            "record": found.record,
            "database": found.database,
            "partner": found.owner if found.side == SEARCHER else found.bureau,
            "bureau": found.bureau,
            "reference": found.reference,
            "side": found.side,
            "reason": found.reason,
        },
    )
