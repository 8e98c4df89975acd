"""Screening of what was submitted: what a reviewer must look at first. It finds; a person decides."""

import re
from typing import Any, Final

import msgspec

from jusur.kernel import clock
from jusur.notices import content as contents
from jusur.notices import types
from jusur.notices.ages import is_minor
from jusur.notices.models import Notice
from jusur.notices.rules import State

_CARE: Final[dict[str, tuple[str, ...]]] = {
    "political": (
        *("sedition", "treason", "regime", "opposition", "insult to the head", "political party", "protest"),
        *("فتنة", "خيانة", "معارض", "إهانة رئيس", "تظاهر"),
        *("sédition", "trahison", "outrage au chef", "sedición", "traición", "injurias al jefe"),
    ),
    "military": (
        *("desertion", "deserter", "mutiny", "فرار من الخدمة", "تمرد عسكري"),
        *("désertion", "mutinerie", "deserción"),
    ),
    "religious": (
        *("blasphemy", "apostasy", "proselyt", "ازدراء الأديان", "ردة"),
        *("blasphème", "apostasie", "blasfemia"),
    ),
    "private": (*("unpaid debt", "bounced cheque", "custody dispute", "adultery", "شيك بدون رصيد", "زنا", "adultère"),),
}
"""Words that ask for care: Article 3, or the exclusion of private matters. Assumed, for the reviewers to keep."""
MAX_PRECEDENTS: Final = 20


class Finding(msgspec.Struct, frozen=True):
    """Something to look at: of what kind, and what it is."""

    kind: str
    detail: str

    def told(self) -> dict[str, Any]:
        """As plain data."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def findings(notice: Notice) -> list[Finding]:
    """What is found in ``notice``: unmet conditions, words of care, earlier decisions on the same person or case."""
    content = contents.parse(notice.content)
    form: types.Form = "diffusion" if notice.form == "diffusion" else "notice"
    found = [
        Finding("condition-unmet", f"{each.id}: {each.article}")
        for each in types.unmet(types.notice_type(notice.type), content, clock.now().date(), form)
    ]
    found += care(content)
    found += [Finding("precedent", f"{each.id} {each.state}") for each in precedents(notice)]
    if any(
        person.status == "victim" or is_minor(person.date_of_birth, clock.now().date()) for person in content.persons
    ):
        found.append(Finding("vulnerable", "A victim or a minor: never shown to the public."))
    return found


def care(content: contents.NoticeContent) -> list[Finding]:
    """Words in facts and charges that ask for care."""
    said = " ".join([content.case.facts, *(_charge(each) for each in content.case.charges)]).casefold()
    return [
        Finding(kind, word)
        for kind, words in _CARE.items()
        for word in words
        if re.search(rf"(?<!\w){re.escape(word)}", said)
    ]


def precedents(notice: Notice) -> list[Notice]:
    """Earlier notices of the same case, or of a person of the same name and year of birth, newest first."""
    content = contents.parse(notice.content)
    names = {name.name.casefold() for person in content.persons for name in person.names}
    earlier = Notice.objects.exclude(id=notice.id).exclude(state=State.PURGED).order_by("-id")
    same_case = list(
        earlier.filter(originator=notice.originator, case_reference=content.case.reference)[:MAX_PRECEDENTS]
        if content.case.reference
        else []
    )
    same_name = [
        each
        for name in sorted(names)[:5]
        for each in earlier.filter(content__persons__contains=[{"names": [{"name": name.upper()}]}])[:MAX_PRECEDENTS]
    ]
    return list({each.id: each for each in (*same_case, *same_name)}.values())[:MAX_PRECEDENTS]


def _charge(charge: contents.Charge) -> str:
    return " ".join([charge.text.original, *charge.text.translations.values()])
