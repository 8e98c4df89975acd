"""Which events of the ledger are told to which officers.

An event tells nobody of what he did himself, but for changes of how he signs in: those may be another's work.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from jusur.accounts import api as accounts
from jusur.evidence import api as evidence
from jusur.ledger import api as ledger

OFFICER: Final = "officer:"
RELEASE_SUBJECT: Final = "evidence.package"


@dataclass(frozen=True, slots=True)
class Telling:
    """A notification's kind and who gets it; ``also_actor``: even who did it."""

    kind: str
    officers: frozenset[UUID]
    also_actor: bool = False


class Staff:
    """The officers who work here now, by what they may do."""

    def __init__(self) -> None:
        self._acts = {
            officer.id: accounts.permitted_acts(officer.roles)
            for officer in accounts.officers()
            if officer.is_active and officer.kind == accounts.Officer.PERSON
        }

    def who_may(self, act: str) -> frozenset[UUID]:
        """Everybody whose roles carry ``act``."""
        return frozenset(officer for officer, acts in self._acts.items() if act in acts)

    def known(self, ids: Iterable[UUID | None]) -> frozenset[UUID]:
        """Those of ``ids`` who work here now."""
        return frozenset(officer for officer in ids if officer in self._acts)


def telling(event: ledger.LedgerEvent, staff: Staff) -> Telling | None:
    """What ``event`` tells and whom; ``None`` where it tells nobody."""
    rule = _RULES.get(event.kind)
    found = rule(event, staff) if rule else None
    if found is None or found.also_actor:
        return found
    return Telling(found.kind, found.officers - {actor_id(event.actor)})


def actor_id(actor: str) -> UUID | None:
    """The officer whom the ledger names by ``actor``, or ``None``."""
    return UUID(actor.removeprefix(OFFICER)) if actor.startswith(OFFICER) else None


def _approval_asked(event: ledger.LedgerEvent, staff: Staff) -> Telling:
    act = "evidence.release" if event.subject_type == RELEASE_SUBJECT else "request.approve"
    return Telling("approval-asked", staff.who_may(act))


def _decided(kind: str) -> Callable[[ledger.LedgerEvent, Staff], Telling]:
    def rule(event: ledger.LedgerEvent, staff: Staff) -> Telling:
        approval = (event.data or {}).get("approval")
        asked_by = accounts.approval_asked_by(UUID(approval)) if approval else None
        return Telling(kind, staff.known({asked_by}))

    return rule


def _received(event: ledger.LedgerEvent, staff: Staff) -> Telling:
    urgent = (event.data or {}).get("urgency") == "emergency"
    return Telling("emergency-received" if urgent else "request-received", staff.who_may("request.answer"))


def _alarm(event: ledger.LedgerEvent, staff: Staff) -> Telling:
    if (event.data or {}).get("side") == evidence.Side.REQUESTED:
        return Telling("deadline", staff.who_may("request.answer"))
    return Telling("deadline", staff.known(_drafters(event)))


def _answered(kind: str) -> Callable[[ledger.LedgerEvent, Staff], Telling | None]:
    """An act of the other bureau on a request: for who drafted it, or for all who answer, as the side is."""

    def rule(event: ledger.LedgerEvent, staff: Staff) -> Telling | None:
        data: dict[str, Any] = event.data or {}
        if actor_id(event.actor) is not None:
            return None
        if data.get("side") == evidence.Side.REQUESTED:
            return Telling(kind, staff.who_may("request.answer"))
        return Telling(kind, staff.known(_drafters(event)))

    return rule


def _package(kind: str) -> Callable[[ledger.LedgerEvent, Staff], Telling]:
    def rule(event: ledger.LedgerEvent, staff: Staff) -> Telling:
        request = (event.data or {}).get("request")
        return Telling(kind, staff.known(_drafters_of({request})) | staff.who_may("evidence.release"))

    return rule


def _refused(_event: ledger.LedgerEvent, staff: Staff) -> Telling:
    return Telling("delivery-refused", staff.who_may("message.write"))


def _expired(_event: ledger.LedgerEvent, staff: Staff) -> Telling:
    return Telling("delivery-expired", staff.who_may("message.write"))


def _hit(event: ledger.LedgerEvent, staff: Staff) -> Telling | None:
    """A hit on a record of ours, for all who decide on hits; one that a watch found, for who watches."""
    data: dict[str, Any] = event.data or {}
    if data.get("side") == "owner":
        return Telling("hit-on-record", staff.who_may("hit.confirm"))
    if data.get("source") in {"watch", "edition"}:
        return Telling("hit-of-watch", staff.known({actor_id(str(data.get("officer", "")))}))
    return None


def _hit_decided(kind: str) -> Callable[[ledger.LedgerEvent, Staff], Telling | None]:
    """What the other bureau decided on a hit on a record of ours."""

    def rule(event: ledger.LedgerEvent, staff: Staff) -> Telling | None:
        ours = (event.data or {}).get("side") == "owner"
        return Telling(kind, staff.who_may("hit.confirm")) if ours else None

    return rule


def _way_in_changed(event: ledger.LedgerEvent, staff: Staff) -> Telling:
    return Telling("way-in-changed", staff.known({UUID(event.subject_id)}), also_actor=True)


def _invited_anew(event: ledger.LedgerEvent, staff: Staff) -> Telling | None:
    """Who had signed in before: the invitation took every factor away."""
    known = accounts.officer(UUID(event.subject_id)).last_login is not None
    return _way_in_changed(event, staff) if known else None


def _drafters(event: ledger.LedgerEvent) -> set[UUID | None]:
    return _drafters_of({event.subject_id})


def _drafters_of(requests: set[str | None]) -> set[UUID | None]:
    rows = evidence.request_list().filter(id__in=[one for one in requests if one])
    return set(rows.values_list("drafted_by", flat=True))


_RULES: Final[dict[str, Callable[[ledger.LedgerEvent, Staff], Telling | None]]] = {
    "accounts.factor.added": _way_in_changed,
    "accounts.factor.removed": _way_in_changed,
    "accounts.factor.recovery_codes": _way_in_changed,
    "accounts.factor.recovery_code_used": _way_in_changed,
    "accounts.password.set": _way_in_changed,
    "accounts.invitation.issued": _invited_anew,
    "accounts.approval.asked": _approval_asked,
    "accounts.approval.granted": _decided("approved"),
    "accounts.approval.denied": _decided("returned"),
    "evidence.request.received": _received,
    "evidence.request.alarm": _alarm,
    "evidence.request.clarification_asked": _answered("question-asked"),
    "evidence.request.clarification_answered": _answered("question-answered"),
    "evidence.request.preservation_confirmed": _answered("request-answered"),
    "evidence.request.fulfilled": _answered("request-answered"),
    "evidence.request.partly_fulfilled": _answered("request-answered"),
    "evidence.request.refused": _answered("request-refused"),
    "evidence.request.withdrawn": _answered("request-withdrawn"),
    "evidence.request.extended": _answered("deadline-extended"),
    "custody.verified": _package("package-received"),
    "custody.rejected": _package("package-rejected"),
    "hit.found": _hit,
    "hit.confirmed": _hit_decided("hit-confirmed"),
    "hit.discarded": _hit_decided("hit-discarded"),
    "exchange.delivery.refused": _refused,
    "exchange.delivery.expired": _expired,
}
KINDS: Final = frozenset(_RULES)
"""The events that are told."""
