"""The log as readings take it in: in its own order, window by window, with no more of each event than they need."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from jusur.ledger.db import run

_COLUMNS = "SELECT kind, subject_id, occurred_at, data::text FROM ledger_event"
_WINDOW = f"{_COLUMNS} WHERE leaf_index > %s AND leaf_index <= %s AND kind = ANY(%s) ORDER BY leaf_index"
_WAITING = f"{_COLUMNS} WHERE leaf_index IS NULL AND kind = ANY(%s) ORDER BY id"
_OF_SUBJECTS = f"""{_COLUMNS} WHERE subject_type = ANY(%s) AND subject_id = ANY(%s) AND kind = ANY(%s)
  AND (leaf_index <= %s OR (%s AND leaf_index IS NULL)) ORDER BY leaf_index, id"""
_FORGOTTEN = "SELECT DISTINCT subject_id FROM ledger_event WHERE forgotten_at BETWEEN %s AND %s"


class Step(NamedTuple):
    """An event of the log, as far as a reading needs it; ``data`` is None once forgotten."""

    kind: str
    subject_id: str
    occurred_at: datetime
    data: dict[str, Any] | None


def window(after: int, last: int, kinds: Collection[str]) -> list[Step]:
    """The events of ``kinds`` at the places after ``after`` up to ``last``, in the order of the log."""
    return _steps(_WINDOW, [after, last, list(kinds)])


def waiting(kinds: Collection[str]) -> list[Step]:
    """The events of ``kinds`` that have no place in the log yet, in the order they will have."""
    return _steps(_WAITING, [list(kinds)])


def of_subjects(
    types: Collection[str], subjects: Collection[str], kinds: Collection[str], *, last: int, with_waiting: bool = False
) -> list[Step]:
    """The events of ``subjects`` up to the place ``last``, in the order of the log; on request those that wait too."""
    return _steps(_OF_SUBJECTS, [list(types), list(subjects), list(kinds), last, with_waiting])


def forgotten(since: datetime, until: datetime) -> list[str]:
    """The subjects of which events were forgotten in that time, both ends included."""
    return [str(subject) for (subject,) in run(_FORGOTTEN, [since, until]).fetchall()]


def _steps(sql: str, parameters: list[Any]) -> list[Step]:
    return [
        Step(kind, subject, moment, None if data is None else msgspec.json.decode(data))
        for kind, subject, moment, data in run(sql, parameters).fetchall()
    ]
