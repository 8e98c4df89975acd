"""The engine against rapidfuzz over all names and PostgreSQL's pg_trgm, in one run on the same names and queries.

    python -m bench.matching [--size 20000] [--queries 200] [--data FOLDER] [--json FILE]

Names are those of the real gallery and recombined ones (`bench.galleries`); without the data folder, made-up ones. Each
engine returns its ten best. Ours scores and explains; the others score. What is counted is the processor time of
whoever did the work (for PostgreSQL of its backend), and whether the person wanted was among the ten. nomenklatura
and tantivy are measured where they can be imported (``tools/peers`` installs them; they are no dependency).
"""

import argparse
import csv
import importlib.util
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from bench.galleries import enlarged  # noqa: E402

from jusur.matching.names_index import NameIndex  # noqa: E402
from jusur.matching.subject import Subject  # noqa: E402
from jusur.node.postgres import temporary_postgres  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "screening"
GOAL_MS = 1.0
Person = tuple[str, str]
Finder = Callable[[str], list[str]]


def names_and_queries(folder: Path, size: int, count: int) -> tuple[list[Person], list[Person]]:
    """The gallery (id, name), and queries (wanted id, name)."""
    draw = random.Random(4)
    if not (folder / "gallery.csv").exists():
        from tests.matching.conftest import misspelt, people

        made = [(f"p{number}", name) for number, name in enumerate(dict.fromkeys(people(size)))]
        return enlarged(made, size), [(id_, misspelt(name, draw)) for id_, name in draw.choices(made, k=count)]
    with (folder / "gallery.csv").open(encoding="utf-8", newline="") as file:
        known = [(row["entity_id"], row["name"]) for row in csv.DictReader(file)]
    with (folder / "queries.csv").open(encoding="utf-8", newline="") as file:
        asked = [(row["entity_id"], row["query"]) for row in csv.DictReader(file) if row["entity_id"]]
    return enlarged(known, size), draw.sample(asked, min(count, len(asked)))


def measured(find: Finder, queries: list[Person], clock: Callable[[], float]) -> dict[str, float]:
    find(queries[0][1])
    begun = clock()
    found = [find(name) for _, name in queries]
    spent = clock() - begun
    right = sum(wanted in ids for (wanted, _), ids in zip(queries, found, strict=True))
    return {"cpu_ms_a_query": 1000 * spent / len(queries), "recall_at_10": right / len(queries)}


def ours(people: list[Person], folder: Path) -> Finder:
    index = NameIndex.build((Subject(id=id_, names=(name,)) for id_, name in people), folder / "names")
    return lambda name: [match.id for match in index.search(Subject(names=(name,)), threshold=0.02)]


def rapidfuzz(people: list[Person]) -> Finder:
    from rapidfuzz import fuzz, process, utils

    choices = [utils.default_process(name) for _, name in people]

    def find(name: str) -> list[str]:
        best = process.extract(
            utils.default_process(name), choices, scorer=fuzz.token_sort_ratio, processor=None, limit=10
        )
        return [people[at][0] for _, _, at in best]

    return find


def trigrams(people: list[Person], url: str) -> tuple[Finder, Callable[[], float]]:
    """pg_trgm with a GiST index, nearest first, and the clock of the backend's processor."""
    import psycopg

    link = psycopg.connect(url, autocommit=True)
    link.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    link.execute("CREATE TEMP TABLE person (id text, name text)")
    with link.cursor().copy("COPY person FROM STDIN") as copy:
        for person in people:
            copy.write_row(person)
    link.execute("CREATE INDEX ON person USING gist (name gist_trgm_ops(siglen=64))")
    link.execute("ANALYZE person")
    stat = Path(f"/proc/{link.info.backend_pid}/schedstat")

    def find(name: str) -> list[str]:
        rows = link.execute("SELECT id FROM person ORDER BY name <-> %s LIMIT 10", [name]).fetchall()
        return [row[0] for row in rows]

    return find, lambda: int(stat.read_text().split()[0]) / 1e9


def nomenklatura_(people: list[Person]) -> Finder:
    """logic-v2 over every name (its index needs a store): the score alone, so a lower bound of its cost."""
    from followthemoney import model
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm("logic-v2")
    config = algorithm.default_config()
    entities = [model.make_entity("Person") for _ in people]
    for entity, (id_, name) in zip(entities, people, strict=True):
        entity.id = id_
        entity.add("name", name)

    def find(name: str) -> list[str]:
        query = model.make_entity("Person")
        query.add("name", name)
        scored = [(algorithm.compare(query, entity, config).score, entity.id) for entity in entities]
        return [id_ for _, id_ in sorted(scored, reverse=True)[:10]]

    return find


def tantivy_(people: list[Person]) -> Finder:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True)
    builder.add_text_field("name", stored=False)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer()
    for id_, name in people:
        writer.add_document(tantivy.Document(id=id_, name=name))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(name: str) -> list[str]:
        words = [word for word in "".join(c if c.isalnum() else " " for c in name.lower()).split() if word]
        asked = [(tantivy.Occur.Should, tantivy.Query.fuzzy_term_query(schema, "name", word)) for word in words]
        hits = searcher.search(tantivy.Query.boolean_query(asked), 10).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    return find


def run(options: argparse.Namespace) -> dict[str, Any]:
    people, queries = names_and_queries(options.data, options.size, options.queries)
    few = queries[: max(20, options.queries // 10)]
    found: dict[str, Any] = {"names": len(people), "queries": len(queries)}
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.process_time()
        find = ours(people, Path(scratch))
        find("Warm Up")
        found["build_cpu_seconds"] = time.process_time() - begun
        found["jusur"] = measured(find, queries, time.process_time)
        found["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found["rapidfuzz"] = measured(rapidfuzz(people), few, time.process_time)
    found |= peers(people, few)
    with temporary_postgres() as server:
        asked, clock = trigrams(people, server.url())
        found["pg_trgm"] = measured(asked, few, clock)
    mine = found["jusur"]["cpu_ms_a_query"]
    found["times_faster"] = {
        name: value["cpu_ms_a_query"] / mine
        for name, value in found.items()
        if isinstance(value, dict) and name != "jusur"
    }
    return found


def peers(people: list[Person], queries: list[Person]) -> dict[str, Any]:
    """Engines that are there only where somebody installed them."""
    found: dict[str, Any] = {}
    if importlib.util.find_spec("tantivy"):
        found["tantivy"] = measured(tantivy_(people), queries, time.process_time)
    if importlib.util.find_spec("nomenklatura"):
        found["nomenklatura"] = measured(nomenklatura_(people), queries[:20], time.process_time)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = run(options)
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    sys.exit(found["jusur"]["cpu_ms_a_query"] > GOAL_MS)


if __name__ == "__main__":
    main()
