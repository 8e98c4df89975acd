"""Time: always aware, always UTC, one textual form (RFC 3339 with microseconds and ``Z``)."""

import os
import re
from datetime import UTC, datetime, timedelta

from jusur.kernel.errors import InvalidInputError

OFFSET_VARIABLE = "JUSUR_CLOCK_OFFSET_SECONDS"
"""Environment variable that shifts this process's clock, for rehearsing wrong clocks and passing deadlines."""

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def now() -> datetime:
    """The present moment, UTC, shifted by ``JUSUR_CLOCK_OFFSET_SECONDS`` where that is set."""
    offset = os.environ.get(OFFSET_VARIABLE)
    present = datetime.now(UTC)
    return present + timedelta(seconds=float(offset)) if offset else present


def timestamp(moment: datetime) -> str:
    """``moment`` as ``2026-11-21T20:05:06.123456Z``.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is not a moment")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_timestamp(text: str, *, field: str = "time") -> datetime:
    """The moment that ``text`` names in UTC.

    Raises:
        InvalidInputError: not RFC 3339 in UTC with a ``Z``, or no such date.
    """
    try:
        if not _FORM.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise InvalidInputError(f"{field} is not a time in UTC.", fix="Write it as 2026-11-21T20:05:06Z.") from None
