"""The life of a commitment: who may do what, and where it stands, read from its acts.

Acts are never changed. Each bureau that has to do with a commitment holds the same acts, in whatever order they came;
``standing`` puts them in one order (by moment, then identifier), so that all bureaus read the same. An act that is not
possible where it stands in that order counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec


class Rhythm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How often an owner reports, in days: usually, and under enhanced follow-up. Empty ``verified_on``: assumed."""

    version: int
    report_days: int
    enhanced_report_days: int
    longest_days: int
    source: str
    verified_on: date | None = None


@cache
def rhythm() -> Rhythm:
    """The shipped rhythm of reports."""
    return msgspec.json.decode(files("jusur.followup").joinpath("data", "rhythm.json").read_bytes(), type=Rhythm)


class Part(StrEnum):
    """The parties to a commitment: who entered it, who carries it out, who judges that."""

    KEEPER = "keeper"
    OWNER = "owner"
    VERIFIER = "verifier"


class State(StrEnum):
    """Where a commitment stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPORTED_DONE = "reported_done"
    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What the verifier found."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"


class Claim(StrEnum):
    """What the owner says of its progress."""

    ON_TRACK = "on_track"
    DELAYED = "delayed"
    DONE = "done"


JUDGED: Final = frozenset({State.MET, State.PARTLY_MET, State.NOT_MET})
UNDER_WAY: Final = frozenset({State.ACCEPTED, State.REPORTED_DONE, State.PARTLY_MET, State.NOT_MET, State.DISPUTED})
CLOSED: Final = frozenset({State.MET, State.DECLINED, State.WITHDRAWN})

ACTS: Final[dict[str, tuple[frozenset[Part], frozenset[State]]]] = {
    "accept": (frozenset({Part.OWNER}), frozenset({State.PROPOSED})),
    "decline": (frozenset({Part.OWNER}), frozenset({State.PROPOSED})),
    "report": (frozenset({Part.OWNER}), UNDER_WAY),
    "verify": (frozenset({Part.VERIFIER}), frozenset({State.ACCEPTED, State.REPORTED_DONE, State.DISPUTED}) | JUDGED),
    "dispute": (frozenset(Part), JUDGED | {State.REPORTED_DONE}),
    "extend": (frozenset({Part.KEEPER}), UNDER_WAY | {State.PROPOSED}),
    "withdraw": (frozenset({Part.KEEPER}), UNDER_WAY | {State.PROPOSED, State.DECLINED}),
}
"""Each act: whose it is, and from which states. A verdict may be judged anew; the earlier one stays on record."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act, with what belongs to it: a verdict, a claim, or a new date."""

    id: str
    act: str
    by: str
    at: datetime
    verdict: Verdict | None = None
    claim: Claim | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What never changes of a commitment: its parties, when it was entered, when it was first due."""

    keeper: str
    owner: str
    verifier: str
    entered_at: datetime
    due_on: date

    def parts(self, address: str) -> frozenset[Part]:
        """Which parties ``address`` is."""
        sides = {Part.KEEPER: self.keeper, Part.OWNER: self.owner, Part.VERIFIER: self.verifier}
        return frozenset(part for part, who in sides.items() if who == address)


@dataclass(slots=True)
class Standing:
    """Where a commitment stands after its acts.

    ``verdicts`` are all ever given, dated, the last one counting; ``void`` the identifiers of acts that count for
    nothing.
    """

    state: State
    due_on: date
    verdicts: list[tuple[date, Verdict]] = field(default_factory=list)
    last_report: datetime | None = None
    last_claim: Claim | None = None
    extensions: int = 0
    void: list[str] = field(default_factory=list)


def standing(promise: Promise, acts: Iterable[Act]) -> Standing:
    """Where the commitment stands after ``acts``, in whatever order they are given."""
    found = Standing(State.PROPOSED, promise.due_on)
    for act in sorted(acts, key=lambda each: (each.at, each.id)):
        if possible(promise, found, act):
            _follow(found, act)
        else:
            found.void.append(act.id)
    return found


def possible(promise: Promise, where: Standing, act: Act) -> bool:
    """Whether ``act`` is possible where the commitment stands.

    Nobody judges their own work: a verifier that owns the commitment has no verdict.
    """
    rule = ACTS.get(act.act)
    if rule is None or where.state not in rule[1] or not promise.parts(act.by) & rule[0]:
        return False
    if act.act == "verify":
        return act.verdict is not None and act.by != promise.owner
    if act.act == "report":
        return act.claim is not None
    if act.act == "extend":
        return act.due_on is not None and act.due_on > where.due_on
    return True


def possible_acts(promise: Promise, where: Standing, address: str) -> tuple[str, ...]:
    """The acts open to ``address`` now."""
    parts = promise.parts(address)
    return tuple(
        name
        for name, (whose, states) in ACTS.items()
        if parts & whose and where.state in states and not (name == "verify" and address == promise.owner)
    )


def is_late(where: Standing, today: date) -> bool:
    """Whether the commitment is past its date and not met."""
    return where.state not in CLOSED and today > where.due_on


def is_enhanced(promise: Promise, where: Standing, today: date, rule: Rhythm) -> bool:
    """Whether it is under enhanced follow-up: late, said to be delayed, found unmet, or silent for a whole rhythm."""
    if where.state in CLOSED:
        return False
    silent = today - (where.last_report or promise.entered_at).date() > timedelta(days=rule.report_days)
    troubled = where.state is State.NOT_MET or where.last_claim is Claim.DELAYED
    return is_late(where, today) or troubled or silent


def next_report_on(promise: Promise, where: Standing, today: date, rule: Rhythm) -> date | None:
    """When the owner's next report is due; ``None`` where there is nothing to report any more."""
    if where.state not in UNDER_WAY:
        return None
    days = rule.enhanced_report_days if is_enhanced(promise, where, today, rule) else rule.report_days
    return (where.last_report or promise.entered_at).date() + timedelta(days=days)


def _follow(found: Standing, act: Act) -> None:
    if act.act == "report":
        found.last_report, found.last_claim = act.at, act.claim
        found.state = State.REPORTED_DONE if act.claim is Claim.DONE else found.state
    elif act.act == "verify" and act.verdict is not None:
        found.verdicts.append((act.at.date(), act.verdict))
        found.state = State(act.verdict)
    elif act.act == "extend" and act.due_on is not None:
        found.due_on = act.due_on
        found.extensions += 1
    else:
        found.state = _TARGETS[act.act]


_TARGETS: Final = {
    "accept": State.ACCEPTED,
    "decline": State.DECLINED,
    "dispute": State.DISPUTED,
    "withdraw": State.WITHDRAWN,
}
