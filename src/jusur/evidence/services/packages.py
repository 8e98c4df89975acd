"""Writes on outgoing packages: opening, collecting, and the release that takes two people."""

from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q

from jusur.accounts import api as accounts
from jusur.directory import api as directory
from jusur.evidence import content as contents
from jusur.evidence import custody_log, intake, waking
from jusur.evidence.custody import Direction, PackageState, may_follow
from jusur.evidence.errors import ActNotPossibleError
from jusur.evidence.models import EvidenceItem, EvidencePackage, EvidenceRequest
from jusur.evidence.rules import OPEN, Measure, Side, State
from jusur.kernel import canonical, clock, text
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.kernel.ids import new_id
from jusur.node import context

RELEASE = "evidence.package.release"


@transaction.atomic
def package_open(
    *,
    actor: accounts.Actor,
    request_id: UUID | None = None,
    to: str = "",
    case_reference: str = "",
    purpose: str = "",
    legal_basis: str = "",
    conditions: Any = None,
    completes: bool = True,
) -> EvidencePackage:
    """A new package to collect evidence into: in answer to a request, or spontaneously to the bureau ``to``.

    Args:
        actor: who opens it.
        request_id: the request it answers; then partner, case, purpose and legal basis are the request's.
        to: the receiving bureau, where there is no request.
        case_reference: the case, where there is no request.
        purpose: why, where there is no request.
        legal_basis: on what basis, where there is no request.
        conditions: conditions of use (see ``Conditions``); default: those the request accepted.
        completes: whether the package fulfils the whole request, or a part.

    Raises:
        ActNotPossibleError: the request is not under way here, or asks for preservation only.
        InvalidInputError, ForbiddenError: what is given is not valid; not the actor's act.
    """
    accounts.require(actor, "evidence.acquire")
    request = _answerable(request_id) if request_id else None
    if request is not None:
        to, case_reference, purpose = request.counterpart, request.case_reference, request.content["purpose"]
        legal_basis = request.instrument
        conditions = conditions if conditions is not None else _accepted_conditions(request)
    directory.organisation(to)
    package_id = new_id()
    return EvidencePackage.objects.create(
        id=package_id,
        bag_id=package_id,
        direction=Direction.OUTGOING,
        state=PackageState.COLLECTING,
        request=request,
        counterpart=to,
        originator=context.current().address,
        case_reference=text.line(case_reference, max_length=100, field="case_reference"),
        purpose=text.paragraph(purpose, max_length=2000, field="purpose"),
        legal_basis=text.line(legal_basis, max_length=400, field="legal_basis"),
        conditions=msgspec.to_builtins(contents.parse_conditions(conditions or {})),
        completes=completes,
        created_at=clock.now(),
    )


@transaction.atomic
def items_collect(*, package_id: UUID, name: str, method: str, tool: str, actor: accounts.Actor) -> list[EvidenceItem]:
    """Take the file or folder ``name`` of the intake into the package; the worker hashes each file.

    Args:
        package_id: the package, still collecting.
        name: path within the intake.
        method: how the data was acquired (ISO/IEC 27037), in words.
        tool: with which tool and version.
        actor: who acquired it.

    Raises:
        ActNotPossibleError: the package no longer takes evidence.
        InvalidInputError, NotFoundError: what is named is not plain files in the intake, or is in the package already.
    """
    accounts.require(actor, "evidence.acquire")
    package = locked(package_id)
    _require_state(package, PackageState.COLLECTING)
    found = intake.find(context.current().settings.intake_dir, name)
    present = set(package.items.values_list("path", flat=True))
    twice = next((entry.path for entry in found if entry.path in present), None)
    if twice is not None:
        raise InvalidInputError(f"{twice!r} is in the package already.", fix="Rename it, or open another package.")
    method = text.line(method, max_length=200, field="method")
    tool = text.line(tool, max_length=200, field="tool")
    now = clock.now()
    waking.wake()
    return EvidenceItem.objects.bulk_create(
        EvidenceItem(
            package=package,
            path=entry.path,
            source=str(entry.source),
            size=entry.size,
            modified_at=entry.modified_at,
            method=method,
            tool=tool,
            collected_by=actor.id,
            collected_at=now,
        )
        for entry in found
    )


@transaction.atomic
def items_remove(*, package_id: UUID, path: str, actor: accounts.Actor) -> int:
    """Take a file, or all files below a folder, out of a package that is still collecting; the number taken out.

    What had failed with them is forgotten: collect them again and have the release asked for anew.

    Raises:
        ActNotPossibleError: the package no longer collects.
        NotFoundError: the package holds nothing there.
    """
    accounts.require(actor, "evidence.acquire")
    package = locked(package_id)
    _require_state(package, PackageState.COLLECTING)
    found = package.items.filter(Q(path=path) | Q(path__startswith=path.rstrip("/") + "/"))
    removed = [[item.path, item.sha256] for item in found]
    if not removed:
        raise NotFoundError("The package holds nothing there.", fix="Name a path as the package lists it.")
    found.delete()
    package.failure = ""
    package.save(update_fields=["failure"])
    custody_log.record(
        package, "custody.removed", actor.reference, data={"count": len(removed), "items": removed[:100]}
    )
    waking.wake()
    return len(removed)


@transaction.atomic
def release_ask(*, package_id: UUID, actor: accounts.Actor) -> EvidencePackage:
    """Ask a second person to release the package with exactly these files under these conditions.

    Raises:
        ActNotPossibleError: it is not collecting, is empty, or a file is not hashed yet.
    """
    accounts.require(actor, "evidence.acquire")
    package = locked(package_id)
    _require_state(package, PackageState.COLLECTING)
    items = list(package.items.all())
    if not items or any(not item.sha256 for item in items):
        raise ActNotPossibleError(
            "The package is empty, or a file is still being hashed.", fix="Collect evidence and wait for its hashes."
        )
    ask(package, actor)
    return package


def ask(package: EvidencePackage, actor: accounts.Actor) -> None:
    """Put the release of ``package`` (locked by the caller) to a second person."""
    digest = release_digest(package)
    accounts.approval_ask(
        act=RELEASE,
        subject_type=custody_log.SUBJECT,
        subject_id=package.id,
        content_sha256=digest,
        actor=actor,
    )
    package.failure = ""
    move(package, PackageState.AWAITING_RELEASE)
    custody_log.record(package, "custody.release_asked", actor.reference, data={"content_sha256": digest})


@transaction.atomic
def release_decide(
    *, package_id: UUID, granted: bool = True, reason: str = "", actor: accounts.Actor
) -> EvidencePackage:
    """The second person's decision; once granted, the worker seals the package and sends it.

    Raises:
        SecondPersonNeededError: the person who asked tries to release.
        ActNotPossibleError, ForbiddenError: it does not wait for release; not the actor's act.
    """
    accounts.require(actor, "evidence.release")
    package = locked(package_id)
    _require_state(package, PackageState.AWAITING_RELEASE)
    accounts.approval_decide(
        act=RELEASE,
        subject_type=custody_log.SUBJECT,
        subject_id=package.id,
        content_sha256=release_digest(package),
        granted=granted,
        reason=reason,
        actor=actor,
    )
    move(package, PackageState.SEALING if granted else PackageState.COLLECTING)
    waking.wake()
    custody_log.record(
        package,
        "custody.released" if granted else "custody.release_denied",
        actor.reference,
        purpose=reason,
        data={"content_sha256": release_digest(package)},
    )
    return package


def release_digest(package: EvidencePackage) -> str:
    """SHA-256 (hex) of exactly what two people agree to release: the files, for whom, under which conditions."""
    return canonical.sha256_hex(
        canonical.encode(
            {
                "package": str(package.id),
                "request": str(package.request_id) if package.request_id else None,
                "to": package.counterpart,
                "conditions": package.conditions,
                "completes": package.completes,
                "forwarded_from": str(package.forwarded_from_id) if package.forwarded_from_id else None,
                "items": [[item.path, str(item.size), item.sha256] for item in package.items.all()],
            }
        )
    )


def locked(package_id: UUID, direction: Direction | None = None) -> EvidencePackage:
    """The package, locked for this transaction.

    Raises:
        NotFoundError: this bureau holds no such package.
    """
    rows = EvidencePackage.objects.select_for_update(of=("self",)).select_related("request").filter(id=package_id)
    package = (rows.filter(direction=direction) if direction else rows).first()
    if package is None:
        raise NotFoundError("This bureau holds no such package.", fix="Check the identifier.")
    return package


def move(package: EvidencePackage, target: PackageState) -> None:
    """Bring ``package`` to ``target`` and save it.

    Raises:
        ActNotPossibleError: the step is not one a package can take.
    """
    if not may_follow(Direction(package.direction), PackageState(package.state), target):
        raise ActNotPossibleError(
            f"A package that is {package.state.replace('_', ' ')} cannot become {target.replace('_', ' ')}."
        )
    package.state = target
    package.save()


def _answerable(request_id: UUID) -> EvidenceRequest:
    request = EvidenceRequest.objects.filter(id=request_id).first()
    if request is None:
        raise NotFoundError("This bureau has no such request.", fix="Check the identifier.")
    spontaneous = request.measure == Measure.SPONTANEOUS_INFORMATION
    if request.side != (Side.REQUESTING if spontaneous else Side.REQUESTED):
        raise ActNotPossibleError("It is for the other bureau to send evidence on this.")
    under_way = OPEN if spontaneous else OPEN - {State.SENT}
    if request.state not in under_way or request.measure == Measure.PRESERVATION:
        raise ActNotPossibleError(
            "Evidence cannot be prepared for this request.",
            fix="Acknowledge or accept it first; a preservation request is answered by confirming preservation.",
        )
    return request


def _accepted_conditions(request: EvidenceRequest) -> dict[str, Any]:
    accepted = dict(request.content["conditions"])
    accepted["purposes"] = accepted["purposes"] or [request.content["purpose"][:400]]
    return accepted


def _require_state(package: EvidencePackage, state: PackageState) -> None:
    if package.state != state:
        raise ActNotPossibleError(
            f"The package is {package.state.replace('_', ' ')}, not {state.replace('_', ' ')}.",
            fix="Look at the package again: somebody may have acted on it.",
        )
