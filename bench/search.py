"""Searches over HTTP: a real node under a mix of names and exact numbers, every search durable before it is answered.

The node is made by its own commands; its index is filled with invented names and numbers as its own build would. A
client in a process of its own sends as many searches a second as asked (each timed from when it was due) and then as
many as go. The peer, in the same run and on the same names, is PostgreSQL itself: pg_trgm for names, a B-tree for
numbers, asked over its socket without HTTP, journal, walls or explanation.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.nodes import environment, free_port, jusur

PARTS = (
    *("ben", "had", "our", "mak", "lind", "kov", "sen", "ali", "zor", "tan", "bel", "gar", "nov", "rid", "mou", "sta"),
    *("fa", "ti", "yo", "ka", "du", "ris", "che", "wen", "jo", "ser", "gul", "pav", "hol", "am", "in", "est"),
)
SHARE_OF_NAMES = 0.2
SHARE_OF_HITS = 0.01
RECORDS = 200
CONNECTIONS = 48


def name(number: int) -> str:
    draw = random.Random(number)
    return " ".join("".join(draw.choices(PARTS, k=size)).capitalize() for size in (2, 2, draw.randrange(2, 4)))


def filler(kind: int, number: int) -> str:
    """The identifier of a record that stands in the index alone: found, and then not there to be shown."""
    return str(UUID(int=(kind << 100) | number))


def fill() -> None:
    """In the node's place: records that are found, and the index around them."""
    given = json.loads(os.environ["BENCH_SEARCH"])
    from jusur.config.bootstrap import setup

    settings = setup()
    from django.db import transaction
    from tests.databases.searching import person, record

    from jusur.accounts import api as accounts
    from jusur.databases import feed
    from jusur.matching.exact import ExactIndex
    from jusur.matching.names_index import NameIndex
    from jusur.matching.subject import Subject
    from jusur.node.home import NodeHome
    from jusur.screening.index import FORM

    with transaction.atomic():
        people = [str(person(name(number), birth="1971").id) for number in range(given["records"])]
        papers = []
        for number in range(given["records"]):
            properties = {"number": [f"QA{number:08}"], "country": ["ma"]}
            papers.append(str(record("Passport", properties, key="travel-documents").id))
    folder = NodeHome(settings.home).search / "1"
    folder.mkdir(parents=True)
    began = time.monotonic()
    subjects = (
        Subject(id=people[n] if n < len(people) else filler(1, n), names=(name(n),), birth_dates=("1971",))
        for n in range(given["names"])
    )
    names = NameIndex.build(subjects, folder / "names")
    built_names = time.monotonic() - began
    began = time.monotonic()
    pairs = ((f"passport:MA:QA{n:08}", papers[n] if n < len(papers) else filler(2, n)) for n in range(given["numbers"]))
    exact = ExactIndex.build(pairs, folder / "exact")
    mark = {"form": FORM, "position": feed.latest(), "names": len(names), "keys": len(exact)}
    (folder / "generation.json").write_text(json.dumps(mark))
    system = accounts.officer_create(
        email="border@ma.example", name="Border (sample)", roles=("officer",), kind="system", actor="bench"
    )
    _, token = accounts.token_issue(officer_id=system.id, name="bench", actor="bench")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(
        json.dumps(
            {
                "token": token,
                "names_built_seconds": round(built_names, 1),
                "numbers_built_seconds": round(time.monotonic() - began, 1),
                "index_bytes": size,
            }
        )
    )


def requests(token: str, given: dict[str, int], count: int) -> list[bytes]:
    """Searches as they go over the wire, ready to be sent."""
    draw = random.Random(17)
    made = []
    for _ in range(count):
        hit = draw.random() < SHARE_OF_HITS
        if draw.random() < SHARE_OF_NAMES:
            number = draw.randrange(given["records"]) if hit else given["names"] + draw.randrange(10**9)
            query: dict[str, Any] = {"names": [name(number)], "birth_dates": ["1971" if hit else "1988"]}
        else:
            number = draw.randrange(given["records"]) if hit else given["numbers"] + draw.randrange(10**7)
            query = {"identifiers": [{"kind": "passport", "value": f"QA{number:08}", "country": "MA"}]}
        body = json.dumps({"purpose": "border-check", "reference": "gate 4", "query": query}).encode()
        fields = {"host": "x", "authorization": f"Bearer {token}", "content-length": str(len(body))}
        head = "POST /v1/search HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in fields.items())
        made.append(f"{head}\r\n".encode() + body)
    return made


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head[9:12])


async def drive(port: int, made: list[bytes], rate: float) -> dict[str, Any]:
    """Send ``made`` at ``rate`` a second (0: as fast as they go); latency is from when each was due."""
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    place = 0
    began = time.perf_counter()

    async def worker() -> None:
        nonlocal place
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while place < len(made):
            mine, place = place, place + 1
            due = began + mine / rate if rate else time.perf_counter()
            wait = due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            status = await _one(reader, writer, made[mine])
            latencies.append(time.perf_counter() - due)
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - began
    ordered = sorted(latencies)
    return {
        "searches_a_second": round(len(made) / seconds, 1),
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        "answered": statuses.get(200, 0),
        "refused": len(made) - statuses.get(200, 0),
    }


def client() -> None:
    given = json.loads(os.environ["BENCH_SEARCH"])
    made = requests(given["token"], given, given["count"])
    asyncio.run(drive(given["port"], made[:500], 0))  # whatever is compiled at first use
    paced = asyncio.run(drive(given["port"], made[: int(given["rate"] * given["seconds"])], given["rate"]))
    fastest = asyncio.run(drive(given["port"], made, 0))
    print(json.dumps({"paced": paced, "fastest": fastest}))


def cpu_seconds(*roots: int) -> float:
    """CPU that these processes and all that they started have used."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
            used[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    family = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(pid, 0.0) for pid in family)


def batch(port: int, token: str, given: dict[str, int], rows: int) -> dict[str, Any]:
    """Names a second in batches of a thousand."""
    import httpx

    draw = random.Random(5)
    began = time.monotonic()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as http:
        for _ in range(0, rows, 1000):
            queries = [{"names": [name(draw.randrange(given["names"] * 2))]} for _ in range(1000)]
            body = {"purpose": "border-check", "reference": "screening", "queries": queries}
            http.post("/v1/search/batch", json=body, headers={"authorization": f"Bearer {token}"}).raise_for_status()
    seconds = time.monotonic() - began
    return {
        "rows": rows,
        "rows_a_second": round(rows / seconds, 1),
        "minutes_a_million": round(1e6 / rows * seconds / 60, 1),
    }


def peer(given: dict[str, int]) -> dict[str, Any]:
    """The same mix asked of PostgreSQL's own indexes over its socket."""
    import psycopg

    draw = random.Random(17)
    with psycopg.connect(given["database"], autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE TEMP TABLE peer_name (name text); CREATE TEMP TABLE peer_number (number text)")
        with connection.cursor().copy("COPY peer_name FROM STDIN") as copy:
            for number in range(given["names"]):
                copy.write_row((name(number),))
        connection.execute(
            "INSERT INTO peer_number SELECT 'QA' || lpad(n::text, 8, '0') FROM generate_series(0, %s) n",
            (given["numbers"] - 1,),
        )
        connection.execute("CREATE INDEX ON peer_name USING gin (name gin_trgm_ops)")
        connection.execute("CREATE INDEX ON peer_number (number); ANALYZE peer_name; ANALYZE peer_number")
        connection.execute("SET pg_trgm.similarity_threshold = 0.5")
        times = []
        began = time.perf_counter()
        while time.perf_counter() - began < given["seconds"]:
            one = time.perf_counter()
            if draw.random() < SHARE_OF_NAMES:
                asked = name(given["names"] + draw.randrange(10**9))
                connection.execute("SELECT name FROM peer_name WHERE name %% %s LIMIT 10", (asked,)).fetchall()
            else:
                number = f"QA{given['numbers'] + draw.randrange(10**7):08}"
                connection.execute("SELECT number FROM peer_number WHERE number = %s", (number,)).fetchall()
            times.append(time.perf_counter() - one)
    ordered = sorted(times)
    return {
        "searches_a_second": round(len(times) / given["seconds"], 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
    }


@contextlib.contextmanager
def node(folder: Path, given: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """A node with the filled index, its database and search process running; the port, and what filling told."""
    from jusur.node.home import NodeHome
    from jusur.node.postgres import EmbeddedPostgres

    home, port = folder / "ma", free_port()
    jusur(home, "init", "--country", "MA", "--name", "NCB Rabat")
    database = EmbeddedPostgres(NodeHome(home))
    database.start()
    kept = {**environment(home), "BENCH_SEARCH": json.dumps(given), "JUSUR_SEARCH_PORT": str(port)}
    kept["JUSUR_SEARCH_WORKERS"] = str(given["workers"])
    done = subprocess.run(
        [sys.executable, "-m", "bench.search", "--part", "fill"], env=kept, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the node could not be filled: {done.stderr[-3000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    process = subprocess.Popen([sys.executable, "-m", "jusur.screening.serve"], env=kept)
    try:
        _ready(port)
        server = database.process.pid if database.process else 0
        yield port, {**told, "database": database.url(), "search": process.pid, "postgres": server}
    finally:
        process.terminate()
        process.wait(30)
        database.stop()


def _ready(port: int) -> None:
    import httpx

    give_up = time.monotonic() + 180
    while time.monotonic() < give_up:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the search process does not become ready")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("all", "fill", "client"), default="all")
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--numbers", type=int, default=20_000_000)
    parser.add_argument("--rate", type=int, default=2_500)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.part != "all":
        return fill() if options.part == "fill" else client()
    given: dict[str, Any] = {
        "names": options.names,
        "numbers": options.numbers,
        "records": RECORDS,
        "rate": options.rate,
        "seconds": options.seconds,
        "count": options.rate * options.seconds,
        "workers": options.workers,
    }
    with tempfile.TemporaryDirectory(prefix="jusur-bench-") as folder, node(Path(folder), given) as (port, told):
        asked = {**given, "port": port, "token": told["token"]}
        before = cpu_seconds(told["search"]), cpu_seconds(told["postgres"])
        done = subprocess.run(
            [sys.executable, "-m", "bench.search", "--part", "client"],
            env={**os.environ, "BENCH_SEARCH": json.dumps(asked)},
            capture_output=True,
            text=True,
            check=True,
        )
        answers = json.loads(done.stdout.splitlines()[-1])
        print(json.dumps(answers))
        count = sum(each["answered"] + each["refused"] for each in answers.values())
        spent = cpu_seconds(told["search"]) - before[0], cpu_seconds(told["postgres"]) - before[1]
        figures = {
            "names": options.names,
            "numbers": options.numbers,
            "share_of_names": SHARE_OF_NAMES,
            "share_of_hits": SHARE_OF_HITS,
            "goal": {"searches_a_second": options.rate, "p99_ms": 50},
            **answers,
            "cpu_microseconds_a_search": {
                "search_process": round(spent[0] / count * 1e6),
                "postgres": round(spent[1] / count * 1e6),
            },
            "batch": batch(port, told["token"], given, options.batch),
            "index_bytes": told["index_bytes"],
            "names_built_seconds": told["names_built_seconds"],
            "numbers_built_seconds": told["numbers_built_seconds"],
            "peer_pg_trgm": peer({**given, "database": told["database"]}),
        }
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    paced = figures["paced"]
    sys.exit(0 if paced["searches_a_second"] >= 0.98 * options.rate and paced["p99_ms"] <= 50 else 1)


if __name__ == "__main__":
    main()
