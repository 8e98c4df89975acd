"""The exchange's door: kinds of message, sending, receipts, transfers, and what the worker process runs."""

from jusur.exchange.alarms import clear as alarm_clear
from jusur.exchange.alarms import dismiss as alarm_dismiss
from jusur.exchange.alarms import open_alarms, raise_alarm
from jusur.exchange.answers import acknowledge
from jusur.exchange.attachments import PlainFile, attach
from jusur.exchange.attachments import read as attachment_read
from jusur.exchange.attachments import save as attachment_save
from jusur.exchange.compose import OpenFile, message_send, warning_send
from jusur.exchange.conversations import Wanted as ConversationsWanted
from jusur.exchange.conversations import drafts_waiting
from jusur.exchange.conversations import mark_all_read as conversations_mark_read
from jusur.exchange.conversations import opened as conversation_opened
from jusur.exchange.conversations import page as conversations
from jusur.exchange.conversations import unread as conversations_unread
from jusur.exchange.conversations import unseen as conversation_unseen
from jusur.exchange.courier import run as courier_run
from jusur.exchange.errors import (
    EnvelopeRefusedError,
    ExchangeError,
    HandlingError,
    MessageInvalidError,
    MessageRefusedError,
    MessageStateError,
    PeerMisbehavesError,
    PeerUnavailableError,
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
from jusur.exchange.overview import (
    PeerView,
    Queue,
    Traffic,
    exchanged,
    peers,
    queues,
    traffic,
    transfers_open,
    waiting,
)
from jusur.exchange.peer import PeerConnection
from jusur.exchange.peer import connect as peer_connect
from jusur.exchange.processing import process_ready
from jusur.exchange.receipts import apply_receipts
from jusur.exchange.selectors import status
from jusur.exchange.threads import conversation, receipt_view
from jusur.exchange.threads import message as message_of
from jusur.exchange.ticking import tick
from jusur.exchange.traces import Trace, traces
from jusur.exchange.transfers import TransferView, fetch_blob, stored_name, transfer
from jusur.exchange.transfers import run as transfers_run
from jusur.exchange.unsent import Written, written, written_by, written_discard, written_forget_old, written_keep
from jusur.exchange.wellness import findings
from jusur.exchange.wire import MAX_BODY_BYTES
from jusur.exchange.working import run_duties

__all__ = [
    "MAX_BODY_BYTES",
    "TRANSFERS",
    "Attachment",
    "BlobDescriptor",
    "ConversationsWanted",
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
    "OpenFile",
    "PeerConnection",
    "PeerMisbehavesError",
    "PeerUnavailableError",
    "PeerView",
    "PlainFile",
    "Priority",
    "Queue",
    "ReceivedMessage",
    "SentMessage",
    "Trace",
    "Traffic",
    "TransferView",
    "Written",
    "accept_batch",
    "acknowledge",
    "alarm_clear",
    "alarm_dismiss",
    "answer_reconcile",
    "apply_receipts",
    "approve",
    "attach",
    "attachment_read",
    "attachment_save",
    "backoff_wait",
    "capabilities",
    "conversation",
    "conversation_opened",
    "conversation_unseen",
    "conversations",
    "conversations_mark_read",
    "conversations_unread",
    "courier_run",
    "drafts_waiting",
    "exchanged",
    "fetch_blob",
    "find_key",
    "find_offer",
    "findings",
    "for_recipients",
    "health",
    "inbox_run",
    "may_forward",
    "message_of",
    "message_send",
    "notify",
    "offer_blob",
    "open_alarms",
    "open_offer",
    "peer_connect",
    "peers",
    "process_ready",
    "queues",
    "raise_alarm",
    "receipt_view",
    "reconcile_with",
    "register",
    "retry",
    "run_duties",
    "send",
    "status",
    "stored_name",
    "take_envelopes",
    "take_receipts",
    "tick",
    "traces",
    "traffic",
    "transfer",
    "transfers_open",
    "transfers_run",
    "waiting",
    "warning_send",
    "withdraw_blob",
    "written",
    "written_by",
    "written_discard",
    "written_forget_old",
    "written_keep",
]
