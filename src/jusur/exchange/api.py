"""The exchange's door: kinds of message, sending, receipts, transfers, and what the worker process runs."""

from jusur.exchange.alarms import dismiss as alarm_dismiss
from jusur.exchange.alarms import open_alarms, raise_alarm
from jusur.exchange.answers import acknowledge
from jusur.exchange.attachments import attach
from jusur.exchange.attachments import save as attachment_save
from jusur.exchange.courier import run as courier_run
from jusur.exchange.errors import (
    EnvelopeRefusedError,
    ExchangeError,
    HandlingError,
    MessageInvalidError,
    MessageRefusedError,
    MessageStateError,
)
from jusur.exchange.gateway import (
    answer_reconcile,
    capabilities,
    find_key,
    health,
    take_envelopes,
    take_receipts,
)
from jusur.exchange.handling import Handling, for_recipients, may_forward
from jusur.exchange.inbox import accept_batch
from jusur.exchange.inbox_worker import run as inbox_run
from jusur.exchange.kinds import MessageKind, ReceivedMessage, register
from jusur.exchange.message import Attachment, BlobDescriptor, Priority
from jusur.exchange.notify import TRANSFERS, Listener, backoff_wait, notify
from jusur.exchange.offers import Digester, Offer, find_offer, offer_blob, open_offer, withdraw_blob
from jusur.exchange.operating import reconcile_with, retry
from jusur.exchange.outbox import SentMessage, approve, send
from jusur.exchange.processing import process_ready
from jusur.exchange.receipts import apply_receipts
from jusur.exchange.selectors import status
from jusur.exchange.ticking import tick
from jusur.exchange.traces import Trace, traces
from jusur.exchange.transfers import TransferView, fetch_blob, stored_name, transfer
from jusur.exchange.transfers import run as transfers_run
from jusur.exchange.wire import MAX_BODY_BYTES

__all__ = [
    "MAX_BODY_BYTES",
    "TRANSFERS",
    "Attachment",
    "BlobDescriptor",
    "Digester",
    "EnvelopeRefusedError",
    "ExchangeError",
    "Handling",
    "HandlingError",
    "Listener",
    "MessageInvalidError",
    "MessageKind",
    "MessageRefusedError",
    "MessageStateError",
    "Offer",
    "Priority",
    "ReceivedMessage",
    "SentMessage",
    "Trace",
    "TransferView",
    "accept_batch",
    "acknowledge",
    "alarm_dismiss",
    "answer_reconcile",
    "apply_receipts",
    "approve",
    "attach",
    "attachment_save",
    "backoff_wait",
    "capabilities",
    "courier_run",
    "fetch_blob",
    "find_key",
    "find_offer",
    "for_recipients",
    "health",
    "inbox_run",
    "may_forward",
    "notify",
    "offer_blob",
    "open_alarms",
    "open_offer",
    "process_ready",
    "raise_alarm",
    "reconcile_with",
    "register",
    "retry",
    "send",
    "status",
    "stored_name",
    "take_envelopes",
    "take_receipts",
    "tick",
    "traces",
    "transfer",
    "transfers_run",
    "withdraw_blob",
]
