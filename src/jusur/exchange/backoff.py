"""How long to wait before trying again: doubling from one second to five minutes, with jitter."""

import random
from datetime import timedelta

BASE_SECONDS = 1.0
MAX_SECONDS = 300.0


def next_delay(attempts: int, *, at_least: float = 0.0) -> timedelta:
    """The wait after ``attempts`` failures (the first is 0), between half and the whole of the doubled time.

    Args:
        attempts: failures so far.
        at_least: seconds the other side asked for (``Retry-After``).
    """
    whole = min(MAX_SECONDS, BASE_SECONDS * 2 ** min(attempts, 16))
    jittered = whole * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, keeps no secret
    return timedelta(seconds=max(at_least, jittered))
