"""Notices at the size of the published figures: pages of lists, and the public interface's requests a second.

Rows are the 74,224 Red Notices valid in December 2023 and 100,000 others, invented. The peer in the same run is
PostgreSQL's own answer to the same page, without Django.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from jusur.cli.rehearsal.nodes import free_ports
from jusur.node.postgres import temporary_postgres

RED, OTHERS = 74_224, 100_000
GOAL_PAGE_MS, GOAL_REQUESTS = 150.0, 1000.0
SECONDS, CONNECTIONS = 6.0, 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="part of the rows")
    options = parser.parse_args()
    result: dict[str, Any] = {"lists": lists(options.scale), "public": asyncio.run(public())}
    result["load"] = os.getloadavg()[0]
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    good = result["lists"]["p95_ms"] <= GOAL_PAGE_MS and result["public"]["list_requests_a_second"] >= GOAL_REQUESTS
    sys.exit(0 if good else 1)


def lists(scale: float) -> dict[str, Any]:
    with temporary_postgres() as server:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "jusur.config.settings",
            "JUSUR_DATABASE_URL": server.url(),
            "JUSUR_SECRET_KEY": "a secret of measurements",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        begin = time.perf_counter()
        rows = fill(int(RED * scale), int(OTHERS * scale))
        return {"rows": rows, "filled_seconds": time.perf_counter() - begin, **pages()}


def fill(red: int, others: int) -> int:
    import msgspec

    from jusur.kernel import canonical, clock
    from jusur.kernel.ids import new_id
    from jusur.notices import synthetic
    from jusur.notices.models import Notice

    contents = [msgspec.to_builtins(each.content) for each in islice(synthetic.samples(1), 2000)]
    for content in contents:
        for person in content.get("persons", []):
            person.pop("photographs", None)
    codes = ("blue", "green", "yellow", "black", "purple", "orange", "silver")
    now, made = clock.now(), 0
    while made < red + others:
        batch = []
        for number in range(made, min(made + 2000, red + others)):
            content = contents[number % len(contents)]
            batch.append(
                Notice(
                    id=new_id(),
                    form="notice",
                    type="red" if number < red else codes[number % len(codes)],
                    side="received",
                    originator=("MA", "NO", "SE", "FR", "ES")[number % 5],
                    state="published",
                    reference=f"2026/{number}",
                    content=content,
                    content_sha256=canonical.sha256_hex(str(number).encode()),
                    revision=1,
                    visible=True,
                    created_at=now,
                    published_at=now,
                    expires_at=now,
                )
            )
        Notice.objects.bulk_create(batch)
        made += len(batch)
    return made


def pages() -> dict[str, float]:
    from django.db import connection

    from jusur.notices import presenters, selectors
    from jusur.rows.pages import page

    asked: list[dict[str, str]] = [
        {},
        {"type": "red"},
        {"type": "orange"},
        {"originator": "MA"},
        {"type": "red", "originator": "SE"},
        {"state": "published", "type": "silver"},
        {"reference": "2026/17"},
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_notice")
    times = []
    for _ in range(6):
        for wanted in asked:
            cursor_of = ""
            for _ in range(3):
                begin = time.perf_counter()
                shown = page(selectors.notices(**wanted), presenters.summary, cursor=cursor_of)
                times.append((time.perf_counter() - begin) * 1000)
                cursor_of = shown["next"] or ""
    bare = []
    with connection.cursor() as cursor:
        for _ in range(30):
            begin = time.perf_counter()
            cursor.execute("SELECT * FROM notices_notice WHERE type = 'red' AND visible ORDER BY id DESC LIMIT 51")
            cursor.fetchall()
            bare.append((time.perf_counter() - begin) * 1000)
    begin = time.perf_counter()
    selectors.counts()
    return {
        "median_ms": statistics.median(times),
        "p95_ms": sorted(times)[int(len(times) * 0.95)],
        "bare_postgres_median_ms": statistics.median(bare),
        "counts_ms": (time.perf_counter() - begin) * 1000,
    }


async def public() -> dict[str, float]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "jusur", "public-api", "--sample", "7000", "--port", str(port)]
    running = subprocess.Popen(command)  # noqa: ASYNC220 - nothing else runs yet
    try:
        await _ready(port)
        lists_of = [
            f"/notices/v1/red?page={page}&nationality={c}" for page in range(1, 9) for c in ("MA", "NO", "SE", "")
        ]
        found = json.loads(await asyncio.to_thread(_read, f"http://127.0.0.1:{port}/notices/v1/red?resultPerPage=160"))
        details = [f"/notices/v1/red/{n['entity_id'].replace('/', '-')}" for n in found["_embedded"]["notices"]]
        list_rate, list_p95 = await _load(port, lists_of)
        detail_rate, detail_p95 = await _load(port, details)
    finally:
        running.terminate()
        running.wait()
    return {
        "list_requests_a_second": list_rate,
        "list_p95_ms": list_p95,
        "detail_requests_a_second": detail_rate,
        "detail_p95_ms": detail_p95,
    }


async def _ready(port: int) -> None:
    for _ in range(300):
        with suppress(OSError):
            if b"notices" in await asyncio.to_thread(_read, f"http://127.0.0.1:{port}/health"):
                return
        await asyncio.sleep(0.2)


def _read(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own process
        return bytes(answer.read())


async def _load(port: int, paths: list[str]) -> tuple[float, float]:
    times: list[float] = []
    until = time.monotonic() + SECONDS
    await asyncio.gather(*(_ask(port, paths, until, times) for _ in range(CONNECTIONS)))
    return len(times) / SECONDS, sorted(times)[int(len(times) * 0.95)] * 1000


async def _ask(port: int, paths: list[str], until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    while time.monotonic() < until:
        begin = time.monotonic()
        writer.write(f"GET {paths[number % len(paths)]} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.monotonic() - begin)
        number += 1
    writer.close()


if __name__ == "__main__":
    main()
