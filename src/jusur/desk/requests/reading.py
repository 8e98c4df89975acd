"""A request's content as people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jusur.accounts import api as accounts
from jusur.desk.kit import language, words
from jusur.desk.requests.drafts import ORDER
from jusur.directory import api as directory
from jusur.instruments import api as instruments
from jusur.kernel import languages


@dataclass(frozen=True, slots=True)
class Part:
    """One content of a request: what it is called and what it says."""

    id: str
    label: str
    text: str


def parts(content: Mapping[str, Any]) -> list[Part]:
    """The contents in the order in which a case is told."""
    offence = content["offence"]
    said = {"offence": offence["description"], "purpose": content["purpose"]} | dict(content["contents"])
    ordered = sorted(said, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    return [Part(name, label(content["instrument"], name), said[name]) for name in ordered if said[name]]


def label(instrument_id: str, name: str) -> str:
    """What a content is called in the reader's language."""
    field = instruments.catalogue().fields.get(name) or instruments.instrument(instrument_id).fields.get(name)
    return field.label.get(language.current()) if field else name.replace("_", " ")


def conditions(content: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of use offered, the purpose standing in where none are listed."""
    offered = content["conditions"]
    return dict(offered) | {"purposes": offered["purposes"] or [content["purpose"]]}


def flat(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every field of a request with its label, as text, for comparison."""
    offered, offence = content["conditions"], content["offence"]
    penalty = offence.get("maximum_penalty_months")
    pairs = [
        (_("Measure"), str(words.word("measure", content["measure"]))),
        (_("Legal instrument"), instruments.instrument(content["instrument"]).names.get(language.current())),
        (_("Urgency"), str(words.word("urgency", content["urgency"]))),
        (_("Case reference"), content["case_reference"]),
        *((part.label, part.text) for part in parts(content)),
        (_("Offence by ICCS code"), offence.get("iccs", "")),
        (_("Maximum penalty in months"), "" if penalty is None else str(penalty)),
        (_("Directly accessible"), _("Yes") if content["directly_accessible"] else _("No")),
        (_("Classification"), str(words.word("classification", content["classification"]))),
        (_("Purposes allowed"), "\n".join(offered["purposes"])),
        (_("May be passed on to"), ", ".join(offered["forwarding"])),
        (_("Kept for days"), str(offered["retention_days"])),
        (_("At the end"), str(words.word("at-end", offered["at_end"]))),
        (_("Further conditions"), offered["text"]),
        (_("Language of the request"), languages.NAMES[content["language"]]),
    ]
    return [(name, text) for name, text in pairs if text]


def approvers(officer_id: UUID) -> list[str]:
    """The officers who may approve what ``officer_id`` asks for, by name."""
    return [
        officer.name
        for officer in accounts.officers()
        if officer.is_active
        and officer.kind == accounts.Officer.PERSON
        and officer.id != officer_id
        and "request.approve" in accounts.permitted_acts(officer.roles)
    ]


def organisations(own: str) -> list[tuple[str, str]]:
    """All other organisations by address and name in the reader's language."""
    code = language.current()
    found = [(one.address, f"{getattr(one.name, code)} ({one.address})") for one in directory.organisations()]
    return sorted((pair for pair in found if pair[0] != own), key=lambda pair: pair[1].casefold())
