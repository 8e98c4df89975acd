"""Versions of a record laid beside each other: what each correction changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jusur.desk.kit import words
from jusur.desk.search import names, reading


@dataclass(frozen=True, slots=True)
class Step:
    """One version: its number, since when, by whom; why the one before was replaced, and what changed."""

    version: int
    at: datetime
    by: str
    reason: str
    rows: tuple[dict[str, str], ...]
    state: str


def history(record: Any, earlier: Sequence[Any], people: Mapping[str, str]) -> list[Step]:
    """Every version of ``record``, the newest first."""
    contents = [flat(each.content) for each in earlier] + [_present(record)]
    moments = [(each.recorded_at, each.recorded_by) for each in earlier] + [(record.changed_at, record.recorded_by)]
    numbers = [each.version for each in earlier] + [record.version]
    reasons = ["", *(each.reason for each in earlier)]
    steps = [
        Step(
            version=number,
            at=at,
            by=people.get(by, ""),
            reason=reason,
            rows=differences(contents[place - 1], contents[place]) if place and contents[place] else (),
            state=record.state if place == len(contents) - 1 else "held",
        )
        for place, (number, (at, by), reason) in enumerate(zip(numbers, moments, reasons, strict=True))
    ]
    return steps[::-1]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """The parts that are not the same, as ``kit/diff.html`` takes them."""
    parts = dict.fromkeys([*after, *before])
    changed = [part for part in parts if before.get(part, "") != after.get(part, "")]
    return tuple({"label": part, "before": before.get(part, ""), "after": after.get(part, "")} for part in changed)


def flat(content: Mapping[str, Any]) -> dict[str, str]:
    """A version's content by part, in words."""
    entity, handling = content.get("entity", {}), content.get("handling", {})
    lines = reading.lines(entity.get("properties", {}))
    allowed = handling.get("allowed_recipients", [])
    evaluation = handling.get("source_evaluation", "X4")
    return {line.label: "\n".join(line.values) for line in lines} | {
        _("Why it is kept"): content.get("purpose", ""),
        _("Legal basis"): content.get("legal_basis", ""),
        _("May be used for"): "\n".join(names.purpose(each) for each in content.get("purposes", [])),
        _("Who may see it"): _("Everybody the database is shared with") if "*" in allowed else " ".join(allowed),
        _("Classification"): str(words.word("message-classification", handling.get("classification", ""))),
        _("Handling code"): handling.get("handling_code", ""),
        _("Conditions of use"): handling.get("conditions", ""),
        _("Source evaluation"): evaluation,
        _("Kept until"): content.get("expires_at", "")[:10],
    }


def _present(record: Any) -> dict[str, str]:
    """What the record says now; nothing where it was withdrawn."""
    if record.entity is None:
        return {}
    handling = ("classification", "handling_code", "source_evaluation", "allowed_recipients", "conditions")
    return flat(
        {
            "entity": record.entity,
            "handling": {name: getattr(record, name) for name in handling},
            "purpose": record.purpose,
            "purposes": record.purposes,
            "legal_basis": record.legal_basis,
            "expires_at": record.expires_at.date().isoformat(),
        }
    )
