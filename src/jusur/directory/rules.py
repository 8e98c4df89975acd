"""Which directory a node accepts, and what one that it holds allows. Pure functions: documents and moments in.

A node pins the directory keys that the version it holds lists as active; the first are pinned when it joins, after
two people compared their fingerprint (trust on a confirmed first use). From there each version must follow the one
held: signed by a pinned key, numbered one more, naming its digest. So whoever serves the directory can neither
alter it (forged), hand out an old one (rollback), show different ones to different nodes without leaving proof
(fork), nor hold back news for longer than the version's life (stale).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from jusur.crypto import certificates, dsse, revocations
from jusur.crypto.errors import CryptoError
from jusur.crypto.keys import VerifyKey
from jusur.directory import document as wire
from jusur.directory.errors import (
    DirectoryDocumentError,
    ForgedDirectoryError,
    ForkedDirectoryError,
    FutureDirectoryError,
    MissingVersionsError,
    RolledBackDirectoryError,
    StaleDirectoryError,
)
from jusur.directory.keys import check_keyid
from jusur.directory.schema import MAX_BYTES, PAYLOAD_TYPE, Document, Key, Organisation
from jusur.kernel.clock import parse_timestamp, timestamp
from jusur.kernel.errors import JusurError

SKEW: Final = timedelta(minutes=5)
"""How far the secretariat's clock may be ahead of ours."""
LIFETIME: Final = timedelta(days=7)
"""How long a version is good for when the secretariat says nothing else."""
REISSUE_AFTER: Final = timedelta(days=1)
"""The secretariat issues a new version, changed or not, when the last is this old."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A document whose signatures were checked, with its digest and signers."""

    document: Document
    digest: str
    signers: tuple[str, ...]


def pinned_keys(document: Document) -> dict[str, VerifyKey]:
    """The directory keys whose signature the next version may carry: those ``document`` lists as active."""
    return {key.keyid: VerifyKey.from_pem(key.public) for key in document.directory_keys if key.state == "active"}


def open_signed(envelope: Mapping[str, Any], pinned: Mapping[str, VerifyKey], *, first: bool = False) -> Signed:
    """The document in ``envelope``, signed by a pinned key and by every directory key it announces as new.

    Signatures by pinned keys are checked before the content is read. A new directory key must sign the version that
    announces it, so that nobody announces a key that nobody holds.

    Args:
        envelope: the parsed DSSE envelope.
        pinned: the directory keys trusted, by keyid.
        first: this is the first directory held, so no directory key in it is news.

    Raises:
        ForgedDirectoryError: no signature by a pinned key, a signature that does not fit, or an announced directory
            key that did not sign.
        DirectoryDocumentError: rightly signed, but not a directory document.
    """
    try:
        known = dsse.verify(_signed_by(envelope, pinned), pinned, payload_type=PAYLOAD_TYPE, max_bytes=MAX_BYTES)
        document = wire.decode(known.payload)
        listed = _check_directory_keys(document)
        whole = dsse.verify(envelope, {**listed, **pinned}, payload_type=PAYLOAD_TYPE, max_bytes=MAX_BYTES)
    except CryptoError as error:
        raise ForgedDirectoryError(
            f"The directory is not signed by a directory key this node trusts. {error.detail}",
            fix="Compare the directory key's fingerprint with the secretariat by telephone before you do anything.",
        ) from None
    announced = {key.keyid for key in document.directory_keys if key.state == "active"} - set(pinned)
    if not first and not announced <= set(whole.keyids):
        raise ForgedDirectoryError("The directory announces a directory key that did not sign it.")
    _check_content(document)
    return Signed(document, wire.digest(whole.payload), whole.keyids)


def _check_content(document: Document) -> None:
    """The keys are those their keyids name, and the revocation list is the authority's and in force at issue."""
    try:
        authority = certificates.load_certificate(document.network_ca)
        revocations.check_list(revocations.load_list(document.crl), authority, at=document.issued)
    except CryptoError as error:
        raise DirectoryDocumentError(f"The authority or revocation list is not valid. {error.detail}") from None
    for organisation in document.organisations:
        for key in organisation.keys:
            check_keyid(key, organisation.address)


def check_successor(candidate: Signed, held: Signed, now: datetime, *, step: bool = False) -> bool:
    """Whether ``candidate`` is to replace ``held`` (False: it is the same one).

    Args:
        candidate: what was offered, signatures checked against the keys ``held`` pins.
        held: what the node holds.
        now: the node's clock.
        step: the document is followed by a later one at once, so it may have expired meanwhile.

    Raises:
        RolledBackDirectoryError: an older version.
        ForkedDirectoryError: the same version with another content, a version that does not follow the one held, or
            one that makes a revoked key good again.
        MissingVersionsError: later than the next; fetch those between.
        FutureDirectoryError: issued after our clock, beyond `SKEW`.
        StaleDirectoryError: already expired.
    """
    new, old = candidate.document, held.document
    if new.version < old.version:
        raise RolledBackDirectoryError(
            f"Version {new.version} of the directory was offered; this node holds version {old.version}.",
            fix="Keep the version held, and ask the secretariat who serves the old one.",
        )
    if new.version == old.version:
        if candidate.digest == held.digest:
            return False
        raise _fork(f"There are two different versions {new.version} of the directory, both rightly signed.")
    if new.version > old.version + 1:
        raise MissingVersionsError(
            f"Version {new.version} does not follow version {old.version} directly.",
            fix="Fetch the versions between and accept them in order (jusur directory refresh).",
        )
    if new.previous != held.digest:
        raise _fork(f"Version {new.version} follows another version {old.version} than the one this node holds.")
    if new.issued < old.issued:
        raise _fork(f"Version {new.version} says it was issued before version {old.version}.")
    _check_revocations(new, old)
    check_time(new, now, step=step)
    return True


def check_time(document: Document, now: datetime, *, step: bool = False) -> None:
    """The document's time has come and, unless it is only a ``step`` to a later one, has not passed.

    Raises:
        FutureDirectoryError: issued after ``now``, beyond `SKEW`.
        StaleDirectoryError: expired.
    """
    if document.issued > now + SKEW:
        raise FutureDirectoryError(
            f"Version {document.version} of the directory was issued at {document.issued_at}; here it is "
            f"{timestamp(now)}.",
            fix="Check this machine's clock, then the secretariat's.",
        )
    if not step:
        check_expiry(document.version, document.expires, now)


def check_expiry(version: int, expires: datetime, now: datetime) -> None:
    """``version`` is still good at ``now``.

    Raises:
        StaleDirectoryError: it has expired.
    """
    if now >= expires:
        raise StaleDirectoryError(
            f"Version {version} of the directory expired at {timestamp(expires)}.",
            fix="Fetch the current one (jusur directory refresh); if the secretariat has none, call it.",
        )


def signs_at(key: Key, moment: datetime) -> bool:
    """Whether a signature known to have been made at ``moment`` by ``key`` counts.

    Active keys count from ``not_before``, retired ones until ``not_after``, revoked ones until ``revoked_at``. The
    ``moment`` must come from something the key's holder cannot backdate (our own receipt, a log, a time-stamp).
    """
    if moment < parse_timestamp(key.not_before):
        return False
    ends = [parse_timestamp(end) for end in (key.not_after, key.revoked_at) if end is not None]
    return all(moment < end for end in ends)


def signs_now(key: Key, now: datetime) -> bool:
    """Whether ``key`` may sign what arrives now: revoked keys never, retired ones until their announced end."""
    return key.state != "revoked" and signs_at(key, now)


def covers(patterns: Sequence[str], kind: str) -> bool:
    """Whether one of the limit's ``patterns`` allows message ``kind``. No pattern allows nothing."""
    return any(
        pattern in {"*", kind} or (pattern.endswith(".*") and kind.startswith(pattern[:-1])) for pattern in patterns
    )


def may_receive(organisation: Organisation, kind: str, classification: str) -> bool:
    """Whether ``organisation`` may be sent a message of ``kind`` and ``classification``."""
    return _may(organisation, organisation.limits.receives, kind, classification)


def may_send(organisation: Organisation, kind: str, classification: str) -> bool:
    """Whether a message of ``kind`` and ``classification`` may be accepted from ``organisation``."""
    return _may(organisation, organisation.limits.sends, kind, classification)


def _may(organisation: Organisation, patterns: Sequence[str], kind: str, classification: str) -> bool:
    return (
        organisation.status == "active"
        and classification in organisation.limits.classifications
        and covers(patterns, kind)
    )


def _signed_by(envelope: Mapping[str, Any], pinned: Mapping[str, VerifyKey]) -> Mapping[str, Any]:
    """``envelope`` with only the signatures that name a pinned key; odd shapes are left for the verifier to refuse."""
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list):
        return envelope
    ours = [entry for entry in signatures if isinstance(entry, Mapping) and _named(entry) in pinned]
    return {**envelope, "signatures": ours}


def _named(entry: Mapping[str, Any]) -> str:
    keyid = entry.get("keyid")
    return keyid if isinstance(keyid, str) else ""


def _check_directory_keys(document: Document) -> dict[str, VerifyKey]:
    listed = {}
    for key in document.directory_keys:
        try:
            parsed = VerifyKey.from_pem(key.public)
        except JusurError as error:
            raise DirectoryDocumentError(f"A directory key cannot be read. {error.detail}") from None
        if parsed.keyid != key.keyid or parsed.pem() != key.public:
            raise DirectoryDocumentError("A directory key is not the one its keyid names.")
        listed[key.keyid] = parsed
    return listed


def _check_revocations(new: Document, old: Document) -> None:
    """A revoked key stays listed and revoked, from no later moment than before."""
    now_revoked = {key.keyid: key.revoked_at for o in new.organisations for key in o.keys if key.revoked_at}
    for organisation in old.organisations:
        for key in organisation.keys:
            if key.revoked_at and not (now_revoked.get(key.keyid) or "~") <= key.revoked_at:
                raise _fork(f"Version {new.version} makes a revoked key of {organisation.address} good again.")
    states = {key.keyid: key.state for key in new.directory_keys}
    for directory_key in old.directory_keys:
        if directory_key.state == "revoked" and states.get(directory_key.keyid) != "revoked":
            raise _fork(f"Version {new.version} makes a revoked directory key good again.")


def _fork(detail: str) -> ForkedDirectoryError:
    return ForkedDirectoryError(
        detail, fix="Do not exchange until the secretariat has explained, and compare digests with other bureaus."
    )
