"""The CASE account of a package: who acquired what, how, with what tool, on what basis, and who released it."""

from collections.abc import Sequence
from datetime import datetime

from jusur.directory import api as directory
from jusur.evidence import custody_log
from jusur.evidence.models import EvidenceItem, EvidencePackage
from jusur.kernel import clock
from jusur.packages.layout import FileRecord
from jusur.standards import case
from jusur.standards.case.records import EventKind

_EVENTS: dict[str, EventKind] = {"custody.released": "released", "custody.sealed": "sealed"}


def case_file(package: EvidencePackage, files: Sequence[FileRecord]) -> bytes:
    """The package's CASE/UCO document (JSON-LD) over exactly the sealed ``files``."""
    items = list(package.items.all())
    modified = {f"data/{item.path}": item.modified_at for item in items}
    request = package.request
    offences = (request.content["offence"]["description"],) if request else ()
    document = case.case_document(
        case.Package(
            package_id=package.id,
            investigation=case.Investigation(package.case_reference, package.purpose, offences),
            authorization=case.Authorization(
                kind="request for evidence" if request else "spontaneous information",
                identifiers=(str(package.request_id or package.id),),
                instrument=package.legal_basis,
            ),
            acquisition=_acquisition(items),
            files=tuple(
                case.FileRecord(record.path, record.size, record.sha256, modified.get(record.path)) for record in files
            ),
            created_at=clock.now(),
            events=_events(package),
            conditions=_conditions(package),
        )
    )
    return case.encode(document)


def bureau(address: str) -> case.Agent:
    """An organisation of the network as an agent."""
    return case.Agent(directory.organisation(address).name.en, "organization", address)


def _acquisition(items: Sequence[EvidenceItem]) -> case.Acquisition:
    first = items[0]
    moments: list[datetime] = [item.collected_at for item in items]
    return case.Acquisition(
        agent=_officer(str(first.collected_by)),
        tools=tuple(case.Tool(tool, "") for tool in dict.fromkeys(item.tool for item in items)),
        method="; ".join(dict.fromkeys(item.method for item in items)),
        started_at=min(moments),
        ended_at=max(moments),
    )


def _officer(officer_id: str) -> case.Agent:
    """An officer by the pseudonym the ledger uses: the name stays at the bureau."""
    return case.Agent(f"officer {officer_id}", "person", officer_id)


def _events(package: EvidencePackage) -> tuple[case.CustodyEvent, ...]:
    return tuple(
        case.CustodyEvent(
            kind=_EVENTS[event.kind],
            agent=_officer(event.actor.removeprefix("officer:")),
            at=event.occurred_at,
            purpose=event.purpose,
            participants=(bureau(package.counterpart),),
        )
        for event in custody_log.chain(package.id)
        if event.kind in _EVENTS
    )


def _conditions(package: EvidencePackage) -> tuple[str, ...]:
    conditions = package.conditions
    purposes = [f"Purpose: {purpose}" for purpose in conditions["purposes"]]
    forwarding = ", ".join(conditions["forwarding"]) or "nobody"
    rest = [conditions["text"]] if conditions["text"] else []
    return (*purposes, f"Forwarding: {forwarding}", f"Retention: {conditions['retention_days']} days", *rest)
