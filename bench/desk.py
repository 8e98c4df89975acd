"""The desk of a busy bureau: how long the node takes for each page, and what the pages weigh.

One node with 100,000 requests, 1,000,000 messages and 300,000 events of the ledger, served by the web process as in
earnest; a signed-in officer's browser asks for every page in turn over kept-alive connections. Times are measured at
the client, on loopback, from the question to the last byte. The page of health is the peer that does nothing.
"""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright
from tests.desk.browser import served
from tests.desk.browser.test_weight import FIRST, LATER, transferred

from jusur.node.postgres import temporary_postgres

MEDIAN_MS, P95_MS = 50.0, 150.0
FILTERED: Final = (
    "/requests/?side=requested",
    "/requests/?state=open",
    "/requests/?state=closed",
    "/requests/?state=confirmed",
    "/requests/?partner=NO",
    "/requests/?partner=NO&state=open&side=requested",
    "/requests/?partner=GB&urgency=emergency",
    "/requests/?urgency=emergency",
    "/requests/?due=soon",
    "/requests/?due=overdue",
    "/requests/?case=MA-2026-00",
    "/messages/?partner=NO",
    "/messages/?priority=emergency",
    "/messages/?view=received",
    "/messages/?view=sent",
    "/messages/?view=waiting",
    "/messages/?view=failed",
    "/evidence/?state=countersigned",
    "/evidence/?partner=GB",
    "/evidence/?direction=incoming",
    "/evidence/?case=MA-2025-0042",
    "/audit/?view=all&kind=evidence.request.sent",
)
"""Lists as people narrow them, beside the pages of the sample desk."""
LANGUAGE: Final = "ar"
FAR_TOO_SLOW: Final = 1.0
"""Seconds after which a page is named at once."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--hold", action="store_true", help="keep it running until Enter, to look into it")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for name in ("requests", "messages", "events"):
        os.environ[f"BENCH_{name.upper()}"] = str(getattr(options, name))
    with tempfile.TemporaryDirectory(prefix="jusur-bench-") as folder, temporary_postgres() as server:
        began = time.perf_counter()
        with served.serve(Path(folder), server.url(), prepare="bench.desk_fill") as desk:
            print(f"filled in {time.perf_counter() - began:.0f} s; {desk.database_url}", file=sys.stderr)
            result = measure(desk, options.rounds)
            result |= {name: getattr(options, name) for name in ("requests", "messages", "events")}
            result["load"] = os.getloadavg()[0]
            show(result)
            if options.hold:
                input(f"{desk.base} {desk.cookie}={desk.sessions[served.EVERYTHING]} ")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))
    sys.exit(0 if result["within_goals"] else 1)


def measure(desk: served.ServedDesk, rounds: int) -> dict[str, Any]:
    """Times by page, and weights."""
    desk.speak(served.EVERYTHING, LANGUAGE)
    paths = ["/health", *dict.fromkeys([*desk.all_pages(), *FILTERED])]
    pages = {path: summary(times) for path, times in timed(desk, paths, rounds).items()}
    trivial = pages.pop("/health")
    slow = [path for path, found in pages.items() if found["median_ms"] > MEDIAN_MS or found["p95_ms"] > P95_MS]
    weights = weigh(desk)
    return {
        "health": trivial,
        "all_pages": summary([time for found in pages.values() for time in found.pop("times")]),
        "pages": {path: found | ratio(found, trivial) for path, found in pages.items()},
        "slow": slow,
        "weights": weights,
        "within_goals": not slow and weights["first"] < FIRST and weights["heaviest_later"] < LATER,
    }


def timed(desk: served.ServedDesk, paths: list[str], rounds: int) -> dict[str, list[float]]:
    """Seconds for each page, ``rounds`` times in turn, after one round to warm up."""
    address = urlsplit(desk.base)
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 80, timeout=600)
    headers = {
        "Host": address.netloc,
        "Cookie": f"{desk.cookie}={desk.sessions[served.EVERYTHING]}",
        "Accept-Encoding": "gzip, deflate, br, zstd",
        "Accept": "text/html",
    }
    times: dict[str, list[float]] = {path: [] for path in paths}
    for number in range(rounds + 1):
        for path in paths:
            start = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            took = time.perf_counter() - start
            if answer.status >= 500:
                raise SystemExit(f"{path} answers {answer.status}")
            if took > FAR_TOO_SLOW:
                print(f"round {number}: {path} took {took:.1f} s", file=sys.stderr)
            if number:
                times[path].append(took)
    return times


def summary(times: list[float]) -> dict[str, Any]:
    """Median and 95th percentile in milliseconds."""
    cut = statistics.quantiles(times if len(times) > 1 else times * 2, n=20)
    return {"median_ms": cut[9] * 1000, "p95_ms": cut[18] * 1000, "times": times}


def ratio(found: dict[str, Any], trivial: dict[str, Any]) -> dict[str, float]:
    """How often the page of health fits into this page's median."""
    return {"times_health": found["median_ms"] / trivial["median_ms"]}


def weigh(desk: served.ServedDesk) -> dict[str, Any]:
    """Bytes over the wire in Chromium: of the first page with all it needs, of every page after it."""
    with sync_playwright() as playwright:
        browser = served.launch(playwright)
        with desk.context(browser, language=LANGUAGE) as context:
            first = transferred(context, "/")
            later = {path: transferred(context, path) for path in dict.fromkeys([*desk.all_pages(), *FILTERED])}
        browser.close()
    heaviest = max(later, key=lambda path: later[path])
    return {"first": first, "heaviest_later": later[heaviest], "heaviest": heaviest, "pages": later}


def show(result: dict[str, Any]) -> None:
    """Print the figures, the slowest page first."""
    for found in (result["health"], result["all_pages"]):
        found.pop("times", None)
    print(f"health {result['health']['median_ms']:.1f} ms; load {result['load']:.1f}")
    for path, found in sorted(result["pages"].items(), key=lambda item: -item[1]["median_ms"]):
        mark = "!" if path in result["slow"] else " "
        shown = f"{found['median_ms']:7.1f} {found['p95_ms']:7.1f} ms  {found['times_health']:5.1f} x"
        print(f"{mark} {shown}  {result['weights']['pages'].get(path, 0) / 1000:6.1f} kB  {path}")
    weights, whole = result["weights"], result["all_pages"]
    print(f"all pages: median {whole['median_ms']:.1f}, 95th percentile {whole['p95_ms']:.1f} ms")
    print(f"first page {weights['first'] / 1000:.1f} kB, heaviest later {weights['heaviest_later'] / 1000:.1f} kB")


if __name__ == "__main__":
    main()
