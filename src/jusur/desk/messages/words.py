"""Priorities, states of delivery, handling and warnings in words."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "message-priority",
    {"emergency": _("Emergency"), "urgent": _("Urgent"), "routine": _("Routine"), "bulk": _("Bulk")},
    tones={"emergency": "danger", "urgent": "due"},
    icons={"emergency": "siren", "urgent": "clock"},
)
words.register(
    "message-delivery",
    {
        "drafted": _("Waits for a second officer"),
        "approved": _("Approved"),
        "queued": _("On its way"),
        "delivered": _("Handed over, not yet receipted"),
        "receipted": _("Received"),
        "refused": _("Refused"),
        "expired": _("Expired"),
    },
    tones={
        "drafted": "due",
        "approved": "info",
        "queued": "info",
        "delivered": "info",
        "receipted": "good",
        "refused": "danger",
        "expired": "danger",
    },
    icons={"drafted": "two-people", "queued": "hourglass", "delivered": "hourglass", "refused": "refuse"},
)
words.register(
    "message-topic",
    {
        "message": _("Message"),
        "assistance": _("Request for assistance"),
        "information": _("Information"),
    },
)
words.register("message-language", {"ar": _("Arabic"), "en": _("English"), "fr": _("French"), "es": _("Spanish")})
words.register(
    "message-classification",
    {
        "official_use_only": _("For official use only"),
        "restricted": _("Restricted"),
        "confidential": _("Confidential"),
    },
    tones={"restricted": "due", "confidential": "danger"},
    icons={"official_use_only": "lock", "restricted": "lock", "confidential": "lock"},
)
words.register(
    "handling-code",
    {
        "H0": _("H0: free use within police cooperation"),
        "H1": _("H1: for the recipients only"),
        "H2": _("H2: not to be disclosed in proceedings without consent"),
        "H3": _("H3: on the conditions written below"),
    },
)
words.register(
    "source-reliability",
    {
        "A": _("A: no doubt about the source"),
        "B": _("B: mostly reliable source"),
        "C": _("C: mostly unreliable source"),
        "X": _("X: source not evaluated"),
    },
)
words.register(
    "information-accuracy",
    {
        "1": _("1: known to be true"),
        "2": _("2: known to the source at first hand"),
        "3": _("3: not known at first hand, but confirmed"),
        "4": _("4: cannot be judged"),
    },
)
words.register(
    "threat",
    {
        "terrorism": _("Terrorism"),
        "drones": _("Drones"),
        "crypto-financing": _("Financing by crypto-assets"),
        "artificial-intelligence": _("Misuse of artificial intelligence"),
        "fraud": _("Fraud"),
        "firearms": _("Firearms"),
        "other": _("Other"),
    },
)
words.register(
    "severity",
    {
        "imminent": _("Imminent: goes as an emergency"),
        "serious": _("Serious"),
        "information": _("For information"),
    },
    tones={"imminent": "danger", "serious": "due", "information": "info"},
    icons={"imminent": "siren", "serious": "alert"},
)
words.register(
    "attachment-state",
    {
        "waiting": _("Waits to be fetched"),
        "running": _("Being fetched"),
        "paused": _("Fetching is paused"),
        "completed": _("Here"),
        "failed": _("Could not be fetched"),
        "sent": _("Sealed"),
    },
    tones={"waiting": "info", "running": "info", "paused": "due", "completed": "good", "failed": "danger"},
)
words.register(
    "message-scope",
    {
        "all": _("Every bureau that takes part"),
        "regions": _("Bureaus of regions"),
        "list": _("Bureaus I choose"),
    },
)

SENTENCES = (
    _("There is no such conversation."),
    _("Look for it in the list."),
    _("There is no such message in this conversation."),
    _("Open the conversation again."),
    _("There is no such attachment."),
    _("The attachment is not here: not fetched yet, or no longer."),
    _("See its state."),
    _("There is no such unsent message of yours."),
    _("It may have been sent: see the list."),
    _("Begin a new one."),
    _("That is too much text for one message."),
    _("Attach it as a file."),
    _("The file is not whole yet."),
    _("The file is no longer here."),
    _("Bring it again."),
    _("The message is not a draft that waits for approval."),
    _("Its author cannot approve a message."),
    _("Ask a second person."),
    _("The draft has expired."),
    _("Write it again."),
    _("There is no receipt of this recipient."),
    _("See the message's deliveries."),
    _("Handling code H3 says that conditions apply, but none are written."),
    _("Write them."),
    _("No other bureau takes part yet."),
    _("Name the recipients."),
)
"""What the services below say in their errors, so that the catalogues hold it."""
