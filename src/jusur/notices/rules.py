"""The lives of a notice and of a diffusion: which act moves them where, whose act it is, how crossing messages agree.

A notice is reviewed before it is published, a diffusion after it was sent (RPD Art. 74, 76, 97-99). Pure functions.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """Whose act it is: the bureau the notice comes from, the secretariat, a bureau that received it."""

    ORIGIN = "origin"
    REVIEW = "review"
    RECEIVED = "received"


class State(StrEnum):
    """Where a notice or diffusion stands."""

    DRAFTED = "drafted"
    CHECKED = "checked"
    AWAITING_APPROVAL = "awaiting_approval"
    SUBMITTED = "submitted"
    SCREENED = "screened"
    IN_REVIEW = "in_review"
    QUESTION_ASKED = "question_asked"
    DECISION_PROPOSED = "decision_proposed"
    RETURNED = "returned"
    CIRCULATED = "circulated"
    PUBLISHED = "published"
    COMPLIANT = "compliant"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Act:
    """One act: whose it is, the states it starts from, the state it leads to (``None``: stays), what it takes."""

    side: Side
    sources: frozenset[State]
    target: State | None
    permission: str = ""


_S = State
_UNDER_REVIEW: Final = frozenset({_S.SUBMITTED, _S.SCREENED, _S.IN_REVIEW, _S.QUESTION_ASKED, _S.DECISION_PROPOSED})
_EDITABLE: Final = frozenset({_S.DRAFTED, _S.CHECKED, _S.RETURNED})
VISIBLE: Final = frozenset({_S.PUBLISHED, _S.CIRCULATED})
"""States in which a recipient's officers see the content."""
OVER: Final = frozenset({_S.REFUSED, _S.WITHDRAWN, _S.CANCELLED, _S.EXPIRED})
"""States nothing leads out of but the purge."""
FINAL: Final = OVER | {_S.PURGED}

_DRAFTING: Final[dict[str, Act]] = {
    "edit": Act(Side.ORIGIN, _EDITABLE, _S.DRAFTED, "notice.draft"),
    "check": Act(Side.ORIGIN, _EDITABLE, _S.CHECKED, "notice.draft"),
    "ask_approval": Act(Side.ORIGIN, frozenset({_S.CHECKED}), _S.AWAITING_APPROVAL, "notice.draft"),
    "decline": Act(Side.ORIGIN, frozenset({_S.AWAITING_APPROVAL}), _S.DRAFTED, "notice.approve"),
}
_REVIEWING: Final[dict[str, Act]] = {
    "screen": Act(Side.REVIEW, frozenset({_S.SUBMITTED}), _S.SCREENED, "notice.review"),
    "assign": Act(Side.REVIEW, frozenset({_S.SCREENED, _S.IN_REVIEW}), _S.IN_REVIEW, "notice.review"),
    "ask": Act(Side.REVIEW, frozenset({_S.IN_REVIEW}), _S.QUESTION_ASKED, "notice.review"),
    "propose": Act(Side.REVIEW, frozenset({_S.IN_REVIEW}), _S.DECISION_PROPOSED, "notice.review"),
    "reject_proposal": Act(Side.REVIEW, frozenset({_S.DECISION_PROPOSED}), _S.IN_REVIEW, "notice.decide"),
}
NOTICE_ACTS: Final[dict[str, Act]] = {
    **_DRAFTING,
    **_REVIEWING,
    "submit": Act(Side.ORIGIN, frozenset({_S.AWAITING_APPROVAL}), _S.SUBMITTED, "notice.approve"),
    "answer": Act(Side.ORIGIN, frozenset({_S.QUESTION_ASKED}), _S.IN_REVIEW, "notice.draft"),
    "return": Act(Side.REVIEW, frozenset({_S.DECISION_PROPOSED}), _S.RETURNED, "notice.decide"),
    "refuse": Act(Side.REVIEW, frozenset({_S.DECISION_PROPOSED}), _S.REFUSED, "notice.decide"),
    "publish": Act(Side.REVIEW, frozenset({_S.DECISION_PROPOSED}), _S.PUBLISHED, "notice.decide"),
    "supplement": Act(Side.REVIEW, frozenset({_S.PUBLISHED}), None, "notice.decide"),
    "suspend": Act(Side.REVIEW, frozenset({_S.PUBLISHED}), _S.SUSPENDED, "notice.decide"),
    "resume": Act(Side.REVIEW, frozenset({_S.SUSPENDED}), _S.PUBLISHED, "notice.decide"),
    "cancel": Act(Side.REVIEW, frozenset({_S.PUBLISHED, _S.SUSPENDED}), _S.CANCELLED, "notice.decide"),
    "extend": Act(Side.REVIEW, frozenset({_S.PUBLISHED, _S.SUSPENDED}), None, "notice.decide"),
    "withdraw": Act(
        Side.ORIGIN, _UNDER_REVIEW | {_S.RETURNED, _S.PUBLISHED, _S.SUSPENDED}, _S.WITHDRAWN, "notice.approve"
    ),
    "expire": Act(Side.REVIEW, frozenset({_S.PUBLISHED, _S.SUSPENDED}), _S.EXPIRED),
    "purge": Act(Side.REVIEW, OVER, _S.PURGED),
}
DIFFUSION_ACTS: Final[dict[str, Act]] = {
    **_DRAFTING,
    **_REVIEWING,
    "circulate": Act(Side.ORIGIN, frozenset({_S.AWAITING_APPROVAL}), _S.CIRCULATED, "notice.approve"),
    "answer": Act(Side.ORIGIN, frozenset({_S.CIRCULATED}), None, "notice.draft"),
    "keep": Act(Side.REVIEW, frozenset({_S.DECISION_PROPOSED}), _S.COMPLIANT, "notice.decide"),
    "refuse": Act(Side.REVIEW, frozenset({_S.DECISION_PROPOSED}), _S.REFUSED, "notice.decide"),
    "cancel": Act(Side.REVIEW, frozenset({_S.COMPLIANT}), _S.CANCELLED, "notice.decide"),
    "supplement": Act(Side.ORIGIN, frozenset({_S.CIRCULATED}), None, "notice.approve"),
    "extend": Act(Side.ORIGIN, frozenset({_S.CIRCULATED}), None, "notice.approve"),
    "withdraw": Act(Side.ORIGIN, _UNDER_REVIEW | {_S.CIRCULATED, _S.COMPLIANT}, _S.WITHDRAWN, "notice.approve"),
    "expire": Act(Side.ORIGIN, frozenset({_S.CIRCULATED, _S.COMPLIANT}), _S.EXPIRED),
    "purge": Act(Side.ORIGIN, OVER, _S.PURGED),
}
ACTS: Final = {"notice": NOTICE_ACTS, "diffusion": DIFFUSION_ACTS}

EXTENSION_MONTHS: Final = 60
"""A notice is renewed for five years at most at a time (RPD Art. 50)."""


def next_state(form: str, state: State, act: str, sides: frozenset[Side]) -> State | None:
    """The state that ``act`` by a holder of ``sides`` leads to; ``None`` where it is not possible."""
    rule = ACTS[form].get(act)
    if rule is None or rule.side not in sides or state not in rule.sources:
        return None
    return rule.target or state


def possible_acts(form: str, state: State, sides: frozenset[Side]) -> tuple[str, ...]:
    """The acts open to a holder of ``sides`` while a notice of ``form`` is in ``state``."""
    return tuple(act for act in ACTS[form] if next_state(form, state, act, sides) is not None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a node knows of a notice's publication: the revision, and whether it is seen, or over for good."""

    revision: int
    visible: bool
    final: bool = False


UNKNOWN: Final = Standing(0, visible=False)


def settle(known: Standing, told: Standing) -> Standing:
    """What to believe after being ``told``: what is over stays over, else the later revision stands.

    Commutative, associative and idempotent: reordered, repeated and delayed messages end in the same standing.
    """
    if known.final or told.final:
        return Standing(max(known.revision, told.revision), visible=False, final=True)
    if told.revision == known.revision:
        return Standing(known.revision, known.visible and told.visible)
    return max(known, told, key=lambda each: each.revision)


def add_months(moment: datetime, months: int) -> datetime:
    """``moment`` moved by calendar ``months`` (may be negative); the month's last day where the day does not exist."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    for day in range(moment.day, moment.day - 4, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError("no such month")


def review_due(expires_at: datetime, ask_months: int) -> datetime:
    """When the source is asked whether the data are still needed (RPD Art. 50: six months before the end)."""
    return add_months(expires_at, -ask_months)


PURGE_AFTER: Final = timedelta(days=0)
"""Data whose purpose is over are deleted at once (RPD Art. 51)."""
