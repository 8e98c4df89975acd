"""What can go wrong in the exchange of messages, and the reasons a node gives when it refuses one."""

from enum import StrEnum
from typing import Any

from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError, UnavailableError


class Reason(StrEnum):
    """Why an envelope is refused: the ``code`` of a refusal on the wire (docs/reference/protocol.md)."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    PROTOCOL = "protocol-unsupported"
    NOT_FOR_ME = "not-for-me"
    UNKNOWN_SENDER = "unknown-sender"
    SENDER_SUSPENDED = "sender-suspended"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature-invalid"
    EXPIRED = "expired"
    LIFETIME = "lifetime-too-long"
    CLOCK = "clock-skew"
    CANNOT_OPEN = "cannot-open"
    MISMATCH = "header-mismatch"
    KIND = "kind-unknown"
    BODY = "body-invalid"
    HANDLING = "handling-invalid"
    CONFLICT = "identifier-conflict"
    RELAY = "relay-refused"
    LOOP = "relay-loop"


TRANSIENT = frozenset(
    {
        Reason.CLOCK,
        Reason.UNKNOWN_SENDER,
        Reason.UNKNOWN_KEY,
        Reason.CANNOT_OPEN,
        Reason.SIGNATURE,
        Reason.SENDER_SUSPENDED,
    }
)
"""Reasons that may pass by themselves (a clock set right, a directory brought up to date, bytes that were damaged on
their way): the sender tries the same again."""


class ExchangeError(JusurError):
    """Base of the exchange's errors."""

    code = "exchange-error"
    title = "The exchange could not do this"


class EnvelopeRefusedError(ExchangeError):
    """An envelope cannot be accepted; ``reason`` is one of `Reason` and travels back to the sender."""

    code = "envelope-refused"
    title = "The envelope is refused"
    status = 422

    def __init__(self, reason: Reason, detail: str, *, fix: str = "") -> None:
        super().__init__(detail, fix=fix)
        self.reason = reason

    def refusal(self) -> dict[str, Any]:
        """The refusal as a receipt carries it."""
        return {
            "code": str(self.reason),
            "detail": self.detail,
            "fix": self.fix,
            "transient": self.reason in TRANSIENT,
        }


class ReceiptRefusedError(ExchangeError):
    """A receipt does not prove what it claims: wrong signature, digest, log proof or checkpoint."""

    code = "receipt-refused"
    title = "The receipt is refused"
    status = 422


class MessageInvalidError(InvalidInputError):
    """A message does not have the form its kind asks for."""

    code = "message-invalid"
    title = "The message is not valid"


class KindUnknownError(MessageInvalidError):
    """No such kind of message is registered on this node."""

    code = "message-kind-unknown"
    title = "The kind of message is not known here"


class HandlingError(MessageInvalidError):
    """The handling block is missing, unknown or does not allow this recipient (fail closed)."""

    code = "handling-invalid"
    title = "The handling conditions do not allow this"


class MessageStateError(ConflictError):
    """The message's state does not allow this act."""

    code = "message-state"
    title = "The message is not in a state that allows this"


class MessageRefusedError(ExchangeError):
    """A handler refuses a message it understood; the refusal is sent back to the originator with its reason."""

    code = "message-refused"
    title = "The message is refused"
    status = 409


class PeerUnavailableError(UnavailableError):
    """The other node does not answer, or asks to be left alone for ``retry_after`` seconds."""

    code = "peer-unavailable"
    title = "The other node cannot be reached now"

    def __init__(self, detail: str, *, fix: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail, fix=fix)
        self.retry_after = retry_after


class ProtocolMismatchError(PeerUnavailableError):
    """The other node answers, and speaks no version of the protocol that this one does."""

    code = "protocol-mismatch"
    title = "The other node speaks no common version of the protocol"


class PeerMisbehavesError(ExchangeError):
    """The other node answers something the protocol does not allow."""

    code = "peer-misbehaves"
    title = "The other node does not keep to the protocol"
    status = 502


class TransferError(ExchangeError):
    """A transfer of bytes cannot go on."""

    code = "transfer-failed"
    title = "The transfer cannot go on"
    status = 502


class StorageFullError(TransferError):
    """The vault has no room for the transfer; it is paused, not lost."""

    code = "storage-full"
    title = "There is no room for the transfer"
    status = 507
