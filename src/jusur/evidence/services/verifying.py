"""Taking in what has arrived and checking it: done by the worker, again from the start if it is interrupted.

An age identity that was rotated away still opens what was sealed to it; a failed check rejects the package and tells
its sender, because a broken seal is a fact about bytes and not a judgement about a person.
"""

from uuid import UUID

import structlog
from django.db import transaction

from jusur.evidence import custody_log, opening, statements
from jusur.evidence.custody import Direction, PackageState
from jusur.evidence.models import EvidencePackage
from jusur.evidence.services import holdings, packages
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.errors import JusurError
from jusur.packages import Check, Report, check_statement
from jusur.rows.claims import claim

log = structlog.get_logger()


def receive_arrived() -> int:
    """Take in the announced packages of which every chunk has arrived; the number taken in."""
    done = 0
    for package_id, blob, sender in EvidencePackage.objects.filter(
        direction=Direction.INCOMING, state=PackageState.ANNOUNCED
    ).values_list("id", "blob", "counterpart"):
        transfer = exchange.transfer(blob, sender=sender)
        if transfer is not None and transfer.state == "completed":
            with transaction.atomic():
                package = packages.locked(package_id)
                if package.state != PackageState.ANNOUNCED:
                    continue
                package.received_at = clock.now()
                packages.move(package, PackageState.RECEIVED)
                custody_log.record(package, "custody.received", "node", data={"size": str(package.size)})
            done += 1
        elif transfer is not None and transfer.state == "failed":
            EvidencePackage.objects.filter(id=package_id).update(failure=transfer.last_error[:2000])
    return done


def verify_waiting() -> int:
    """Verify the packages that were received; the number verified or rejected."""
    done = 0
    for package_id in EvidencePackage.objects.filter(
        direction=Direction.INCOMING, state=PackageState.RECEIVED
    ).values_list("id", flat=True):
        with claim("evidence.verify", package_id) as ours:
            if ours:
                done += _verify(package_id)
    return done


def _verify(package_id: UUID) -> int:
    package = EvidencePackage.objects.get(id=package_id)
    if package.state != PackageState.RECEIVED:
        return 0
    try:
        report, case = opening.verify(package)
        stated = statements.read(package.statement or {}, package.counterpart)
        failure = report.failures()
        if not failure:
            check_statement(stated, report)
    except JusurError as error:
        failure, report, case = str(error), None, None
    except OSError as error:
        log.warning("evidence.vault_unreadable", package=str(package_id), error=type(error).__name__)
        return 0
    with transaction.atomic():
        fresh = packages.locked(package_id)
        fresh.verification = _shown(report, case)
        if failure:
            _reject(fresh, failure)
        else:
            packages.move(fresh, PackageState.VERIFIED)
            custody_log.record(fresh, "custody.verified", "node", data={"checks": _verdicts(report, case)})
    return 1


def _reject(package: EvidencePackage, why: str) -> None:
    package.failure = why[:2000]
    packages.move(package, PackageState.REJECTED)
    custody_log.record(package, "custody.rejected", "node", data={"why": why[:500]})
    holdings.tell_sender(package, "rejected", "node", detail=why)


def _verdicts(report: Report | None, case: Check | None) -> dict[str, bool]:
    return {check.name: check.ok for check in _checks(report, case)}


def _checks(report: Report | None, case: Check | None) -> list[Check]:
    """All checks; that of the CASE file is told and rejects nothing (docs/reference/sealed-package.md)."""
    return [*(report.checks if report else ()), *([case] if case else [])]


def _shown(report: Report | None, case: Check | None) -> dict[str, object]:
    if report is None:
        return {"checks": []}
    return {
        "at": clock.timestamp(clock.now()),
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail, "command": check.command}
            for check in _checks(report, case)
        ],
        "files": [[path, str(size), sha256] for path, size, sha256 in report.files[:2000]],
        "file_count": len(report.files),
        "bytes": str(report.payload_bytes),
        "signed_at": clock.timestamp(report.signed_at) if report.signed_at else None,
        "stamped_at": clock.timestamp(report.timestamp.time) if report.timestamp else None,
        "demonstration_timestamp": report.timestamp.demonstration if report.timestamp else None,
    }
