"""What a person wants to see of a key, a request to join or an invitation before deciding."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db.models import QuerySet

from jusur.crypto.age import AgeRecipient
from jusur.crypto.fingerprints import fingerprint, fingerprint_words
from jusur.crypto.keys import VerifyKey
from jusur.directory import requests
from jusur.directory.keys import ED25519_USES, public_digest, read_certificate, read_sealing_key
from jusur.directory.models import Invitation, JoinRequest, Organisation
from jusur.directory.schema import Endpoint, Key
from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError

WORDS = 6
"""How many words tell one key from the others of an organisation; ceremonies compare twelve."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key's fingerprint in words and, for certificates, until when it is valid."""

    words: str
    valid_until: datetime | None


@lru_cache(maxsize=2048)
def key_facts(key: Key) -> KeyFacts:
    """The fingerprint words of ``key`` (its first 64 bits) and its certificate's end.

    Raises:
        JusurError: the directory spells no such key (an accepted one always does).
    """
    until = None
    if key.use in ED25519_USES:
        digest = public_digest(VerifyKey.from_pem(key.public))
    elif key.use == "sealing":
        digest = hashlib.sha256(read_sealing_key(key.public).raw()).digest()
    elif key.use == "evidence":
        digest = hashlib.sha256(AgeRecipient.parse(key.public).public).digest()
    else:
        certificate = read_certificate(key.public)
        until = certificate.not_valid_after_utc
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = hashlib.sha256(spki).digest()
    return KeyFacts(fingerprint_words(digest, WORDS), until)


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A request to join as its deciders see it. ``words`` and ``groups`` are its fingerprint."""

    id: UUID
    address: str
    state: str
    made_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    words: str
    groups: str
    endpoints: tuple[Endpoint, ...]
    relay: str
    keys: tuple[tuple[str, str], ...]
    welcome: bytes | None


def join_request_detail(request_id: UUID) -> RequestDetail:
    """One request to join.

    Raises:
        NotFoundError: there is none.
    """
    row = JoinRequest.objects.filter(id=request_id).first()
    if row is None:
        raise NotFoundError("There is no such request to join.")
    return detail_of(row)


def detail_of(row: JoinRequest) -> RequestDetail:
    """``row`` with what its signed request says."""
    asked, digest = requests.peek(bytes(row.document)), bytes.fromhex(row.digest)
    return RequestDetail(
        id=row.id,
        address=row.address,
        state=row.state,
        made_at=row.made_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        words=fingerprint_words(digest),
        groups=fingerprint(digest),
        endpoints=asked.endpoints,
        relay=asked.relay,
        keys=tuple((key.use, key.keyid) for key in asked.keys),
        welcome=None if row.welcome is None else bytes(row.welcome),
    )


def invitations_open() -> QuerySet[Invitation]:
    """The invitations that can still be used, latest first."""
    return Invitation.objects.filter(used_at__isnull=True, expires_at__gt=clock.now()).order_by("-issued_at")


def status_reason(address: str) -> str:
    """Why the organisation has its status, as the secretariat noted it for itself; "" where nothing is noted."""
    return Organisation.objects.filter(address=address).values_list("status_reason", flat=True).first() or ""
