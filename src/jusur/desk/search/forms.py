"""Forms of searching, of hits, of watches and of the checkpoint; and the question that is asked from them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jusur.databases import api as databases
from jusur.desk.kit import language, words
from jusur.desk.kit.forms import Filters, Form
from jusur.desk.search import names

MAX_TEXT: Final = 2_000
MAX_REFERENCE: Final = 100
MAX_REMARK: Final = 2_000
LONGEST_WATCH: Final = 366
WATCH_DAYS: Final = 90
DEADLINE, DEADLINE_OTHERS = 2_000, 6_000
"""Milliseconds: how long the officer waits for this node, and for others too."""
ANSWERS: Final = 25
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_WRITTEN: Final = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
NAMED: Final = {"name": "person", "organisation": "organisation", "vessel": "vessel"}
"""What a name may be that of."""
_AS_READ: Final = frozenset({"", "mrz"})


class PurposeFields(Form):
    """Why one searches, and for which case or check: no search goes without."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"))
    reference = forms.CharField(
        label=gettext_lazy("Case or check reference"),
        help_text=gettext_lazy("It stands in the journal with the search. No names of persons."),
        max_length=MAX_REFERENCE,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", _("Choose")), *names.purposes()]  # type: ignore[attr-defined]


class QuestionFields(Form):
    """Whom or what one seeks, in one box, with what else is known."""

    text = forms.CharField(
        label=gettext_lazy("Name, document, number"),
        help_text=gettext_lazy(
            "A name in any script, a machine-readable zone, a plate, an IBAN, a wallet, a telephone number …"
        ),
        max_length=MAX_TEXT,
        widget=forms.Textarea(
            {
                "rows": 2,
                "dir": "auto",
                "class": "question",
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "off",
            }
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Search it as"), required=False)
    birth_date = forms.CharField(
        label=gettext_lazy("Date of birth"),
        max_length=10,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "placeholder": "1971-03-02", "autocomplete": "off"}),
    )
    country = forms.ChoiceField(label=gettext_lazy("Nationality or country of issue"), required=False)
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unknown = ("", _("Not known"))
        self.fields["kind"].choices = [("", _("Recognise it")), *words.choices("search-kind")]  # type: ignore[attr-defined]
        self.fields["country"].choices = [unknown, *names.countries_known()]  # type: ignore[attr-defined]
        self.fields["sex"].choices = [unknown, *(words.choices("sex")[:2])]  # type: ignore[attr-defined]

    def clean_birth_date(self) -> str:
        """The date as ISO 8601, whole or cut after year or month; one that no calendar has is refused."""
        given = str(self.cleaned_data["birth_date"]).strip()
        if not given:
            return ""
        written = _WRITTEN.fullmatch(given)
        if written:
            given = f"{written[3]}-{int(written[2]):02}-{int(written[1]):02}"
        if not _DATE.fullmatch(given):
            raise forms.ValidationError(_("Write the year, month and day: 1971-03-02, 1971-03 or 1971."))
        try:
            forms.DateField().clean(f"{given}-01-01"[:10])
        except forms.ValidationError:
            raise forms.ValidationError(_("The calendar has no such day.")) from None
        return given

    def question(self) -> dict[str, Any]:
        """What is asked, in the form of the search process."""
        given = self.cleaned_data
        asked: dict[str, Any] = {}
        if given["birth_date"]:
            asked["birth_dates"] = [given["birth_date"]]
        if given["country"]:
            asked["countries"] = [given["country"]]
        if given["sex"]:
            asked["sex"] = given["sex"]
        return asked | _what(given["kind"], given["text"].strip(), given["country"])


def _what(kind: str, text: str, country: str) -> dict[str, Any]:
    if kind in _AS_READ:
        return {"text": text}
    if kind in NAMED:
        return {"names": [" ".join(text.split())], "kind": NAMED[kind]}
    number: dict[str, str] = {"kind": kind, "value": " ".join(text.split())}
    return {"identifiers": [number | ({"country": country} if country else {})]}


class SearchForm(PurposeFields, QuestionFields):
    """One search over every database."""

    databases = forms.MultipleChoiceField(
        label=gettext_lazy("Databases"),
        help_text=gettext_lazy("None ticked: all of them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.BooleanField(
        label=gettext_lazy("Ask the other bureaus too"),
        help_text=gettext_lazy("Their nodes answer within a few seconds, or are named as missing."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["databases"].choices = names.databases_known()  # type: ignore[attr-defined]

    def body(self) -> dict[str, Any]:
        """The search in the form of the search process."""
        given = self.cleaned_data
        return {
            "purpose": given["purpose"],
            "reference": given["reference"],
            "query": self.question(),
            "databases": given["databases"],
            "bureaus": ["*"] if given["others"] else [],
            "limit": ANSWERS,
            "deadline_ms": DEADLINE_OTHERS if given["others"] else DEADLINE,
            "language": language.current(),
        }


def initial_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """How the form begins that asked ``body``."""
    query = body["query"]
    number = (query.get("identifiers") or [{}])[0]
    kinds = {kind: code for code, kind in NAMED.items()}
    return {
        "text": query.get("text") or next(iter(query.get("names", ())), "") or number.get("value", ""),
        "kind": number.get("kind") or (kinds[query.get("kind", "person")] if query.get("names") else ""),
        "birth_date": next(iter(query.get("birth_dates", ())), ""),
        "country": next(iter(query.get("countries", ())), ""),
        "sex": query.get("sex", ""),
        "purpose": body.get("purpose", ""),
        "reference": body.get("reference", ""),
        "databases": body.get("databases", []),
        "others": bool(body.get("bureaus")),
    }


class CheckForm(Form):
    """The one field of a checkpoint."""

    text = forms.CharField(
        label=gettext_lazy("Document, plate or name"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(
            {
                "rows": 3,
                "dir": "auto",
                "autofocus": True,
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
                "data-reader": "",
            }
        ),
    )


class PostForm(PurposeFields):
    """For what this checkpoint checks."""


class DecisionForm(Form):
    """A person's word on a hit."""

    decision = forms.ChoiceField(label=gettext_lazy("Your decision"))
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        help_text=gettext_lazy("The record's owner reads it."),
        max_length=MAX_REMARK,
        required=False,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = language.current()
        groups = (
            ("confirmed", _("Confirm: it is"), databases.HIT_CONFIRMED),
            ("discarded", _("Discard: it is not"), databases.HIT_DISCARDED),
        )
        self.fields["decision"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *(
                (label, [(f"{state}:{code}", said[spoken]) for code, said in reasons.items()])
                for state, label, reasons in groups
            ),
        ]

    def decided(self) -> tuple[str, str]:
        """The state and the reason."""
        state, _colon, reason = self.cleaned_data["decision"].partition(":")
        return state, reason


class HitsForm(Filters):
    """Which hits are shown."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    database = forms.ChoiceField(label=gettext_lazy("Database"), required=False)
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=MAX_REFERENCE,
        required=False,
        widget=forms.TextInput({"dir": "ltr"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = ("", _("All"))
        self.fields["state"].choices = [anything, *words.choices("hit-state")]  # type: ignore[attr-defined]
        self.fields["database"].choices = [anything, *names.databases_known()]  # type: ignore[attr-defined]


class WatchForm(PurposeFields, QuestionFields):
    """To be told when a record of somebody or something appears."""

    days = forms.IntegerField(
        label=gettext_lazy("Days it stands"), min_value=1, max_value=LONGEST_WATCH, initial=WATCH_DAYS
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", _("Choose")), *names.purposes(watching=True)]  # type: ignore[attr-defined]

    def body(self) -> dict[str, Any]:
        """The watch in the form of the service."""
        given = self.cleaned_data
        return {
            "purpose": given["purpose"],
            "reference": given["reference"],
            "query": self.question(),
            "days": given["days"],
        }
