"""Which part of the trail is shown."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jusur.accounts import api as accounts
from jusur.desk.audit import subjects
from jusur.desk.kit import words
from jusur.desk.kit.forms import Filters
from jusur.directory import api as directory
from jusur.kernel.errors import JusurError
from jusur.ledger import api as ledger

OFFICER = "officer:"
NODE = "node"


class TrailForm(Filters):
    """Filters of the trail; all may be left out."""

    actor = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    act = forms.ChoiceField(label=gettext_lazy("What happened"), required=False)
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=200, required=False, widget=forms.TextInput({"dir": "ltr"})
    )
    purpose = forms.CharField(label=gettext_lazy("Purpose contains"), min_length=3, max_length=100, required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anybody, anything = [("", _("Anybody"))], [("", _("Anything"))]
        self.fields["actor"].choices = [*anybody, *_actors()]  # type: ignore[attr-defined]
        self.fields["act"].choices = [*anything, *_acts()]  # type: ignore[attr-defined]

    def wanted(self, *, people: bool) -> ledger.TrailWanted:
        """The filters as the ledger takes them; of a form that was not filled in nothing is filtered."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        act = given.get("act", "")
        subject_type, subject_id = subjects.parse(given.get("subject", ""))
        return ledger.TrailWanted(
            actor=given.get("actor", ""),
            people=people,
            kinds=kinds(act),
            subject_types=(subject_type,) if subject_type else tuple(subjects.TYPES) if subject_id else (),
            subject_id=subject_id,
            purpose=given.get("purpose", ""),
            since=_midnight(given.get("since")),
            until=_midnight(given.get("until"), days=1),
        )


def kinds(act: str) -> tuple[str, ...]:
    """The kinds of events that a choice of the form stands for: one, or all of a family (``exchange.*``)."""
    if not act:
        return ()
    if act.endswith(".*"):
        return tuple(kind for kind in words.vocabularies().get("event", {}) if kind.startswith(act[:-1]))
    return (act,)


def _acts() -> list[Any]:
    """Every kind of event in words, under its family."""
    families = words.choices("event-family")
    known = words.choices("event")
    return [
        (str(label), [(f"{code}.*", _("All of these")), *((k, w) for k, w in known if k.startswith(f"{code}."))])
        for code, label in families
    ]


def _actors() -> list[Any]:
    officers = [(f"{OFFICER}{one.id}", one.name) for one in accounts.officers()]
    return [(_("Officers and systems"), officers), (_("Others"), [(NODE, _("This node itself")), *_peers()])]


def _peers() -> list[tuple[str, str]]:
    try:
        return [(one.address, one.address) for one in directory.organisations(status="active")]
    except JusurError:
        return []


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=days), time(), UTC)
