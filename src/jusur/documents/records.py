"""What an evidence dossier is made from: plain records, already decided and already in the reader's language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["passed", "failed", "not-run"]


@dataclass(frozen=True, slots=True)
class Party:
    """A bureau or organisation: its address ("MA") and its name."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """The request the evidence answers.

    Attributes:
        reference: the request's number.
        case_reference: the case it belongs to.
        measure: what was asked for, in words.
        legal_basis: instrument and article.
        offence: what is investigated.
        purpose: what the evidence may serve.
        urgency: in words.
        sent_at: when it was sent (aware).
        due_at: its deadline, if it has one.
    """

    reference: str
    case_reference: str
    measure: str
    legal_basis: str
    offence: str
    purpose: str
    urgency: str
    sent_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the package: path, bytes, SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """One event of the chain of custody.

    Attributes:
        at: when (aware).
        kind: a key of ``labels.EVENTS``; any other text is shown as it is.
        who: the person and the bureau.
        why: the stated purpose.
        ledger_index: the event's leaf in the node's log, once it has one.
    """

    at: datetime
    kind: str
    who: str
    why: str
    ledger_index: int | None = None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check, and the command with which anyone can repeat it.

    Attributes:
        kind: a key of ``labels.CHECKS``; any other text is shown as it is.
        outcome: what the program said.
        command: exactly as to be typed.
        detail: the program's version or its words.
    """

    kind: str
    outcome: Outcome
    command: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CheckpointRecord:
    """The log's signed state that the custody events are proven against."""

    origin: str
    size: int
    root: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class DossierData:
    """Everything an evidence dossier says.

    Attributes:
        package_digest: SHA-256 of the sealed package, hexadecimal; also in the QR code.
        made_at: the dossier's own date (aware); part of what makes it the same bytes each time.
        handling: the classification, in words.
    """

    title: str
    package_id: str
    package_digest: str
    package_bytes: int
    made_at: datetime
    handling: str
    requesting: Party
    requested: Party
    request: RequestRecord
    files: tuple[FileRow, ...]
    custody: tuple[CustodyRow, ...]
    checks: tuple[CheckRow, ...]
    conditions: tuple[str, ...]
    checkpoint: CheckpointRecord | None = None
