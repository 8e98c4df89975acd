"""States, acts, measures and what they mean, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "request-state",
    {
        "drafted": _("Draft"),
        "awaiting_approval": _("Awaiting approval"),
        "sent": _("Sent"),
        "acknowledged": _("Acknowledged"),
        "clarification_asked": _("Question asked"),
        "in_execution": _("In execution"),
        "partly_fulfilled": _("Partly fulfilled"),
        "fulfilled": _("Fulfilled"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
        "confirmed": _("Confirmed"),
    },
    tones={
        "awaiting_approval": "due",
        "sent": "brand",
        "acknowledged": "info",
        "clarification_asked": "due",
        "in_execution": "info",
        "partly_fulfilled": "info",
        "fulfilled": "good",
        "refused": "danger",
        "confirmed": "good",
    },
    icons={
        "drafted": "edit",
        "awaiting_approval": "two-people",
        "sent": "send",
        "acknowledged": "eye",
        "clarification_asked": "help",
        "in_execution": "refresh",
        "partly_fulfilled": "folder",
        "fulfilled": "check",
        "refused": "refuse",
        "withdrawn": "close",
        "confirmed": "seal",
    },
)
words.register(
    "measure",
    {
        "preservation": _("Preservation of data"),
        "traffic_data": _("Traffic data"),
        "subscriber_information": _("Subscriber information"),
        "stored_content": _("Stored content"),
        "emergency": _("Emergency disclosure"),
        "spontaneous_information": _("Spontaneous information"),
        "stop_payment": _("Stop-payment"),
    },
)
words.register(
    "measure-meaning",
    {
        "preservation": _("Data stay as they are until a request for them follows. Nothing is handed over."),
        "traffic_data": _("Who, when, from where and to where, without what was said."),
        "subscriber_information": _("Whose account, number or address it is."),
        "stored_content": _("What was written or kept: messages, files, mailboxes, servers."),
        "emergency": _("Data needed at once because a life or somebody's safety is in danger."),
        "spontaneous_information": _("You offer information that nobody asked for."),
        "stop_payment": _("Money is kept from leaving."),
    },
)
words.register(
    "urgency",
    {"emergency": _("Emergency"), "urgent": _("Urgent"), "routine": _("Routine")},
    tones={"emergency": "danger", "urgent": "due"},
    icons={"emergency": "siren", "urgent": "flag"},
)
words.register(
    "request-side",
    {"requesting": _("Made by us"), "requested": _("Received")},
    icons={"requesting": "send", "requested": "inbox"},
)
words.register("at-end", {"destroy": _("Destroyed"), "return": _("Returned")})
words.register(
    "request-act",
    {
        "submit": _("Submit for approval"),
        "return": _("Return to the drafter"),
        "send": _("Approve and send"),
        "acknowledge": _("Acknowledge receipt"),
        "accept": _("Accept for execution"),
        "ask_clarification": _("Ask a question"),
        "answer_clarification": _("Answer the question"),
        "extend": _("Extend the deadline"),
        "confirm_preservation": _("Confirm preservation"),
        "take_note": _("Take note"),
        "fulfil_partly": _("Fulfil in part"),
        "fulfil": _("Fulfil"),
        "refuse": _("Refuse"),
        "withdraw": _("Withdraw"),
        "confirm": _("Confirm"),
    },
    icons={
        "submit": "two-people",
        "return": "reply",
        "send": "send",
        "acknowledge": "eye",
        "accept": "check",
        "ask_clarification": "help",
        "answer_clarification": "reply",
        "extend": "extend",
        "confirm_preservation": "lock",
        "take_note": "check",
        "fulfil_partly": "folder",
        "fulfil": "evidence",
        "refuse": "refuse",
        "withdraw": "close",
        "confirm": "seal",
    },
)
words.register(
    "request-act-meaning",
    {
        "acknowledge": _("Tells the other bureau that an officer has read the request. The clock goes on."),
        "accept": _("Tells the other bureau that the request is being carried out."),
        "ask_clarification": _("The clock stands still until the other bureau answers."),
        "answer_clarification": _("The other bureau's clock goes on from your answer."),
        "extend": _("Sets a later deadline and says why."),
        "confirm_preservation": _("The data are kept until the day you name. This answers the request."),
        "take_note": _("The information was read. This answers it."),
        "refuse": _("Only on a ground that the instrument lists. This ends the request."),
        "withdraw": _("Nobody works on it any more. This ends the request."),
    },
)
words.register(
    "request-event",
    {
        "evidence.request.drafted": _("Drafted"),
        "evidence.request.corrected": _("Draft corrected"),
        "evidence.request.submitted": _("Submitted for approval"),
        "evidence.request.returned": _("Returned to the drafter"),
        "evidence.request.sent": _("Approved and sent"),
        "evidence.request.received": _("Received"),
        "evidence.request.acknowledged": _("Acknowledged"),
        "evidence.request.accepted": _("Accepted for execution"),
        "evidence.request.clarification_asked": _("Question asked: the clock stands still"),
        "evidence.request.clarification_answered": _("Question answered: the clock goes on"),
        "evidence.request.extended": _("Deadline extended"),
        "evidence.request.preservation_confirmed": _("Preservation confirmed"),
        "evidence.request.noted": _("Taken note of"),
        "evidence.request.partly_fulfilled": _("Fulfilled in part"),
        "evidence.request.fulfilled": _("Fulfilled"),
        "evidence.request.refused": _("Refused"),
        "evidence.request.withdrawn": _("Withdrawn"),
        "evidence.request.confirmed": _("Confirmed"),
        "evidence.request.alarm": _("Deadline alarm"),
        "accounts.approval.asked": _("Second person asked"),
        "accounts.approval.granted": _("Second person agreed"),
        "accounts.approval.denied": _("Second person declined"),
    },
    tones={
        "evidence.request.sent": "brand",
        "evidence.request.received": "brand",
        "evidence.request.clarification_asked": "due",
        "evidence.request.returned": "due",
        "evidence.request.extended": "due",
        "evidence.request.alarm": "due",
        "evidence.request.preservation_confirmed": "good",
        "evidence.request.noted": "good",
        "evidence.request.fulfilled": "good",
        "evidence.request.confirmed": "good",
        "evidence.request.refused": "danger",
        "evidence.request.withdrawn": "neutral",
        "accounts.approval.granted": "good",
        "accounts.approval.denied": "due",
    },
    icons={
        "evidence.request.drafted": "edit",
        "evidence.request.corrected": "edit",
        "evidence.request.submitted": "two-people",
        "evidence.request.returned": "reply",
        "evidence.request.sent": "send",
        "evidence.request.received": "inbox",
        "evidence.request.acknowledged": "eye",
        "evidence.request.clarification_asked": "pause",
        "evidence.request.clarification_answered": "reply",
        "evidence.request.extended": "extend",
        "evidence.request.refused": "refuse",
        "evidence.request.withdrawn": "close",
        "evidence.request.confirmed": "seal",
        "evidence.request.alarm": "clock",
        "accounts.approval.asked": "two-people",
    },
)
words.register(
    "delivery-state",
    {
        "drafted": _("Not sent yet"),
        "approved": _("About to be sent"),
        "queued": _("On its way"),
        "delivered": _("Handed over, no receipt yet"),
        "receipted": _("Receipt signed"),
        "refused": _("Refused by the other node"),
        "expired": _("Expired undelivered"),
        "received": _("Received"),
        "processed": _("Receipt signed"),
        "failed": _("Could not be taken in"),
        "duplicate": _("Received before"),
    },
    tones={
        "queued": "due",
        "delivered": "due",
        "receipted": "good",
        "processed": "good",
        "refused": "danger",
        "expired": "danger",
        "failed": "danger",
    },
)

NEXT: Final[dict[tuple[str, str], Promise]] = {
    ("requesting", "drafted"): _("Finish and submit the draft"),
    ("requesting", "awaiting_approval"): _("A second officer approves"),
    ("requesting", "sent"): _("The other bureau acknowledges"),
    ("requesting", "acknowledged"): _("The other bureau decides"),
    ("requesting", "clarification_asked"): _("Answer the question"),
    ("requesting", "in_execution"): _("The other bureau answers"),
    ("requesting", "partly_fulfilled"): _("The other bureau sends the rest"),
    ("requesting", "fulfilled"): _("Check and countersign"),
    ("requested", "sent"): _("Acknowledge receipt"),
    ("requested", "acknowledged"): _("Decide: accept, ask or refuse"),
    ("requested", "clarification_asked"): _("The other bureau answers the question"),
    ("requested", "in_execution"): _("Collect and release the evidence"),
    ("requested", "partly_fulfilled"): _("Collect and release the rest"),
    ("requested", "fulfilled"): _("The other bureau countersigns"),
}
"""What happens next, by side and state; empty where nothing more does."""
_ANSWERED_BY_ACT: Final = {
    "preservation": _("Confirm that the data are kept"),
    "spontaneous_information": _("Take note of it"),
}
"""What answers a measure that needs no package."""


def next_act(side: str, state: str, measure: str) -> Promise | str:
    """What happens next with a request; empty where nothing more does."""
    if (side, state) in {("requested", "in_execution"), ("requested", "partly_fulfilled")}:
        return _ANSWERED_BY_ACT.get(measure, NEXT[side, state])
    if (side, state) == ("requesting", "fulfilled") and measure in _ANSWERED_BY_ACT:
        return ""
    return NEXT.get((side, state), "")


OURS: Final = frozenset(
    {
        ("requesting", "drafted"),
        ("requesting", "awaiting_approval"),
        ("requesting", "clarification_asked"),
        ("requesting", "fulfilled"),
        ("requested", "sent"),
        ("requested", "acknowledged"),
        ("requested", "in_execution"),
        ("requested", "partly_fulfilled"),
    }
)
"""Where the next act is this bureau's."""

SENTENCES: Final = (
    _("This bureau has no such request."),
    _("Check the identifier."),
    _("Only a draft can be changed."),
    _("Withdraw the request and draft a new one."),
    _("Somebody else saved this draft while you wrote."),
    _("Compare both versions, then choose."),
    _("This request does not wait for approval."),
    _("A bureau does not send a request to itself."),
    _("The related request is not one between these two bureaus."),
    _("The request is too long."),
    _("Attach long documents instead of writing them in."),
    _("The instrument does not list this ground of refusal."),
    _("until is not a time to come."),
    _("Give a future time within ten years."),
    _("Say it in a sentence the other bureau can act on."),
    _("This act takes two people."),
    _("Let another officer who may approve it decide."),
    _("The content changed after approval was asked for."),
    _("Ask for approval again."),
    _("Nothing waits for this decision."),
    _("It may have been decided already: look again."),
    _("Nothing more can be done by this bureau."),
)
"""What the services below say in their errors, so that the catalogues hold it."""
words.register(
    "request-done",
    {
        "acknowledge": _("Acknowledged. The other bureau is told."),
        "accept": _("Accepted. The other bureau is told."),
        "ask_clarification": _("Asked. The clock stands still until the answer."),
        "answer_clarification": _("Answered. The clock goes on."),
        "extend": _("Extended. The other bureau is told."),
        "confirm_preservation": _("Confirmed. The other bureau is told until when the data are kept."),
        "take_note": _("Taken note of. The other bureau is told."),
        "refuse": _("Refused. The other bureau is told the ground."),
        "withdraw": _("Withdrawn. The other bureau is told."),
    },
)
words.register(
    "message-of-request",
    {
        "evidence.request": _("Request"),
        "evidence.act": _("Act"),
        "evidence.package": _("Package announced"),
        "evidence.custody": _("Word on a package"),
    },
)
