"""Copying records between nodes: from owners to the host of a database, from the host to whom each record allows.

A batch says what its records are now, not what was done to them: taking it twice, late or in another order ends in the
same. The newest version counts; a version is given by the record's owner alone.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from django.db import DataError, IntegrityError, models, transaction

from jusur.databases import content as contents
from jusur.databases import entities, feed, messages, walls
from jusur.databases.errors import MayNotWriteError
from jusur.databases.messages import MAX_RECORDS, RecordsBody, RefusedRecord, Signature, TakenBody, WireRecord
from jusur.databases.models import Database, Follower, Identifier, Record
from jusur.databases.rules import EVERYBODY, Mode, RecordState, Writers, write_refusal
from jusur.databases.services import statements
from jusur.databases.services.describing import CLOSED
from jusur.databases.services.records import check_writer, content_of, country_of, empty, fill, keys_write
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel import clock, text
from jusur.kernel.errors import JusurError
from jusur.kernel.ids import parse_id
from jusur.ledger import api as ledger
from jusur.node import context

MAX_BATCH_BYTES: Final = 768 * 1024
WINDOW: Final = 16
"""Batches under way to one node; more are sent when it has said what became of these."""
PATIENCE: Final = timedelta(hours=1)
"""After this long without word, what was not acknowledged is sent again."""
_BULK: Final = 100
_RANK: Final = {name: place for place, name in enumerate(contents.CLASSIFIED)}


class Portion(NamedTuple):
    """Records for one node: their wire forms, the place up to which they go, the highest classification among them."""

    records: list[WireRecord]
    upto: int
    classification: str


def follow() -> int:
    """Send what has changed to every node that follows a database; how many batches."""
    with walls.duty():
        waiting = list(Follower.objects.order_by("sent_at").values_list("id", flat=True))
    return sum(_follow_one(follower) for follower in waiting)


def _follow_one(follower_id: int) -> int:
    sent = 0
    for _ in range(WINDOW):
        try:
            with walls.duty():
                follower = (
                    Follower.objects.select_for_update(skip_locked=True, of=("self",))
                    .select_related("database")
                    .filter(id=follower_id)
                    .first()
                )
                if follower is None or not _may_send(follower) or not _send_next(follower):
                    break
        except JusurError as error:
            _trouble(follower_id, error.detail)
            break
        sent += 1
    return sent


def _may_send(follower: Follower) -> bool:
    if follower.in_flight and follower.sent_at and clock.now() - follower.sent_at > PATIENCE:
        follower.sequence, follower.in_flight = follower.acknowledged, 0
    database = follower.database
    leaves = database.host != context.current().address or database.mode == Mode.REPLICATED
    return leaves and follower.in_flight < WINDOW and database.closed_at is None


def _send_next(follower: Follower) -> bool:
    """Send the next batch; false where nothing has changed."""
    while True:
        changed = list(
            Record.objects.filter(database=follower.database, sequence__gt=follower.sequence).order_by("sequence")[
                :MAX_RECORDS
            ]
        )
        if not changed:
            follower.save()
            return False
        portion = portion_of(follower.database, follower.peer, changed)
        follower.sequence = portion.upto
        if portion.records:
            break
    send_records(follower.database, follower.peer, portion)
    follower.in_flight += 1
    follower.sent_at, follower.trouble = clock.now(), ""
    follower.save()
    return True


def _trouble(follower_id: int, detail: str) -> None:
    with walls.duty():
        Follower.objects.filter(id=follower_id).update(trouble=text.shown(detail, max_length=500), sent_at=clock.now())


def send_records(database: Database, peer: str, portion: Portion, *, complete: Sequence[str] = ()) -> None:
    """Send one batch, in the caller's transaction.

    Raises:
        JusurError: the peer is unknown, not active, or not allowed to have it.
    """
    messages.send(
        messages.RECORDS,
        to=peer,
        own=context.current().address,
        database=database.id,
        body=RecordsBody(database.id, portion.upto, portion.records, list(complete)),
        classification=portion.classification,
        priority="bulk" if len(portion.records) >= _BULK else "urgent",
    )


def portion_of(database: Database, peer: str, changed: Sequence[Record]) -> Portion:
    """What of ``changed`` goes to ``peer``, as much as one message holds. The caller is on duty."""
    own = context.current().address
    to_host = database.host != own
    visible = {record.id for record in changed} if to_host else visible_to(peer, [record.id for record in changed])
    records: list[WireRecord] = []
    room, upto, rank = MAX_BATCH_BYTES, 0, 0
    for record in changed:
        wire = _to_host(record, own) if to_host else _to_follower(record, peer, record.id in visible)
        if wire is not None:
            room -= len(msgspec.json.encode(wire))
            if room < 0 and records:
                break
            records.append(wire)
            rank = max(rank, _RANK[record.classification]) if wire.content else rank
        upto = record.sequence
    return Portion(records, upto, list(contents.CLASSIFIED)[rank])


def visible_to(peer: str, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the records ``ids`` that the walls and the directory's limits let ``peer`` have."""
    with walls.carrying(peer):
        found = list(Record.objects.filter(id__in=ids).exclude(originator=peer).values_list("id", "classification"))
    limits = {name: directory.may_receive(peer, messages.RECORDS, name) for name in contents.CLASSIFIED}
    return {record for record, classification in found if limits.get(classification, False)}


def _to_host(record: Record, own: str) -> WireRecord | None:
    if record.originator != own:
        return None
    if record.state != RecordState.HELD:
        return wire_of(record, with_content=False)
    if record.signature is None:
        unsigned = wire_of(record, with_content=True)
        signature = statements.sign(record.database_id, unsigned)
        record.signature = msgspec.to_builtins(signature)
        Record.objects.filter(id=record.id).update(signature=record.signature)
    return wire_of(record, with_content=True)


def _to_follower(record: Record, peer: str, visible: bool) -> WireRecord | None:
    if record.originator == peer:
        return None
    if visible:
        return wire_of(record, with_content=True)
    held_once = peer in record.dropped or EVERYBODY in record.dropped
    return wire_of(record, with_content=False) if held_once else None


def wire_of(record: Record, *, with_content: bool) -> WireRecord:
    """A record as it travels; a tombstone without ``with_content``."""
    return WireRecord(
        record=str(record.id),
        version=record.version,
        originator=record.originator,
        reference=record.reference if with_content else str(record.id),
        content=content_of(record) if with_content else None,
        created_at=clock.timestamp(record.created_at),
        changed_at=clock.timestamp(record.changed_at),
        signature=msgspec.convert(record.signature, Signature) if with_content and record.signature else None,
    )


@transaction.atomic
def receive_records(message: exchange.ReceivedMessage) -> None:
    """Take in changes of a database: from its host, or, at the host, from the owners of records.

    Raises:
        MessageRefusedError: no such database with that node, or it keeps no copies.
    """
    body: RecordsBody = message.body
    database = _with(message.sender, body.database)
    refused: list[RefusedRecord] = []
    taken, known = 0, 0
    lines = hashlib.sha256()
    with walls.duty():
        rows = [parse_id(wire.record) for wire in body.records]
        held = {record.id: record for record in Record.objects.select_for_update().filter(id__in=rows).order_by("id")}
        feed.lock()
        for wire in body.records:
            try:
                with transaction.atomic():
                    took = _take(database, message.sender, wire, held.get(parse_id(wire.record)))
            except (JusurError, IntegrityError, DataError) as error:
                why = error.detail if isinstance(error, JusurError) else "The database of this node refuses it."
                refused.append(RefusedRecord(wire.record, wire.version, text.shown(why, max_length=500)))
                continue
            taken, known = taken + took, known + (not took)
            lines.update(f"{wire.record} {wire.version}\n".encode())
        taken += _drop_others(database, message.sender, body)
        _told(message.sender, database, taken, known, len(refused), lines.hexdigest())
        messages.send(
            messages.TAKEN,
            to=message.sender,
            own=context.current().address,
            database=database.id,
            body=TakenBody(
                database.id, body.upto, min(taken, MAX_RECORDS), known, refused[:MAX_RECORDS], lines.hexdigest()
            ),
        )


def _with(sender: str, name: str) -> Database:
    own = context.current().address
    database = Database.objects.filter(id=name).first()
    if database is None or database.closed_at is not None:
        raise exchange.MessageRefusedError(f"{own} has no open database {name}.")
    if database.host == own and sender in database.recipients:
        return database
    if database.host == sender and database.mode == "replicated":
        return database
    raise exchange.MessageRefusedError(f"{sender} and {own} do not copy {name} between them.")


def _take(database: Database, sender: str, wire: WireRecord, held: Record | None) -> bool:
    """Take one record as it stands now; false where this version or a later one is held.

    Raises:
        JusurError: it cannot be taken (says why).
    """
    if sender not in {database.host, wire.originator}:
        raise MayNotWriteError(f"Only {wire.originator} writes its records.")
    if wire.originator == context.current().address:
        raise MayNotWriteError("A bureau's own records are changed at its own node.")
    if held is not None and (held.originator != wire.originator or held.database_id != database.id):
        raise MayNotWriteError("The identifier is another record's.")
    if held is not None and held.version >= wire.version:
        reopened = held.recorded_by == CLOSED and held.version == wire.version and wire.content is not None
        removed = wire.content is None and held.version == wire.version and held.state == RecordState.HELD
        if not reopened and not removed:
            return False
    if wire.content is None:
        return held is not None and _remove(held, sender, wire)
    _write(database, sender, wire, held)
    return True


def _remove(held: Record, sender: str, wire: WireRecord) -> bool:
    if held.state == RecordState.HELD:
        held.identifiers.all().delete()
        empty(held, RecordState.WITHDRAWN)
    held.version, held.sequence = wire.version, feed.place()
    held.changed_at, held.recorded_by = clock.now(), f"bureau:{sender}"
    held.save()
    return True


def _write(database: Database, sender: str, wire: WireRecord, held: Record | None) -> None:
    content, kept = _checked(database, sender, wire)
    record_id = parse_id(wire.record)
    taken = Record.objects.filter(database=database, originator=wire.originator, reference=wire.reference)
    if taken.exclude(id=record_id).exists():
        raise MayNotWriteError("The owner has another record of this reference here.")
    before = list(held.allowed_recipients) if held else []
    record = held or Record(id=record_id, database=database, originator=wire.originator)
    record.created_at = clock.parse_timestamp(wire.created_at)
    record.changed_at = clock.parse_timestamp(wire.changed_at)
    fill(record, content, kept.schema)
    record.dropped = sorted((set(record.dropped) | set(before)) - set(record.allowed_recipients))
    record.signature = msgspec.to_builtins(wire.signature) if wire.signature else None
    record.reference, record.version, record.state = wire.reference, wire.version, RecordState.HELD
    record.recorded_by, record.sequence, record.refusal = f"bureau:{sender}", feed.place(), ""
    record.save(force_insert=held is None)
    if held is not None:
        keys_write(record, kept.keys)
    else:
        Identifier.objects.bulk_create(
            Identifier(record=record, kind=key.partition(":")[0][:24], key=key) for key in kept.keys
        )


def _checked(database: Database, sender: str, wire: WireRecord) -> tuple[contents.RecordContent, entities.Kept]:
    content = wire.content
    if content is None:
        raise ValueError("a tombstone has no content to check")
    contents.check_size(content)
    contents.check_handling(content.handling)
    text.line(wire.reference, max_length=255, field="reference")
    text.line(content.purpose, max_length=contents.MAX_TEXT, field="purpose")
    text.line(content.legal_basis, max_length=contents.MAX_TEXT, field="legal basis", required=False)
    entity = {key: value for key, value in content.entity.items() if key != "id"}
    kept = entities.take(entity, name=str(content.entity.get("id", wire.record)), schemata=database.schemata)
    if kept.plain != content.entity:
        raise MayNotWriteError("The entity is not written as this node would write it.")
    _check_rule(database, sender, wire, kept)
    now = clock.now()
    if contents.expiry(content) > now + timedelta(days=database.retention_days + 1):
        raise MayNotWriteError(f"Records of this database are kept {database.retention_days} days at most.")
    if contents.expiry(content) <= now:
        raise MayNotWriteError("The record's time is over.")
    own, allowed = context.current().address, content.handling.allowed_recipients
    if database.host == sender and own not in allowed and EVERYBODY not in allowed:
        raise MayNotWriteError(f"The record does not allow {own} to have it.")
    return content, kept


def _check_rule(database: Database, sender: str, wire: WireRecord, kept: entities.Kept) -> None:
    if database.host != sender:
        check_writer(database, sender, kept)
        outside = (
            [purpose for purpose in wire.content.purposes if purpose not in database.purposes] if wire.content else []
        )
        if outside:
            raise MayNotWriteError(f"The database does not permit the purpose {outside[0]}.")
    elif wire.originator != sender:
        refusal = write_refusal(
            Writers(database.writers),
            writer=wire.originator,
            country=country_of(wire.originator),
            host=database.host,
            recipients={wire.originator},
            issuing=kept.issuing,
        )
        if refusal:
            raise MayNotWriteError(refusal)
    if wire.originator != sender or wire.signature is not None:
        fault = statements.fault(database.id, wire)
        if fault:
            raise MayNotWriteError(fault)


def _drop_others(database: Database, sender: str, body: RecordsBody) -> int:
    """In parts that the sender gave whole, drop what it did not name; how many."""
    if not body.complete:
        return 0
    width = len(body.complete[0])
    named = {parse_id(wire.record) for wire in body.records}
    extra = [
        record
        for record in copies_of(database, sender).select_for_update()
        if prefix(record.id, width) in body.complete and record.id not in named
    ]
    for record in extra:
        record.identifiers.all().delete()
        empty(record, RecordState.WITHDRAWN)
        record.recorded_by, record.changed_at, record.sequence = f"bureau:{sender}", clock.now(), feed.place()
        record.save()
    return len(extra)


def copies_of(database: Database, sender: str) -> models.QuerySet[Record]:
    """The held records of a database that this node has from ``sender``."""
    held = Record.objects.filter(database=database, state=RecordState.HELD)
    if database.host == sender:
        return held.exclude(originator=context.current().address)
    return held.filter(originator=sender)


def prefix(record: UUID, width: int) -> str:
    """The part of a database that a record belongs to."""
    return hashlib.md5(str(record).encode(), usedforsecurity=False).hexdigest()[:width]


def receive_taken(message: exchange.ReceivedMessage) -> None:
    """Learn what became of a batch: go on sending, and keep why records of this bureau were refused."""
    body: TakenBody = message.body
    with walls.duty():
        follower = Follower.objects.select_for_update().filter(database=body.database, peer=message.sender).first()
        if follower is None:
            return
        follower.in_flight = max(follower.in_flight - 1, 0)
        follower.acknowledged = max(follower.acknowledged, min(body.upto, follower.sequence))
        follower.save()
        for refused in body.refused:
            Record.objects.filter(
                id=parse_id(refused.record), version=refused.version, originator=context.current().address
            ).update(refusal=text.shown(refused.reason, max_length=500))


def _told(sender: str, database: Database, taken: int, known: int, refused: int, digest: str) -> None:
    ledger.record(
        "record.received",
        subject_type="database",
        subject_id=database.id,
        actor=sender,
        data={"taken": taken, "known": known, "refused": refused, "digest": digest},
    )
