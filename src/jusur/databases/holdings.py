"""What this bureau's officers see of databases, of the records that are their bureau's, and of imported lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.fields.json import KT

from jusur.databases import catalogue, walls
from jusur.databases.errors import RecordNotFoundError
from jusur.databases.lists.publishers import publishers
from jusur.databases.models import Database, Edition, Record, RecordVersion
from jusur.databases.rules import DatabaseKind, EditionState, RecordState, Writers, write_refusal
from jusur.databases.search_models import Hit
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES
from jusur.node import context
from jusur.rows.pages import page

__all__ = [
    "database_names",
    "databases_writable",
    "editions_page",
    "editions_waiting",
    "held_numbers",
    "record_caption",
    "record_own",
    "record_versions",
    "records_own",
    "watch_hits",
]


def database_names(databases: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """Names in the four languages of databases called ``nominal@GS``; as the host gives them, else as shipped.

    An imported list is called as its publisher calls it; one of nobody's by its key.
    """
    wanted = set(databases)
    known: dict[str, Mapping[str, str]] = dict(Database.objects.filter(id__in=wanted).values_list("id", "names"))
    return {each: _names(each.partition("@")[0], known.get(each, {})) for each in wanted}


def _names(key: str, given: Mapping[str, str]) -> Mapping[str, str]:
    published = next((each.names for each in publishers().values() if each.database == key), None)
    if published is not None:
        return {language: getattr(published, language) for language in LANGUAGES}
    names = given if given.get("en") else _shipped(key)
    return {language: f"{name} ({key})" for language, name in names.items()} if key.startswith("list-") else names


def _shipped(key: str) -> Mapping[str, str]:
    try:
        names = catalogue.template(key).names
    except InvalidInputError:
        return dict.fromkeys(LANGUAGES, key)
    return {language: getattr(names, language) for language in LANGUAGES}


def databases_writable() -> list[Database]:
    """The databases into which this bureau may write records one by one, by the database's rule."""
    own = context.current()
    found = Database.objects.filter(kind=DatabaseKind.SHARED, closed_at__isnull=True).order_by("key", "host")
    return [each for each in found if not _refusal(each, own.address, own.settings.country)]


def _refusal(database: Database, own: str, country: str) -> str:
    shared = set(database.recipients) | ({own} if database.host != own else set())
    return write_refusal(
        Writers(database.writers), writer=own, country=country, host=database.host, recipients=shared, issuing=[country]
    )


def held_numbers() -> dict[str, dict[str, int]]:
    """By database: how many records are held here (``held``), and how many of them are this bureau's own (``own``)."""
    own = context.current().address
    with walls.duty():
        counted = (
            Record.objects.filter(state=RecordState.HELD)
            .values("database_id")
            .annotate(held=Count("id"), own=Count("id", filter=Q(originator=own)))
        )
        return {row["database_id"]: {"held": row["held"], "own": row["own"]} for row in counted}


def records_own(
    *, database: str = "", text: str = "", state: str = RecordState.HELD, cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """This bureau's own records, newest first: those of the shared databases, or of one database that is named.

    Args:
        database: only of this one (``nominal@GS``).
        text: a reference as it begins, or letters that stand in the record.
        state: held, withdrawn or purged; the latter two have no content.
        cursor: the ``next`` of the page before.
        limit: how many.
    """
    own = context.current().address
    with walls.duty():
        found = Record.objects.filter(originator=own, state=state).select_related("database")
        found = found.filter(database=database) if database else found.filter(database__kind=DatabaseKind.SHARED)
        if text:
            found = found.annotate(written=KT("entity__properties"))
            found = found.filter(Q(reference__istartswith=text) | Q(written__icontains=text))
        return page(found, lambda row: {"record": row}, cursor=cursor, limit=limit)


def record_own(record: UUID) -> Record:
    """One record of this bureau, withdrawn ones too (they have no content).

    Raises:
        RecordNotFoundError: there is none of ours.
    """
    with walls.duty():
        rows = Record.objects.select_related("database").filter(id=record, originator=context.current().address)
        found = rows.first()
    if found is None:
        raise RecordNotFoundError("There is no such record of this bureau.", fix="Check the identifier.")
    return found


def record_versions(record: UUID) -> list[RecordVersion]:
    """The versions of a record of this bureau that were corrected or withdrawn, oldest first."""
    with walls.duty():
        rows = RecordVersion.objects.filter(record=record, record__originator=context.current().address)
        return list(rows.order_by("version"))


def editions_page(*, database: str = "", cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """Editions of imported lists, newest first."""
    with walls.duty():
        found = Edition.objects.select_related("database")
        found = found.filter(database=database) if database else found
        return page(found, lambda row: {"edition": row}, cursor=cursor, limit=limit)


def editions_waiting() -> int:
    """How many editions wait for a person's word."""
    with walls.duty():
        return Edition.objects.filter(state=EditionState.HELD).count()


NAMES: Final = (
    "name",
    "alias",
    "number",
    "registrationNumber",
    "vin",
    "iban",
    "accountNumber",
    "cryptoAddress",
    "publicKey",
    "phone",
    "email",
    "domainName",
    "imei",
    "serialNumber",
    "title",
)
"""What a record is called by, the first that it has."""


def record_caption(properties: Mapping[str, Sequence[str]]) -> str:
    """What an entity of these properties is called; empty where nothing names it."""
    return next((properties[name][0] for name in NAMES if properties.get(name)), "")


def watch_hits(watches: Iterable[UUID]) -> dict[UUID, int]:
    """How many hits each of the watches found; those that found none are left out."""
    counted = Hit.objects.filter(watch__in=list(watches)).values("watch").annotate(number=Count("id"))
    return {row["watch"]: row["number"] for row in counted if row["watch"] is not None}
