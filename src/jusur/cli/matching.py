"""``jusur match``: the engine on files of one's own, without a node. Starts neither Django nor a database."""

import csv
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from jusur.cli.output import json_option, print_fields, print_json
from jusur.matching import batch

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")


class Clock:
    """Processor seconds by phase."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what is done inside as ``name``."""
        begun = time.process_time()
        yield
        self.phases[name] = self.phases.get(name, 0.0) + time.process_time() - begun


@click.group()
def match() -> None:
    """Score pairs of names and rank galleries, to measure the engine on a set of your own."""


@match.command()
@click.argument("pairs", type=_FILE)
@_OUT
@json_option
def score(pairs: Path, out: Path, as_json: bool) -> None:
    """Add a column `score` (0-1) to PAIRS, a CSV file with the columns name1 and name2.

    The score is the probability that both are names of one person; words weigh by their rarity in the file.
    """
    clock = Clock()
    with clock.phase("prepare"), _reading(pairs) as file:
        held = list(batch.rows(file, ("name1", "name2")))
        batch.score([("Warm", "Warm")])
    with clock.phase("score"):
        scores = batch.score([(row["name1"], row["name2"]) for row in held])
    with out.open("w", encoding="utf-8", newline="") as file:
        fields = [*(held[0] if held else ("name1", "name2")), "score"]
        writer = csv.DictWriter(file, list(dict.fromkeys(fields)))
        writer.writeheader()
        for row, found in zip(held, scores, strict=True):
            writer.writerow({**row, "score": f"{found:.6f}"})
    _tell(clock, {"pairs": len(held)}, per="score", count=len(held), as_json=as_json)


@match.command()
@click.option("--gallery", required=True, type=_FILE, help="CSV file with the columns entity_id and name.")
@click.option("--queries", required=True, type=_FILE, help="CSV file with the columns query_id and query.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 1000), help="Results a query.")
@_OUT
@json_option
def rank(gallery: Path, queries: Path, top: int, out: Path, as_json: bool) -> None:
    """Rank the names of a gallery for each query: query_id, rank, entity_id, score."""
    clock = Clock()
    with clock.phase("build"), _reading(gallery) as file:
        people = batch.rows(file, ("entity_id", "name"))
        segment = batch.gallery((row["entity_id"], row["name"]) for row in people)
    with clock.phase("prepare"), _reading(queries) as file:
        asked = [(row["query_id"], row["query"]) for row in batch.rows(file, ("query_id", "query"))]
        list(batch.rank(segment, [("", "Warm Up")], 1))
    with out.open("w", encoding="utf-8", newline="") as file, clock.phase("search"):
        writer = csv.writer(file)
        writer.writerow(batch.Ranked._fields)
        for line in batch.rank(segment, asked, top):
            writer.writerow((*line[:3], f"{line.score:.6f}"))
    _tell(clock, {"gallery": len(segment.ids), "queries": len(asked)}, per="search", count=len(asked), as_json=as_json)


@contextmanager
def _reading(path: Path) -> Iterator[TextIO]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield file


def _tell(clock: Clock, counts: dict[str, int], *, per: str, count: int, as_json: bool) -> None:
    told = {
        **counts,
        "cpu_seconds": round(time.process_time(), 3),
        **{f"{name}_cpu_seconds": round(seconds, 3) for name, seconds in clock.phases.items()},
        f"{per}_cpu_ms_each": round(1000 * clock.phases[per] / max(count, 1), 4),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    if as_json:
        print_json(told)
    else:
        print_fields(told)
