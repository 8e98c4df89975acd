"""What the API answers about messages, as national systems may rely on it (moments are ISO 8601 in UTC)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from jusur.rows.shapes import Answer, Moment

PriorityName = Literal["emergency", "urgent", "routine", "bulk"]


class Refusal(Answer):
    """Why the recipient refused; a ``transient`` refusal is tried again."""

    code: str
    detail: str
    fix: str
    transient: bool


class DeliveryView(Answer):
    """How far one recipient's copy has come."""

    recipient: str
    state: Literal["drafted", "approved", "queued", "delivered", "receipted", "refused", "expired"]
    attempts: int
    last_error: str
    refusal: Refusal | None
    settled_at: Moment | None
    acknowledged_at: Moment | None


class _Summary(Answer):
    id: str
    kind: str
    to: list[str]
    subject: str
    priority: PriorityName
    conversation: str
    at: Moment


class ReceivedSummary(_Summary):
    """A received message in a list; ``subject`` and ``conversation`` are empty once it was forgotten."""

    direction: Literal["received"]
    sender: Annotated[str, Field(alias="from")]
    state: Literal["received", "processed", "failed"]
    acknowledged_at: Moment | None


class SentSummary(_Summary):
    """A sent or drafted message in a list; ``state`` is that of the delivery that has come least far."""

    direction: Literal["sent"]
    state: Literal["drafted", "approved", "queued", "delivered", "receipted", "refused", "expired"]
    deliveries: list[DeliveryView]


class HandlingView(Answer):
    """Who may see a message, for how long, and who may pass it on."""

    classification: Literal["official_use_only", "restricted", "confidential"]
    handling_code: Literal["H0", "H1", "H2", "H3"]
    source_evaluation: str
    allowed_recipients: list[str]
    forwarding: list[str]
    retention_days: int
    conditions: str = ""


class SentAttachment(Answer):
    """A file that goes with a message; ``size`` in bytes."""

    name: str
    media_type: str
    size: int


class ReceivedAttachment(SentAttachment):
    """A file that came with a message: how far its transfer is, and its name in the vault."""

    state: Literal["waiting", "running", "paused", "completed", "failed"]
    stored: str


class ReceivedDetail(ReceivedSummary):
    """A received message; its content is null once it was forgotten. ``body``: as its kind's JSON Schema says."""

    handling: HandlingView | None
    purpose: str | None
    legal_basis: str | None
    body: dict[str, Any] | None
    attachments: list[ReceivedAttachment]


class SentDetail(SentSummary):
    """A sent message; its content is empty once it was forgotten. ``body``: as its kind's JSON Schema says."""

    handling: HandlingView
    purpose: str
    legal_basis: str
    body: dict[str, Any]
    attachments: list[SentAttachment]


MessageDetail = Annotated[ReceivedDetail | SentDetail, Field(discriminator="direction")]


class MessagePage(Answer):
    """Messages, newest first, and the cursor of the next page."""

    items: list[Annotated[ReceivedSummary | SentSummary, Field(discriminator="direction")]]
    next: str | None


class TransferView(Answer):
    """A blob that is being fetched: ``bytes`` of ``of`` are here."""

    id: str
    name: str
    sender: Annotated[str, Field(alias="from")]
    state: Literal["waiting", "running", "paused", "completed", "failed"]
    bytes: int
    of: int
    last_error: str


class PeerView(Answer):
    """When another node last answered, and since when it is silent."""

    peer: str
    last_heard_at: Moment | None
    silent_since: Moment | None
    directory_version: int


class AlarmView(Answer):
    """Something an operator must know; ``count`` times since ``raised_at``."""

    id: int
    kind: str
    peer: str
    subject: str
    detail: str
    count: int
    raised_at: datetime
    last_at: datetime


class ExchangeStatus(Answer):
    """Counts by state of deliveries, received messages and relayed envelopes; what is under way; open alarms."""

    deliveries: dict[str, int]
    received: dict[str, int]
    held: int
    relayed: dict[str, int]
    transfers: list[TransferView]
    offers: int
    peers: list[PeerView]
    alarms: list[AlarmView]
