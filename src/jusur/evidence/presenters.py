"""Requests and packages as the API shows them."""

from typing import Any

from jusur.evidence.models import EvidenceExport, EvidencePackage, EvidenceRequest
from jusur.evidence.rules import Side, State, possible_acts
from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.node import context


def _moment(value: Any) -> str | None:
    return clock.timestamp(value) if value else None


def request_summary(request: EvidenceRequest) -> dict[str, Any]:
    """A request in a list."""
    return {
        "id": str(request.id),
        "side": request.side,
        "partner": request.counterpart,
        "state": request.state,
        "measure": request.measure,
        "instrument": request.instrument,
        "urgency": request.urgency,
        "case_reference": request.case_reference,
        "created_at": _moment(request.created_at),
        "sent_at": _moment(request.sent_at),
        "received_at": _moment(request.received_at),
        "due_at": _moment(request.due_at),
        "answered_at": _moment(request.answered_at),
        "alarms_percent": request.alarms_raised,
    }


def request_detail(request: EvidenceRequest) -> dict[str, Any]:
    """A request with its content, its acts and what may be done next."""
    return request_summary(request) | {
        "content": request.content,
        "content_sha256": request.content_sha256,
        "related_request": str(request.related_id) if request.related_id else None,
        "preserved_until": _moment(request.preserved_until),
        "possible_acts": possible_acts(State(request.state), Side(request.side)),
        "acts": [
            {"act": act.act, "by": act.by, "actor": act.actor, "at": _moment(act.at), "after": act.after} | act.data
            for act in request.acts.all()
        ],
        "packages": [package_summary(package) for package in request.packages.order_by("created_at")],
    }


def package_summary(package: EvidencePackage) -> dict[str, Any]:
    """A package in a list."""
    return {
        "id": str(package.id),
        "direction": package.direction,
        "state": package.state,
        "partner": package.counterpart,
        "originator": package.originator,
        "request": str(package.request_id) if package.request_id else None,
        "case_reference": package.case_reference,
        "size": package.size,
        "sealed_sha256": package.sealed_sha256 or None,
        "completes": package.completes,
        "failure": package.failure or None,
        "waits_for": package.waits_for or None,
        "created_at": _moment(package.created_at),
        "sealed_at": _moment(package.sealed_at),
        "received_at": _moment(package.received_at),
        "countersigned_at": _moment(package.countersigned_at),
        "destroyed_at": _moment(package.destroyed_at),
    }


def package_detail(package: EvidencePackage) -> dict[str, Any]:
    """A package with its files (those it collected), conditions, statement and verification."""
    return package_summary(package) | {
        "purpose": package.purpose,
        "legal_basis": package.legal_basis,
        "conditions": package.conditions,
        "statement": package.statement,
        "verification": package.verification,
        "items": [
            {
                "path": item.path,
                "size": item.size,
                "sha256": item.sha256 or None,
                "method": item.method,
                "tool": item.tool,
                "collected_at": _moment(item.collected_at),
            }
            for item in package.items.all()
        ],
    }


def export_detail(export: EvidenceExport) -> dict[str, Any]:
    """An export asked for, and where its files are once it is done."""
    folder = context.current().home.path / "exports" / export.folder / str(export.package.bag_id)
    return {
        "id": str(export.id),
        "state": export.state,
        "folder": str(folder),
        "purpose": export.purpose,
        "files": export.files,
        "bytes": export.bytes,
        "failure": export.failure or None,
        "asked_at": _moment(export.asked_at),
        "done_at": _moment(export.done_at),
    }


def custody_event(event: ledger.LedgerEvent) -> dict[str, Any]:
    """An event of the chain of custody."""
    return {
        "id": str(event.id),
        "event": event.kind,
        "at": _moment(event.occurred_at),
        "actor": event.actor,
        "purpose": event.purpose,
        "data": event.data,
        "leaf_index": event.leaf_index,
    }
