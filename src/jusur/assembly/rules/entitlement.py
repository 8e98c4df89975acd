"""Who may vote: one delegate of a member whose credentials were accepted, who is there, of a member not in arrears."""

from dataclasses import dataclass
from typing import Literal

Bar = Literal["observer", "credentials", "arrears", "not_the_voter", "withdrawn", "absent"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a delegate may vote for a delegation."""

    is_member: bool
    credentials_accepted: bool
    suspended: bool
    is_voter: bool
    withdrawn: bool
    present: bool


def bar(standing: Standing) -> Bar | None:
    """What bars the delegate from voting; ``None`` where nothing does."""
    reasons: tuple[tuple[bool, Bar], ...] = (
        (not standing.is_member, "observer"),
        (not standing.credentials_accepted, "credentials"),
        (standing.suspended, "arrears"),
        (not standing.is_voter, "not_the_voter"),
        (standing.withdrawn, "withdrawn"),
        (not standing.present, "absent"),
    )
    return next((reason for holds, reason in reasons if holds), None)
