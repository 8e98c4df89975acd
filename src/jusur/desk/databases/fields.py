"""Which properties of an entity its page asks for, and how each is written. What is not asked for is kept as it is."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from jusur.desk.kit import words
from jusur.kernel import countries
from jusur.standards import ftm

PREFIX: Final = "entity_"
MAX_TEXT: Final = 4_000
_LOSS: Final = ("status", "lossDate", "lossPlace")
_PARTY: Final = ("name", "alias", "country", "registrationNumber", "taxNumber", "address", "phone", "email", "website")
_DOCUMENT: Final = ("number", "country", "type", "authority", "issueDate", "expiryDate", *_LOSS)
ASKED: Final[dict[str, tuple[str, ...]]] = {
    "Person": (
        "name",
        "alias",
        "topics",
        "birthDate",
        "birthPlace",
        "nationality",
        "gender",
        "fatherName",
        "motherName",
        "passportNumber",
        "idNumber",
        "phone",
        "email",
        "address",
        "appearance",
    ),
    "Organization": _PARTY,
    "Company": (*_PARTY, "incorporationDate"),
    "LegalEntity": _PARTY,
    "PublicBody": _PARTY,
    "Passport": ("number", "country", "type", "authority", "startDate", "endDate"),
    "Identification": ("number", "country", "type", "authority", "startDate", "endDate"),
    "TravelDocument": _DOCUMENT,
    "AdministrativeDocument": _DOCUMENT,
    "License": ("number", "country", "type", "authority"),
    "Vehicle": ("registrationNumber", "country", "vin", "engineNumber", "type", "make", "model", "colour", *_LOSS),
    "Vessel": ("name", "imoNumber", "mmsi", "flag", "callSign", "registrationNumber", "type", *_LOSS),
    "Firearm": ("serialNumber", "make", "model", "calibre", "type", "manufactureCountry", *_LOSS),
    "WorkOfArt": ("title", "artist", "technique", "period", "type", "dimensions", "inventoryNumber", *_LOSS),
    "BankAccount": ("iban", "accountNumber", "bankName", "bic", "country", "currency"),
    "CryptoWallet": ("cryptoAddress", "currencySymbol", "blockchain", "managingExchange"),
    "PhoneLine": ("phone", "imsi", "country", "status"),
    "EmailAddress": ("email", "status"),
    "Domain": ("domainName", "registrar", "ipAddress", "status"),
    "Device": ("imei", "serialNumber", "macAddress", "type", "make", "model", "status", "lossDate"),
}
TEXTS: Final = ("notes",)
TOPICS: Final = ("wanted", "missing", "unidentified", "poi")
FIRST: Final[dict[str, str]] = {schema: names[0] for schema, names in ASKED.items()}
"""What a record of the kind cannot do without."""
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
_LONG: Final = frozenset({"address", "appearance", "notes", "name", "alias"})


def asked(schema: str) -> tuple[str, ...]:
    """The properties that the page of ``schema`` asks for, of those that the model knows."""
    known = ftm.SCHEMAS[schema].properties if schema in ftm.SCHEMAS else {}
    return tuple(name for name in (*ASKED.get(schema, ("name",)), *TEXTS) if name in known)


def fields(schema: str) -> dict[str, forms.Field]:
    """Form fields for ``schema``, by their names in the form."""
    return {PREFIX + name: _field(schema, name) for name in asked(schema)}


def _field(schema: str, name: str) -> forms.Field:
    label = str(words.word("entity-property", name))
    required = FIRST.get(schema) == name
    if name == "gender":
        return forms.ChoiceField(label=label, required=False, choices=[("", _("Not known")), *words.choices("sex")])
    if name == "topics":
        chosen = [(code, words.word("entity-topic", code)) for code in TOPICS]
        return forms.MultipleChoiceField(
            label=label, required=False, choices=chosen, widget=forms.CheckboxSelectMultiple
        )
    kind = ftm.SCHEMAS[schema].properties[name].type
    if kind == "country":
        return Countries(label=label, required=required)
    direction = "auto" if kind in {"name", "string", "text", "address"} else "ltr"
    rows = 4 if kind == "text" else 2 if name in _LONG else 1
    return Values(label=label, required=required, one=kind == "text", direction=direction, rows=rows)


class Values(forms.CharField):
    """Values of one property, one a line."""

    def __init__(self, *, one: bool, direction: str, rows: int, **kwargs: Any) -> None:
        self.one = one
        widget = forms.Textarea({"rows": rows, "dir": direction, "autocomplete": "off"})
        super().__init__(max_length=MAX_TEXT, widget=widget, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """The values."""
        text = super().clean(value)
        if self.one:
            return [text] if text else []
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class Countries(forms.CharField):
    """Countries as two letters, separated by spaces."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"dir": "ltr", "autocomplete": "off", "placeholder": "MA NO"})
        super().__init__(max_length=100, widget=widget, help_text=_("Two letters each, such as MA or NO."), **kwargs)

    def clean(self, value: Any) -> list[str]:
        """The countries, in the small letters of the model."""
        codes = re.split(r"[\s,;،]+", super().clean(value).strip())
        for code in filter(None, codes):
            if not _COUNTRY.fullmatch(code) or not countries.is_country(code.upper()):
                raise forms.ValidationError(_("No country has the code %(code)s."), params={"code": code[:20]})
        return list(dict.fromkeys(code.lower() for code in codes if code))


def initial(schema: str, properties: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """How the fields of ``schema`` begin for an entity of these properties."""
    begun: dict[str, Any] = {}
    for name in asked(schema):
        values = properties.get(name, ())
        if name == "topics":
            begun[PREFIX + name] = list(values)
        elif name == "gender":
            begun[PREFIX + name] = next(iter(values), "")
        elif ftm.SCHEMAS[schema].properties[name].type == "country":
            begun[PREFIX + name] = " ".join(values).upper()
        else:
            begun[PREFIX + name] = "\n".join(values)
    return begun


def properties(
    schema: str, cleaned: Mapping[str, Any], before: Mapping[str, Sequence[str]] | None = None
) -> dict[str, list[str]]:
    """The properties that a filled-in form says, with what it did not ask for as it was."""
    names = asked(schema)
    found = {name: list(values) for name, values in (before or {}).items() if name not in names}
    kept = [topic for topic in (before or {}).get("topics", ()) if topic not in TOPICS]
    for name in names:
        given = cleaned.get(PREFIX + name)
        values = [given] if isinstance(given, str) else list(given or ())
        if name == "topics":
            values += kept
        if any(values):
            found[name] = [value for value in values if value]
    return found
