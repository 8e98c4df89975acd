"""Amendments and votes by part: in which order they are put, which fall, and what text remains.

The amendment furthest from the original is voted first; where its adoption implies the rejection of another, that other
is not put to the vote. A text voted by parts is then voted as a whole; if every operative part was rejected, the whole
is (Rules of Procedure of the UN General Assembly, rules 89 and 90, which the organisation's practice follows:
recalled, not verified).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import Language

Change = Literal["replace", "delete", "insert_after"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a text in all its languages. ``key`` stays the same whatever is inserted or deleted."""

    key: str
    operative: bool
    texts: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change proposed to the paragraph ``target``.

    ``distance`` is the chair's word on how far it is from the original (greater is further), ``place`` the order in
    which amendments came in, ``excludes`` those whose rejection its adoption implies.
    """

    id: str
    target: str
    change: Change
    distance: int
    place: int
    paragraph: Paragraph | None = None
    excludes: frozenset[str] = frozenset()


def voting_order(amendments: Iterable[Amendment]) -> list[Amendment]:
    """The amendments in the order they are put: the furthest first, those equally far as they came in."""
    return sorted(amendments, key=lambda each: (-each.distance, each.place))


def fallen(amendments: Sequence[Amendment], adopted: Collection[str]) -> frozenset[str]:
    """The amendments that are not put to the vote because an adopted one implies their rejection.

    Those are the ones it names, and any other to a paragraph that it deleted or replaced.
    """
    settled: set[str] = set()
    for each in amendments:
        if each.id in adopted:
            settled |= each.excludes
            if each.change != "insert_after":
                settled |= {other.id for other in amendments if other.target == each.target and other.id != each.id}
    return frozenset(settled - set(adopted))


def amended(paragraphs: Sequence[Paragraph], adopted: Iterable[Amendment]) -> tuple[Paragraph, ...]:
    """The text with the adopted amendments in it.

    Raises:
        InvalidInputError: an amendment is to a paragraph that is not there, or lacks the text it needs.
    """
    text = list(paragraphs)
    for each in voting_order(adopted):
        place = next((number for number, found in enumerate(text) if found.key == each.target), None)
        if place is None:
            raise InvalidInputError(f"There is no paragraph {each.target!r} to amend.")
        if each.change == "delete":
            del text[place]
        elif each.paragraph is None:
            raise InvalidInputError("An amendment that replaces or inserts brings its paragraph.")
        elif each.change == "replace":
            text[place] = each.paragraph
        else:
            text.insert(place + 1, each.paragraph)
    return tuple(text)


def after_parts(paragraphs: Sequence[Paragraph], rejected: Collection[str]) -> tuple[Paragraph, ...] | None:
    """What remains of a text voted by parts; ``None`` where no operative paragraph is left, so that the whole fell."""
    kept = tuple(each for each in paragraphs if each.key not in rejected)
    return kept if any(each.operative for each in kept) else None
