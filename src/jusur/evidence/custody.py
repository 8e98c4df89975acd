"""The life of a sealed evidence package, as each bureau that holds it sees it, and the events of its custody.

The handling steps are those of ISO/IEC 27037 (identification, collection, acquisition, preservation); every change of
hands or of state is one ledger event of the kinds below, with who and why.
"""

from enum import StrEnum
from typing import Final


class Direction(StrEnum):
    """Whether this bureau sealed the package or received it."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class PackageState(StrEnum):
    """Where a package stands at this bureau."""

    COLLECTING = "collecting"
    AWAITING_RELEASE = "awaiting_release"
    SEALING = "sealing"
    OFFERED = "offered"
    ANNOUNCED = "announced"
    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"
    COUNTERSIGNED = "countersigned"
    DESTROYED = "destroyed"


CUSTODY_EVENTS: Final = frozenset(
    {
        "custody.collected",
        "custody.removed",
        "custody.release_asked",
        "custody.released",
        "custody.release_denied",
        "custody.sealed",
        "custody.offered",
        "custody.announced",
        "custody.received",
        "custody.verified",
        "custody.rejected",
        "custody.countersigned",
        "custody.accessed",
        "custody.exported",
        "custody.forwarded",
        "custody.returned",
        "custody.destroyed",
    }
)

_NEXT: Final[dict[tuple[Direction, PackageState], frozenset[PackageState]]] = {
    (Direction.OUTGOING, PackageState.COLLECTING): frozenset({PackageState.AWAITING_RELEASE, PackageState.DESTROYED}),
    (Direction.OUTGOING, PackageState.AWAITING_RELEASE): frozenset({PackageState.COLLECTING, PackageState.SEALING}),
    (Direction.OUTGOING, PackageState.SEALING): frozenset({PackageState.OFFERED, PackageState.COLLECTING}),
    (Direction.OUTGOING, PackageState.OFFERED): frozenset(
        {PackageState.COUNTERSIGNED, PackageState.REJECTED, PackageState.DESTROYED}
    ),
    (Direction.OUTGOING, PackageState.COUNTERSIGNED): frozenset({PackageState.DESTROYED}),
    (Direction.OUTGOING, PackageState.REJECTED): frozenset({PackageState.DESTROYED}),
    (Direction.INCOMING, PackageState.ANNOUNCED): frozenset({PackageState.RECEIVED, PackageState.REJECTED}),
    (Direction.INCOMING, PackageState.RECEIVED): frozenset({PackageState.VERIFIED, PackageState.REJECTED}),
    (Direction.INCOMING, PackageState.VERIFIED): frozenset({PackageState.COUNTERSIGNED, PackageState.DESTROYED}),
    (Direction.INCOMING, PackageState.COUNTERSIGNED): frozenset({PackageState.DESTROYED}),
    (Direction.INCOMING, PackageState.REJECTED): frozenset({PackageState.DESTROYED}),
}


def may_follow(direction: Direction, state: PackageState, target: PackageState) -> bool:
    """Whether a package in ``state`` may go to ``target`` at a bureau that holds it in ``direction``."""
    return target in _NEXT.get((direction, state), frozenset())
