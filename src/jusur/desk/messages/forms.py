"""Forms of messages, replies and warnings, and what is sent from them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jusur.desk.kit import language, words
from jusur.desk.kit.forms import Form
from jusur.desk.messages import people
from jusur.node.context import current

MAX_SUBJECT = 200
MAX_TEXT = 50_000
MAX_REASON = 1000
MAX_CONDITIONS = 2000
KEPT_DAYS = 365
LONGEST_DAYS = 36_525
PAIRED = 2


class Lines(forms.Textarea):
    """A text of several lines."""

    def __init__(self, rows: int = 4) -> None:
        super().__init__({"rows": rows, "dir": "auto"})


class HandlingFields(Form):
    """How a message must be handled by whoever holds it."""

    classification = forms.ChoiceField(
        label=gettext_lazy("Classification"),
        choices=lambda: words.choices("message-classification"),
        initial="official_use_only",
    )
    handling_code = forms.ChoiceField(
        label=gettext_lazy("Handling code"), choices=lambda: words.choices("handling-code"), initial="H1"
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions of use"),
        help_text=gettext_lazy("They bind the recipients. Needed with handling code H3."),
        max_length=MAX_CONDITIONS,
        required=False,
        widget=Lines(3),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Source"), choices=lambda: words.choices("source-reliability"), initial="X"
    )
    accuracy = forms.ChoiceField(
        label=gettext_lazy("Information"), choices=lambda: words.choices("information-accuracy"), initial="4"
    )
    retention_days = forms.IntegerField(
        label=gettext_lazy("Days it may be kept"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=KEPT_DAYS,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse H3 without its conditions at the field where they are missing."""
        given = super().clean() or self.cleaned_data
        if given.get("handling_code") == "H3" and not given.get("conditions"):
            self.add_error("conditions", _("Write the conditions that handling code H3 speaks of."))
        return given

    def handling(self, to: list[str]) -> dict[str, Any]:
        """The handling block for ``to``; nobody else may see it or pass it on."""
        given = self.cleaned_data
        return {
            "classification": given["classification"],
            "handling_code": given["handling_code"],
            "source_evaluation": given["source"] + given["accuracy"],
            "allowed_recipients": sorted(set(to)),
            "forwarding": [],
            "retention_days": given["retention_days"],
            "conditions": given["conditions"],
        }


class WordsFields(Form):
    """What every message says, and why it may be said."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        help_text=gettext_lazy("Shown in lists over there: no names of persons."),
        max_length=MAX_SUBJECT,
    )
    text = forms.CharField(label=gettext_lazy("Text"), max_length=MAX_TEXT, widget=Lines(12))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=lambda: words.choices("message-language")
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        help_text=gettext_lazy("Why it is sent. It is signed with the message and stands in both bureaus' logs."),
        max_length=MAX_REASON,
        widget=Lines(2),
    )
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        help_text=gettext_lazy("What allows it: the treaty, law or rule, with its article."),
        max_length=MAX_REASON,
        widget=Lines(2),
    )
    second = forms.BooleanField(
        label=gettext_lazy("A second officer approves it before it is sent"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = language.current()


class MessageForm(HandlingFields, WordsFields):
    """A message to one or several organisations."""

    to = forms.MultipleChoiceField(
        label=gettext_lazy("To"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one recipient.")},
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        widget=forms.RadioSelect,
        choices=lambda: words.choices("message-topic"),
        initial="message",
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("Emergency: life is in danger. It wakes people over there."),
        choices=lambda: words.choices("message-priority"),
        initial="routine",
    )
    conversation = forms.UUIDField(required=False, widget=forms.HiddenInput)
    in_reply_to = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = people.organisations_active()  # type: ignore[attr-defined]

    def message(self) -> dict[str, Any]:
        """The arguments of the service that sends it."""
        given = self.cleaned_data
        named = ("to", "subject", "text", "language", "topic", "priority", "purpose", "legal_basis")
        return {name: given[name] for name in named} | {
            "conversation": str(given["conversation"]) if given["conversation"] else None,
            "in_reply_to": str(given["in_reply_to"]) if given["in_reply_to"] else None,
            "handling": self.handling(given["to"]),
            "draft": given["second"],
        }


class ReplyForm(Form):
    """An answer within a conversation: its text; all else is taken from the message it answers."""

    text = forms.CharField(label=gettext_lazy("Your answer"), max_length=MAX_TEXT, widget=Lines(5))
    in_reply_to = forms.UUIDField(widget=forms.HiddenInput)


class WarningForm(WordsFields):
    """A warning to many bureaus at once."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Who is warned"),
        widget=forms.RadioSelect,
        choices=lambda: words.choices("message-scope"),
        initial="regions",
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Regions"), widget=forms.CheckboxSelectMultiple, required=False
    )
    to = forms.MultipleChoiceField(label=gettext_lazy("Bureaus"), widget=forms.CheckboxSelectMultiple, required=False)
    threat = forms.ChoiceField(label=gettext_lazy("Threat"), choices=lambda: words.choices("threat"))
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        help_text=gettext_lazy("Imminent: each bureau that has not received it after a minute raises an alarm here."),
        widget=forms.RadioSelect,
        choices=lambda: words.choices("severity"),
        initial="serious",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regions"].choices = people.regions()  # type: ignore[attr-defined]
        self.fields["to"].choices = people.organisations_active("bureau")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a choice of recipients that leaves nobody."""
        given = super().clean() or self.cleaned_data
        if given.get("scope") == "regions" and not given.get("regions"):
            self.add_error("regions", _("Choose at least one region."))
        if given.get("scope") == "list" and not given.get("to"):
            self.add_error("to", _("Choose at least one bureau."))
        return given

    def recipients(self) -> list[str]:
        """Addresses of everyone it goes to, as the directory stands now."""
        given = self.cleaned_data
        if given["scope"] == "list":
            return list(given["to"])
        if given["scope"] == "regions":
            return people.of_regions(given["regions"])
        return [address for address, _name in people.organisations_active("bureau")]

    def warning(self) -> dict[str, Any]:
        """The arguments of the service that sends it."""
        given = self.cleaned_data
        named = ("subject", "text", "language", "threat", "severity", "purpose", "legal_basis")
        return {name: given[name] for name in named} | {"to": self.recipients(), "draft": given["second"]}


def reply_to(message: dict[str, Any], text: str) -> dict[str, Any]:
    """What is sent as the answer to ``message``: under its handling, purpose and legal basis, as urgent as it was."""
    mine = current().address
    others = [address for address in message["to"] if address != mine]
    to = [message["sender"]] if message["direction"] == "received" else others
    subject = message["body"].get("subject", "")
    handling = message["handling"] | {"allowed_recipients": to, "forwarding": []}
    priority = message["priority"]
    return {
        "to": to,
        "subject": subject if subject.startswith("Re: ") else f"Re: {subject}"[:MAX_SUBJECT],
        "text": text,
        "language": language.current(),
        "topic": "message",
        "priority": "urgent" if priority == "emergency" and message["kind"] == "message.warning" else priority,
        "purpose": message["purpose"],
        "legal_basis": message["legal_basis"],
        "in_reply_to": str(message["id"]),
        "handling": handling,
    }


def initial_of(message: dict[str, Any]) -> dict[str, Any]:
    """How the whole form begins when ``message`` is answered in it."""
    begun = reply_to(message, "")
    handling = begun.pop("handling")
    evaluation = handling.get("source_evaluation", "X4")
    source, accuracy = evaluation if len(evaluation) == PAIRED else "X4"
    return begun | {
        "classification": handling.get("classification"),
        "handling_code": handling.get("handling_code"),
        "conditions": handling.get("conditions", ""),
        "retention_days": handling.get("retention_days", KEPT_DAYS),
        "source": source,
        "accuracy": accuracy,
    }
