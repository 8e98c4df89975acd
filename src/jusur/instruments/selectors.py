"""Reads of the register of legal instruments."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jusur.instruments.errors import InstrumentNotFoundError
from jusur.instruments.models import InstrumentVersion
from jusur.instruments.schema import Instrument, parse
from jusur.kernel import canonical

_ID = re.compile(r"[a-z0-9_-]{1,40}")
MAX_READ = 256
_read: dict[tuple[UUID, str], Instrument] = {}
"""Instruments read from the database, by row and digest: a changed document has another digest."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """A stored version of an instrument: who made it, since when it is here, whether it is the active one."""

    version: int
    origin: str
    digest: str
    loaded_at: datetime
    added_by: str
    active: bool


def active() -> tuple[Instrument, ...]:
    """The active version of every instrument, by id."""
    return parsed(versions())


def versions() -> tuple[tuple[UUID, str], ...]:
    """The row and digest of the active version of every instrument, by id."""
    rows = InstrumentVersion.objects.filter(active=True).order_by("instrument_id")
    return tuple(rows.values_list("pk", "digest"))


def history(instrument_id: str) -> list[VersionView]:
    """Every stored version of an instrument, the latest first."""
    fields = ("version", "origin", "digest", "loaded_at", "added_by", "active")
    rows = InstrumentVersion.objects.filter(instrument_id=instrument_id).order_by("-loaded_at", "-version")
    return [VersionView(*row) for row in rows.values_list(*fields)]


def one(instrument_id: str, *, digest: str | None = None) -> Instrument:
    """The active version of an instrument, or the one with this digest.

    Raises:
        InstrumentNotFoundError: the register does not have it.
    """
    return version(*_row(instrument_id, digest))


def digest(instrument_id: str) -> str:
    """The digest of the active version.

    Raises:
        InstrumentNotFoundError: the register does not have it.
    """
    return _row(instrument_id, None)[1]


def _row(instrument_id: str, digest: str | None) -> tuple[UUID, str]:
    if not _ID.fullmatch(instrument_id):  # what no identifier can be never reaches the database (it refuses NUL)
        instrument_id = ""
    rows = InstrumentVersion.objects.filter(instrument_id=instrument_id)
    rows = rows.filter(active=True) if digest is None else rows.filter(digest=digest)
    found = rows.values_list("pk", "digest").first()
    if found is None:
        raise InstrumentNotFoundError(
            "The register has no such legal instrument or version.", fix="See `jusur instruments list`."
        )
    return found


def version(pk: UUID, digest: str) -> Instrument:
    """The instrument in the row ``pk``, read once a process."""
    return parsed([(pk, digest)])[0]


def parsed(wanted: Iterable[tuple[UUID, str]]) -> tuple[Instrument, ...]:
    """The instruments in these rows (row and digest), those not yet read in one question to the database."""
    listed = tuple(wanted)
    missing = [pk for pk, digest in listed if (pk, digest) not in _read]
    if len(_read) + len(missing) > MAX_READ:
        _read.clear()
        missing = [pk for pk, _digest in listed]
    rows = InstrumentVersion.objects.filter(pk__in=missing).values_list("pk", "digest", "data") if missing else ()
    _read.update({(pk, digest): parse(canonical.encode(data)) for pk, digest, data in rows})
    return tuple(_read[key] for key in listed)
