"""How certain an answer must be to be shown, and to be proposed as a hit: by purpose, as the engine measured them.

What is shown begins at the engine's threshold for the purpose (``jusur.matching.thresholds``). What is proposed as a
hit must be more likely than not: below, an answer is shown for a person to look at, and nobody else is told of it.
"""

from dataclasses import dataclass
from typing import Final

from jusur.matching import thresholds

LEAST: Final = 0.05
"""No answer below this is ever looked for: it would be chance."""
MORE_LIKELY_THAN_NOT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Levels:
    """From ``show`` on an answer is shown, from ``hit`` on it is proposed as a hit (probabilities)."""

    show: float
    hit: float


def levels(name: str) -> Levels:
    """The levels of ``name``, as a purpose calls the engine's (``thresholds`` in ``data/search_purposes.json``)."""
    show = thresholds.of_purpose(name).threshold
    return Levels(show, max(show, MORE_LIKELY_THAN_NOT))
