"""How certain an answer must be to be shown, and to count as a hit: by purpose, as the engine measured them."""

from dataclasses import dataclass
from typing import Final

LEAST: Final = 0.05
"""No answer below this is ever looked for: it would be chance."""


@dataclass(frozen=True, slots=True)
class Levels:
    """From ``show`` on an answer is shown, from ``hit`` on it is proposed as a hit (probabilities)."""

    show: float
    hit: float


_LEVELS: Final = {
    "border-check": Levels(0.6, 0.9),
    "investigation": Levels(0.3, 0.8),
    "vetting": Levels(0.5, 0.85),
}


def levels(name: str) -> Levels:
    """The levels of ``name``, as a purpose calls them (``thresholds`` in ``data/search_purposes.json``)."""
    return _LEVELS[name]
