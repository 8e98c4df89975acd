"""Accepting envelopes: checked, known once, logged, receipted.

A batch is one transaction: rows and events together. Then the log is integrated, and every receipt proves its event
under one checkpoint. A crash between the two loses nothing: the sender comes again, the row is found, and the receipt
is made then. The same envelope always gets the same receipt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.exchange import alarms, gossip, kinds, log, notify, own, relay, summaries
from jusur.exchange import envelope as envelopes
from jusur.exchange import handling as handlings
from jusur.exchange import receipt as receipts
from jusur.exchange.db import rows
from jusur.exchange.envelope import Header, Opened, Peeked
from jusur.exchange.errors import EnvelopeRefusedError, KindUnknownError, Reason
from jusur.exchange.models import PRIORITY
from jusur.exchange.receipt import Proof
from jusur.kernel import canonical
from jusur.kernel.clock import now
from jusur.kernel.errors import JusurError
from jusur.ledger import api as ledger

HOLD = {"emergency": 60, "urgent": 600, "routine": 3600, "bulk": 86_400}
"""Seconds a message waits for an earlier one of its conversation before it is processed without it."""

MAX_BATCH = 256
STORE_ATTEMPTS = 3
_KINDS = frozenset({log.RECEIVED, log.REFUSED})


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the database holds of an envelope."""

    digest: str
    state: str
    refusal: Any
    received_at: datetime
    receipt: bytes | None


@dataclass(slots=True)
class _Item:
    """One envelope on its way through `accept_batch`."""

    raw: bytes
    path: tuple[str, ...]
    peeked: Peeked | None = None
    opened: Opened | None = None
    refused: EnvelopeRefusedError | None = None
    known_sender: bool = False
    receipt: bytes | None = None
    event: UUID | None = None
    stored: _Stored | None = None
    """What this call wrote of it."""
    key: tuple[str, UUID] | None = None
    """Sender and identifier, as far as they can be read."""

    @property
    def accepted(self) -> bool:
        """Whether everything about it held."""
        return self.opened is not None and self.refused is None


def accept_batch(raw: Sequence[bytes], *, paths: Sequence[Sequence[str]] = ()) -> list[bytes]:
    """Accept, relay or refuse each envelope; the signed receipts, in order. Must be called outside a transaction.

    Args:
        raw: envelopes as received, at most `MAX_BATCH`.
        paths: for each, the addresses of the relays it came through (none by default).

    Raises:
        JusurError: nothing at all can be accepted now (no directory, a stale or forked one).
    """
    if len(raw) > MAX_BATCH:
        raise EnvelopeRefusedError(Reason.TOO_LARGE, f"At most {MAX_BATCH} envelopes are taken at once.")
    own.book().assert_usable()
    moment = now()
    items = [_Item(value, tuple(paths[at]) if paths else ()) for at, value in enumerate(raw)]
    for item in items:
        _peek(item)
    _answer_known(items)
    mine = [item for item in items if item.receipt is None and not _is_relayed(item)]
    for item in mine:
        _check(item, moment)
    _store(mine, moment)
    for item in items:
        if item.receipt is None and _is_relayed(item) and item.peeked is not None:
            item.receipt = relay.accept(item.raw, item.peeked, item.path, moment)
    _finish(items, moment)
    return [item.receipt or b"" for item in items]


def _is_relayed(item: _Item) -> bool:
    return item.peeked is not None and item.peeked.header.to != own.own().address


def _peek(item: _Item) -> None:
    try:
        item.peeked = envelopes.peek(item.raw, max_bytes=own.own().max_envelope_bytes)
        item.key = item.peeked.header.sender, UUID(item.peeked.header.id)
    except EnvelopeRefusedError as error:
        item.refused = error


def _check(item: _Item, moment: datetime) -> None:
    if item.peeked is None:
        return
    me, book = own.own(), own.book()
    try:
        envelopes.verify(item.peeked, book, now=moment)
        item.known_sender = True
        item.opened = envelopes.open_verified(item.peeked, me, book)
        _check_content(item.opened, me.address)
    except EnvelopeRefusedError as error:
        item.refused = error


def _check_content(opened: Opened, address: str) -> None:
    message = opened.message
    try:
        kinds.check_message(message)
    except KindUnknownError as error:
        raise EnvelopeRefusedError(Reason.KIND, error.detail, fix=error.fix) from None
    except JusurError as error:
        raise EnvelopeRefusedError(Reason.BODY, error.detail, fix=error.fix) from None
    try:
        handlings.require_allowed(message.handling, [address])
    except JusurError as error:
        raise EnvelopeRefusedError(Reason.HANDLING, error.detail, fix=error.fix) from None
    if not own.book().allows(message.sender, address, message.kind, message.handling.classification):
        raise EnvelopeRefusedError(
            Reason.HANDLING,
            f"The directory's limits do not let {message.sender} send {message.kind} of this classification here.",
            fix="Ask the General Secretariat about the limits of both organisations.",
        )


def _answer_known(items: Sequence[_Item]) -> None:
    """Give envelopes that are known already their stored receipt, or refuse a second content under one identifier."""
    keys = [item.key for item in items if item.key is not None]
    found = rows(
        """SELECT m.sender, m.envelope_id, m.digest, m.receipt FROM exchange_inboundmessage m
           JOIN unnest(%s::text[], %s::uuid[]) AS v(sender, id) ON m.sender = v.sender AND m.envelope_id = v.id""",
        ([key[0] for key in keys], [key[1] for key in keys]),
    )
    known = {(sender, envelope_id): (digest, receipt) for sender, envelope_id, digest, receipt in found}
    for item in items:
        if item.peeked is None or item.key not in known:
            continue
        digest, receipt = known[item.key]
        if digest == item.peeked.digest:
            item.receipt = bytes(receipt) if receipt is not None else None
        else:
            _conflict(item)


def _conflict(item: _Item) -> None:
    if item.peeked is None:
        return
    header = item.peeked.header
    item.refused = EnvelopeRefusedError(
        Reason.CONFLICT, "Another envelope with this identifier and other content was received before."
    )
    try:
        envelopes.verify(item.peeked, own.book(), now=now())
    except EnvelopeRefusedError as error:
        item.refused = error
    else:
        alarms.raise_alarm(
            "identifier-conflict",
            peer=header.sender,
            subject=header.id,
            detail=f"{header.sender} sent two different envelopes under the identifier {header.id}.",
        )
    item.receipt = _sign(item, now())


def _store(items: Sequence[_Item], moment: datetime) -> None:
    """Write rows and events of everything new, in one transaction, in one order (so that batches never deadlock)."""
    unique = {item.key: item for item in reversed(items) if item.key is not None and _storable(item)}
    storable = [unique[key] for key in sorted(unique)]
    for _ in range(STORE_ATTEMPTS):
        if not storable:
            return
        storable = _store_new(storable, moment)


def _store_new(storable: Sequence[_Item], moment: datetime) -> list[_Item]:
    """Store what can be stored; what collided with a message another process is just storing, to be tried again."""
    with transaction.atomic():
        conversations = _conversations(storable)
        known = _known_messages(storable)
        values = [_row(item, conversations, known, moment) for item in storable]
        new = _insert(values)
        inserted = [item for item in storable if item.key in new]
        for item, event in zip(inserted, log.record_many([_event(item) for item in inserted]), strict=True):
            item.event = event
        _note_stored(inserted, values, moment)
        accepted = [item for item in inserted if item.accepted]
        if inserted:
            summaries.note_exchanged([_exchanged(item.opened) for item in accepted if item.opened], outgoing=False)
    gossip.heard([item.peeked.header for item in inserted if item.peeked is not None], moment)
    collided = [item for item in storable if item.key not in new]
    if not collided:
        return []
    present = _stored([item.key for item in collided if item.key is not None])
    return [item for item in collided if item.key not in present]


def _note_stored(inserted: Sequence[_Item], values: Sequence[Sequence[Any]], moment: datetime) -> None:
    written = {(sender, number): (digest, state, refusal) for number, sender, digest, state, refusal, *_ in values}
    for item in inserted:
        if item.key is not None:
            item.stored = _Stored(*written[item.key], moment, None)


def _exchanged(opened: Opened) -> summaries.Exchanged:
    return opened.header.sender, UUID(opened.header.id), opened.digest


def _storable(item: _Item) -> bool:
    """Accepted, or refused for good from a known sender. What may pass later, or names nobody, leaves no row."""
    if item.refused is None:
        return item.accepted
    return item.known_sender and not item.refused.refusal()["transient"]


_COLUMNS = (
    ("envelope_id", "uuid"),
    ("sender", "text"),
    ("digest", "text"),
    ("state", "text"),
    ("refusal", "jsonb"),
    ("received_at", "timestamptz"),
    ("expires_at", "timestamptz"),
    ("message_id", "uuid"),
    ("kind", "text"),
    ("priority", "int2"),
    ("inbound_conversation_id", "int8"),
    ("sequence", "int8"),
    ("document", "bytea"),
    ("content", "bytea"),
    ("hold_until", "timestamptz"),
)


_FORMAT = {"bytea": "b"}
"""Bytes go to the database as they are; other arrays as text, in which JSON's every quote would be escaped."""
_TAKEN = {"content": "convert_from(v.content, 'UTF8')::jsonb"}


def _insert(values: Sequence[Sequence[Any]]) -> set[tuple[str, UUID]]:
    names = ", ".join(name for name, _ in _COLUMNS)
    taken = ", ".join(_TAKEN.get(name, f"v.{name}") for name, _ in _COLUMNS)
    arrays = ", ".join(f"%{_FORMAT.get(kind, 's')}::{kind}[]" for _, kind in _COLUMNS)
    found = rows(
        f"""INSERT INTO exchange_inboundmessage ({names}, in_order, attempts, last_error)
            SELECT {taken}, true, 0, '' FROM unnest({arrays}) AS v({names})
            ON CONFLICT DO NOTHING RETURNING sender, envelope_id""",  # noqa: S608 - column names are ours
        [list(column) for column in zip(*values, strict=True)],
    )
    return {(sender, envelope_id) for sender, envelope_id in found}


def _row(
    item: _Item, conversations: dict[tuple[str, str], int], known: set[tuple[str, UUID]], moment: datetime
) -> tuple[Any, ...]:
    if item.peeked is None:
        raise RuntimeError("only what could be read is stored")
    header = item.peeked.header
    start = (UUID(header.id), header.sender, item.peeked.digest)
    refusal = canonical.encode(item.refused.refusal()).decode() if item.refused is not None else None
    if item.opened is None:
        return (*start, "refused", refusal, moment, header.expires, *_NOTHING)
    message = item.opened.message
    place = (conversations[header.sender, message.conversation], message.sequence)
    if refusal is not None:
        return (*start, "refused", refusal, moment, header.expires, *_NOTHING[:3], *place, *_NOTHING[5:])
    identity = (header.sender, UUID(message.id))
    state = "duplicate" if identity in known else "received"
    known.add(identity)
    return (
        *start,
        state,
        None,
        moment,
        header.expires,
        identity[1],
        message.kind,
        PRIORITY[header.priority],
        *place,
        item.opened.document,
        msgspec.json.encode(message),
        moment + timedelta(seconds=HOLD[header.priority]),
    )


_NOTHING = (None, "", PRIORITY["routine"], None, None, None, None, None)


_THEIR_CONVERSATIONS = """
    SELECT c.sender, c.conversation, c.id FROM exchange_inboundconversation c
    JOIN unnest(%s::text[], %s::uuid[]) AS v(sender, id) ON c.sender = v.sender AND c.conversation = v.id
"""


def _conversations(items: Sequence[_Item]) -> dict[tuple[str, str], int]:
    wanted = sorted(
        {(item.opened.message.sender, item.opened.message.conversation) for item in items if item.opened is not None}
    )
    if not wanted:
        return {}
    senders, ids = [sender for sender, _ in wanted], [UUID(conversation) for _, conversation in wanted]
    found = rows(
        f"""WITH made AS (
              INSERT INTO exchange_inboundconversation (sender, conversation, next_sequence)
              SELECT v.sender, v.id, 1 FROM unnest(%s::text[], %s::uuid[]) AS v(sender, id)
              ON CONFLICT DO NOTHING RETURNING sender, conversation, id)
            SELECT sender, conversation, id FROM made UNION ALL {_THEIR_CONVERSATIONS}""",  # noqa: S608 - ours
        (senders, ids, senders, ids),
    )
    if len(found) < len(wanted):  # another batch made one a moment ago: only a new statement sees it
        found = rows(_THEIR_CONVERSATIONS, (senders, ids))
    return {(sender, str(conversation)): number for sender, conversation, number in found}


def _known_messages(items: Sequence[_Item]) -> set[tuple[str, UUID]]:
    opened = [item.opened for item in items if item.opened is not None]
    found = rows(
        """SELECT m.sender, m.message_id FROM exchange_inboundmessage m
           JOIN unnest(%s::text[], %s::uuid[]) AS v(sender, id) ON m.sender = v.sender AND m.message_id = v.id
           WHERE m.state IN ('received', 'processed', 'failed')""",
        ([o.header.sender for o in opened], [UUID(o.message.id) for o in opened]),
    )
    return {(sender, message_id) for sender, message_id in found}


def _event(item: _Item) -> log.NewEvent:
    if item.peeked is None:
        raise RuntimeError("only what could be read is logged")
    header = item.peeked.header
    data: dict[str, Any] = {"digest": item.peeked.digest}
    if item.refused is None and item.opened is not None:
        data |= {"message": item.opened.message.id, "kind": item.opened.message.kind}
    elif item.refused is not None:
        data["code"] = str(item.refused.reason)
    return log.NewEvent(
        kind=log.RECEIVED if item.accepted else log.REFUSED,
        subject_type=log.ENVELOPE,
        subject_id=f"{header.sender}:{header.id}",
        actor=header.sender,
        data=data,
    )


def _finish(items: Sequence[_Item], moment: datetime) -> None:
    """Give everything that has none yet its receipt, proven under one checkpoint, and keep it."""
    waiting = [item for item in items if item.receipt is None]
    stored = {item.key: item.stored for item in waiting if item.key is not None and item.stored is not None}
    stored |= _stored([item.key for item in waiting if item.key is not None and item.key not in stored])
    for item in waiting:
        if item.key is not None and item.key in stored:
            _take_stored(item, stored[item.key])
    _prove([item for item in waiting if item.receipt is None and item.key in stored], stored)
    for item in waiting:
        if item.receipt is None:
            item.receipt = _sign(item, moment)


def _stored(keys: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], _Stored]:
    if not keys:
        return {}
    found = rows(
        """SELECT m.sender, m.envelope_id, m.digest, m.state, m.refusal, m.received_at, m.receipt
           FROM exchange_inboundmessage m
           JOIN unnest(%s::text[], %s::uuid[]) AS v(sender, id) ON m.sender = v.sender AND m.envelope_id = v.id""",
        ([key[0] for key in keys], [key[1] for key in keys]),
    )
    return {(row[0], row[1]): _Stored(*row[2:]) for row in found}


def _take_stored(item: _Item, stored: _Stored) -> None:
    if item.peeked is not None and stored.digest != item.peeked.digest:
        _conflict(item)
    elif stored.receipt is not None:
        item.receipt = bytes(stored.receipt)


def _prove(items: Sequence[_Item], stored: Mapping[tuple[str, UUID], _Stored]) -> None:
    events = {item.key: item.event or log.event_of_envelope(*item.key, _KINDS) for item in items if item.key}
    if not events:
        return
    if None in events.values():
        raise RuntimeError("an envelope is stored without its event")
    kept: dict[tuple[str, UUID], bytes] = {}

    def keep(proven: ledger.Proven) -> None:
        proofs = {key: proven.proofs[event] for key, event in events.items() if event is not None}
        text = proven.checkpoint.text
        made = {
            key: _receipt(key, stored[key], Proof(text, proof.leaf, proof.leaf_index, proof.hashes))
            for key, proof in proofs.items()
        }
        kept.update(_keep(made))
        notify.notify(notify.INBOX)  # only now: who processes the rows would hold them against this

    log.prove([event for event in events.values() if event is not None], keep)
    for item in items:
        if item.key is not None:
            item.receipt = kept[item.key]


def _receipt(key: tuple[str, UUID], stored: _Stored, proof: Proof) -> bytes:
    refused = stored.state == "refused"
    return receipts.make(
        own.own().signing,
        by=own.own().address,
        envelope=str(key[1]),
        sender=key[0],
        digest=stored.digest,
        status="refused" if refused else "accepted",
        received_at=stored.received_at,
        refusal=_decoded(stored.refusal) if refused else None,
        proof=proof,
    )


def _keep(made: dict[tuple[str, UUID], bytes]) -> dict[tuple[str, UUID], bytes]:
    """Store receipts where there is none yet; the receipts that are stored now, ours or another process's."""
    ordered = sorted(made)
    found = rows(
        """UPDATE exchange_inboundmessage m SET receipt = COALESCE(m.receipt, v.receipt)
           FROM unnest(%s::text[], %s::uuid[], %b::bytea[]) AS v(sender, id, receipt)
           WHERE m.sender = v.sender AND m.envelope_id = v.id
           RETURNING m.sender, m.envelope_id, m.receipt""",
        ([key[0] for key in ordered], [key[1] for key in ordered], [made[key] for key in ordered]),
    )
    return {(sender, envelope_id): bytes(receipt) for sender, envelope_id, receipt in found}


def _sign(item: _Item, moment: datetime) -> bytes:
    refused = item.refused or EnvelopeRefusedError(Reason.MALFORMED, "The envelope cannot be read.")
    header: Header | None = item.peeked.header if item.peeked is not None else None
    me = own.own()
    return receipts.make(
        me.signing,
        by=me.address,
        envelope=header.id if header is not None else str(UUID(int=0)),
        sender=header.sender if header is not None else me.address,
        digest=item.peeked.digest if item.peeked is not None else canonical.sha256_hex(item.raw),
        status="refused",
        received_at=moment,
        refusal=refused.refusal(),
    )


def _decoded(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value
