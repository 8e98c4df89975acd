"""Reads of databases and records. What concerns records goes through the walls (``walls``)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jusur.databases import walls
from jusur.databases.errors import DatabaseNotFoundError, RecordNotFoundError
from jusur.databases.models import Database, Edition, Identifier, Record, RecordVersion, Refusal
from jusur.databases.rules import Mode
from jusur.kernel.errors import NotFoundError
from jusur.node import context


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as a reader who may see it gets it."""

    id: UUID
    database: str
    key: str
    host: str
    originator: str
    reference: str
    schema: str
    entity: Mapping[str, Any]
    classification: str
    handling_code: str
    source_evaluation: str
    allowed_recipients: tuple[str, ...]
    forwarding: tuple[str, ...]
    conditions: str
    purpose: str
    purposes: tuple[str, ...]
    legal_basis: str
    version: int
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    refusal: str

    @property
    def properties(self) -> Mapping[str, list[str]]:
        """The entity's properties."""
        found: Mapping[str, list[str]] = self.entity.get("properties", {})
        return found


def view(record: Record) -> RecordView:
    """``record``, read inside the walls, as a reader gets it."""
    key, _, host = record.database_id.partition("@")
    return RecordView(
        id=record.id,
        database=record.database_id,
        key=key,
        host=host,
        originator=record.originator,
        reference=record.reference,
        schema=record.schema,
        entity=record.entity or {},
        classification=record.classification,
        handling_code=record.handling_code,
        source_evaluation=record.source_evaluation,
        allowed_recipients=tuple(record.allowed_recipients),
        forwarding=tuple(record.forwarding),
        conditions=record.conditions,
        purpose=record.purpose,
        purposes=tuple(record.purposes),
        legal_basis=record.legal_basis,
        version=record.version,
        created_at=record.created_at,
        changed_at=record.changed_at,
        expires_at=record.expires_at,
        refusal=record.refusal,
    )


def records_visible(ids: Iterable[UUID], *, asker: str, purpose: str) -> dict[UUID, RecordView]:
    """Those of the records ``ids`` that the organisation ``asker`` may see for ``purpose``, by their identifiers.

    Raises:
        InvalidInputError: no address, or no purpose that is allowed.
    """
    with walls.reading(asker, purpose):
        return {record.id: view(record) for record in Record.objects.filter(id__in=list(ids))}


def record_visible(record: UUID, *, asker: str, purpose: str = "") -> RecordView:
    """One record, for an organisation that may see it.

    Raises:
        RecordNotFoundError: there is none, or the organisation may not see it for this purpose.
    """
    with walls.reading(asker, purpose):
        found = Record.objects.filter(id=record).first()
    if found is None:
        raise RecordNotFoundError(
            "There is no such record, or not for this purpose.", fix="Check the identifier and the purpose."
        )
    return view(found)


def records_by_key(keys: Iterable[str], *, asker: str, purpose: str) -> dict[str, list[RecordView]]:
    """The records with exactly these normalised identifiers that ``asker`` may see for ``purpose``."""
    found: dict[str, list[RecordView]] = {}
    with walls.reading(asker, purpose):
        for each in Identifier.objects.filter(key__in=list(keys)).select_related("record"):
            found.setdefault(each.key, []).append(view(each.record))
    return found


def keys_of(ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The normalised identifiers of records, for building an index."""
    found: dict[UUID, list[str]] = {}
    with walls.duty():
        for record, key in Identifier.objects.filter(record__in=list(ids)).values_list("record_id", "key"):
            found.setdefault(record, []).append(key)
    return found


def records_held(ids: Iterable[UUID]) -> list[Record]:
    """Held records by their identifiers, for the node's own work (building an index): not for showing to anybody."""
    with walls.duty():
        return list(Record.objects.filter(id__in=list(ids), state="held"))


def versions(record: UUID) -> list[RecordVersion]:
    """The versions that were corrected or withdrawn, oldest first: of this bureau's own records only."""
    with walls.reading(context.current().address):
        return list(RecordVersion.objects.filter(record=record).order_by("version"))


def databases(*, key: str = "", host: str = "", open_only: bool = True) -> QuerySet[Database]:
    """The databases that this node hosts or was told of."""
    found = Database.objects.order_by("key", "host")
    found = found.filter(key=key) if key else found
    found = found.filter(host=host) if host else found
    return found.filter(closed_at__isnull=True) if open_only else found


def database(name: str) -> Database:
    """The database called ``name``: ``nominal@GS``, or ``nominal`` where it can be only one.

    Of several hosts this node itself comes first, then the secretariat.

    Raises:
        DatabaseNotFoundError: there is none, or there are several and none of these two hosts one.
    """
    if "@" in name:
        found = list(Database.objects.filter(id=name))
    else:
        found = list(databases(key=name))
        first = [each for host in (context.current().address, "GS") for each in found if each.host == host]
        found = first[:1] or found
    if len(found) != 1:
        known = ", ".join(each.id for each in found)
        raise DatabaseNotFoundError(
            f"Several organisations host {name[:40]}: {known}." if found else "This node knows no such database.",
            fix="Name its host too, e.g. nominal@GS. See: jusur database list.",
        )
    return found[0]


def remote_hosts() -> dict[str, list[str]]:
    """Whom to ask for databases that never leave their host: the host's address, and the databases there."""
    own = context.current().address
    found: dict[str, list[str]] = {}
    for each in databases().filter(mode=Mode.REMOTE).exclude(host=own):
        found.setdefault(each.host, []).append(each.id)
    return found


def editions(*, database: str = "") -> QuerySet[Edition]:
    """Editions of imported lists; call inside ``walls.duty``."""
    found = Edition.objects.select_related("database")
    return found.filter(database=database) if database else found


def editions_list(*, database: str = "", limit: int = 50) -> list[Edition]:
    """The newest editions of lists, newest first."""
    with walls.duty():
        return list(editions(database=database).order_by("-id")[:limit])


def edition(edition_id: UUID) -> Edition:
    """One edition.

    Raises:
        NotFoundError: there is none.
    """
    with walls.duty():
        found = Edition.objects.select_related("database").filter(id=edition_id).first()
    if found is None:
        raise NotFoundError("There is no such edition.", fix="List them: jusur lists editions.")
    return found


def refusals(edition_id: UUID, *, after: int = -1, limit: int = 1000) -> list[Refusal]:
    """What was refused of an edition, in the order of the file, from the entry after ``after`` on."""
    with walls.duty():
        return list(Refusal.objects.filter(edition=edition_id, number__gt=after).order_by("number")[:limit])
