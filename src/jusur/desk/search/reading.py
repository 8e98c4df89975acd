"""Entities as people read them: properties by name, values in words, names with a way to read them."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jusur.desk.kit import language, words
from jusur.kernel import countries
from jusur.matching.romanise import romanise
from jusur.matching.scripts import script

NAMES: Final = ("name", "alias", "previousName", "weakAlias")
BIRTH: Final = ("birthDate",)
COUNTRIES: Final = ("nationality", "citizenship", "country", "jurisdiction", "flag", "birthCountry")
PLACES: Final = ("birthPlace", "address", "city")
SEX: Final = ("gender",)
_OF_COUNTRIES: Final = frozenset({*COUNTRIES, "mainCountry", "manufactureCountry", "pastFlags"})
_UNREADABLE: Final = frozenset({"arabic", "hebrew"})
"""Scripts that write no vowels: letters alone would be no reading of a name."""
_HIDDEN: Final = frozenset({"id", "privateKey", "indexText"})
SHOWN: Final = 8
"""Values of one property that are shown at first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property of an entity: its name, its values in words, and whether they are codes to be read left to right."""

    name: str
    label: str
    values: tuple[str, ...]
    more: int
    coded: bool


@dataclass(frozen=True, slots=True)
class Titled:
    """What an entity is called, how that is read in Latin letters, and its other names."""

    name: str
    romanised: str
    others: tuple[str, ...]


def titled(caption: str, properties: Mapping[str, Sequence[str]]) -> Titled:
    """``caption`` with a reading: a Latin name of the record's own, else its letters where its script has vowels."""
    others = [value for name in NAMES for value in properties.get(name, ()) if value != caption]
    return Titled(caption, _reading(caption, others), tuple(dict.fromkeys(others))[:SHOWN])


def _reading(name: str, others: Sequence[str]) -> str:
    if _latin(name):
        return ""
    own = next((other for other in others if _latin(other)), "")
    if own or any(script(word) in _UNREADABLE for word in name.split()):
        return own
    return " ".join(filter(None, (romanise(unicodedata.normalize("NFKC", word)) for word in name.split()))).title()


def _latin(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)


def value(name: str, given: str) -> str:
    """One value of the property ``name`` in words: countries and sexes by name, all else as it is written."""
    if name in _OF_COUNTRIES and countries.is_country(given.upper()):
        return countries.name(given.upper(), language.current())
    if name in SEX:
        return str(words.word("sex", given))
    if name == "topics":
        return str(words.word("entity-topic", given))
    return given


def lines(properties: Mapping[str, Sequence[str]], *, without: Sequence[str] = ()) -> list[Line]:
    """The properties of an entity in a settled order: those that have words first."""
    order = {name: place for place, (name, _label) in enumerate(words.choices("entity-property"))}
    found = [name for name in properties if properties[name] and name not in {*without, *_HIDDEN}]
    found.sort(key=lambda name: (order.get(name, len(order)), name))
    return [line(name, properties[name]) for name in found]


def line(name: str, values: Sequence[str]) -> Line:
    """One property with its values."""
    shown = tuple(dict.fromkeys(value(name, each) for each in values))
    coded = all(each.isascii() and any(sign.isdigit() for sign in each) for each in shown)
    return Line(name, str(words.word("entity-property", name)), shown[:SHOWN], max(0, len(shown) - SHOWN), coded)
