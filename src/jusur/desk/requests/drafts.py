"""A draft between its form and its content: which fields the instrument asks for, in which order, what was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jusur.desk.kit import language
from jusur.evidence import api as evidence
from jusur.instruments import api as instruments

OWN: Final = {"purpose": "purpose", "offence": "offence"}
"""Contents that the request itself carries, by the instruments' names of fields, and their names in the form."""
PREFIX: Final = "c_"
"""Before the form's names of all other contents."""
ORDER: Final = (
    "authority",
    "emergency_facts",
    "offence",
    "facts",
    "legal_provisions",
    "information",
    "transaction",
    "beneficiary_account",
    "victim_account",
    "data_sought",
    "account_identifier",
    "person",
    "period",
    "custodian",
    "data_relation",
    "necessity",
    "purpose",
    "judicial_order",
    "intention_to_request",
    "urgency_reason",
    "confidentiality",
    "handling_conditions",
    "source_evaluation",
)
"""As an officer tells a case: who asks, what happened, what is wanted, why; fields of an instrument's own come last."""
SHORT: Final = frozenset({"authority", "account_identifier", "period", "custodian", "person", "judicial_order"})
"""What takes one line."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A content that a request takes: its name in the form, what it is called and why it is asked."""

    id: str
    label: str
    why: str
    source: str
    assumed: bool
    required: bool

    @property
    def name(self) -> str:
        """Its name in the form."""
        return OWN.get(self.id) or PREFIX + self.id


def needed(content: Mapping[str, Any]) -> list[Needed]:
    """The contents that ``content``'s instrument requires, then what else was written before it was chosen."""
    code = language.current()
    required = instruments.required_contents(content["instrument"], content["measure"], urgency=content["urgency"])
    found = [
        Needed(one.id, one.label.get(code), one.why.get(code), one.source, one.assumed, required=True)
        for one in required
        if one.id != "case_reference"
    ]
    known = {one.id for one in found}
    fields = instruments.catalogue().fields
    extra = [name for name in OWN if name not in known]
    extra += [name for name, value in content["contents"].items() if value and name not in known and name in fields]
    found += [
        Needed(name, fields[name].label.get(code), fields[name].why.get(code), "", assumed=False, required=name in OWN)
        for name in extra
    ]
    return sorted(found, key=lambda one: ORDER.index(one.id) if one.id in ORDER else len(ORDER))


def begin(cleaned: Mapping[str, Any], instrument: str, spoken: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a new draft: what was chosen, and of an earlier draft (``before``) what seldom changes."""
    contents = {name: value for name, value in before.get("contents", {}).items() if name == "authority"}
    return {
        "measure": cleaned["measure"],
        "instrument": instrument,
        "urgency": cleaned["urgency"],
        "case_reference": cleaned["case_reference"],
        "purpose": "",
        "offence": {"description": ""},
        "contents": contents,
        "related_request": cleaned.get("related") or None,
        "language": spoken,
    }


def initial(content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` as the form's values."""
    conditions, offence = content["conditions"], content["offence"]
    return {
        "purpose": content["purpose"],
        "offence": offence["description"],
        "iccs": offence["iccs"],
        "maximum_penalty_months": offence["maximum_penalty_months"],
        "directly_accessible": content["directly_accessible"],
        "classification": content["classification"],
        "purposes": "\n".join(conditions["purposes"]),
        "forwarding": list(conditions["forwarding"]),
        "retention_days": conditions["retention_days"],
        "at_end": conditions["at_end"],
        "conditions_text": conditions["text"],
        "language": content["language"],
    } | {PREFIX + name: value for name, value in content["contents"].items()}


def merged(content: Mapping[str, Any], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with what the form says; contents that the form does not show stay."""
    contents = dict(content["contents"])
    contents |= {name.removeprefix(PREFIX): value for name, value in cleaned.items() if name.startswith(PREFIX)}
    purposes = [line.strip() for line in cleaned["purposes"].splitlines() if line.strip()]
    return dict(content) | {
        "purpose": cleaned["purpose"],
        "offence": {
            "description": cleaned["offence"],
            "iccs": cleaned["iccs"],
            "maximum_penalty_months": cleaned["maximum_penalty_months"],
        },
        "contents": {name: value for name, value in contents.items() if value},
        "directly_accessible": cleaned["directly_accessible"],
        "classification": cleaned["classification"],
        "conditions": {
            "purposes": purposes,
            "forwarding": sorted(cleaned["forwarding"]),
            "retention_days": cleaned["retention_days"],
            "at_end": cleaned["at_end"],
            "text": cleaned["conditions_text"],
        },
        "language": cleaned["language"],
    }


def last_content(officer_id: Any) -> Mapping[str, Any]:
    """What the officer wrote last, for what seldom changes from request to request; empty at first."""
    found = evidence.request_list(side=evidence.Side.REQUESTING).filter(drafted_by=officer_id).order_by("-id").first()
    return found.content if found else {}
