"""Forms of records and of imported lists."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jusur.databases import api as databases
from jusur.desk.databases import fields
from jusur.desk.kit import words
from jusur.desk.kit.forms import Filters, Form
from jusur.desk.search import names

MAX_TEXT: Final = 500
MAX_CONDITIONS: Final = 2_000
MAX_REASON: Final = 500
MAX_MAPPING: Final = 64 * 1024
LONGEST_DAYS: Final = 36_525


class OwnForm(Filters):
    """Which of this bureau's records are shown."""

    text = forms.CharField(label=gettext_lazy("Reference or words in it"), max_length=100, required=False)
    database = forms.ChoiceField(label=gettext_lazy("Database"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["database"].choices = [("", _("All")), *names.databases_known()]  # type: ignore[attr-defined]
        self.fields["state"].choices = words.choices("record-state")  # type: ignore[attr-defined]


class RecordForm(Form):
    """A record: what it is about, why it is kept, and how it must be handled."""

    purpose = forms.CharField(
        label=gettext_lazy("Why it is kept"),
        help_text=gettext_lazy("The case and the reason. Whoever may see the record reads it."),
        max_length=MAX_TEXT,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 1, "dir": "auto"}),
    )
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("May be used for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one purpose.")},
    )
    recipients = forms.ChoiceField(
        label=gettext_lazy("Who may see it"),
        widget=forms.RadioSelect,
        choices=lambda: words.choices("record-recipients"),
        initial="all",
    )
    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("Organisations"), widget=forms.CheckboxSelectMultiple, required=False
    )
    classification = forms.ChoiceField(
        label=gettext_lazy("Classification"), choices=lambda: words.choices("message-classification")
    )
    handling_code = forms.ChoiceField(
        label=gettext_lazy("Handling code"), choices=lambda: words.choices("handling-code"), initial="H1"
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions of use"),
        help_text=gettext_lazy("What to do upon a hit, and what not. Needed with handling code H3."),
        max_length=MAX_CONDITIONS,
        required=False,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Source"), choices=lambda: words.choices("source-reliability"), initial="X"
    )
    accuracy = forms.ChoiceField(
        label=gettext_lazy("Information"), choices=lambda: words.choices("information-accuracy"), initial="4"
    )
    retention_days = forms.IntegerField(
        label=gettext_lazy("Days it is kept, from today"), min_value=1, max_value=LONGEST_DAYS
    )

    def __init__(self, *args: Any, schema: str, database: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schema, self.database = schema, database
        self.entity_names = tuple(fields.PREFIX + name for name in fields.asked(schema))
        self.fields.update(fields.fields(schema))
        permitted = set(database.purposes)
        self.fields["purposes"].choices = [pair for pair in names.purposes() if pair[0] in permitted]  # type: ignore[attr-defined]
        self.fields["purposes"].initial = list(database.purposes)
        self.fields["chosen"].choices = names.organisations([*database.recipients, database.host])  # type: ignore[attr-defined]
        self.fields["retention_days"].initial = database.retention_days
        self.fields["retention_days"].max_value = database.retention_days  # type: ignore[attr-defined]

    @property
    def entity_fields(self) -> list[forms.BoundField]:
        """The fields of what the record is about."""
        return [self[name] for name in self.entity_names]

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself at the field where it does."""
        given = super().clean() or self.cleaned_data
        if given.get("handling_code") == "H3" and not given.get("conditions"):
            self.add_error("conditions", _("Write the conditions that handling code H3 speaks of."))
        if given.get("recipients") == "chosen" and not given.get("chosen"):
            self.add_error("chosen", _("Choose at least one organisation, or let nobody else see it."))
        return given

    def draft(self, before: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
        """The record in the form of the service; ``before`` are the properties it had."""
        given = self.cleaned_data
        return {
            "entity": {"schema": self.schema, "properties": fields.properties(self.schema, given, before)},
            "handling": {
                "classification": given["classification"],
                "handling_code": given["handling_code"],
                "source_evaluation": given["source"] + given["accuracy"],
                "allowed_recipients": {"all": ["*"], "nobody": []}.get(given["recipients"], given["chosen"]),
                "conditions": given["conditions"],
            },
            "purpose": given["purpose"],
            "purposes": given["purposes"],
            "legal_basis": given["legal_basis"],
            "retention_days": given["retention_days"],
        }


class NewForm(RecordForm):
    """A new record."""

    reference = forms.CharField(
        label=gettext_lazy("Your reference"),
        help_text=gettext_lazy("Unique in the database; the record's identifier where it is left empty."),
        max_length=255,
        required=False,
        widget=forms.TextInput({"dir": "ltr"}),
    )


class CorrectForm(RecordForm):
    """A record's new version, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is corrected"), max_length=MAX_REASON, widget=forms.TextInput({"dir": "auto"})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def initial_of(record: Any) -> dict[str, Any]:
    """How the form begins that corrects ``record``."""
    allowed = list(record.allowed_recipients)
    entity = record.entity or {}
    return {
        **fields.initial(record.schema, entity.get("properties", {})),
        "purpose": record.purpose,
        "legal_basis": record.legal_basis,
        "purposes": record.purposes,
        "recipients": "all" if "*" in allowed else "chosen" if allowed else "nobody",
        "chosen": allowed,
        "classification": record.classification,
        "handling_code": record.handling_code,
        "conditions": record.conditions,
        "source": record.source_evaluation[0],
        "accuracy": record.source_evaluation[1],
        "version": record.version,
    }


class ReasonForm(Form):
    """Why something is done that is not undone."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=MAX_REASON, widget=forms.TextInput({"dir": "auto"})
    )


class ImportForm(Form):
    """A file of a list."""

    publisher = forms.ChoiceField(label=gettext_lazy("List"))
    database = forms.RegexField(
        r"list-[a-z0-9]{1,12}(-[a-z0-9]{1,12}){0,2}",
        label=gettext_lazy("Its database"),
        help_text=gettext_lazy("For a list of your own: list- and a short name in small letters."),
        max_length=40,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "placeholder": "list-own"}),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        required=False,
        choices=lambda: [("", _("The publisher's own")), *words.choices("list-format")],
    )
    file = forms.FileField(label=gettext_lazy("File"), max_length=255)
    mapping = forms.FileField(
        label=gettext_lazy("Mapping"),
        help_text=gettext_lazy("For CSV: a TOML file that says which column is what."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = databases.publishers().values()
        named = [(each.key, names.spoken(each.names)) for each in published]
        self.fields["publisher"].choices = [("", _("Choose")), *named, ("own", _("A list of our own"))]  # type: ignore[attr-defined]

    def clean_mapping(self) -> str | None:
        """The mapping's text; the service reads it."""
        given = self.cleaned_data["mapping"]
        if given is None:
            return None
        if given.size > MAX_MAPPING:
            raise forms.ValidationError(_("That is no mapping: it is too large."))
        try:
            return str(given.read().decode())
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The mapping is not text.")) from None

    def clean(self) -> dict[str, Any]:
        """A list of one's own takes a database and a format."""
        given = super().clean() or self.cleaned_data
        if given.get("publisher") == "own":
            for name in ("database", "format"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("A list of your own takes it."))
        return given
