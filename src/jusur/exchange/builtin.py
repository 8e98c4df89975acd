"""The kinds of message every node knows: text, warning, acknowledgement, refusal, completed transfer."""

from typing import Annotated, Literal

import msgspec

from jusur.exchange import kinds
from jusur.exchange.kinds import MessageKind, ReceivedMessage
from jusur.exchange.message import Digest, Id
from jusur.kernel import text

MAX_SUBJECT = 200
MAX_TEXT = 50_000


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Free text between officers. ``topic`` says what it is about: a plain message or a request for assistance."""

    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SUBJECT)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    language: Literal["ar", "en", "fr", "es"]
    topic: Literal["message", "assistance", "information"] = "message"
    in_reply_to: Id | None = None


class GeneralWarning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning to many bureaus at once, which each of them acknowledges as read."""

    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SUBJECT)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    language: Literal["ar", "en", "fr", "es"]
    threat: Literal["terrorism", "drones", "crypto-financing", "artificial-intelligence", "fraud", "firearms", "other"]
    severity: Literal["imminent", "serious", "information"]


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer has read the message ``message``. Names no person: the reader's own node knows who it was."""

    message: Id
    read_at: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message was received and understood, and is refused for the reason given."""

    message: Id
    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,64}$")]
    detail: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    fix: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class TransferCompleted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The receiver holds every byte of a blob and has checked it: what it counted, for the sender to compare."""

    blob: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,127}$")]
    bytes: Annotated[int, msgspec.Meta(ge=1)]
    chunks: Annotated[int, msgspec.Meta(ge=1)]
    sha256: Digest


def check_prose(body: Text | GeneralWarning) -> None:
    """Refuse hidden and misleading characters in text that a person will read."""
    text.line(body.subject, max_length=MAX_SUBJECT, field="subject")
    text.paragraph(body.text, max_length=MAX_TEXT, field="text")


def keep(message: ReceivedMessage) -> None:
    """The message waits in the inbox for an officer; its attachments are fetched meanwhile."""
    from jusur.exchange import attachments

    attachments.fetch_all(message)


def register_all() -> None:
    """Make the built-in kinds known."""
    from jusur.exchange import answers

    kinds.register(MessageKind("message.text", Text, keep, check=check_prose))
    kinds.register(MessageKind("message.warning", GeneralWarning, keep, "urgent", check=check_prose))
    kinds.register(MessageKind("exchange.acknowledgement", Acknowledgement, answers.acknowledged))
    kinds.register(MessageKind("exchange.refusal", Refusal, answers.refused, "urgent"))
    kinds.register(MessageKind("exchange.transfer.completed", TransferCompleted, answers.transfer_completed))
