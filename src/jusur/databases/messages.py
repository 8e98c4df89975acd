"""What nodes tell each other about databases: that one is shared, what changed in it, and that both hold the same.

A conversation for each database and pair of nodes keeps the order; what comes again, or late, changes nothing.
"""

from typing import Annotated, Any, Final, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from jusur.databases.catalogue import Names
from jusur.databases.content import CLASSIFIED, Address, Moment, Purpose, RecordContent
from jusur.exchange import api as exchange

SHARED: Final = "database.shared"
RECORDS: Final = "database.records"
TAKEN: Final = "database.taken"
DIGESTS: Final = "database.digests"
WANTED: Final = "database.wanted"

MAX_RECORDS: Final = 200
MAX_PREFIXES: Final = 65_536
MAX_WANTED: Final = 4_096
RETENTION_DAYS: Final = 30
"""How long the messages themselves are kept; what they carry is kept as each record says."""

DatabaseId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,39}@(?:[A-Z]{2}|[A-Z][A-Z0-9-]{1,15})$")]
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Place = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Prefix = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{0,4}$")]


class SharedBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A database as its host describes it to an organisation with which it is shared, or no longer is."""

    database: DatabaseId
    shared: bool
    kind: Literal["shared", "list"]
    mode: Literal["replicated", "remote"]
    writers: Literal["members", "issuing_country", "host"]
    names: Names
    schemata: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=64)]
    purposes: Annotated[list[Purpose], msgspec.Meta(max_length=32)]
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=36_525)]
    source: Annotated[str, msgspec.Meta(max_length=400)] = ""


class Signature(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The owner's Ed25519 signature over a record's statement, Base64, and the key's identifier."""

    keyid: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    sig: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]{86}==$")]


class WireRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A record as it stands. ``content`` is null where it is gone, or the recipient may no longer hold it.

    ``signature`` is its owner's, where somebody else passes the record on.
    """

    record: Id
    version: Version
    originator: Address
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    content: RecordContent | None
    created_at: Moment
    changed_at: Moment
    signature: Signature | None = None


class RecordsBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Changes of a database, up to a place in the sender's feed.

    ``complete`` names parts of the database (see ``database.digests``) of which these are all records: what the
    recipient holds there besides is not the sender's any more.
    """

    database: DatabaseId
    upto: Place
    records: Annotated[list[WireRecord], msgspec.Meta(max_length=MAX_RECORDS)]
    complete: Annotated[list[Prefix], msgspec.Meta(max_length=MAX_WANTED)] = []


class RefusedRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A record that was not taken, and why."""

    record: Id
    version: Version
    reason: Annotated[str, msgspec.Meta(max_length=500)]


class TakenBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What became of a ``database.records``: exact counts, and a digest of what is now held alike on both sides."""

    database: DatabaseId
    upto: Place
    taken: Annotated[int, msgspec.Meta(ge=0, le=MAX_RECORDS)]
    known: Annotated[int, msgspec.Meta(ge=0, le=MAX_RECORDS)]
    refused: Annotated[list[RefusedRecord], msgspec.Meta(max_length=MAX_RECORDS)]
    digest: Digest


class DigestsBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the recipient should hold of a database, part by part.

    A part is the records whose identifier's MD5 begins with the same ``width`` hexadecimal digits; its digest is the
    SHA-256 of ``identifier version`` of each, sorted, joined by commas. Parts without records are left out.
    """

    database: DatabaseId
    upto: Place
    width: Annotated[int, msgspec.Meta(ge=0, le=4)]
    digests: Annotated[dict[Prefix, Digest], msgspec.Meta(max_length=MAX_PREFIXES)]


class WantedBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Parts of a database that differ, and that the recipient is asked to send whole."""

    database: DatabaseId
    prefixes: Annotated[list[Prefix], msgspec.Meta(min_length=1, max_length=MAX_WANTED)]


def register() -> None:
    """Tell the exchange these kinds and who handles them."""
    from jusur.databases.services import copying, describing, reconciling

    for name, body, handler in (
        (SHARED, SharedBody, describing.receive_shared),
        (RECORDS, RecordsBody, copying.receive_records),
        (TAKEN, TakenBody, copying.receive_taken),
        (DIGESTS, DigestsBody, reconciling.receive_digests),
        (WANTED, WantedBody, reconciling.receive_wanted),
    ):
        exchange.register(exchange.MessageKind(name=name, schema=body, handler=handler))


def conversation(database: str, *addresses: str) -> UUID:
    """The conversation of two nodes on a database."""
    return uuid5(NAMESPACE_URL, f"urn:jusur:database:{database}:{':'.join(sorted(addresses))}")


def send(
    kind: str,
    *,
    to: str,
    own: str,
    database: str,
    body: msgspec.Struct,
    classification: str = "official_use_only",
    priority: exchange.Priority = "routine",
) -> None:
    """Send ``body`` to one node, in the conversation on its database; in the caller's transaction.

    Raises:
        JusurError: the recipient is unknown, not active, or not allowed to have it.
    """
    plain: dict[str, Any] = msgspec.to_builtins(body)
    exchange.send(
        kind,
        to=[to],
        body=plain,
        conversation=conversation(database, own, to),
        handling=exchange.for_recipients(
            [to], classification=CLASSIFIED[classification], retention_days=RETENTION_DAYS
        ),
        purpose=f"keeping the shared database {database}",
        legal_basis=f"the sharing of {database} by its host",
        priority=priority,
    )
