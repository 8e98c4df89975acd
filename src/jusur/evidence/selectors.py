"""Reads of the evidence room."""

from uuid import UUID

from django.db.models import QuerySet

from jusur.evidence.models import EvidencePackage, EvidenceRequest
from jusur.kernel.errors import NotFoundError


def requests(
    *, state: str = "", partner: str = "", side: str = "", case_reference: str = ""
) -> QuerySet[EvidenceRequest]:
    """Requests, narrowed by what is given."""
    wanted = {"state": state, "counterpart": partner, "side": side, "case_reference": case_reference}
    return EvidenceRequest.objects.filter(**{name: value for name, value in wanted.items() if value})


def request(request_id: UUID) -> EvidenceRequest:
    """One request.

    Raises:
        NotFoundError: this bureau has no such request.
    """
    found = EvidenceRequest.objects.filter(id=request_id).first()
    if found is None:
        raise NotFoundError("This bureau has no such request.", fix="Check the identifier.")
    return found


def packages(*, state: str = "", partner: str = "", direction: str = "") -> QuerySet[EvidencePackage]:
    """Packages, narrowed by what is given."""
    wanted = {"state": state, "counterpart": partner, "direction": direction}
    return EvidencePackage.objects.filter(**{name: value for name, value in wanted.items() if value})


def package(package_id: UUID) -> EvidencePackage:
    """One package.

    Raises:
        NotFoundError: this bureau holds no such package.
    """
    found = EvidencePackage.objects.select_related("request").filter(id=package_id).first()
    if found is None:
        raise NotFoundError("This bureau holds no such package.", fix="Check the identifier.")
    return found
