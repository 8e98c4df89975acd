"""The assembly's rules as data: quorum, majorities, periods, arrears, numbering, each with its source.

A rulebook is one version of one profile (what was law before 2021, what was practised in 2025). A session keeps the
digest of the rulebook it was held under, so that its votes can be judged by the rules of their day. A rule whose
``verified_on`` is empty is recalled by people who know the field and not yet confirmed by the organisation.
"""

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

import msgspec

from jusur.kernel import canonical
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.kernel.languages import LANGUAGES, Language

MAX_BYTES: Final = 256 * 1024
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Base = Literal["all_members", "for_and_against", "votes_cast"]
"""What a majority is a part of. None of them counts abstentions, save that of all members, which counts everybody."""


class Names(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A text in the four languages."""

    ar: Text
    en: Text
    fr: Text
    es: Text

    def of(self, language: Language) -> str:
        """The text in ``language``."""
        return str(getattr(self, language))


class Sourced(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where a rule comes from; ``verified_on`` is empty while nobody has read it there."""

    source: Text
    verified_on: date | None = None


class Majority(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A share of a base: ``strict`` asks for more than the share, otherwise the share itself is enough."""

    numerator: Annotated[int, msgspec.Meta(ge=1, le=100)]
    denominator: Annotated[int, msgspec.Meta(ge=1, le=100)]
    strict: bool = False


class Round(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The majority asked for from the ballot of this number on."""

    from_ballot: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    majority: Majority


class Decision(Sourced, frozen=True, kw_only=True):
    """A kind of decision: by which majority of which base, how it is voted, and what must have come before.

    ``choice`` tells a question (for, against, abstention) from an election (candidates). ``notice`` names the period
    before the session in which the draft must have circulated.
    """

    id: Identifier
    names: Names
    choice: Literal["question", "candidates"] = "question"
    ballot: Literal["open", "secret"] = "open"
    base: Base
    rounds: Annotated[tuple[Round, ...], msgspec.Meta(min_length=1)]
    notice: Identifier | None = None


class Quorum(Sourced, frozen=True, kw_only=True):
    """The share of all members that must be there for a vote to be valid."""

    share: Majority


class Period(Sourced, frozen=True, kw_only=True):
    """Something must be done at least ``days`` full days before an event."""

    id: Identifier
    names: Names
    days: Annotated[int, msgspec.Meta(ge=0, le=3650)]
    before: Literal["session", "executive_committee"] = "session"


class Versions(Sourced, frozen=True, kw_only=True):
    """The languages in which a draft must have been distributed before it is put to the vote."""

    languages: tuple[Language, ...]


class Arrears(Sourced, frozen=True, kw_only=True):
    """When a member loses its vote: obligations unmet for the current year and so many years before.

    ``appeal`` names the period for an appeal; ``suspensive`` whether an appeal restores the vote until it is heard.
    """

    years_before: Annotated[int, msgspec.Meta(ge=0, le=10)]
    appeal: Identifier
    suspensive: bool
    loses: tuple[Literal["vote", "candidature"], ...]


class Numbering(Sourced, frozen=True, kw_only=True):
    """How adopted texts are numbered: a pattern of ``{year}``, ``{session}``, ``{number}``."""

    pattern: Text


class Voting(Sourced, frozen=True, kw_only=True):
    """Who votes: how many delegates of a member, whether one may vote for another member."""

    delegates_voting: Literal[1] = 1
    proxies: Literal[False] = False


class Rulebook(Sourced, frozen=True, kw_only=True):
    """One version of a profile of rules."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    version: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    names: Names
    voting: Voting
    quorum: Quorum
    versions: Versions
    arrears: Arrears
    numbering: Numbering
    periods: tuple[Period, ...]
    decisions: tuple[Decision, ...]

    def decision(self, decision_id: str) -> Decision:
        """The kind of decision of that id.

        Raises:
            NotFoundError: the rulebook knows none.
        """
        found = next((each for each in self.decisions if each.id == decision_id), None)
        if found is None:
            known = ", ".join(each.id for each in self.decisions)
            raise NotFoundError(f"The rules know no decision {decision_id[:40]!r}.", fix=f"Choose among {known}.")
        return found

    def period(self, period_id: str) -> Period:
        """The period of that id.

        Raises:
            NotFoundError: the rulebook knows none.
        """
        found = next((each for each in self.periods if each.id == period_id), None)
        if found is None:
            raise NotFoundError(f"The rules know no period {period_id[:40]!r}.")
        return found


def parse(document: bytes) -> Rulebook:
    """The rulebook that a JSON document describes.

    Raises:
        InvalidInputError: not JSON, unknown or missing members, or an inconsistent document; the message names it.
    """
    canonical.decode(document, max_bytes=MAX_BYTES)
    try:
        rulebook = msgspec.json.decode(document, type=Rulebook)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"The rulebook is not valid: {error}.") from None
    _check(rulebook)
    return rulebook


def digest(document: bytes) -> str:
    """What identifies a rulebook's content: SHA-256 of its canonical JSON, in hexadecimal."""
    return canonical.sha256_hex(canonical.encode(canonical.decode(document, max_bytes=MAX_BYTES)))


@cache
def shipped() -> dict[str, bytes]:
    """The documents of the rulebooks that come with the software, by profile."""
    folder = files("jusur.assembly").joinpath("data", "rulebooks")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".json"): entry.read_bytes() for entry in found}


def of_profile(profile: str) -> Rulebook:
    """The shipped rulebook of a profile.

    Raises:
        NotFoundError: there is none.
    """
    document = shipped().get(profile)
    if document is None:
        raise NotFoundError(
            f"There are no rules of the profile {profile[:40]!r}.", fix=f"Choose among {', '.join(shipped())}."
        )
    return parse(document)


def _check(rulebook: Rulebook) -> None:
    for what, ids in (
        ("decisions", [each.id for each in rulebook.decisions]),
        ("periods", [each.id for each in rulebook.periods]),
    ):
        if len(set(ids)) != len(ids):
            raise InvalidInputError(f"The rulebook lists one of its {what} twice.")
    periods = {each.id for each in rulebook.periods}
    named = {rulebook.arrears.appeal, *(each.notice for each in rulebook.decisions if each.notice)}
    if named - periods:
        raise InvalidInputError(f"The rulebook names unknown periods: {', '.join(sorted(named - periods))}.")
    if set(rulebook.versions.languages) - set(LANGUAGES):
        raise InvalidInputError("The rulebook asks for a language that the organisation has not.")
    for decision in rulebook.decisions:
        _check_rounds(decision)


def _check_rounds(decision: Decision) -> None:
    starts = [each.from_ballot for each in decision.rounds]
    if starts[0] != 1 or starts != sorted(set(starts)):
        raise InvalidInputError(f"The ballots of {decision.id} do not follow from the first on.")
    if any(each.majority.numerator > each.majority.denominator for each in decision.rounds):
        raise InvalidInputError(f"{decision.id} asks for more than the whole.")
