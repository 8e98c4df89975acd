"""A notice on paper, and the code on it: what anyone who holds the paper asks a node about."""

import base64
import re
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from jusur.directory import api as directory
from jusur.documents import notice as paper
from jusur.documents.notice import Beside, NoticePaper, Part, Row
from jusur.documents.notice_words import words
from jusur.kernel import clock, countries
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import Language, check
from jusur.notices import content as contents
from jusur.notices import presenters, selectors, types
from jusur.notices.content import Charge, NoticeContent, Person
from jusur.notices.models import Notice
from jusur.notices.rules import VISIBLE, State

_CODE: Final = re.compile(r"jusur:notice:1:([0-9a-f-]{36}):(\d{1,7}):([0-9a-f]{64})")


def code(notice: Notice) -> str:
    """What the paper's QR code holds: which notice, its revision, the digest of its content."""
    return f"jusur:notice:1:{notice.id}:{notice.revision}:{notice.content_sha256}"


@transaction.atomic
def verify(text: str) -> dict[str, Any]:
    """How the notice stands whose paper holds the code ``text``: ``verdict`` is current, changed or over.

    Raises:
        InvalidInputError: no such code.
        NotFoundError: this node has never held the notice.
    """
    found = _CODE.fullmatch(text.strip())
    if found is None:
        raise InvalidInputError("This is not the code of a notice.", fix="Scan it, or type the foot of the paper.")
    notice = selectors.notice_state(UUID(found.group(1)))
    if notice.state not in VISIBLE:
        verdict = "over"
    elif found.group(3) == notice.content_sha256 and int(found.group(2)) == notice.revision:
        verdict = "current"
    else:
        verdict = "changed"
    return presenters.standing(notice) | {"verdict": verdict}


def pdf(notice: Notice, language: str) -> bytes:
    """``notice`` as a PDF in ``language``.

    Raises:
        InvalidInputError: another language. DocumentError: it could not be set.
    """
    return paper.build(data(notice, check(language)), language)


def data(notice: Notice, language: Language) -> NoticePaper:
    """What the paper says."""
    content = contents.parse(notice.content)
    kind = types.notice_type(notice.type)
    known = words(language)
    state = "in_force" if notice.state in VISIBLE else "drafted" if notice.state == State.DRAFTED else "over"
    shown = [*(p for person in content.persons for p in person.photographs)]
    shown += content.body.photographs if content.body else []
    return NoticePaper(
        type_name=kind.names.say(language),
        colour=kind.colour,
        form=notice.form,
        reference=notice.reference,
        title=content.title or kind.names.say(language),
        handling=known[notice.classification],
        state=state,
        request=content.request,
        code=code(notice),
        made_at=clock.now(),
        heads=_heads(notice, language, known[state]),
        parts=tuple(part for part in _parts(content, language) if part.rows or part.texts),
        pictures=tuple(base64.b64decode(each.data) for each in shown if each.good)[: paper.MAX_PICTURES],
    )


def _heads(notice: Notice, language: Language, state: str) -> tuple[Row, ...]:
    name = str(getattr(directory.organisation(notice.originator).name, language))
    return (
        Row("source", f"{name} ({notice.originator})"),
        Row("state", state),
        Row("published", _day(notice.published_at), code=True),
        Row("expires", _day(notice.expires_at), code=True),
    )


def _parts(content: NoticeContent, language: Language) -> list[Part]:
    known = words(language)
    parts = [Part("person", _person(person, language, known)) for person in content.persons]
    case = content.case
    parts.append(
        Part(
            "case",
            (
                Row("case_reference", case.reference, code=True),
                Row("facts", case.facts),
                Row("facts_date", case.facts_date, code=True),
                Row("facts_place", case.facts_place),
                *_warrant(content),
            ),
        )
    )
    parts.append(Part("charges", texts=tuple(_charge(each, language, known) for each in case.charges)))
    if content.body is not None:
        body = content.body
        found = (Row("found_on", body.found_on, code=True), Row("found_at", body.found_at))
        parts.append(Part("body", (*found, Row("description", body.description))))
    if content.threat is not None:
        threat = content.threat
        parts.append(
            Part("threat", (Row("threat", threat.summary), Row("place", threat.place), Row("advice", threat.advice)))
        )
    if content.manner is not None:
        manner = content.manner
        parts.append(Part("manner", (Row("manner", manner.summary), Row("objects", ", ".join(manner.objects)))))
    if content.sanction is not None:
        sanction = content.sanction
        listed = (Row("reference", sanction.reference, code=True), Row("resolution", sanction.resolution))
        parts.append(Part("sanction", listed))
    parts.append(Part("assets", tuple(Row(each.kind, each.identifier, code=True) for each in content.assets)))
    return parts


def _person(person: Person, language: Language, known: dict[str, str]) -> tuple[Row, ...]:
    main, *others = person.names or [contents.Name(name="")]
    return (
        Row("name", main.name),
        Row("forename", main.forename),
        *(Row("other_names", f"{each.forename} {each.name}".strip()) for each in others),
        Row("sex", known.get(person.sex, "")),
        Row("born", person.date_of_birth, code=True),
        Row("birthplace", person.place_of_birth),
        Row("nationality", ", ".join(countries.name(each, language) for each in person.nationalities)),
        Row("height", str(person.height_cm or ""), code=True),
        Row("weight", str(person.weight_kg or ""), code=True),
        Row("marks", person.marks),
        Row("description", person.description),
        *(Row("document", f"{each.kind} {each.country} {each.number}", code=True) for each in person.documents),
    )


def _warrant(content: NoticeContent) -> tuple[Row, ...]:
    warrant = content.case.warrant
    if warrant is None:
        return ()
    return (Row("warrant", f"{warrant.number} ({warrant.issued_on})", code=True), Row("warrant", warrant.authority))


def _charge(charge: Charge, language: Language, known: dict[str, str]) -> Beside:
    said = charge.text
    own = said.language.split("-")[0] == language
    translated = said.translations.get(language) or (said.original if own else said.translations.get("en", ""))
    penalty = known["life"] if charge.maximum_penalty == "life" else charge.maximum_penalty
    return Beside(charge.law, said.original, translated, f"{known['penalty']}: {penalty}" if penalty else "")


def _day(moment: Any) -> str:
    return moment.strftime("%Y-%m-%d") if moment else ""
