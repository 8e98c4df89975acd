"""From what was asked to what the engine looks for: a subject to compare, and exact keys to look up.

Hostile text is refused with the reason (control characters, bidi overrides, invisible characters, too long), wrong
check digits and dates that no calendar has are named. What is merely unusual goes on, and is noticed in the answer.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jusur.databases.searching_shapes import MAX_TEXT, Question, RecognisedView
from jusur.databases.subjects import subject_of
from jusur.kernel import countries, text
from jusur.kernel.errors import InvalidInputError
from jusur.matching import identifiers
from jusur.matching.recognise import recognise
from jusur.matching.subject import Subject
from jusur.standards import ftm, mrz

_SCRIPTS_NOTICED: Final = 2
_NAME_TOO: Final = 0.3
"""From this likelihood on a text that is rather a number is looked for as a name too."""


class UnclearQuestionError(InvalidInputError):
    """The question has nothing to look for, or several things that exclude each other."""

    code = "unclear-question"
    title = "The search does not say what it is for"


@dataclass(frozen=True, slots=True)
class Key:
    """One exact key: its text in the index, and the kind and value as they are shown."""

    key: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for. ``kind`` names it in the journal (``name``, ``mrz``, ``passport`` …), never what it says."""

    kind: str
    subject: Subject | None = None
    keys: tuple[Key, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    """Kind and normalised value of each number, for whoever looks for patterns of enumeration."""
    recognised: RecognisedView | None = None
    noticed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The first name, for whoever looks for patterns of enumeration."""
        return self.subject.names[0] if self.subject and self.subject.names else ""


def read(question: Question) -> Asked:
    """What ``question`` looks for.

    Raises:
        UnclearQuestionError: nothing to look for, or more than one way of saying it.
        InvalidInputError: a text with hidden characters, a number whose check fails, a date that is none: says which.
    """
    ways = [bool(question.text), bool(question.names or question.identifiers), question.entity is not None]
    if sum(ways) != 1:
        raise UnclearQuestionError(
            "The query is empty." if not any(ways) else "The query says in several ways what to look for.",
            fix="Give either text, or names and identifiers, or an entity.",
        )
    if question.text:
        return _of_text(question)
    return _of_entity(question.entity) if question.entity is not None else _of_parts(question)


def _of_text(question: Question) -> Asked:
    pasted = text.paragraph(question.text, max_length=MAX_TEXT, field="text")
    ranked = recognise(pasted)
    if not ranked:
        raise UnclearQuestionError("The text is nothing that can be searched for.", fix="Give a name or a number.")
    best = ranked[0]
    view = RecognisedView(best.kind, best.value, {name: str(value) for name, value in best.detail.items()})
    if best.kind == "name":
        return Asked("name", _subject(question, [best.value]), recognised=view, noticed=_noticed([best.value]))
    if best.kind == "mrz":
        return _of_mrz(pasted, view)
    found = _Numbers()
    for each in ranked:
        if each.kind not in {"name", "mrz"}:
            found.try_add(each.kind, each.value, str(each.detail.get("country", "")))
    named = any(each.kind == "name" and each.score >= _NAME_TOO for each in ranked)
    subject = _subject(question, [pasted]) if named else None
    return found.asked(best.kind, subject, view)


class _Numbers:
    """The numbers of one question, as keys of the index."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.numbers: list[tuple[str, str]] = []
        self.noticed: list[str] = []

    def add(self, kind: str, value: str, country: str = "") -> None:
        """Look for this number too.

        Raises:
            InvalidIdentifierError: no form can be made of it. A failed check is noticed, not refused: records hold
                misprinted numbers.
        """
        for one in identifiers.DOCUMENT_KINDS if kind == "document" else (kind,):
            known = identifiers.identify(one, value, country=country, strict=False)
            self.noticed += [f"{one.replace('_', ' ')}: {warning}" for warning in known.warnings]
            self.numbers.append((one, f"{known.country}:{known.value}"))
        for key in identifiers.query_keys(kind, value, country=country):
            self.keys.setdefault(key, Key(key, kind, value))

    def try_add(self, kind: str, value: str, country: str = "") -> None:
        """`add`; what is wrong with the number is noticed and hides nothing else."""
        try:
            self.add(kind, value, country)
        except InvalidInputError as error:
            self.noticed.append(f"{kind.replace('_', ' ')}: {error.detail}")

    def asked(
        self, kind: str, subject: Subject | None, view: RecognisedView | None = None, noticed: Sequence[str] = ()
    ) -> Asked:
        """The question with these numbers."""
        said = tuple(dict.fromkeys((*self.noticed, *noticed)))
        return Asked(kind, subject, tuple(self.keys.values()), tuple(self.numbers), view, said)


def _of_parts(question: Question) -> Asked:
    names = [text.line(name, max_length=MAX_TEXT, field="name") for name in question.names]
    found = _Numbers()
    for each in question.identifiers:
        found.add(each.kind, text.line(each.value, max_length=256, field="value"), each.country.upper())
    subject = _subject(question, names) if names else None
    kind = "name" if subject else question.identifiers[0].kind
    return found.asked(kind, subject, noticed=_noticed(names))


def _subject(question: Question, names: Sequence[str]) -> Subject:
    return Subject(
        kind=question.kind,
        names=tuple(names),
        birth_dates=tuple(question.birth_dates),
        countries=tuple(country.upper() for country in question.countries),
        places=tuple(text.line(place, max_length=512, field="place") for place in question.places),
        sex=question.sex,
    )


def _of_entity(given: Mapping[str, Any]) -> Asked:
    entity = ftm.Entity.parse({"id": "query", **given})
    subject = subject_of("", entity.schema, entity.properties)
    found = _Numbers()
    for each in ftm.identifiers(entity):
        found.try_add(each.kind, each.value, each.country)
    if subject is None and not found.keys:
        raise UnclearQuestionError(
            "The entity has neither a name nor a number to look for. " + " ".join(found.noticed[:1]),
            fix="Give a name, or a number that is whole.",
        )
    names = subject.names if subject else ()
    kind = "name" if subject else found.numbers[0][0]
    return found.asked(kind, subject, noticed=_noticed(names))


def _of_mrz(pasted: str, view: RecognisedView) -> Asked:
    zone = mrz.parse(pasted)
    found = _Numbers()
    found.try_add(zone.kind, zone.number, zone.issuer)
    subject = Subject(
        names=(zone.name,),
        birth_dates=(zone.birth_date,) if zone.birth_date else (),
        countries=_nationality(zone.nationality),
        sex=zone.sex,
    )
    faults = [f"The zone's {fault}." for fault in zone.faults]
    return found.asked("mrz", subject if zone.name else None, view, faults)


def _nationality(code: str) -> tuple[str, ...]:
    """The country of a zone's nationality; none where it is no country's (stateless, an organisation, misread)."""
    try:
        found = identifiers.issuer(code)
    except InvalidInputError:
        return ()
    return (found,) if countries.is_country(found) else ()


def _noticed(names: Sequence[str]) -> tuple[str, ...]:
    """What a reader of the answer should know of the names: scripts mixed within a word (UTS #39)."""
    mixed = any(len(_scripts(word)) >= _SCRIPTS_NOTICED for name in names for word in name.split())
    return ("A word mixes letters of several scripts; it was compared as it reads.",) if mixed else ()


def _scripts(word: str) -> set[str]:
    found = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
    return found & {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN", "DEVANAGARI"}
