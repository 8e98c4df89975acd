"""What a bureau does with evidence it holds: countersign, open, pass on, destroy. Conditions of use bind each act."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from jusur.accounts import api as accounts
from jusur.directory import api as directory
from jusur.evidence import custody_log, messages, opening, statements, uploads, waking
from jusur.evidence.custody import Direction, PackageState
from jusur.evidence.errors import ActNotPossibleError, ConditionsForbidError
from jusur.evidence.messages import CustodyBody
from jusur.evidence.models import EvidenceExport, EvidencePackage
from jusur.evidence.rules import Side, State
from jusur.evidence.services import packages, requests
from jusur.exchange import api as exchange
from jusur.kernel import clock, text
from jusur.node import context

_HELD = frozenset({PackageState.VERIFIED, PackageState.COUNTERSIGNED})


@transaction.atomic
def package_countersign(*, package_id: UUID, actor: accounts.Actor) -> EvidencePackage:
    """Give the sender this bureau's signed word that the package arrived whole and verified.

    Raises:
        ActNotPossibleError: the package is not verified, or was countersigned already.
        ForbiddenError: not the actor's act.
    """
    accounts.require(actor, "request.approve")
    package = packages.locked(package_id, Direction.INCOMING)
    packages.move(package, PackageState.COUNTERSIGNED)
    package.countersigned_at = clock.now()
    package.save(update_fields=["countersigned_at"])
    custody_log.record(package, "custody.countersigned", actor.reference)
    tell_sender(package, "verified", actor.reference)
    if package.request_id and package.completes:
        request = requests.locked(package.request_id)
        if request.state == State.FULFILLED and request.side == Side.REQUESTING:
            requests.apply_act(
                request,
                "confirm",
                by=context.current().address,
                actor=actor.reference,
                data={"package": str(package.id)},
            )
    return package


@transaction.atomic
def package_export(*, package_id: UUID, folder: str, purpose: str, actor: accounts.Actor) -> EvidenceExport:
    """Ask the worker to decrypt and unpack a package into the node's exports.

    Args:
        package_id: a verified package.
        folder: a folder of the exports; the package comes into one of its own there.
        purpose: why: one that the conditions of use name.
        actor: who.

    Raises:
        ConditionsForbidError: the conditions do not name this purpose.
        ActNotPossibleError: the package is not verified.
    """
    accounts.require(actor, "evidence.export")
    purpose = text.paragraph(purpose, max_length=2000, field="purpose")
    name = text.file_name(folder or "evidence", field="folder")
    package = held(package_id)
    require_purpose(package, purpose)
    custody_log.record(package, "custody.accessed", actor.reference, purpose=purpose)
    waking.wake()
    return EvidenceExport.objects.create(
        package=package, folder=name, purpose=purpose, actor=actor.reference, asked_at=clock.now()
    )


@transaction.atomic
def package_forward(*, package_id: UUID, to: str, purpose: str, actor: accounts.Actor) -> EvidencePackage:
    """Prepare a copy for another bureau, where the originator's conditions name it; a second person releases it.

    Raises:
        ConditionsForbidError: the conditions do not name that bureau, or not this purpose.
        ActNotPossibleError: the package is not verified.
    """
    package = held(package_id)
    if to not in package.conditions["forwarding"]:
        raise ConditionsForbidError(
            f"The originator {package.originator} does not allow passing this on to {to}.",
            fix=f"Ask {package.originator} by a message; it may send the package there itself.",
        )
    require_purpose(package, purpose)
    copy = _copy(package, to, purpose, actor)
    custody_log.record(package, "custody.forwarded", actor.reference, purpose=copy.purpose, data={"to": to})
    return copy


@transaction.atomic
def package_return(*, package_id: UUID, purpose: str, actor: accounts.Actor) -> EvidencePackage:
    """Prepare to give a package back to the bureau that sent it; a second person releases it.

    What was received stays here until the sender has it again: destroy it then.

    Raises:
        ActNotPossibleError: the package is not verified.
    """
    package = held(package_id)
    copy = _copy(package, package.counterpart, purpose, actor)
    custody_log.record(package, "custody.returned", actor.reference, purpose=copy.purpose)
    tell_sender(package, "returned", actor.reference, purpose=copy.purpose)
    return copy


def _copy(package: EvidencePackage, to: str, purpose: str, actor: accounts.Actor) -> EvidencePackage:
    accounts.require(actor, "evidence.acquire")
    directory.organisation(to)
    copy = EvidencePackage.objects.create(
        bag_id=package.bag_id,
        direction=Direction.OUTGOING,
        state=PackageState.COLLECTING,
        counterpart=to,
        originator=package.originator,
        forwarded_from=package,
        case_reference=package.case_reference,
        purpose=text.paragraph(purpose, max_length=2000, field="purpose"),
        legal_basis=package.legal_basis,
        conditions=package.conditions,
        created_at=clock.now(),
    )
    packages.ask(copy, actor)
    return copy


@transaction.atomic
def package_destroy(*, package_id: UUID, purpose: str, actor: accounts.Actor) -> EvidencePackage:
    """Delete this bureau's sealed copy for good; events and proofs stay.

    Raises:
        ActNotPossibleError: it is still being sealed, fetched or checked.
        ForbiddenError: not the actor's act.
    """
    accounts.require(actor, "evidence.release")
    package = packages.locked(package_id)
    destroy(package, text.paragraph(purpose, max_length=2000, field="purpose"), actor.reference)
    return package


def destroy(package: EvidencePackage, purpose: str, actor: str) -> None:
    """Destroy the locked ``package``'s bytes and tell the sender, in the caller's transaction."""
    packages.move(package, PackageState.DESTROYED)
    package.destroyed_at = clock.now()
    package.save(update_fields=["destroyed_at"])
    custody_log.record(package, "custody.destroyed", actor, purpose=purpose)
    if package.direction == Direction.INCOMING:
        tell_sender(package, "destroyed", actor, purpose=purpose)
    vault, blob = context.current().vault, opening.vault_name(package)
    if package.direction == Direction.OUTGOING:
        transaction.on_commit(lambda: uploads.discard(package.items.values_list("source", flat=True)))
    if package.blob:
        transaction.on_commit(lambda: vault.delete(blob, reason=purpose) if vault.exists(blob) else None)


def retention_purge() -> int:
    """Destroy received packages whose conditions say that their time is over; the number destroyed.

    Where the conditions want them returned instead, people decide: an alarm tells the operator that it is due.
    """
    done = 0
    held = EvidencePackage.objects.filter(direction=Direction.INCOMING, state__in=_HELD, received_at__isnull=False)
    for package_id in held.values_list("id", flat=True).iterator():
        with transaction.atomic():
            package = packages.locked(package_id)
            if package.state in _HELD and _is_over(package):
                done += _end(package)
    return done


def _is_over(package: EvidencePackage) -> bool:
    received = package.received_at
    return received is not None and received + timedelta(days=package.conditions["retention_days"]) <= clock.now()


def _end(package: EvidencePackage) -> int:
    if package.conditions["at_end"] == "return":
        exchange.raise_alarm(
            "return-due",
            peer=package.counterpart,
            subject=str(package.id),
            detail="The time of retention is over; the conditions of use want this package returned.",
        )
        return 0
    destroy(package, "The time of retention is over.", "node")
    return 1


def require_purpose(package: EvidencePackage, purpose: str) -> None:
    """Let ``purpose`` pass if the conditions of use name it.

    Raises:
        ConditionsForbidError: they do not. Conditions without a purpose allow none.
    """
    allowed = package.conditions["purposes"]
    if purpose not in allowed:
        raise ConditionsForbidError(
            "The conditions of use do not name this purpose.",
            fix="Allowed: " + "; ".join(allowed) + "." if allowed else f"Ask {package.originator} for its consent.",
        )


def tell_sender(package: EvidencePackage, event: str, actor: str, *, purpose: str = "", detail: str = "") -> None:
    """Tell the sender of an incoming ``package`` what was done with it, countersigned."""
    messages.send_custody(
        package,
        CustodyBody(
            package=str(package.id),
            event=event,  # type: ignore[arg-type] # each caller names one of the body's events
            at=clock.timestamp(clock.now()),
            actor=actor,
            purpose=purpose or package.purpose,
            sealed_sha256=package.sealed_sha256,
            countersignature=statements.countersign(package, event, actor),
            detail=detail[:2000],
        ),
    )


def held(package_id: UUID) -> EvidencePackage:
    """The received package, locked for this transaction.

    Raises:
        ActNotPossibleError: it is not verified, or this bureau holds it no more.
    """
    package = packages.locked(package_id, Direction.INCOMING)
    if package.state not in _HELD:
        raise ActNotPossibleError(
            "The package is not verified.", fix="Wait for its verification, or see why it failed."
        )
    return package
