"""From what two names have in common to the probability that they are one person's.

A logistic model of three features (`jusur.matching.kernels.align`): evidence, coverage, worst likeness. Its four
numbers (``data/calibration.json``, which says how they were fitted) are all that was fitted in this room.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of the logistic model, all but ``bias`` positive: more in common never lowers a score."""

    bias: float
    evidence: float
    coverage: float
    worst: float

    def log_odds(self, evidence: float, coverage: float, worst: float) -> float:
        """The log-odds that two names are one person's."""
        return self.bias + self.evidence * evidence + self.coverage * coverage + self.worst * worst


@cache
def model() -> Model:
    """The model that is shipped."""
    text = files("jusur.matching").joinpath("data", "calibration.json").read_text(encoding="utf-8")
    held = json.loads(text)
    return Model(*(float(held[name]) for name in ("bias", "evidence", "coverage", "worst")))


def probability(log_odds: float) -> float:
    """Log-odds as a probability."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > 0 else math.exp(log_odds) / (1 + math.exp(log_odds))


def log_odds(probability_: float) -> float:
    """A probability (0 < p < 1) as log-odds."""
    return math.log(probability_ / (1 - probability_))
