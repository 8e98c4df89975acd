"""Reads of the journal of searches, and what an index and a catalogue need to know of the records."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, QuerySet

from jusur.databases import catalogue, walls
from jusur.databases.models import Identifier, Record
from jusur.databases.search_models import Search
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.kernel.ids import parse_id
from jusur.standards import ftm

_KEYS_AT_ONCE = 20_000


def searches(*, actor: str = "", reference: str = "", purpose: str = "") -> QuerySet[Search]:
    """Searches that this node answered or refused, newest first."""
    found = Search.objects.order_by("-id")
    found = found.filter(actor=actor) if actor else found
    found = found.filter(reference=reference) if reference else found
    return found.filter(purpose=purpose) if purpose else found


def search(search_id: UUID) -> Search:
    """One search.

    Raises:
        NotFoundError: there is none.
    """
    found = Search.objects.filter(id=search_id).first()
    if found is None:
        raise NotFoundError("There is no such search.")
    return found


def records_count() -> int:
    """How many records are held."""
    with walls.duty():
        return Record.objects.filter(state="held").count()


def all_keys() -> Iterator[tuple[str, UUID]]:
    """Every normalised identifier of a held record, with its record, read in portions."""
    last = 0
    while True:
        with walls.duty():
            rows = list(
                Identifier.objects.filter(id__gt=last)
                .order_by("id")
                .values_list("id", "key", "record_id")[:_KEYS_AT_ONCE]
            )
        if not rows:
            return
        last = rows[-1][0]
        yield from ((key, record) for _, key, record in rows)


def held_counts(organisation: str) -> dict[str, int]:
    """By database, how many of the records held here ``organisation`` may see for some purpose."""
    with walls.carrying(organisation):
        counted = Record.objects.filter(state="held").values_list("database_id").annotate(number=Count("id"))
        return dict(counted.order_by("database_id"))


def title(key: str) -> str:
    """What the database of this key is called in English."""
    try:
        return catalogue.template(key).names.en
    except InvalidInputError:
        return key


def is_record_id(text: str) -> bool:
    """Whether ``text`` is written as records' identifiers are."""
    try:
        parse_id(text)
    except InvalidInputError:
        return False
    return True


def is_schema(name: str, wanted: str) -> bool:
    """Whether the FollowTheMoney schema ``name`` is ``wanted`` or inherits from it."""
    found = ftm.SCHEMAS.get(name)
    return found is not None and found.is_a(wanted)
