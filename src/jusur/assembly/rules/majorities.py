"""Majorities and quorum in whole numbers: two thirds means three times the votes for is at least twice the base."""

from collections.abc import Mapping
from dataclasses import dataclass

from jusur.assembly.rules.rulebook import Base, Decision, Majority, Quorum
from jusur.kernel.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Count:
    """The votes on a question. Abstentions are recorded and count in no base."""

    votes_for: int
    votes_against: int
    abstentions: int = 0

    def __post_init__(self) -> None:
        if min(self.votes_for, self.votes_against, self.abstentions) < 0:
            raise InvalidInputError("A count of votes is never below zero.")

    @property
    def recorded(self) -> int:
        """How many members voted or abstained."""
        return self.votes_for + self.votes_against + self.abstentions


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a question is carried: the votes for it, out of which base, and how few would have been enough."""

    carried: bool
    votes_for: int
    base: int
    needed: int


@dataclass(frozen=True, slots=True)
class Election:
    """Who is elected on a ballot, if anybody; ``tied`` are those who share the most votes where several do."""

    elected: str | None
    base: int
    needed: int
    tied: tuple[str, ...] = ()


def reached(majority: Majority, votes: int, base: int) -> bool:
    """Whether ``votes`` are the majority of ``base``; never of an empty one."""
    ours, asked = majority.denominator * votes, majority.numerator * base
    return base > 0 and (ours > asked if majority.strict else ours >= asked)


def needed(majority: Majority, base: int) -> int:
    """The fewest votes that are the majority of ``base`` (one more than an empty one has)."""
    whole, rest = divmod(majority.numerator * base, majority.denominator)
    return max(1, whole + 1 if majority.strict or rest else whole)


def is_quorum(quorum: Quorum, present: int, members: int) -> bool:
    """Whether so many ``present`` members of all ``members`` can vote."""
    return reached(quorum.share, present, members)


def quorum_of(quorum: Quorum, members: int) -> int:
    """How many of all ``members`` must be present."""
    return needed(quorum.share, members)


def decide(decision: Decision, count: Count, *, members: int) -> Outcome:
    """Whether the question is carried.

    Args:
        decision: the kind of decision; one that is a question.
        count: the votes.
        members: how many members the organisation has, present or not.

    Raises:
        InvalidInputError: the decision is an election, or more votes than members.
    """
    if decision.choice != "question":
        raise InvalidInputError("Candidates are elected; nobody votes for or against.", fix="Use a secret ballot.")
    if count.recorded > members:
        raise InvalidInputError(f"{count.recorded} votes of {members} members.", fix="Count again.")
    majority = decision.rounds[0].majority
    base = _base(decision.base, count, members)
    return Outcome(
        carried=reached(majority, count.votes_for, base),
        votes_for=count.votes_for,
        base=base,
        needed=needed(majority, base),
    )


def elect(decision: Decision, votes: Mapping[str, int], *, ballot: int) -> Election:
    """Who is elected on the ballot of that number; blank and spoilt papers are not votes cast.

    Raises:
        InvalidInputError: the decision is a question, or there is no such ballot or count.
    """
    if decision.choice != "candidates":
        raise InvalidInputError("This decision is no election.")
    if ballot < 1 or not votes or min(votes.values()) < 0:
        raise InvalidInputError("An election has candidates, counts of votes and a first ballot.")
    base = sum(votes.values())
    majority = majority_on(decision, ballot)
    most = max(votes.values())
    leading = tuple(sorted(name for name, count in votes.items() if count == most))
    if len(leading) > 1:
        return Election(None, base, needed(majority, base), tied=leading)
    return Election(leading[0] if reached(majority, most, base) else None, base, needed(majority, base))


def majority_on(decision: Decision, ballot: int) -> Majority:
    """The majority that the ballot of that number takes."""
    return [each.majority for each in decision.rounds if each.from_ballot <= ballot][-1]


def _base(base: Base, count: Count, members: int) -> int:
    return members if base == "all_members" else count.votes_for + count.votes_against
