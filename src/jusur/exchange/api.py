"""The exchange's door: kinds of message, sending, receipts, transfers, and what the worker process runs."""

from jusur.exchange.alarms import dismiss as alarm_dismiss
from jusur.exchange.alarms import open_alarms, raise_alarm
from jusur.exchange.answers import acknowledge
from jusur.exchange.errors import (
    EnvelopeRefusedError,
    ExchangeError,
    HandlingError,
    MessageInvalidError,
    MessageRefusedError,
    MessageStateError,
)
from jusur.exchange.handling import Handling, for_recipients, may_forward
from jusur.exchange.inbox import accept_batch
from jusur.exchange.kinds import MessageKind, ReceivedMessage, register
from jusur.exchange.message import Attachment, BlobDescriptor
from jusur.exchange.outbox import SentMessage, approve, send
from jusur.exchange.receipts import apply_receipts

__all__ = [
    "Attachment",
    "BlobDescriptor",
    "EnvelopeRefusedError",
    "ExchangeError",
    "Handling",
    "HandlingError",
    "MessageInvalidError",
    "MessageKind",
    "MessageRefusedError",
    "MessageStateError",
    "ReceivedMessage",
    "SentMessage",
    "accept_batch",
    "acknowledge",
    "alarm_dismiss",
    "apply_receipts",
    "approve",
    "for_recipients",
    "may_forward",
    "open_alarms",
    "raise_alarm",
    "register",
    "send",
]
