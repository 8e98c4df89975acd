"""Editions of a list: opened with their file, read and compared, held for a person's word where needed, taken.

Everything under way stands in the tables and in the file's copy in the node's home: whoever continues after a kill
goes on where the last transaction ended, and counts nothing twice.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from jusur.accounts import api as accounts
from jusur.databases import content as contents
from jusur.databases import walls
from jusur.databases.content import RecordContent
from jusur.databases.errors import EditionStateError, ListUnreadableError, MayNotWriteError
from jusur.databases.lists import comparing, formats, reading, taking
from jusur.databases.models import Database, Edition, Staged
from jusur.databases.rules import UNDER_WAY, DatabaseKind, EditionState
from jusur.kernel import clock, text
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger
from jusur.node import context
from jusur.rows.claims import claim

SUBJECT: Final = "database.list"
MAX_REASON: Final = 500
Progress = Callable[[str, int, int | None], None]
"""Called with the stage (``reading``, ``taking``), how much is done and of how much (bytes; entries)."""


def edition_open(
    *,
    database: Database,
    file: Path,
    format: str,  # noqa: A002 - the word of the field
    actor: str,
    url: str = "",
    mapping: str | None = None,
    legal_basis: str = "",
    handling: dict[str, Any] | None = None,
) -> Edition:
    """Begin to import ``file`` as the newest edition of a list, or go on with it where it was begun.

    Args:
        database: the list's database, hosted here.
        file: the file; it is copied.
        format: one of ``formats.NAMES``.
        actor: who imports, as the ledger names them.
        url: where it was fetched from; empty for a file that was given.
        mapping: for CSV: which column is what, in TOML.
        legal_basis: what makes the list law.
        handling: the handling block of its records; open to all the database is shared with where absent.

    Raises:
        MayNotWriteError: the database is no list of this node.
        EditionStateError: another edition is under way, or this very file was taken last.
        InvalidInputError: no such format, a mapping that does not fit.
    """
    if database.kind != DatabaseKind.LIST or database.host != context.current().address or database.closed_at:
        raise MayNotWriteError("A list is imported into a list database that this node hosts.")
    formats.check(format, mapping)
    size, digest = file.stat().st_size, _digest(file)
    profile = _profile(database, legal_basis, handling)
    found = _known(database, digest)
    if found is not None:
        return found
    edition = Edition(
        id=new_id(),
        database=database,
        state=EditionState.READING,
        format=format,
        mapping=mapping,
        url=url.partition("?")[0][:500],
        file_name=text.shown(file.name, max_length=255),
        size=size,
        sha256=digest,
        handling=msgspec.to_builtins(profile),
        actor=actor,
        started_at=clock.now(),
    )
    copy = path_of(edition.id)
    copy.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(file, copy)
    try:
        with walls.duty():
            edition.save(force_insert=True)
    except IntegrityError:
        copy.unlink(missing_ok=True)
        raise EditionStateError(
            "Another edition of this list is under way.", fix="See: jusur lists editions."
        ) from None
    return edition


def edition_run(edition_id: UUID, *, progress: Progress | None = None) -> Edition:
    """Carry an edition on until it is taken, held or discarded.

    Raises:
        EditionStateError: another process works on it.
        ListUnreadableError: the file is no list of its format; the edition is discarded.
    """
    with claim("list", edition_id) as ours:
        if not ours:
            raise EditionStateError("Another process works on this edition.", fix="See: jusur lists editions.")
        edition = _load(edition_id)
        try:
            return _carry_on(edition, progress)
        except (ListUnreadableError, FileNotFoundError) as error:
            detail = error.detail if isinstance(error, ListUnreadableError) else "Its file is no longer there."
            _discard(edition, actor="node", reason=detail)
            raise ListUnreadableError(detail, fix="Check the file and its format, then import it again.") from None


def edition_accept(*, edition_id: UUID, reason: str, actor: accounts.Actor) -> Edition:
    """A person's word that a held edition is to be taken; ``edition_run`` (or the worker) takes it then.

    Of a file that was not read to its end, new and changed entries are taken and nothing is dropped.

    Raises:
        ForbiddenError: not the actor's act.
        EditionStateError: it is not held.
    """
    accounts.require(actor, "list.import")
    return accept(edition_id, reason=reason, actor=actor.reference)


def accept(edition_id: UUID, *, reason: str, actor: str) -> Edition:
    """`edition_accept` by the node's administrator."""
    why = text.line(reason, max_length=MAX_REASON, field="reason")
    with walls.duty():
        edition = _held(edition_id)
        if not edition.whole:
            dropped, _ = Staged.objects.filter(edition=edition, verdict="g").delete()
            edition.gone = (edition.gone or 0) - dropped
        edition.state, edition.decided_by = EditionState.TAKING, actor
        edition.save()
        _record("list.accepted", edition, actor, why)
    return edition


def edition_discard(*, edition_id: UUID, reason: str, actor: accounts.Actor) -> Edition:
    """Drop an edition that is being read or held; what was held before stays as it is.

    Raises:
        ForbiddenError: not the actor's act.
        EditionStateError: it is being taken, or was settled.
    """
    accounts.require(actor, "list.import")
    return discard(edition_id, reason=reason, actor=actor.reference)


def discard(edition_id: UUID, *, reason: str, actor: str) -> Edition:
    """`edition_discard` by the node's administrator."""
    why = text.line(reason, max_length=MAX_REASON, field="reason")
    edition = _load(edition_id)
    if edition.state not in {EditionState.READING, EditionState.COMPARING, EditionState.HELD}:
        raise EditionStateError("Only an edition that is being read or held can be dropped.")
    return _discard(edition, actor=actor, reason=why)


def work() -> int:
    """The worker's part: carry on what was accepted, asked for by the API, or broken off; how many editions."""
    with walls.duty():
        waiting = list(
            Edition.objects.filter(state__in=UNDER_WAY - {EditionState.HELD}).values_list("id", flat=True)[:10]
        )
    done = 0
    for edition_id in waiting:
        try:
            edition_run(edition_id)
        except (EditionStateError, ListUnreadableError):
            continue
        done += 1
    return done


def path_of(edition_id: UUID) -> Path:
    """Where the copy of an edition's file is kept until it is settled."""
    return context.current().home.path / "lists" / f"{edition_id}.list"


def _carry_on(edition: Edition, progress: Progress | None) -> Edition:
    if edition.state == EditionState.READING:
        reading.read(edition, path_of(edition.id), progress=progress)
        _advance(edition, EditionState.COMPARING)
    if edition.state == EditionState.COMPARING:
        comparing.compare(edition)
        if edition.held_for:
            _hold(edition)
        else:
            _advance(edition, EditionState.TAKING)
    if edition.state == EditionState.TAKING:
        taking.take(edition, progress=progress)
        _finish(edition)
    return edition


def _advance(edition: Edition, state: EditionState) -> None:
    edition.state = state
    with walls.duty():
        edition.save()


@transaction.atomic
def _hold(edition: Edition) -> None:
    _advance(edition, EditionState.HELD)
    _record("list.held", edition, edition.actor, edition.held_for)


def _finish(edition: Edition) -> None:
    with walls.duty():
        edition.state, edition.finished_at = EditionState.TAKEN, clock.now()
        edition.save()
        Staged.objects.filter(edition=edition).delete()
        _record("list.imported", edition, edition.actor, "")
    path_of(edition.id).unlink(missing_ok=True)


def _discard(edition: Edition, *, actor: str, reason: str) -> Edition:
    with walls.duty():
        Staged.objects.filter(edition=edition).delete()
        edition.state, edition.finished_at = EditionState.DISCARDED, clock.now()
        edition.held_for, edition.decided_by = reason[:MAX_REASON], actor
        edition.save()
        _record("list.discarded", edition, actor, reason)
    path_of(edition.id).unlink(missing_ok=True)
    return edition


def _record(kind: str, edition: Edition, actor: str, purpose: str) -> None:
    ledger.record(
        kind,
        subject_type=SUBJECT,
        subject_id=str(edition.id),
        actor=actor,
        purpose=purpose[:MAX_REASON],
        data={
            "database": edition.database_id,
            "file_sha256": edition.sha256,
            "read": edition.read,
            "refused": edition.refused,
            "new": edition.new,
            "changed": edition.changed,
            "unchanged": edition.unchanged,
            "gone": edition.gone,
            "taken": edition.taken,
            "withdrawn": edition.withdrawn,
            "changes_sha256": edition.changes_sha256,
        },
    )


def _load(edition_id: UUID) -> Edition:
    with walls.duty():
        edition = Edition.objects.select_related("database").filter(id=edition_id).first()
    if edition is None:
        raise NotFoundError("There is no such edition.", fix="List them: jusur lists editions.")
    return edition


def _held(edition_id: UUID) -> Edition:
    edition = Edition.objects.select_for_update(of=("self",)).filter(id=edition_id).first()
    if edition is None:
        raise NotFoundError("There is no such edition.", fix="List them: jusur lists editions.")
    if edition.state != EditionState.HELD:
        raise EditionStateError(f"The edition is not held: it is {edition.state}.", fix="See: jusur lists editions.")
    return edition


def _known(database: Database, digest: str) -> Edition | None:
    """The edition of exactly this file that is under way.

    Raises:
        EditionStateError: it was taken last, or another one is under way.
    """
    with walls.duty():
        under_way = Edition.objects.select_related("database").filter(database=database, state__in=UNDER_WAY).first()
        last = Edition.objects.filter(database=database, state=EditionState.TAKEN).order_by("-finished_at").first()
    if under_way is not None:
        if under_way.sha256 == digest:
            return under_way
        raise EditionStateError(
            f"Another edition of this list is {under_way.state}.",
            fix=f"Accept or discard it first: jusur lists accept {under_way.id} (or discard).",
        )
    if last is not None and last.sha256 == digest:
        raise EditionStateError("This very file was taken last: nothing has changed.", fix="Fetch a newer one.")
    return None


def _profile(database: Database, legal_basis: str, handling: dict[str, Any] | None) -> RecordContent:
    """What every record of the list says beside its entity."""
    block = handling or {
        "classification": "official_use_only",
        "handling_code": "H0",
        "source_evaluation": "A2",
        "allowed_recipients": ["*"],
    }
    draft = contents.parse(
        {
            "entity": {},
            "handling": block,
            "purpose": f"screening against {database.key}",
            "legal_basis": legal_basis[: contents.MAX_TEXT],
        },
        contents.Draft,
    )
    if not database.purposes:
        raise InvalidInputError("The database permits no use.", fix="Share it anew.")
    return contents.complete(draft, entity={}, purposes=database.purposes, retention_days=database.retention_days)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
