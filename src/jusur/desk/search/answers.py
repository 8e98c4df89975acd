"""Answers of a search as the pages show them, and a question laid beside a record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from jusur.databases import api as databases
from jusur.desk.kit import words
from jusur.desk.search import names, reading
from jusur.desk.search.reading import Line, Titled
from jusur.kernel import countries
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import parse_id
from jusur.node.context import current
from jusur.standards import mrz

LEAST_WEIGHT: Final = 0.05
"""From this weight on (log-odds) a reason is said to speak for or against."""
_TOP: Final = frozenset({"birthDate", "nationality", "country", "gender", "birthPlace", "number", "status", "topics"})
"""What of a record is shown in a list of answers."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: which way it speaks, and its sentence."""

    side: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One record that answers a search."""

    number: int
    record: str
    title: Titled
    schema: str
    score: float
    strength: str
    database: str
    owner: str
    holder: str
    handling: Mapping[str, Any]
    reasons: tuple[Reason, ...]
    facts: tuple[Line, ...]
    hit: str
    gone: bool

    @property
    def percent(self) -> int:
        """The score as people say it."""
        return round(self.score * 100)


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a comparison: what was asked, what the record has, and which way that speaks."""

    label: str
    asked: tuple[str, ...]
    held: tuple[str, ...]
    side: str
    coded: bool = False


def of(found: Mapping[str, Any], asked: Mapping[str, Any]) -> list[Answer]:
    """The answers of ``found`` in their order; those whose record may no longer be seen are marked."""
    answers = found["answers"]
    named = names.databases_named(each["database"] for each in answers)
    gone = _gone(answers, asked["purpose"])
    return [_answer(number, each, named, gone) for number, each in enumerate(answers, start=1)]


def _answer(number: int, each: Mapping[str, Any], named: Mapping[str, str], gone: frozenset[str]) -> Answer:
    over = each["record"] in gone
    properties: Mapping[str, Sequence[str]] = {} if over else each["properties"]
    caption = each["caption"]
    if caption == each["schema"]:  # nothing names it, or it is confidential
        caption = str(words.word("entity-schema", caption))
    return Answer(
        number=number,
        record=each["record"],
        title=reading.titled("" if over else caption, properties),
        schema=each["schema"],
        score=each["score"],
        strength="exact" if each["exact"] else "likely" if each["match"] else "possible",
        database=named[each["database"]],
        owner=each["owner"],
        holder=each["holder"],
        handling=each["handling"],
        reasons=() if over else tuple(reasons(each["reasons"])),
        facts=tuple(line for line in reading.lines(properties) if line.name in _TOP),
        hit=each.get("hit") or "",
        gone=over,
    )


def _gone(answers: Iterable[Mapping[str, Any]], purpose: str) -> frozenset[str]:
    """Those of the records held here that may not be seen any more: withdrawn, over, or closed to us meanwhile."""
    own = current().address
    ids = {each["record"]: found for each in answers if each["holder"] == own and (found := _id(each["record"]))}
    if not ids:
        return frozenset()
    visible = databases.records_visible(ids.values(), asker=own, purpose=purpose)
    return frozenset(record for record, found in ids.items() if found not in visible)


def _id(record: str) -> UUID | None:
    try:
        return parse_id(record)
    except InvalidInputError:
        return None


def reasons(given: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Reasons with their sentences, the weightiest first; of a hit that is kept only codes are left, said in words."""
    ordered = sorted(given, key=lambda each: -abs(each["weight"]))
    found = [
        Reason(side(each["weight"]), each.get("sentence") or str(words.word("match-reason", each["code"])))
        for each in ordered
    ]
    return list(dict.fromkeys(found))


def side(weight: float) -> str:
    """Which way a weight speaks: ``for``, ``against`` or ``open``."""
    if abs(weight) < LEAST_WEIGHT:
        return "open"
    return "for" if weight > 0 else "against"


def compared(
    question: Mapping[str, Any],
    recognised: Mapping[str, Any] | None,
    properties: Mapping[str, Sequence[str]],
    given: Iterable[Mapping[str, Any]],
) -> list[Pair]:
    """What was asked beside what the record has, part by part."""
    said = list(given)
    asked = _asked(question, recognised)
    pairs = [
        _pair(_("Name"), "name", asked["names"], properties, reading.NAMES, _said(said, "word-")),
        _pair(_("Date of birth"), "birthDate", asked["birth_dates"], properties, reading.BIRTH, _said(said, "birth-")),
        _pair(_("Country"), "country", asked["countries"], properties, reading.COUNTRIES, _said(said, "country-")),
        _pair(_("Place"), "birthPlace", asked["places"], properties, reading.PLACES, _said(said, "place-")),
        _pair(_("Sex"), "gender", asked["sex"], properties, reading.SEX, _said(said, "sex-")),
    ]
    used = {*reading.NAMES, *reading.BIRTH, *reading.COUNTRIES, *reading.PLACES, *reading.SEX}
    numbers = [each for each in said if each["code"].startswith("identifier-")]
    if asked["numbers"] or numbers:
        held = tuple(dict.fromkeys(each["record"] for each in numbers if each.get("record")))
        pairs.append(Pair(_("Number"), asked["numbers"], held, "for" if numbers else "open", coded=True))
    lines = reading.lines(properties, without=tuple(used))
    rest = [Pair(line.label, (), line.values, "", line.coded) for line in lines]
    return [pair for pair in pairs if pair.asked or pair.held] + rest


def _pair(
    label: str,
    name: str,
    asked: tuple[str, ...],
    properties: Mapping[str, Sequence[str]],
    of_record: Iterable[str],
    weight: float | None,
) -> Pair:
    held = [reading.value(each, value) for each in of_record for value in properties.get(each, ())]
    words_asked = tuple(reading.value(name, value) for value in asked)
    speaks = side(weight) if weight is not None else "open"
    shown = tuple(dict.fromkeys(held))[: reading.SHOWN]
    return Pair(label, words_asked, shown, speaks if asked else "", coded=name == "birthDate")


def _said(given: Iterable[Mapping[str, Any]], prefix: str) -> float | None:
    weights = [each["weight"] for each in given if each["code"].startswith(prefix)]
    return sum(weights) if weights else None


def _asked(question: Mapping[str, Any], recognised: Mapping[str, Any] | None) -> dict[str, tuple[str, ...]]:
    """What a question holds by part; a text is told by what it was taken for."""
    read = recognised or {}
    kind = read.get("kind", "")
    text = read.get("value") or question.get("text", "")
    zone = zone_of(text) if kind == "mrz" else {}
    named = (text,) if text and kind == "name" else ()
    numbers = (text,) if text and kind not in {"", "name", "mrz"} else ()
    return {
        "names": (*question.get("names", ()), *named, *_one(zone, "name")),
        "numbers": (*(each["value"] for each in question.get("identifiers", ())), *numbers, *_one(zone, "number")),
        "birth_dates": (*question.get("birth_dates", ()), *_one(zone, "birth_date")),
        "countries": (*question.get("countries", ()), *_one(zone, "nationality")),
        "places": tuple(question.get("places", ())),
        "sex": tuple(dict.fromkeys((*_one(question, "sex"), *_one(zone, "sex")))),
    }


def also(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was known beside the one text, by name."""
    found = (
        (_("Date of birth"), "birthDate", question.get("birth_dates", ())),
        (_("Country"), "country", question.get("countries", ())),
        (_("Sex"), "gender", _one(question, "sex")),
    )
    return [
        (label, " · ".join(reading.value(name, value) for value in values)) for label, name, values in found if values
    ]


def zone_of(text: str) -> dict[str, str]:
    """What a machine-readable zone says, by part; nothing where it is none."""
    try:
        zone = mrz.parse(text)
    except InvalidInputError:
        return {}
    parts = ("kind", "name", "number", "birth_date", "sex", "expiry_date")
    said = {part: str(getattr(zone, part)) for part in parts}
    return said | {"nationality": _country(zone.nationality), "issuer": _country(zone.issuer)}


def _country(code: str) -> str:
    """A zone's country as two letters; as it stands there where it is no country's (stateless, an organisation)."""
    try:
        return countries.country(code).alpha_2
    except InvalidInputError:
        return code


def _one(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return (given[name],) if given.get(name) else ()
