"""Identifiers: UUID version 7 (RFC 9562, section 5.7), which sort by the time they were made."""

import os
import threading
import time
from uuid import UUID

from jusur.kernel.errors import InvalidInputError

_lock = threading.Lock()
_last = 0

_COUNTER_BITS = 12
_RANDOM_BITS = 62


def new_id() -> UUID:
    """A new UUIDv7, later than every other this process has made.

    The 12 bits after the millisecond are a sub-millisecond fraction (RFC 9562, section 6.2, method 3), stepped on
    when two are made within the same fraction.
    """
    global _last  # noqa: PLW0603 - the monotonic guarantee is per process
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    stamp = (milliseconds << _COUNTER_BITS) | (rest << _COUNTER_BITS) // 1_000_000
    with _lock:
        _last = stamp = max(stamp, _last + 1)
    milliseconds, fraction = stamp >> _COUNTER_BITS, stamp & 0xFFF
    random = int.from_bytes(os.urandom(8)) & ((1 << _RANDOM_BITS) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << _RANDOM_BITS) | random)


def parse_id(text: str, *, field: str = "id") -> UUID:
    """The UUID that ``text`` spells in canonical lower-case form.

    Raises:
        InvalidInputError: another spelling, so that one identifier has one form.
    """
    try:
        value = UUID(text)
    except (ValueError, AttributeError, TypeError):
        value = None
    if value is None or str(value) != text:
        raise InvalidInputError(
            f"{field} is not an identifier.", fix="Give the 36-character identifier exactly as it was issued."
        )
    return value
