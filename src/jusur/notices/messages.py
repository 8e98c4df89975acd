"""What the notices room sends to other nodes and accepts from them: strict forms, published as JSON Schemas."""

from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec

from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.notices.content import Asset, NoticeContent
from jusur.notices.models import Notice

SUBMITTED = "notices.submitted"
QUESTION = "notices.question"
ANSWER = "notices.answer"
DECISION = "notices.decision"
PUBLISHED = "notices.published"
SUPPLEMENT = "notices.supplement"
RECALL = "notices.recall"
DELETION = "notices.deletion"
READ = "notices.read"
WISH = "notices.wish"
REMINDER = "notices.reminder"
INFORMATION = "notices.information"
FIGURE = "notices.figure"

LIFETIME = timedelta(days=60)
BASIS = "Rules on the Processing of Data"
PURPOSE = "international police cooperation: notices"

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
Address = Annotated[str, msgspec.Meta(pattern=r"^(?:[A-Z]{2}|[A-Z][A-Z0-9-]{1,15})$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Text = Annotated[str, msgspec.Meta(max_length=8000)]
Reference = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}/\d{1,9})?$")]
FormName = Literal["notice", "diffusion"]
Level = Literal["official_use_only", "restricted", "confidential"]


class SubmittedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice for review before publication, or a diffusion already sent, for the record and for review."""

    notice: Id
    form: FormName
    type: Code
    version: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    content: NoticeContent
    classification: Level
    recipients: Annotated[list[Address], msgspec.Meta(max_length=256)]
    excluded: Annotated[list[Address], msgspec.Meta(max_length=256)]
    submitted_at: Moment
    expires_at: Moment | None = None


class QuestionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question of the review to the source."""

    notice: Id
    question: Id
    text: Text
    at: Moment


class AnswerBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The source's answer."""

    notice: Id
    question: Id
    text: Text
    at: Moment


class DecisionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the secretariat decided on a notice or diffusion, told to its source."""

    notice: Id
    outcome: Literal[
        "published",
        "refused",
        "returned",
        "compliant",
        "suspended",
        "resumed",
        "cancelled",
        "extended",
        "supplemented",
        "expired",
    ]
    grounds: Annotated[list[Code], msgspec.Meta(max_length=20)]
    message: Text
    reference: Reference = ""
    revision: Annotated[int, msgspec.Meta(ge=0, le=10**6)] = 0
    version: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    expires_at: Moment | None = None
    at: Moment


class PublishedBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice in force, or a diffusion: the whole of it, as it stands at this revision."""

    notice: Id
    form: FormName
    type: Code
    reference: Annotated[str, msgspec.Meta(max_length=20)]
    originator: Address
    revision: Annotated[int, msgspec.Meta(ge=1, le=10**6)]
    content: NoticeContent
    classification: Level
    published_at: Moment
    expires_at: Moment


class SupplementBody(PublishedBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice in force that was supplemented, corrected or extended, and why."""

    reason: Text


class RecallBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop using a notice at once; where ``final``, delete it and send the receipt of that."""

    notice: Id
    revision: Annotated[int, msgspec.Meta(ge=1, le=10**6)]
    final: bool
    reason: Literal["suspended", "refused", "withdrawn", "cancelled", "expired"]
    at: Moment


class DeletionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The receipt of a deletion: which copy, when, and the event of it in the recipient's log."""

    notice: Id
    revision: Annotated[int, msgspec.Meta(ge=0, le=10**6)]
    deleted_at: Moment
    event: Id


class ReadBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An officer of the recipient read the notice, or acknowledged the warning; names no person."""

    notice: Id
    at: Moment
    acknowledged: bool


class WishBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the source wants of the secretariat: an end, or a longer time with its reason."""

    notice: Id
    wish: Literal["withdraw", "extend"]
    reason: Text
    at: Moment


class ReminderBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The notice ends soon: is it still needed?"""

    notice: Id
    expires_at: Moment


class InformationBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a recipient tells the source about a notice. Goes between the two bureaus alone."""

    notice: Id
    kind: Literal["hit", "location", "identification", "asset", "other"]
    text: Text
    assets: Annotated[list[Asset], msgspec.Meta(max_length=50)] = []
    at: Moment


class FigureBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure for a pilot's evaluation: that a reply came, what it was worth. No content."""

    figure: Id
    notice: Id
    by: Address
    published_at: Moment
    at: Moment
    kind: Annotated[str, msgspec.Meta(max_length=24)]
    value_minor: Annotated[int, msgspec.Meta(ge=0, le=10**15)]
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$")]


def register() -> None:
    """Tell the exchange these kinds and who handles them."""
    from jusur.notices.services import receiving

    for name, body, handler in (
        (SUBMITTED, SubmittedBody, receiving.receive_submitted),
        (QUESTION, QuestionBody, receiving.receive_question),
        (ANSWER, AnswerBody, receiving.receive_answer),
        (DECISION, DecisionBody, receiving.receive_decision),
        (PUBLISHED, PublishedBody, receiving.receive_published),
        (SUPPLEMENT, SupplementBody, receiving.receive_published),
        (RECALL, RecallBody, receiving.receive_recall),
        (DELETION, DeletionBody, receiving.receive_deletion),
        (READ, ReadBody, receiving.receive_read),
        (WISH, WishBody, receiving.receive_wish),
        (REMINDER, ReminderBody, receiving.receive_reminder),
        (INFORMATION, InformationBody, receiving.receive_information),
        (FIGURE, FigureBody, receiving.receive_figure),
    ):
        exchange.register(exchange.MessageKind(name=name, schema=body, handler=handler))


def send(kind: str, notice: Notice, body: msgspec.Struct, *, to: list[str], priority: str = "") -> None:
    """Send ``body`` about ``notice`` to each of ``to``, in the notice's conversation; nothing where nobody is named."""
    if not to:
        return
    exchange.send(
        kind,
        to=sorted(to),
        body=msgspec.to_builtins(body),
        conversation=notice.id,
        handling=exchange.for_recipients(to, classification=_level(notice), retention_days=5 * 366),
        purpose=PURPOSE,
        legal_basis=BASIS,
        priority=_priority(priority or notice.urgency),
        expires_at=clock.now() + LIFETIME,
    )


def published_body(notice: Notice, reason: str = "") -> PublishedBody:
    """What recipients get of ``notice`` as it stands."""
    if notice.published_at is None or notice.expires_at is None:
        raise ValueError("a notice is sent when it is published")
    values: dict[str, Any] = {
        "notice": str(notice.id),
        "form": notice.form,
        "type": notice.type,
        "reference": notice.reference,
        "originator": notice.originator,
        "revision": notice.revision,
        "content": msgspec.convert(notice.content, NoticeContent),
        "classification": notice.classification,
        "published_at": clock.timestamp(notice.published_at),
        "expires_at": clock.timestamp(notice.expires_at),
    }
    return SupplementBody(**values, reason=reason) if reason else PublishedBody(**values)


def _level(notice: Notice) -> Level:
    level: Level = msgspec.convert(notice.classification, Level)
    return level


def _priority(name: str) -> exchange.Priority:
    priority: exchange.Priority = msgspec.convert(name, exchange.Priority)
    return priority
