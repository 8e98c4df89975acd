"""How well the engine tells persons apart, by script, with confidence intervals and, on demand, every failure.

    python -m bench.quality [--data FOLDER] [--failures CATEGORY] [--fit] [--gallery-size N] [--json FILE]

Pairs: F1 at the one threshold that is best over all pairs, and recall where precision is 95 in 100. Gallery: recall
among the first ten, and the share of persons found at the threshold that 1 in 100 strangers passes (by name alone).
Intervals are 95 %, by bootstrap over persons. ``--fit`` fits the four numbers of the calibration anew: the figures
printed are then those of persons held out (five parts), and the numbers those fitted on all.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from bench.galleries import enlarged  # noqa: E402

from jusur.matching import batch, calibration  # noqa: E402
from jusur.matching.columns import gathered  # noqa: E402
from jusur.matching.packing import packed  # noqa: E402
from jusur.matching.scoring import common  # noqa: E402
from jusur.matching.subject import Subject  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "screening"
GOALS = {
    "pair F1": {"all": 0.93, "ar-lat": 0.93, "cyr-lat": 0.96},
    "recall at precision .95": {"all": 0.88},
    "recall@10": {"mean of scripts": 0.95},
    "recall@10, a million": {"mean of scripts": 0.86, "ar-lat": 0.90},
    "found at 1 % strangers": {"all": 0.75},
}
FOLDS, DRAWS = 5, 200
NOTHING = (0.0, 0.0, 0.0)


@dataclass
class Figure:
    """One figure of the table, and the interval of 95 %."""

    measure: str
    category: str
    value: float
    low: float
    high: float
    count: int
    goal: float | None = field(init=False)

    def __post_init__(self) -> None:
        self.goal = GOALS.get(self.measure, {}).get(self.category)


def read(name: str, folder: Path) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def f1(score: np.ndarray, truth: np.ndarray, threshold: float) -> float:
    said = score >= threshold
    return float(2 * (said & truth).sum() / max(said.sum() + truth.sum(), 1))


def best_threshold(score: np.ndarray, truth: np.ndarray) -> float:
    order = np.argsort(-score)
    right = np.cumsum(truth[order])
    return float(score[order][np.argmax(2 * right / (np.arange(1, len(truth) + 1) + truth.sum()))])


def recall_at_precision(score: np.ndarray, truth: np.ndarray, wanted: float = 0.95) -> float:
    order = np.argsort(-score)
    right = np.cumsum(truth[order])
    good = right / np.arange(1, len(truth) + 1) >= wanted
    return float(right[good].max() / truth.sum()) if good.any() else 0.0


def interval(measure: Callable[[np.ndarray], float], people: np.ndarray, seed: int = 4) -> tuple[float, float]:
    """The middle 95 % of ``measure`` over rows drawn person by person with replacement."""
    draw = np.random.default_rng(seed)
    order = np.argsort(people, kind="stable")
    groups = np.split(order, np.unique(people[order], return_index=True)[1][1:])
    found = [
        measure(np.concatenate([groups[at] for at in draw.integers(0, len(groups), len(groups))])) for _ in range(DRAWS)
    ]
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))


def of_pairs(score: np.ndarray, pairs: list[dict[str, str]]) -> list[Figure]:
    truth = np.array([row["is_match"] == "1" for row in pairs])
    category = np.array([row["category"] for row in pairs])
    people = np.unique([row["entity1"] for row in pairs], return_inverse=True)[1]
    threshold = best_threshold(score, truth)
    found = []
    for name in ["all", *sorted(set(category))]:
        rows = np.flatnonzero((category == name) | (name == "all"))
        for measure, how in (
            ("pair F1", lambda at: f1(score[at], truth[at], threshold)),
            ("recall at precision .95", lambda at: recall_at_precision(score[at], truth[at])),
        ):
            low, high = interval(lambda at, rows=rows, how=how: how(rows[at]), people[rows])
            found.append(Figure(measure, name, how(rows), low, high, len(rows)))
    return found


def of_gallery(
    people: list[tuple[str, str]], queries: list[dict[str, str]], measure: str = "recall@10"
) -> tuple[list[Figure], list[str]]:
    """Figures of ranking, and the queries that failed."""
    segment = batch.gallery(people)
    ranked: dict[str, list[batch.Ranked]] = {}
    for line in batch.rank(segment, [(row["query_id"], row["query"]) for row in queries], 10):
        ranked.setdefault(line.query_id, []).append(line)
    wanted = [row for row in queries if row["entity_id"]]
    hit = np.array([any(r.entity_id == row["entity_id"] for r in ranked.get(row["query_id"], ())) for row in wanted])
    entities = np.unique([row["entity_id"] for row in wanted], return_inverse=True)[1]
    category = np.array([row["category"] for row in wanted])
    found = []
    for name in sorted(set(category)):
        rows = np.flatnonzero(category == name)
        low, high = interval(lambda at, rows=rows: float(hit[rows[at]].mean()), entities[rows])
        found.append(Figure(measure, name, float(hit[rows].mean()), low, high, len(rows)))
    enough = [figure for figure in found if figure.count >= 20]
    mean = float(np.mean([figure.value for figure in enough]))
    found.insert(0, Figure(measure, "mean of scripts", mean, mean, mean, len(wanted)))
    strangers = [row for row in queries if not row["entity_id"]]
    if strangers:
        top = {key: lines[0].score for key, lines in ranked.items()}
        passed = sorted((top.get(row["query_id"], 0.0) for row in strangers), reverse=True)
        threshold = passed[len(passed) // 100]
        caught = np.array([top.get(row["query_id"], 0.0) > threshold for row in wanted])
        low, high = interval(lambda at: float(caught[at].mean()), entities)
        found.append(Figure("found at 1 % strangers", "all", float(caught.mean()), low, high, len(wanted)))
    missed = [f"{row['category']}\t{row['query']}" for row, good in zip(wanted, hit, strict=True) if not good]
    return found, missed


def logistic(features: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Coefficients of a logistic regression, the constant first (iteratively reweighted least squares)."""
    columns = np.c_[np.ones(len(features)), features]
    found = np.zeros(columns.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-columns @ found))
        weight = chance * (1 - chance) + 1e-9
        found = found + np.linalg.solve(
            (columns.T * weight) @ columns + 1e-6 * np.eye(len(found)), columns.T @ (truth - chance)
        )
    return found


def fitted(features: np.ndarray, pairs: list[dict[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Held-out log-odds of every pair, and the coefficients fitted on all."""
    truth = np.array([row["is_match"] == "1" for row in pairs], float)
    part = np.unique([row["entity1"] for row in pairs], return_inverse=True)[1] % FOLDS
    odds = np.zeros(len(truth))
    for fold in range(FOLDS):
        found = logistic(features[part != fold], truth[part != fold])
        odds[part == fold] = np.c_[np.ones((part == fold).sum()), features[part == fold]] @ found
    return odds, logistic(features, truth)


def table(figures: list[Figure]) -> str:
    lines = [f"{'measure':<26}{'script':<18}{'value':>7}  {'95 % interval':<15}{'goal':>6}{'cases':>8}"]
    for one in figures:
        goal = "" if one.goal is None else f"{one.goal:.2f}"
        low = " " if one.goal is None or one.value >= one.goal else "!"
        span = f"{one.low:.3f}-{one.high:.3f}"
        lines.append(f"{one.measure:<26}{one.category:<18}{one.value:>7.3f}{low} {span:<15}{goal:>6}{one.count:>8}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--failures", default="", metavar="CATEGORY")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--gallery-size", type=int, default=0, help="also rank among so many names")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"{options.data} is not there: give --data FOLDER with pairs.csv, gallery.csv and queries.csv.")
    pairs = read("pairs.csv", options.data)
    names = dict.fromkeys(name for row in pairs for name in (row["name1"], row["name2"]))
    weighing = gathered(Subject(names=(name,)) for name in names).lexicon()
    features = np.array(
        [common(packed(row["name1"]), packed(row["name2"]), weighing) or NOTHING for row in pairs], float
    )
    if options.fit:
        odds, found = fitted(features, pairs)
        print(json.dumps(dict(zip(("bias", "evidence", "coverage", "worst"), found.round(3).tolist(), strict=True))))
    else:
        shipped = calibration.model()
        odds = np.array([shipped.log_odds(*row) for row in features])
    figures = of_pairs(odds, pairs)
    people = [(row["entity_id"], row["name"]) for row in read("gallery.csv", options.data)]
    queries = read("queries.csv", options.data)
    more, missed = of_gallery(people, queries)
    figures += more
    if options.gallery_size:
        wanted = [row for row in queries if row["entity_id"]]
        large = of_gallery(enlarged(people, options.gallery_size), wanted, "recall@10, a million")
        figures += large[0]
    print(table(figures))
    if options.failures:
        print(*failures(options.failures, odds, pairs, missed), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(as_json(figures), indent=1), encoding="utf-8")


def failures(category: str, odds: np.ndarray, pairs: list[dict[str, str]], missed: list[str]) -> list[str]:
    truth = np.array([row["is_match"] == "1" for row in pairs])
    threshold = best_threshold(odds, truth)
    wrong = [
        f"{'missed' if right else 'mixed up'}\t{score:.2f}\t{row['name1']}\t{row['name2']}"
        for row, score, right in zip(pairs, odds, truth, strict=True)
        if row["category"] == category and (score >= threshold) != right
    ]
    return [*wrong, *(f"not ranked\t{line}" for line in missed if line.startswith(category))]


def as_json(figures: list[Figure]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in figures:
        found.setdefault(one.measure, {})[one.category] = {
            "value": round(one.value, 4),
            "interval": [round(one.low, 4), round(one.high, 4)],
            "goal": one.goal,
        }
    return found


if __name__ == "__main__":
    main()
