"""The two indexes of this node's records, memory-mapped once, following the change feed while they are searched.

PostgreSQL stays the truth: a generation of the indexes is a folder built from it, and whatever changed since is put on
top as the feed tells. When much lies on top, a process of its own builds the next generation beside this one; every
search process then takes it over between two searches. Whatever is killed meanwhile, a folder without its final
``generation.json`` is no generation, and what a generation lacks the feed tells again.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from django.db import DatabaseError, connections

from jusur.databases import searching_api as databases
from jusur.exchange import api as exchange
from jusur.kernel.errors import ConflictError
from jusur.matching.exact import ExactIndex
from jusur.matching.names_index import Match, NameIndex
from jusur.matching.subject import Subject
from jusur.node.home import write_private
from jusur.node.processes import OwnerLock, is_alive
from jusur.screening import metrics, warm

log = structlog.get_logger(__name__)

FORM: Final = 1
"""Raised when the form of the indexes changes: older generations are built anew."""
POLL_SECONDS: Final = 1.0
CHANGES_AT_ONCE: Final = 500
IN_PROCESS: Final = 5_000
"""Up to so many records a generation is built in this process at once; more, in one of its own."""
ON_TOP: Final = 20_000
"""So many changes on top of a generation before the next is built."""
_RETRY_SECONDS: Final = 30.0
_MARK: Final = "generation.json"
_PARTS: Final = ("names", "exact")


@dataclass(slots=True)
class Generation:
    """One generation of the indexes, and how far on top of it the feed was followed."""

    folder: Path
    number: int
    names: NameIndex
    exact: ExactIndex
    position: int
    on_top: int = 0


class Holdings:
    """What one search process holds: the present generation, and the thread that keeps it true."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._present: Generation | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._builder: subprocess.Popen[bytes] | None = None
        self._built_at = 0.0
        self.followed_at = 0.0

    @property
    def ready(self) -> bool:
        """Whether there is something to search."""
        return self._present is not None

    @property
    def present(self) -> Generation:
        """The generation that is searched now; keep it for one search."""
        if self._present is None:
            raise databases.IndexBuildingError(
                "The index of this node is being built.", fix="Try again in a moment; see: jusur status."
            )
        return self._present

    def start(self) -> None:
        """Follow the feed from now on, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop following. A build under way goes on: the next process takes what it makes."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)
        if self._present is not None:
            self._present.exact.close()
            shutil.rmtree(self._present.folder, ignore_errors=True)

    def search(self, query: Subject, *, limit: int, threshold: float) -> Sequence[Match]:
        """Records with names like the query's, the best first."""
        return self.present.names.search(query, limit=limit, threshold=threshold)

    def look_up(self, keys: Sequence[str]) -> list[Sequence[str]]:
        """Records with exactly these keys, for each key."""
        return [[str(one) for one in found] for found in self.present.exact.lookup_many(keys)]

    def state(self) -> dict[str, Any]:
        """What is held, for health and doctor."""
        present = self._present
        if present is None:
            return {"state": "building", "generation": 0, "position": 0, "names": 0, "keys": 0, "on_top": 0}
        return {
            "state": "serving",
            "generation": present.number,
            "position": present.position,
            "names": len(present.names),
            "keys": len(present.exact),
            "on_top": present.on_top,
        }

    def _run(self) -> None:
        listener = exchange.Listener(databases.FEED_CHANNEL)
        failures = 0
        _warm()
        while not self._stop.is_set():
            try:
                moved = self._turn()
                failures = 0
            except DatabaseError as error:
                log.warning("index without database", error=type(error).__name__)
                connections.close_all()
                failures += 1
                exchange.backoff_wait(self._stop, failures)
                continue
            except Exception:
                log.exception("index cannot follow")
                failures += 1
                exchange.backoff_wait(self._stop, failures)
                continue
            if not moved:
                listener.wait(POLL_SECONDS, self._stop)
        listener.close()
        connections.close_all()

    def _turn(self) -> int:
        """One round: take a newer generation over, follow the feed, have the next built; how many changes came."""
        newest = newest_generation(self.folder)
        if newest is not None and (self._present is None or newest[0] > self._present.number):
            self._take(*newest)
        if self._present is None:
            self._build()
            return 0
        if databases.feed_latest() < self._present.position:  # the database was restored from a backup
            log.warning("index is ahead of its database, it is built anew")
            self._present = None
            forget(self.folder)
            return 0
        moved = self._follow(self._present)
        if self._present.on_top > max(ON_TOP, len(self._present.names) // 10):
            self._build()
        return moved

    def _take(self, number: int, folder: Path, mark: dict[str, Any]) -> None:
        own = linked(folder)
        fresh = Generation(own, number, NameIndex.open(own / "names"), ExactIndex.open(own / "exact"), mark["position"])
        while self._follow(fresh):
            pass
        before, self._present = self._present, fresh
        if before is not None:
            before.exact.close()
        log.info("index serves", generation=number, names=len(fresh.names), keys=len(fresh.exact))
        clear_older(self.folder, number)

    def _follow(self, generation: Generation) -> int:
        changes = databases.changes_after(generation.position, CHANGES_AT_ONCE)
        self.followed_at = time.monotonic()
        if not changes:
            return 0
        gone = [str(change.record) for change in changes if change.gone]
        held = databases.records_held([change.record for change in changes if not change.gone])
        put(generation, held, gone)
        generation.position = changes[-1].sequence
        generation.on_top += len(changes)
        metrics.CHANGES.inc(len(changes))
        metrics.POSITION.set(generation.position)
        return len(changes)

    def _build(self) -> None:
        """Have the next generation built, by one process of this node at a time."""
        if self._builder is not None and self._builder.poll() is None:
            return
        if time.monotonic() - self._built_at < (_RETRY_SECONDS if self._builder is not None else 0):
            return
        self._built_at = time.monotonic()
        if self._present is None and databases.records_count() <= IN_PROCESS:
            build_once(self.folder)
            self._builder = None
            return
        command = [sys.executable, "-m", "jusur.screening.build"]
        self._builder = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        log.info("index is built in a process of its own", pid=self._builder.pid)


def _warm() -> None:
    """Have the engine compiled before anybody waits for it; without room for that, the first search waits."""
    try:
        warm.main()
    except OSError as error:
        log.warning("engine not warmed", error=type(error).__name__)


def put(generation: Generation, held: Sequence[Any], gone: Sequence[str]) -> None:
    """Put changed records on top of a generation, and take ``gone`` ones out."""
    keys = databases.keys_of([record.id for record in held])
    changed = [str(record.id) for record in held]
    subjects = [(str(record.id), databases.subject_of_record(record)) for record in held]
    nameless = [number for number, subject in subjects if subject is None]
    generation.names.withdraw([*gone, *nameless])
    generation.names.put([subject for _, subject in subjects if subject is not None])
    pairs = [(key, str(record)) for record, found in keys.items() for key in found]
    generation.exact.replace([*gone, *changed], pairs)


def linked(folder: Path) -> Path:
    """This process's own view of a generation: links to its files, so that memory is shared and journals are not."""
    for other in folder.glob("process-*"):
        pid = other.name.partition("-")[2]
        if pid == str(os.getpid()) or not (pid.isdecimal() and is_alive(int(pid))):
            shutil.rmtree(other, ignore_errors=True)
    own = folder / f"process-{os.getpid()}"
    for part in _PARTS:
        shutil.copytree(folder / part, own / part, copy_function=os.link, ignore=shutil.ignore_patterns("journal*"))
    return own


def newest_generation(folder: Path) -> tuple[int, Path, dict[str, Any]] | None:
    """The newest whole generation in ``folder``: its number, folder and mark."""
    best = None
    for place in folder.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            mark = json.loads((place / _MARK).read_text())
            if mark["form"] == FORM and (best is None or int(place.name) > best[0]):
                best = (int(place.name), place, mark)
    return best


def clear_older(folder: Path, number: int) -> None:
    """Delete generations before ``number`` (a process that still maps one keeps its files open)."""
    for place in folder.glob("[0-9]*"):
        if place.name.isdecimal() and int(place.name) < number:
            shutil.rmtree(place, ignore_errors=True)


def forget(folder: Path) -> None:
    """Delete every generation: the next is built from nothing but the database."""
    for place in folder.glob("[0-9]*"):
        (place / _MARK).unlink(missing_ok=True)
        shutil.rmtree(place, ignore_errors=True)


def build_once(folder: Path) -> int | None:
    """Build the next generation from the database unless another process is at it; its number."""
    lock = OwnerLock(folder / "build.lock")
    try:
        lock.acquire(what="The build of the index")
    except ConflictError:
        return None
    try:
        return _build(folder)
    finally:
        lock.release()


def _build(folder: Path) -> int:
    newest = newest_generation(folder)
    numbers = [int(place.name) for place in folder.glob("[0-9]*") if place.name.isdecimal()]
    number = max(numbers, default=0) + 1
    place = folder / str(number)
    for left in numbers:
        if newest is None or left > newest[0]:
            shutil.rmtree(folder / str(left), ignore_errors=True)
    place.mkdir(mode=0o700)
    position = databases.feed_latest()
    began = time.monotonic()
    names = NameIndex.build(_subjects(), place / "names")
    exact = ExactIndex.build(((key, str(record)) for key, record in databases.all_keys()), place / "exact")
    mark = {"form": FORM, "position": position, "names": len(names), "keys": len(exact)}
    write_private(place / _MARK, json.dumps(mark).encode())
    log.info("index built", generation=number, seconds=round(time.monotonic() - began, 1), **mark)
    return number


def _subjects() -> Iterable[Subject]:
    for record in databases.all_for_index():
        subject = databases.subject_of_record(record)
        if subject is not None:
            yield subject
