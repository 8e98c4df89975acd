"""What a CASE document is written from: plain records without a database behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

EventKind = Literal[
    "acquired",
    "sealed",
    "released",
    "transferred",
    "received",
    "verified",
    "accessed",
    "exported",
    "returned",
    "destroyed",
]


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acted: a bureau, another organisation, or a person of one.

    Attributes:
        name: as it is to be read, in any script.
        kind: ``organization`` or ``person``.
        identifier: the address of an organisation ("MA"), or a service number; also what makes two agents one.
    """

    name: str
    kind: Literal["organization", "person"]
    identifier: str


@dataclass(frozen=True, slots=True)
class Tool:
    """Software or hardware used, with its version and who makes it (empty where unknown)."""

    name: str
    version: str
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """The legal basis.

    Attributes:
        kind: what it is, such as "mutual assistance request" or "search warrant".
        identifiers: numbers of the request, the order, the article; at least one.
        instrument: the treaty or law.
        valid_from: since when, if it is limited.
        valid_until: until when, if it is limited.
    """

    kind: str
    identifiers: tuple[str, ...]
    instrument: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Investigation:
    """The case: its reference, title and the offences in focus."""

    reference: str
    title: str
    offences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How the evidence was taken.

    Attributes:
        agent: who did it.
        tools: with what.
        method: how, in words.
        started_at: when it began (aware).
        ended_at: when it ended (aware).
        place: where, if it is to be told.
    """

    agent: Agent
    tools: tuple[Tool, ...]
    method: str
    started_at: datetime
    ended_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of the evidence.

    Attributes:
        path: relative, with ``/`` between folders.
        size: bytes.
        sha256: lower-case hexadecimal.
        modified_at: as the source's file system had it, if known.
    """

    path: str
    size: int
    sha256: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustodyEvent:
    """One link of the chain of custody after the acquisition.

    Attributes:
        kind: what was done.
        agent: who did it.
        at: when (aware).
        purpose: why.
        participants: others who took part: the second of four eyes, the receiving bureau.
        ledger: where the node's log has it, such as "jusur.int/log/NO#1284"; empty before it is logged.
    """

    kind: EventKind
    agent: Agent
    at: datetime
    purpose: str
    participants: tuple[Agent, ...] = ()
    ledger: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """Everything a document says of one evidence package.

    Attributes:
        package_id: the namespace of every identifier in the document.
        exhibit: the exhibit's number, if it has one.
        created_at: when the document was made (aware).
        conditions: conditions of use that travel with the data.
    """

    package_id: UUID
    investigation: Investigation
    authorization: Authorization
    acquisition: Acquisition
    files: tuple[FileRecord, ...]
    created_at: datetime
    events: tuple[CustodyEvent, ...] = ()
    exhibit: str = ""
    conditions: tuple[str, ...] = ()
