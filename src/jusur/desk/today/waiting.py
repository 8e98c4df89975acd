"""What waits for one officer: approvals they may give, their drafts, questions of other bureaus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from jusur.accounts import api as accounts
from jusur.evidence import api as evidence

TAKES: Final = {"evidence.request": "request.approve", "evidence.package": "evidence.release"}
"""The permission that deciding on a subject takes."""
PLACES: Final = {"evidence.request": "/requests/", "evidence.package": "/evidence/"}
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the second person."""

    act: str
    url: str
    case_reference: str
    partner: str
    urgency: str
    asked_by: str
    asked_at: datetime


def approvals(actor: accounts.Actor, held: frozenset[str]) -> list[Waiting]:
    """What ``actor`` may approve, oldest first, emergencies before all; three queries however many there are."""
    kinds = [kind for kind, act in TAKES.items() if act in held]
    rows = accounts.approvals_waiting().filter(subject_type__in=kinds).exclude(asked_by_id=actor.id)
    found = list(rows.select_related("asked_by")[:MOST]) if kinds else []
    subjects = _subjects(found)
    waiting = [
        Waiting(
            act=one.act,
            url=f"{PLACES[one.subject_type]}{one.subject_id}",
            case_reference=subject.case_reference,
            partner=subject.counterpart,
            urgency=getattr(subject, "urgency", ""),
            asked_by=one.asked_by.name,
            asked_at=one.asked_at,
        )
        for one in found
        if (subject := subjects.get(one.subject_id)) is not None
    ]
    return sorted(waiting, key=lambda one: (one.urgency != "emergency", one.asked_at))


def _subjects(rows: list[Any]) -> dict[Any, Any]:
    requests = [row.subject_id for row in rows if row.subject_type == "evidence.request"]
    packages = [row.subject_id for row in rows if row.subject_type == "evidence.package"]
    found: dict[Any, Any] = {}
    if requests:
        found |= evidence.request_list().defer("content").in_bulk(requests)
    if packages:
        found |= evidence.packages().defer("statement", "conditions", "verification").in_bulk(packages)
    return found


def drafts(actor: accounts.Actor) -> QuerySet[evidence.EvidenceRequest]:
    """The officer's own drafts, the last first."""
    return evidence.request_list(state="drafted").filter(drafted_by=actor.id).defer("content").order_by("-id")


def questions() -> QuerySet[evidence.EvidenceRequest]:
    """Requests of this bureau on which the other one asks something, oldest first."""
    asked = evidence.request_list(side="requesting", state="clarification_asked")
    return asked.defer("content").order_by("id")
