"""Reads of the register of legal instruments."""

import re
from functools import lru_cache
from uuid import UUID

from jusur.instruments.errors import InstrumentNotFoundError
from jusur.instruments.models import InstrumentVersion
from jusur.instruments.schema import Instrument, parse
from jusur.kernel import canonical

_ID = re.compile(r"[a-z0-9_-]{1,40}")


def active() -> tuple[Instrument, ...]:
    """The active version of every instrument, by id."""
    rows = InstrumentVersion.objects.filter(active=True).order_by("instrument_id")
    return tuple(_instrument(pk, digest) for pk, digest in rows.values_list("pk", "digest"))


def one(instrument_id: str, *, digest: str | None = None) -> Instrument:
    """The active version of an instrument, or the one with this digest.

    Raises:
        InstrumentNotFoundError: the register does not have it.
    """
    return _instrument(*_row(instrument_id, digest))


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


@lru_cache(maxsize=256)
def _instrument(pk: UUID, digest: str) -> Instrument:  # noqa: ARG001 - a changed document has another digest
    data = InstrumentVersion.objects.values_list("data", flat=True).get(pk=pk)
    return parse(canonical.encode(data))
