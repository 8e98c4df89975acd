"""Writes on records: created, corrected and withdrawn by their owner's bureau, from its own node."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from jusur.accounts import api as accounts
from jusur.databases import content as contents
from jusur.databases import entities, feed, search_purposes, selectors, walls
from jusur.databases.content import Draft, RecordContent
from jusur.databases.entities import Kept
from jusur.databases.errors import (
    MayNotWriteError,
    NotTheOwnerError,
    RecordChangedError,
    RecordGoneError,
    RecordNotFoundError,
    ReferenceTakenError,
)
from jusur.databases.models import Database, Identifier, Record, RecordVersion
from jusur.databases.rules import RecordState, Writers, write_refusal
from jusur.databases.selectors import RecordView
from jusur.directory import api as directory
from jusur.kernel import clock, text
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger
from jusur.node import context

SUBJECT = "database.record"
MAX_REFERENCE = 255
MAX_REASON = 500


def record_create(*, database: str, draft: Any, reference: str = "", actor: accounts.Actor) -> Record:
    """A new record of this bureau in a database that it hosts or that is shared with it.

    Args:
        database: its name (``nominal``, ``nominal@GS``).
        draft: the record in the form of ``Draft``.
        reference: the owner's own reference, unique in the database; the record's identifier where empty.
        actor: who enters it.

    Raises:
        ForbiddenError: writing is not the actor's act, or the database's rule does not let this bureau write this.
        InvalidInputError: the record is not of the form of its database (says what is wrong).
        ReferenceTakenError: this bureau has another record of this reference there.
    """
    accounts.require(actor, "record.write")
    target = selectors.database(database)
    record_id, moment = new_id(), clock.now()
    name = text.line(reference, max_length=MAX_REFERENCE, field="reference", required=False) or str(record_id)
    content, kept = _prepared(target, draft, str(record_id))
    with walls.duty():
        if Record.objects.filter(database=target, originator=context.current().address, reference=name).exists():
            raise ReferenceTakenError(
                "This bureau has a record of this reference in the database.", fix="Correct that one."
            )
        feed.lock()
        record = Record(
            id=record_id,
            database=target,
            originator=context.current().address,
            reference=name,
            state=RecordState.HELD,
            version=1,
            recorded_by=actor.reference,
            created_at=moment,
            changed_at=moment,
            sequence=feed.place(),
        )
        fill(record, content, kept.schema)
        record.save(force_insert=True)
        keys_write(record, kept.keys)
        told(record, "record.created", actor.reference)
    return record


def record_correct(
    *, record_id: UUID, draft: Any, reason: str, actor: accounts.Actor, version: int | None = None
) -> Record:
    """A new version of a record; the one before is kept.

    Args:
        record_id: the record.
        draft: its new content.
        reason: why it is corrected.
        actor: who corrects it.
        version: the version this was written on; ``None`` replaces whatever stands.

    Raises:
        NotTheOwnerError: another organisation's record.
        RecordChangedError: somebody else corrected it after ``version``.
        RecordGoneError, RecordNotFoundError: withdrawn or over; not known.
        ForbiddenError, InvalidInputError: as for creating.
    """
    accounts.require(actor, "record.write")
    why = text.line(reason, max_length=MAX_REASON, field="reason")
    with walls.duty():
        record = owned(record_id)
        if version is not None and version != record.version:
            raise RecordChangedError(
                f"Somebody else corrected this record: it stands at version {record.version}.", fix="Read it anew."
            )
        content, kept = _prepared(record.database, draft, str(record.id))
        before = set(record.allowed_recipients)
        version_keep(record, why)
        feed.lock()
        record.version += 1
        record.changed_at, record.recorded_by = clock.now(), actor.reference
        record.sequence, record.refusal = feed.place(), ""
        fill(record, content, kept.schema)
        record.dropped = dropped(record.dropped, before, record.allowed_recipients)
        record.save()
        keys_write(record, kept.keys)
        told(record, "record.corrected", actor.reference, {"reason": why})
    return record


def record_withdraw(*, record_id: UUID, reason: str, actor: accounts.Actor) -> Record:
    """Withdraw a record: it is found no more, here and wherever it was copied; its versions stay with its owner.

    Raises:
        ForbiddenError: not the actor's act, or another organisation's record.
        RecordGoneError, RecordNotFoundError: withdrawn or over; not known.
    """
    accounts.require(actor, "record.withdraw")
    why = text.line(reason, max_length=MAX_REASON, field="reason")
    with walls.duty():
        record = owned(record_id)
        version_keep(record, why)
        feed.lock()
        record.version += 1
        record.changed_at, record.recorded_by = clock.now(), actor.reference
        record.sequence, record.refusal = feed.place(), ""
        empty(record, RecordState.WITHDRAWN)
        record.save()
        record.identifiers.all().delete()
        told(record, "record.withdrawn", actor.reference, {"reason": why})
    return record


def record_read(*, record_id: UUID, purpose: str, actor: accounts.Actor) -> RecordView:
    """One record, for an officer; the reading of another bureau's is recorded.

    Raises:
        ForbiddenError: reading is not the actor's act.
        RecordNotFoundError: there is none, or this bureau may not see it for this purpose.
    """
    accounts.require(actor, "record.read")
    own = context.current().address
    found = selectors.record_visible(record_id, asker=own, purpose=purpose)
    if found.originator != own:
        ledger.record(
            "record.read",
            subject_type=SUBJECT,
            subject_id=str(record_id),
            actor=actor.reference,
            purpose=purpose,
            data={"database": found.database, "originator": found.originator, "version": found.version},
        )
    return found


def _prepared(database: Database, draft: Any, name: str) -> tuple[RecordContent, Kept]:
    """The content and entity that ``draft`` stands for, once the database's rule lets this bureau write it."""
    if database.closed_at is not None:
        raise MayNotWriteError("This database is closed.", fix="See: jusur database list.")
    given = contents.parse(draft, Draft)
    kept = entities.take(given.entity, name=name, schemata=database.schemata)
    check_writer(database, context.current().address, kept)
    permitted = [purpose for purpose in database.purposes if purpose in search_purposes.purposes()]
    content = contents.complete(given, entity=kept.plain, purposes=permitted, retention_days=database.retention_days)
    return content, kept


def check_writer(database: Database, writer: str, kept: Kept) -> None:
    """Let ``writer`` pass if the database's rule lets it write this entity.

    Raises:
        MayNotWriteError: it does not (says why).
    """
    own = context.current()
    known = own.settings.country if writer == own.address else country_of(writer)
    shared = {*database.recipients, own.address} if database.host != own.address else set(database.recipients)
    refusal = write_refusal(
        Writers(database.writers),
        writer=writer,
        country=known,
        host=database.host,
        recipients=shared,
        issuing=kept.issuing,
    )
    if refusal:
        raise MayNotWriteError(refusal, fix="See: jusur database list.")


def country_of(address: str) -> str:
    """The country of an organisation, empty where it is no country's."""
    return directory.organisation(address).country


def owned(record_id: UUID) -> Record:
    """A held record of this bureau, locked; the caller is on duty.

    Raises:
        RecordNotFoundError, NotTheOwnerError, RecordGoneError: not known, another's, withdrawn or over.
    """
    record = Record.objects.select_for_update(of=("self",)).select_related("database").filter(id=record_id).first()
    own = context.current().address
    if record is None or (record.originator != own and not visible(record, own)):
        raise RecordNotFoundError("There is no such record.", fix="Check the identifier.")
    if record.originator != own:
        raise NotTheOwnerError(
            f"The record is {record.originator}'s: only its owner changes it.", fix=f"Ask {record.originator} to."
        )
    if record.state != RecordState.HELD:
        raise RecordGoneError("The record was withdrawn, or its time is over.", fix="Enter a new one.")
    return record


def visible(record: Record, own: str) -> bool:
    """Whether this bureau knows of another's record, so that it may be told whose it is."""
    return record.state == RecordState.HELD and (
        own in record.allowed_recipients or "*" in record.allowed_recipients or record.database.host == own
    )


def fill(record: Record, content: RecordContent, schema: str) -> None:
    """Put ``content`` into the row."""
    handling = msgspec.to_builtins(content.handling)
    for name, value in handling.items():
        setattr(record, name, value)
    record.entity, record.schema = content.entity, schema
    record.purpose, record.purposes, record.legal_basis = content.purpose, list(content.purposes), content.legal_basis
    record.expires_at = contents.expiry(content)
    record.content_sha256 = contents.digest(content)
    record.signature = None


def content_of(record: Record) -> RecordContent:
    """What the row of a held record says."""
    return RecordContent(
        entity=record.entity or {},
        handling=contents.parse(
            {name: getattr(record, name) for name in contents.Handling.__struct_fields__}, contents.Handling
        ),
        purpose=record.purpose,
        purposes=list(record.purposes),
        legal_basis=record.legal_basis,
        expires_at=clock.timestamp(record.expires_at),
    )


def empty(record: Record, state: RecordState) -> None:
    """Make the row a tombstone."""
    record.dropped = dropped(record.dropped, set(record.allowed_recipients), ())
    record.state = state
    record.entity, record.signature = None, None
    record.content_sha256 = record.purpose = record.legal_basis = record.conditions = ""
    record.purposes, record.allowed_recipients, record.forwarding = [], [], []


def dropped(known: Iterable[str], before: Iterable[str], now: Iterable[str]) -> list[str]:
    """Who may hold a copy that they are no longer allowed."""
    return sorted((set(known) | set(before)) - set(now))


def version_keep(record: Record, reason: str) -> None:
    """Keep the version that stands, before it is replaced."""
    RecordVersion.objects.create(
        record=record,
        version=record.version,
        content=msgspec.to_builtins(content_of(record)),
        recorded_by=record.recorded_by,
        recorded_at=record.changed_at,
        reason=reason,
    )


def keys_write(record: Record, keys: Iterable[str]) -> None:
    """Replace the record's identifiers."""
    record.identifiers.all().delete()
    Identifier.objects.bulk_create(
        Identifier(record=record, kind=key.partition(":")[0][:24], key=key) for key in dict.fromkeys(keys)
    )


def told(record: Record, kind: str, actor: str, more: dict[str, Any] | None = None) -> None:
    """A ledger event on ``record``: what was done to which version, nothing of its content."""
    ledger.record(
        kind,
        subject_type=SUBJECT,
        subject_id=str(record.id),
        actor=actor,
        purpose=record.purpose,
        data={
            "database": record.database_id,
            "originator": record.originator,
            "schema": record.schema,
            "version": record.version,
            "content_sha256": record.content_sha256,
            "classification": record.classification,
            **(more or {}),
        },
    )
