"""From which probability on a candidate is shown, by the purpose of the search.

A traveller waits while a border check's false hit is looked at, so its threshold is high; an investigator, or who looks
for a missing person, would rather read through more names than miss one. Data with its source, to be confirmed and
changed by the organisation.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a search for one purpose shows."""

    threshold: float
    """Least probability."""
    limit: int
    """Most candidates."""


DEFAULT = Threshold(0.5, 10)


@cache
def thresholds() -> dict[str, Threshold]:
    """The thresholds by purpose."""
    text = files("jusur.matching").joinpath("data", "thresholds.json").read_text(encoding="utf-8")
    return {purpose: Threshold(**row) for purpose, row in json.loads(text)["thresholds"].items()}


def of_purpose(purpose: str) -> Threshold:
    """The threshold of ``purpose``, or the default where it has none of its own."""
    return thresholds().get(purpose, DEFAULT)
