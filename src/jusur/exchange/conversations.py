"""Conversations as an officer reads them: the list of them, what is unread, and the mark that something was read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from jusur.exchange import answers, log
from jusur.exchange.models import (
    PRIORITY,
    PRIORITY_NAME,
    Conversation,
    Delivery,
    InboundMessage,
    OutboundMessage,
    ReadFloor,
    Reading,
)
from jusur.kernel.clock import now, parse_timestamp, timestamp
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.kernel.ids import parse_id

SPOKEN = ("message.text", "message.warning")
"""Kinds that people write and read."""
UNREAD_FOR = timedelta(days=90)
"""How long something received counts as unread by an officer who has not opened it."""
COUNT_TO = 100
"""Counts of what is unread stop here."""
AGAIN_AFTER = timedelta(minutes=30)
"""An officer who opens the same conversation again within this time has not opened it anew."""
READ_AT_ONCE = 200
NEWEST = 5_000
"""Among so many conversations a page of one partner's is looked for first."""

Direction = Literal["", "received", "sent"]
Standing = Literal["", "waiting", "failed", "drafted"]
"""Conversations with something not yet received over there, with something refused or expired, or with a draft."""
_STATES: dict[str, tuple[str, ...]] = {
    "waiting": ("queued", "delivered"),
    "failed": ("refused", "expired"),
    "drafted": ("drafted",),
}
_FIELDS = "c.id, c.partners, c.priority, c.warning, c.received, c.sent, c.last_at, c.last_received_at, c.last_sent_at, "
_FIELDS += "c.last_received, c.last_sent"
_UNREAD = """
    c.last_received_at > %s AND NOT EXISTS (
      SELECT 1 FROM exchange_reading r
      WHERE r.officer = %s AND r.conversation = c.id AND r.seen_at >= c.last_received_at)
"""
_WITH_DELIVERY = """
    c.id IN (SELECT m.conversation FROM exchange_delivery d JOIN exchange_outboundmessage m ON m.id = d.message_id
             WHERE d.state = ANY(%s) AND d.state IN ({states}) AND m.kind IN ('message.text', 'message.warning'))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which conversations: with this partner, of this priority, direction and standing; unread by the officer."""

    partner: str = ""
    priority: str = ""
    direction: Direction = ""
    standing: Standing = ""
    unread: bool = False


@dataclass(slots=True)
class _Query:
    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "true"

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)


def page(
    *, officer: UUID, wanted: Wanted | None = None, partners: Collection[str] = (), cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """One page of conversations, those with the newest message first: ``{"items": […], "next": cursor or null}``.

    Args:
        officer: whose marks decide what is unread.
        wanted: which of them; all by default.
        partners: addresses of which one takes part (with ``wanted.partner``: besides it).
        cursor: the ``next`` of the page before.
        limit: 1 to 200.

    Raises:
        InvalidInputError: the cursor is not one that was given out, or the priority is none.
    """
    wanted = wanted or Wanted()
    query, at = _filtered(officer, wanted, partners), _ordered_by(wanted)
    after = _Query([f"c.{at} IS NOT NULL"])
    if cursor:
        after.add(f"(c.{at}, c.id) < (%s, %s)", *_place(cursor))
    size = min(max(limit, 1), 200)
    found = _along(query, after, at, size + 1, among=NEWEST if wanted.partner else None)
    if wanted.partner and len(found) <= size:
        found = _sorted(query, after, at, size + 1)
    shown = found[:size]
    more = _mark(getattr(shown[-1], at), shown[-1].id) if len(found) > size else None
    return {"items": _present(shown, officer), "next": more}


def _along(query: "_Query", after: "_Query", at: str, limit: int, *, among: int | None) -> list[Conversation]:
    """The first ``limit`` conversations that fit, read along the index of ``at``: ``among`` so many at most."""
    sql = f"""
        SELECT {_FIELDS} FROM (SELECT * FROM exchange_conversation c WHERE {after.where}
                               ORDER BY c.{at} DESC, c.id DESC LIMIT %s) c
        WHERE {query.where} ORDER BY c.{at} DESC, c.id DESC LIMIT %s"""  # noqa: S608 - conditions are ours
    if among is None:
        where = f"{after.where} AND {query.where}"
        sql = f"SELECT {_FIELDS} FROM exchange_conversation c WHERE {where} ORDER BY c.{at} DESC, c.id DESC LIMIT %s"  # noqa: S608
    window = [] if among is None else [among]
    return [Conversation(**row) for row in _rows(sql, [*after.values, *window, *query.values, limit])]


def _sorted(query: "_Query", after: "_Query", at: str, limit: int) -> list[Conversation]:
    """The same, where few fit: found by what they must fit, then sorted (the order is spelled so that no index is)."""
    sql = f"""
        SELECT {_FIELDS} FROM exchange_conversation c WHERE {after.where} AND {query.where}
        ORDER BY c.{at} + interval '0' DESC, c.id DESC LIMIT %s"""  # noqa: S608 - conditions are ours
    return [Conversation(**row) for row in _rows(sql, [*after.values, *query.values, limit])]


def unread(officer: UUID) -> int:
    """How many conversations hold something that ``officer`` has not read; at most `COUNT_TO`."""
    sql = f"SELECT count(*) AS n FROM (SELECT 1 FROM exchange_conversation c WHERE {_UNREAD} LIMIT %s) AS found"  # noqa: S608
    found: int = _rows(sql, [_since(officer), officer, COUNT_TO])[0]["n"]
    return found


def drafts_waiting() -> int:
    """How many messages wait for a second officer; at most `COUNT_TO`."""
    return len(Delivery.objects.filter(state="drafted", expires_at__gt=now()).values("message").distinct()[:COUNT_TO])


def opened(conversation: UUID, *, actor: str, officer: UUID) -> int:
    """An officer has the conversation before their eyes: note who saw what, and tell the senders that it was read.

    What this officer sees for the first time is an event of the ledger for each message, with its purpose. The senders
    are told once, by the first officer who opens it, and not by whom. Opening it again later is one event.

    Returns:
        How many messages this officer had not seen before.
    """
    moment = now()
    with transaction.atomic():
        reading = Reading.objects.select_for_update().filter(officer=officer, conversation=conversation).first()
        new = _unseen(conversation, reading.seen_at if reading else None)
        for message in new:
            _note_read(message, actor)
        if not new and (reading is None or moment - reading.opened_at > AGAIN_AFTER):
            log.record(
                "exchange.conversation.opened",
                subject_type="exchange.conversation",
                subject_id=str(conversation),
                actor=actor,
                purpose=_purpose(conversation),
                data={},
            )
        elif not new:
            return 0
        seen = max([message.received_at for message in new], default=reading.seen_at if reading else moment)
        Reading.objects.update_or_create(
            officer=officer, conversation=conversation, defaults={"seen_at": seen, "opened_at": moment}
        )
    return len(new)


def unseen(conversation: UUID, *, officer: UUID) -> int:
    """How many messages of the conversation ``officer`` has not seen yet; at most `READ_AT_ONCE`."""
    seen = Reading.objects.filter(officer=officer, conversation=conversation).values_list("seen_at", flat=True).first()
    return _received_since(conversation, seen)[:READ_AT_ONCE].count()


def mark_all_read(officer: UUID) -> None:
    """Everything received so far no longer counts as unread by ``officer``; nobody is told that it was read."""
    ReadFloor.objects.update_or_create(officer=officer, defaults={"seen_at": now()})


def _filtered(officer: UUID, wanted: Wanted, partners: Collection[str]) -> _Query:
    query = _Query()
    if wanted.partner:
        query.add("c.partners @> %s::varchar[]", [wanted.partner])
    if partners:
        query.add("c.partners && %s::varchar[]", sorted(partners))
    if wanted.priority:
        if wanted.priority not in PRIORITY:
            raise InvalidInputError("There is no such priority.", fix="Choose one of the list.")
        query.add("c.priority = %s", PRIORITY[wanted.priority])
    if wanted.direction:
        query.add(f"c.last_{'received' if wanted.direction == 'received' else 'sent'}_at IS NOT NULL")
    if wanted.standing:
        states = _STATES[wanted.standing]
        named = ", ".join(f"'{state}'" for state in states)
        query.add(_WITH_DELIVERY.format(states=named), list(states))
    if wanted.unread:
        query.add(_UNREAD, _since(officer), officer)
    return query


def _ordered_by(wanted: Wanted) -> str:
    return "last_received_at" if wanted.direction == "received" or wanted.unread else "last_at"


def _since(officer: UUID) -> datetime:
    """From when on what is received counts as unread: at most `UNREAD_FOR` back, and not from before the officer came.

    The identifier of an officer is a UUIDv7: it tells when the account was made.
    """
    came = datetime.fromtimestamp((officer.int >> 80) / 1000, UTC)
    floor = ReadFloor.objects.filter(officer=officer).values_list("seen_at", flat=True).first()
    return max(came, now() - UNREAD_FOR, floor or came)


def _present(found: Sequence[Conversation], officer: UUID) -> list[dict[str, Any]]:
    since = _since(officer)
    seen = dict(
        Reading.objects.filter(officer=officer, conversation__in=[row.id for row in found]).values_list(
            "conversation", "seen_at"
        )
    )
    received = _received([row.last_received for row in found if row.last_received is not None])
    sent = _sent([row.last_sent for row in found if row.last_sent is not None])
    return [_row(row, received, sent, since=max(since, seen.get(row.id, since))) for row in found]


def _row(
    row: Conversation,
    received: dict[int, tuple[str, dict[str, Any]]],
    sent: dict[UUID, tuple[OutboundMessage, dict[str, int]]],
    *,
    since: datetime,
) -> dict[str, Any]:
    ours = row.last_received_at is None or (row.last_sent_at is not None and row.last_sent_at >= row.last_received_at)
    last, states = sent.get(row.last_sent, (None, {})) if row.last_sent is not None else (None, {})
    sender, content = received.get(row.last_received or 0, ("", {}))
    body = (last.body if last is not None else {}) if ours else content.get("body", {})
    return {
        "id": str(row.id),
        "partners": row.partners,
        "priority": PRIORITY_NAME[row.priority],
        "warning": row.warning,
        "count": row.received + row.sent,
        "at": row.last_at,
        "direction": "sent" if ours else "received",
        "sender": "" if ours else sender,
        "subject": body.get("subject", ""),
        "topic": body.get("topic", ""),
        "language": body.get("language", ""),
        "unread": row.last_received_at is not None and row.last_received_at > since,
        "states": states,
        "state": overall(states),
    }


def overall(states: Collection[str]) -> str:
    """The state that has come least far of those given; what failed first of all; "" of none."""
    order = ("refused", "expired", "drafted", "approved", "queued", "delivered", "receipted")
    return min(states, key=order.index, default="")


def _received(keys: Sequence[int]) -> dict[int, tuple[str, dict[str, Any]]]:
    found = InboundMessage.objects.filter(id__in=keys).values_list("id", "sender", "content__body")
    return {key: (sender, {"body": body or {}}) for key, sender, body in found}


def _sent(ids: Sequence[UUID]) -> dict[UUID, tuple[OutboundMessage, dict[str, int]]]:
    messages = OutboundMessage.objects.filter(id__in=ids).only("id", "body")
    states: dict[UUID, dict[str, int]] = {}
    sql = """SELECT message_id, state, count(*) AS n FROM exchange_delivery WHERE message_id = ANY(%s)
             GROUP BY message_id, state"""
    for row in _rows(sql, [list(ids)]) if ids else []:
        states.setdefault(row["message_id"], {})[row["state"]] = row["n"]
    return {message.id: (message, states.get(message.id, {})) for message in messages}


def _unseen(conversation: UUID, since: datetime | None) -> list[InboundMessage]:
    return list(_received_since(conversation, since).defer("document", "receipt").order_by("id")[:READ_AT_ONCE])


def _received_since(conversation: UUID, since: datetime | None) -> QuerySet[InboundMessage]:
    found = InboundMessage.objects.filter(
        inbound_conversation__conversation=conversation,
        kind__in=SPOKEN,
        state__in=["received", "processed", "failed"],
        forgotten_at=None,
    )
    return found if since is None else found.filter(received_at__gt=since)


def _note_read(message: InboundMessage, actor: str) -> None:
    if message.message_id is None:
        return
    if message.acknowledged_at is None:
        try:
            answers.acknowledge(message.message_id, sender=message.sender, actor=actor)
        except JusurError:
            # The sender cannot be told now (suspended, no key): reading must not depend on it. Who read it is noted.
            pass
        else:
            return
    log.record(
        "exchange.message.read",
        subject_type=log.MESSAGE,
        subject_id=str(message.message_id),
        actor=actor,
        purpose=str((message.content or {}).get("purpose", ""))[:500],
        data={},
    )


def _purpose(conversation: UUID) -> str:
    sent = OutboundMessage.objects.filter(conversation=conversation, kind__in=SPOKEN).order_by("-id")
    found = sent.values_list("purpose", flat=True).first()
    if found is None:
        received = InboundMessage.objects.filter(inbound_conversation__conversation=conversation, kind__in=SPOKEN)
        found = received.order_by("-id").values_list("content__purpose", flat=True).first()
    return str(found or "")[:500]


def _mark(moment: datetime, identifier: UUID) -> str:
    return f"{timestamp(moment)}~{identifier}"


def _place(cursor: str) -> tuple[datetime, UUID]:
    moment, _, identifier = cursor[:80].partition("~")
    return parse_timestamp(moment, field="cursor"), parse_id(identifier, field="cursor")


def _rows(sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of ``sql`` by column. Values are written into the statement, so that each is planned for its own values."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
