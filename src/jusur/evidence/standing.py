"""For whom a package waits: what each state asks of which side, read from the package alone."""

from enum import StrEnum
from typing import Final

from jusur.evidence.custody import Direction, PackageState
from jusur.evidence.models import EvidencePackage


class Waiting(StrEnum):
    """Who has to act next on a package."""

    OFFICERS = "officers"
    SECOND_PERSON = "second_person"
    SEALING = "sealing"
    PARTNER = "partner"
    TRANSFER = "transfer"
    VERIFICATION = "verification"
    COUNTERSIGNATURE = "countersignature"
    NOBODY = "nobody"


_NEXT: Final[dict[tuple[Direction, PackageState], Waiting]] = {
    (Direction.OUTGOING, PackageState.COLLECTING): Waiting.OFFICERS,
    (Direction.OUTGOING, PackageState.AWAITING_RELEASE): Waiting.SECOND_PERSON,
    (Direction.OUTGOING, PackageState.SEALING): Waiting.SEALING,
    (Direction.OUTGOING, PackageState.OFFERED): Waiting.PARTNER,
    (Direction.INCOMING, PackageState.ANNOUNCED): Waiting.TRANSFER,
    (Direction.INCOMING, PackageState.RECEIVED): Waiting.VERIFICATION,
    (Direction.INCOMING, PackageState.VERIFIED): Waiting.COUNTERSIGNATURE,
}
MOVING: Final = frozenset({Waiting.SEALING, Waiting.TRANSFER, Waiting.VERIFICATION})
"""What the node does by itself: it goes on while somebody looks."""


def waiting(package: EvidencePackage) -> Waiting:
    """For whom ``package`` waits at this bureau."""
    return _NEXT.get((Direction(package.direction), PackageState(package.state)), Waiting.NOBODY)
