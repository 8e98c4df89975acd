"""Reads of the evidence room."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from jusur.evidence.content import RequestContent, parse
from jusur.evidence.models import EvidencePackage, EvidenceRequest, RequestVersion
from jusur.evidence.rules import ANSWERED, OPEN, Side, State
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError
from jusur.kernel.ids import parse_id

SOON = timedelta(hours=24)
"""A deadline is near when less than this is left."""


def requests(
    *, state: str = "", partner: str = "", side: str = "", case_reference: str = ""
) -> QuerySet[EvidenceRequest]:
    """Requests, narrowed by what is given."""
    wanted = {"state": state, "counterpart": partner, "side": side, "case_reference": case_reference}
    return EvidenceRequest.objects.filter(**{name: value for name, value in wanted.items() if value})


def request_list(
    *, side: str = "", state: str = "", partner: str = "", urgency: str = "", due: str = "", case_start: str = ""
) -> QuerySet[EvidenceRequest]:
    """Requests as people look for them.

    Args:
        side: ``requesting`` or ``requested``.
        state: one state, or ``open`` (nobody has answered; drafts too) or ``closed``.
        partner: the other bureau.
        urgency: ``emergency``, ``urgent`` or ``routine``.
        due: ``soon`` (within a day, or over) or ``overdue``; only what is still to be answered.
        case_start: how the case reference begins.
    """
    wanted = {"side": side, "counterpart": partner, "urgency": urgency, "case_reference__startswith": case_start}
    found = EvidenceRequest.objects.filter(**{name: value for name, value in wanted.items() if value})
    if due:
        limit = clock.now() + (SOON if due == "soon" else timedelta())
        found = found.filter(state__in=sorted(OPEN), due_at__lt=limit)
    if state in {"open", "closed"}:
        answered = Q(state__in=sorted(ANSWERED))
        return found.filter(answered if state == "closed" else ~answered)
    return found.filter(state=state) if state else found


def due_requests(side: str = "") -> QuerySet[EvidenceRequest]:
    """Requests still to be answered that have a deadline, the most pressing first."""
    found = EvidenceRequest.objects.filter(state__in=sorted(OPEN), due_at__isnull=False)
    return (found.filter(side=side) if side else found).order_by("due_at", "id")


def unseen_requests() -> QuerySet[EvidenceRequest]:
    """Requests of other bureaus that nobody here has acknowledged, oldest first."""
    return EvidenceRequest.objects.filter(side=Side.REQUESTED, state=State.SENT).order_by("id")


def request_counts() -> dict[str, int]:
    """How many requests are overdue, due soon, new, still open, awaiting approval, or awaiting this bureau's answer."""
    now = clock.now()
    to_answer = Q(state__in=sorted(OPEN - {State.CLARIFICATION_ASKED}))
    asked = Q(side=Side.REQUESTING, state=State.CLARIFICATION_ASKED)
    return EvidenceRequest.objects.exclude(state__in=sorted(ANSWERED)).aggregate(
        overdue=Count("id", filter=to_answer & Q(due_at__lt=now)),
        soon=Count("id", filter=to_answer & Q(due_at__gte=now, due_at__lt=now + SOON)),
        unseen=Count("id", filter=Q(side=Side.REQUESTED, state=State.SENT)),
        open=Count("id", filter=Q(state__in=sorted(OPEN))),
        awaiting_approval=Count("id", filter=Q(state=State.AWAITING_APPROVAL)),
        questions=Count("id", filter=asked),
        drafts=Count("id", filter=Q(state=State.DRAFTED)),
    )


def versions(request_id: UUID) -> list[RequestVersion]:
    """What was put before the second officer, oldest first."""
    return list(RequestVersion.objects.filter(request_id=request_id).order_by("number"))


def missing_contents(content: Mapping[str, Any]) -> tuple[instruments.Requirement, ...]:
    """What a draft's ``content`` lacks of what its instrument requires."""
    parsed: RequestContent = parse(content, unfinished=True)
    return instruments.check_contents(parsed.instrument, parsed.measure, stated(parsed), urgency=parsed.urgency)


def stated(content: RequestContent) -> dict[str, str]:
    """What ``content`` states, by the field names of the instruments."""
    own = {
        "purpose": content.purpose,
        "offence": content.offence.description,
        "case_reference": content.case_reference,
    }
    return own | content.contents


def request(request_id: UUID) -> EvidenceRequest:
    """One request.

    Raises:
        NotFoundError: this bureau has no such request.
    """
    found = EvidenceRequest.objects.filter(id=request_id).first()
    if found is None:
        raise NotFoundError("This bureau has no such request.", fix="Check the identifier.")
    return found


def packages(
    *, state: str = "", partner: str = "", direction: str = "", case_reference: str = "", request: str = ""
) -> QuerySet[EvidencePackage]:
    """Packages, narrowed by what is given; ``request`` is an identifier."""
    wanted = {"state": state, "counterpart": partner, "direction": direction, "case_reference": case_reference}
    rows = EvidencePackage.objects.filter(**{name: value for name, value in wanted.items() if value})
    return rows.filter(request_id=parse_id(request, field="request")) if request else rows


def package(package_id: UUID) -> EvidencePackage:
    """One package.

    Raises:
        NotFoundError: this bureau holds no such package.
    """
    found = EvidencePackage.objects.select_related("request").filter(id=package_id).first()
    if found is None:
        raise NotFoundError("This bureau holds no such package.", fix="Check the identifier.")
    return found
