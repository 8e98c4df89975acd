"""The review's structured opinion: Articles 2 and 3 of the Constitution, the predominance test, the refugee rule.

The test weighs seven factors (Repository of Practice on Article 3). A person writes and weighs; the software only sees
that nothing is left out and that the outcome does not contradict what was written.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec

from jusur.kernel import countries, text
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES
from jusur.notices.types import Names

Outcome = Literal["approve", "refuse", "return"]
Reasoning = Annotated[str, msgspec.Meta(max_length=4000)]
FACTORS = (
    "nature_of_offence",
    "status_of_persons",
    "identity_of_source",
    "positions_of_others",
    "international_obligations",
    "neutrality",
    "general_context",
)


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ground for refusing or returning: its words, its article."""

    code: str
    article: str
    names: Names
    source: str
    verified_on: str | None = None


class Factor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One factor weighed: which character it speaks for, and why."""

    weight: Literal["ordinary", "protected", "neutral"]
    reasoning: Reasoning = ""


class Opinion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole opinion. ``elements`` are the protected ones that the case touches, none where it is plain crime."""

    article_2: bool
    article_2_reasoning: Reasoning
    elements: tuple[Literal["political", "military", "religious", "racial"], ...] = ()
    factors: dict[str, Factor] = {}
    predominance: Literal["ordinary", "protected"] = "ordinary"
    outcome: Outcome
    grounds: tuple[str, ...] = ()
    message: Reasoning = ""
    """What the source is told."""


@cache
def grounds() -> dict[str, Ground]:
    """The grounds that ship with the software, by code."""
    data = files("jusur.notices").joinpath("data", "grounds.json").read_bytes()
    return {each.code: each for each in msgspec.json.decode(data, type=list[Ground])}


def parse(value: object) -> Opinion:
    """The opinion in plain JSON data.

    Raises:
        InvalidInputError: not of the form, incomplete, or its outcome contradicts it.
    """
    try:
        opinion = msgspec.convert(value, Opinion)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"The opinion is not valid: {error}.", fix="Fill in every part of it.") from None
    text.paragraph(opinion.article_2_reasoning, max_length=4000, field="reasoning on Article 2")
    text.paragraph(opinion.message, max_length=4000, field="message", required=opinion.outcome != "approve")
    _check_predominance(opinion)
    _check_outcome(opinion)
    return opinion


def check_refugee(opinion: Opinion, protected_from: bool, granting_country: str) -> None:
    """Return where the refugee rule is kept: a notice by the country of persecution is refused, and says no more.

    Args:
        opinion: the opinion.
        protected_from: whether the person is a confirmed refugee from the source's country.
        granting_country: who granted it (alpha-2); its name must not appear in what the source is told.

    Raises:
        InvalidInputError: the opinion breaks the rule (General Assembly resolution AG-2017-86-RES-09).
    """
    if protected_from and opinion.outcome != "refuse":
        raise InvalidInputError(
            "The person is a confirmed refugee from the source's country.", fix="Refuse on the ground refugee-status."
        )
    if granting_country and reveals(opinion.message, granting_country):
        raise InvalidInputError(
            "The message names the country that granted protection.", fix="Take its name and code out."
        )


def reveals(said: str, country: str) -> bool:
    """Whether ``said`` names ``country`` (alpha-2) by a name in the four languages or by a code."""
    known = countries.country(country)
    lower = said.casefold()
    words = {word.strip("().,;:!?\"'«»،؛") for word in said.split()}
    names = {countries.name(country, language).casefold() for language in LANGUAGES}
    return any(name in lower for name in names) or bool(words & {known.alpha_2, known.alpha_3})


def _check_predominance(opinion: Opinion) -> None:
    if set(opinion.factors) - set(FACTORS):
        raise InvalidInputError("The opinion weighs a factor that the test does not know.", fix=", ".join(FACTORS))
    if not opinion.elements:
        if opinion.predominance == "protected":
            raise InvalidInputError("A protected character prevails, but no element is named.", fix="Name it.")
        return
    for factor in FACTORS:
        weighed = opinion.factors.get(factor)
        if weighed is None or not weighed.reasoning.strip():
            raise InvalidInputError(
                f"The predominance test lacks {factor.replace('_', ' ')}.", fix="Weigh all seven factors, with reasons."
            )
        text.paragraph(weighed.reasoning, max_length=4000, field=factor)


def _check_outcome(opinion: Opinion) -> None:
    unknown = set(opinion.grounds) - set(grounds())
    if unknown:
        raise InvalidInputError("The opinion names an unknown ground.", fix=f"Use {', '.join(grounds())}.")
    if opinion.outcome == "approve" and (
        not opinion.article_2 or opinion.predominance == "protected" or opinion.grounds
    ):
        raise InvalidInputError(
            "The opinion approves what it finds contrary to the Constitution.", fix="Refuse it, or reason otherwise."
        )
    if opinion.outcome != "approve" and not opinion.grounds:
        raise InvalidInputError("Refusing or returning takes a ground.", fix=f"Name one: {', '.join(grounds())}.")
