"""What changed between two versions of a request, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jusur.desk.requests import reading
from jusur.evidence import api as evidence


@dataclass(frozen=True, slots=True)
class Change:
    """One field of two versions."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a version that two officers had before them."""

    number: int
    rows: list[Change]


def rows(before: Mapping[str, Any], after: Mapping[str, Any], *, only_changed: bool = True) -> list[Change]:
    """The fields of two versions; with ``only_changed`` those that differ."""
    old, new = dict(reading.flat(before)), dict(reading.flat(after))
    labels = [*new, *(label for label in old if label not in new)]
    found = [Change(label, old.get(label, ""), new.get(label, "")) for label in labels]
    return [one for one in found if one.before != one.after or not only_changed]


def since_submitted(request: evidence.EvidenceRequest) -> Changes | None:
    """What changed since the version submitted before this one; ``None`` where there is none.

    A draft is compared with the last version submitted (which came back), a submitted one with the version before it.
    """
    submitted = evidence.versions(request.id)
    if request.state != evidence.State.DRAFTED:
        submitted = submitted[:-1]
    if not submitted:
        return None
    last = submitted[-1]
    return Changes(last.number, rows(last.content, request.content))
