"""The dossier of a package on paper: request, contents, custody and verification, in one of the four languages."""

from datetime import datetime
from typing import Any

from django.db import transaction

from jusur.directory import api as directory
from jusur.documents import dossier, labels
from jusur.documents.records import (
    CheckpointRecord,
    CheckRow,
    CustodyRow,
    DossierData,
    FileRow,
    Party,
    RequestRecord,
)
from jusur.evidence import custody_log
from jusur.evidence.custody import Direction
from jusur.evidence.models import EvidencePackage
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.node import context

EVENTS = {"custody.collected": "acquired", "custody.forwarded": "transferred", "custody.offered": "transferred"}


def pdf(package: EvidencePackage, language: str, actor: str) -> bytes:
    """The dossier of ``package``; making it is itself an event of custody.

    Raises:
        DocumentError: it could not be set.
    """
    with transaction.atomic():
        custody_log.record(package, "custody.accessed", actor, purpose="dossier")
    return dossier.build(data(package, language), language)


def data(package: EvidencePackage, language: str) -> DossierData:
    """What the dossier says."""
    head = ledger.integrate()
    own, other = _party(context.current().address, language), _party(package.counterpart, language)
    received = package.direction == Direction.INCOMING
    return DossierData(
        title=package.case_reference,
        package_id=str(package.bag_id),
        package_digest=package.sealed_sha256,
        package_bytes=package.size or 0,
        made_at=clock.now(),
        handling=labels.word(_classification(package), language),
        requesting=own if received else other,
        requested=other if received else own,
        request=_request(package, language),
        files=_files(package),
        custody=tuple(_custody(event, language) for event in custody_log.chain(package.id)),
        checks=_checks(package),
        conditions=_conditions(package, language),
        checkpoint=_checkpoint(head),
    )


def _party(address: str, language: str) -> Party:
    return Party(address, str(getattr(directory.organisation(address).name, language)))


def _classification(package: EvidencePackage) -> str:
    return str(package.request.content["classification"] if package.request else "confidential")


def _request(package: EvidencePackage, language: str) -> RequestRecord:
    request = package.request
    if request is None:
        return RequestRecord(
            reference=str(package.id),
            case_reference=package.case_reference,
            measure=_measure("spontaneous_information", language),
            legal_basis=package.legal_basis,
            offence="",
            purpose=package.purpose,
            urgency=labels.word("routine", language),
            sent_at=package.created_at,
        )
    basis = instruments.instrument(request.instrument)
    return RequestRecord(
        reference=str(request.id),
        case_reference=request.case_reference,
        measure=_measure(request.measure, language),
        legal_basis=str(getattr(basis.names, language)),
        offence=request.content["offence"]["description"],
        purpose=request.content["purpose"],
        urgency=labels.word(request.urgency, language),
        sent_at=request.sent_at or request.created_at,
        due_at=request.due_at,
    )


def _files(package: EvidencePackage) -> tuple[FileRow, ...]:
    if package.direction == Direction.OUTGOING:
        return tuple(FileRow(item.path, item.size, item.sha256) for item in package.items.all())
    listed = (package.verification or {}).get("files", [])
    return tuple(FileRow(path, int(size), sha256) for path, size, sha256 in listed)


def _custody(event: ledger.LedgerEvent, language: str) -> CustodyRow:
    kind = EVENTS.get(event.kind, event.kind.removeprefix("custody."))
    role, _, who = event.actor.partition(":")
    shown = f"{labels.word(role, language)} {who}".strip()
    return CustodyRow(event.occurred_at, kind, shown, event.purpose, event.leaf_index)


def _measure(measure: str, language: str) -> str:
    known = instruments.catalogue().measures.get(measure)
    return str(getattr(known, language)) if known else measure


def _checks(package: EvidencePackage) -> tuple[CheckRow, ...]:
    found: list[dict[str, Any]] = (package.verification or {}).get("checks", [])
    return tuple(
        CheckRow(check["name"], "passed" if check["ok"] else "failed", check["command"], check["detail"])
        for check in found
    )


def _conditions(package: EvidencePackage, language: str) -> tuple[str, ...]:
    conditions = package.conditions

    def word(key: str) -> str:
        return labels.word(key, language)

    forwarding = ", ".join(conditions["forwarding"]) or word("nobody")
    return (
        *conditions["purposes"],
        *filter(None, [conditions["text"]]),
        f"{word('forwarding')}: {forwarding}",
        f"{word('retention_days')}: {conditions['retention_days']} ({word(conditions['at_end'])})",
    )


def _checkpoint(head: ledger.Checkpoint) -> CheckpointRecord:
    signed_at: datetime = clock.now()
    return CheckpointRecord(head.origin, head.size, head.root.hex(), signed_at)
