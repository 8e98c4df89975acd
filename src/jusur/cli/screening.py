"""Screening a file of any size: read in portions, asked in batches, written as answers come, resumed after a stop."""

import csv
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from jusur.cli.client import Client
from jusur.kernel.errors import ConflictError, InvalidInputError

MAX_AT_ONCE: Final = 10_000
MAX_LINE: Final = 1 << 20
FIELDS: Final = ("row", "id", "outcome", "score", "match", "database", "owner", "record", "caption", "hit", "reasons")
Tell = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a CSV hold what."""

    names: tuple[str, ...]
    birth_date: str = ""
    country: str = ""
    document: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What to screen, why, and where the answers go."""

    file: Path
    target: Path
    columns: Columns
    purpose: str
    reference: str
    databases: tuple[str, ...]
    everything: bool
    at_once: int

    @property
    def progress(self) -> Path:
        """How far it came: rows done and bytes written, replaced whole after each batch."""
        return self.target.with_name(self.target.name + ".progress")

    def mark(self) -> dict[str, Any]:
        """What must be the same for a job to be resumed."""
        stat = self.file.stat()
        return {
            "file": self.file.name,
            "size": stat.st_size,
            "modified": stat.st_mtime_ns,
            "purpose": self.purpose,
            "reference": self.reference,
            "columns": [*self.columns.names, self.columns.birth_date, self.columns.country, self.columns.document],
            "databases": list(self.databases),
            "everything": self.everything,
        }


@dataclass(slots=True)
class _Done:
    rows: int = 0
    written: int = 0
    hits: int = 0
    invalid: int = 0


def run(job: Job, client: Client, *, tell: Tell) -> dict[str, Any]:
    """Screen the whole file, from where an earlier run of the same job stopped; the counts.

    Raises:
        InvalidInputError: the file lacks a column, or is neither CSV nor JSON lines.
        ConflictError: the output belongs to another job.
        RefusedError: the node refuses, or a budget is used up; run it again to go on.
    """
    if not 1 <= job.at_once <= MAX_AT_ONCE:
        raise InvalidInputError(f"1 to {MAX_AT_ONCE} rows go at once.", fix="Give --at-once within that.")
    done = _resume(job)
    first, began = done.rows, time.monotonic()
    total = _count(job.file)
    with job.target.open("r+" if done.rows else "w", encoding="utf-8", newline="") as out:
        out.seek(done.written)
        out.truncate()
        write = _writer(job, out, header=not done.rows)
        for batch in _batches(job, done.rows):
            found = client.post(
                "/search/batch",
                {
                    "purpose": job.purpose,
                    "reference": job.reference,
                    "queries": [query for _, query in batch],
                    "databases": list(job.databases),
                },
            )
            for (name, _), result in zip(batch, found["results"], strict=True):
                done.rows += 1
                done.hits += result["outcome"] == "hit"
                done.invalid += result["outcome"] == "invalid"
                write(done.rows, name, result)
            out.flush()
            os.fsync(out.fileno())
            done.written = out.tell()
            _keep(job, done)
            tell(done.rows, total, (time.monotonic() - began) * done.rows / max(1, done.rows - first))
    seconds = time.monotonic() - began
    job.progress.unlink(missing_ok=True)
    return {
        "rows": done.rows,
        "hits": done.hits,
        "invalid": done.invalid,
        "seconds": round(seconds, 3),
        "rows_a_second": round((done.rows - first) / seconds, 1) if seconds else 0.0,
        "output": str(job.target),
    }


def _resume(job: Job) -> _Done:
    try:
        kept = json.loads(job.progress.read_text())
    except (OSError, ValueError):
        return _Done()
    if kept.get("job") != job.mark():
        raise ConflictError(
            f"{job.progress.name} belongs to another screening.", fix="Name another --out, or delete that file."
        )
    return _Done(kept["rows"], kept["written"], kept["hits"], kept["invalid"])


def _keep(job: Job, done: _Done) -> None:
    state = {"job": job.mark(), "rows": done.rows, "written": done.written, "hits": done.hits, "invalid": done.invalid}
    beside = job.progress.with_name(job.progress.name + ".new")
    beside.write_text(json.dumps(state))
    beside.replace(job.progress)


def _count(file: Path) -> int:
    """Rows, for the progress shown: lines, without the header of a CSV. A quoted line break counts as one too many."""
    with file.open("rb") as opened:
        lines = sum(piece.count(b"\n") for piece in iter(lambda: opened.read(1 << 20), b""))
    return max(0, lines - (0 if file.suffix == ".jsonl" else 1))


def _batches(job: Job, skip: int) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    rows = _entities(job.file) if job.file.suffix in {".jsonl", ".json"} else _table(job.file, job.columns)
    batch: list[tuple[str, dict[str, Any]]] = []
    for place, row in enumerate(rows):
        if place < skip:
            continue
        batch.append(row)
        if len(batch) == job.at_once:
            yield batch
            batch = []
    if batch:
        yield batch


def _table(file: Path, columns: Columns) -> Iterator[tuple[str, dict[str, Any]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        table = csv.DictReader(opened)
        header = table.fieldnames or ()
        names = columns.names or tuple(name for name in ("name", "query", "full_name") if name in header)[:1]
        wanted = (*names, columns.birth_date, columns.country, columns.document, columns.identity)
        lacking = [name for name in wanted if name and name not in header]
        if lacking or not (names or columns.document):
            raise InvalidInputError(
                f"The file has no column {lacking[0]!r}." if lacking else "No column of the name is known.",
                fix=f"Its columns are {', '.join(header[:20])}; name one with --name.",
            )
        for number, row in enumerate(table, 1):
            yield row.get(columns.identity) or str(number), _query(row, names, columns)


def _query(row: dict[str, Any], names: tuple[str, ...], columns: Columns) -> dict[str, Any]:
    name = " ".join((row.get(column) or "").strip() for column in names).strip()
    query: dict[str, Any] = {"names": [name]} if name else {}
    birth = (row.get(columns.birth_date) or "").strip() if columns.birth_date else ""
    country = (row.get(columns.country) or "").strip().upper() if columns.country else ""
    document = (row.get(columns.document) or "").strip() if columns.document else ""
    if birth:
        query["birth_dates"] = [birth[:10]]
    if country:
        query["countries"] = [country[:2]]
    if document:
        query["identifiers"] = [{"kind": "passport", "value": document, "country": country[:3]}]
    return query


def _entities(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with file.open("rb") as opened:
        for number, line in enumerate(iter(lambda: opened.readline(MAX_LINE), b""), 1):
            if not line.strip():
                continue
            try:
                entity = json.loads(line)
                kept = {"schema": entity["schema"], "properties": entity["properties"]}
            except (ValueError, KeyError, TypeError):
                raise InvalidInputError(
                    f"Line {number} is not a FollowTheMoney entity.", fix="Give one JSON object a line."
                ) from None
            yield str(entity.get("id") or number), {"entity": kept}


def _writer(job: Job, out: TextIO, *, header: bool) -> Callable[[int, str, dict[str, Any]], None]:
    if job.target.suffix == ".jsonl":
        return _json_writer(job, out)
    table = csv.writer(out)
    if header:
        table.writerow(FIELDS)

    def write(row: int, name: str, result: dict[str, Any]) -> None:
        answers = result.get("answers", [])
        for answer in answers:
            codes = " ".join(reason["code"] for reason in answer["reasons"])
            shown = [answer[field] for field in ("score", "match", "database", "owner", "record")]
            cells = [row, name, result["outcome"], *shown, answer["caption"], answer["hit"] or "", codes]
            table.writerow([_plain(cell) for cell in cells])
        if not answers and (job.everything or result["outcome"] == "invalid"):
            table.writerow([row, _plain(name), result["outcome"], *[""] * 7, result.get("error", "")])

    return write


def _plain(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t"} else cell


def _json_writer(job: Job, out: TextIO) -> Callable[[int, str, dict[str, Any]], None]:
    def write(row: int, name: str, result: dict[str, Any]) -> None:
        if result["outcome"] != "no-hit" or result.get("answers") or job.everything:
            out.write(json.dumps({"row": row, "id": name, **result}, ensure_ascii=False) + "\n")

    return write
