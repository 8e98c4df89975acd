"""The directory document: who is in the network, and by which keys (format ``jusur-directory/1``).

The document is canonical JSON (RFC 8785) in a DSSE envelope signed by the directory key. Here is its form: strict
(no unknown members, no missing ones, one spelling of each value), so that two implementations never read one
document differently. Its checks are in ``form``, its bytes in ``document``; what it means when it meets the one
held is in ``rules``. The published description is ``docs/reference/directory.md``.
"""

import re
from datetime import datetime
from typing import Final, Literal

import msgspec

from jusur.kernel import clock

FORMAT: Final = "jusur-directory/1"
PAYLOAD_TYPE: Final = "application/vnd.jusur.directory+json"
MAX_BYTES: Final = 8 * 1024 * 1024
"""Largest payload; its DSSE envelope, in base64, is at most `MAX_ENVELOPE_BYTES`."""
MAX_ENVELOPE_BYTES: Final = MAX_BYTES * 4 // 3 + 64 * 1024
MAX_ORGANISATIONS: Final = 2000
MAX_KEYS: Final = 200
"""Most keys of one organisation, retired ones counted."""
MAX_ENDPOINTS: Final = 8
MAX_PEM: Final = 16 * 1024
MAX_CRL: Final = 1024 * 1024

ADDRESS = re.compile(r"[A-Z]{2}|[A-Z][A-Z0-9-]{1,15}")
"""An organisation's address: a member's ISO 3166 code, or the organisation's own code."""
KIND_PATTERN = re.compile(r"\*|[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*(\.\*)?")
"""A message kind, all kinds below a prefix (``evidence.*``), or all (``*``)."""
DIGEST = re.compile(r"[0-9a-f]{64}")
KEYID = re.compile(r"[0-9a-f]{32}")
TOKEN = re.compile(r"[a-z][a-z0-9_-]{0,31}")

Kind = Literal["bureau", "regional", "partner", "secretariat"]
Status = Literal["not-joined", "active", "suspended", "withdrawn"]
KeyState = Literal["active", "retired", "revoked"]
KeyUse = Literal["signing", "sealing", "evidence", "log", "tls", "seal", "recovery"]
KINDS: Final[tuple[Kind, ...]] = ("bureau", "regional", "partner", "secretariat")
STATUSES: Final[tuple[Status, ...]] = ("not-joined", "active", "suspended", "withdrawn")
KEY_USES: Final[tuple[KeyUse, ...]] = ("signing", "sealing", "evidence", "log", "tls", "seal", "recovery")
REQUIRED_USES: Final[tuple[KeyUse, ...]] = ("signing", "sealing", "evidence", "log", "tls", "seal")
"""Uses for which an active organisation has an active key."""
CLASSIFICATIONS: Final = ("official_use_only", "restricted", "confidential")
"""For official use only, restricted, confidential (rules.md, section 2)."""


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in the organisation's four official languages."""

    ar: str
    en: str
    fr: str
    es: str


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address of a node's gate; the lowest ``priority`` is tried first."""

    gate_url: str
    priority: int


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public key of an organisation.

    ``public`` is: PEM SubjectPublicKeyInfo (signing, log, recovery), base64 of the raw encoding (sealing), an
    ``age1…`` recipient (evidence), a PEM certificate (tls, seal). ``not_after`` is when a retired key stopped, or
    null. ``revoked_at`` is the moment from which nothing by a revoked key counts, or null.
    """

    use: KeyUse
    keyid: str
    public: str
    state: KeyState
    not_before: str
    not_after: str | None
    revoked_at: str | None


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an organisation may send and receive: patterns of message kinds, and classifications. Empty is nothing."""

    sends: tuple[str, ...]
    receives: tuple[str, ...]
    classifications: tuple[str, ...]


class Organisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation of the network; ``relay`` is the address of the one that passes its envelopes on, or ""."""

    address: str
    kind: Kind
    name: Names
    country: str
    region: str
    status: Status
    limits: Limits
    endpoints: tuple[Endpoint, ...]
    relay: str
    keys: tuple[Key, ...]


class DirectoryKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key that signs directories; ``state`` as for other keys, never removed while it may still be pinned."""

    keyid: str
    public: str
    state: KeyState
    not_before: str


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the directory. ``previous`` is the SHA-256 of the version before, "" for version 1."""

    format: str
    version: int
    previous: str
    issued_at: str
    expires_at: str
    directory_keys: tuple[DirectoryKey, ...]
    network_ca: str
    crl: str
    organisations: tuple[Organisation, ...]

    @property
    def issued(self) -> datetime:
        """When the document was issued."""
        return clock.parse_timestamp(self.issued_at)

    @property
    def expires(self) -> datetime:
        """When the document stops being good for new messages."""
        return clock.parse_timestamp(self.expires_at)
