"""Reads: what the signed directory this node holds says. Cached in the process, by version.

The exchange asks for every message, so answers come from the parsed document in memory; whether the database holds a
later version (another process accepted it) is asked at most every ``settings.DIRECTORY_CHECK_SECONDS`` (1 s).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from django.conf import settings
from django.db.models import Exists

from jusur.crypto.age import AgeRecipient
from jusur.crypto.fingerprints import fingerprint_words
from jusur.crypto.keys import SealingPublicKey, VerifyKey
from jusur.directory import envelopes, rules
from jusur.directory.errors import (
    ForkedDirectoryError,
    NoDirectoryError,
    NoSuchKeyError,
    OrganisationNotActiveError,
    UnknownOrganisationError,
)
from jusur.directory.keys import ED25519_USES, public_digest, read_sealing_key
from jusur.directory.models import DirectoryAlarm, DirectoryVersion, JoinRequest
from jusur.directory.schema import DirectoryKey, Document, Endpoint, Key, KeyUse, Organisation
from jusur.kernel import clock

CHECK_SECONDS: Final = 1.0


class Current(NamedTuple):
    """The version held and its digest, as envelopes carry them."""

    version: int
    digest: str


class _Verifier(NamedTuple):
    key: VerifyKey
    use: KeyUse
    revoked: bool
    begins: datetime
    ends: datetime | None

    def good(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass(slots=True)
class View:
    """One version of the directory, indexed."""

    current: Current
    document: Document
    expires: datetime
    forked: bool
    organisations: dict[str, Organisation]
    verifiers: dict[str, tuple[_Verifier, ...]] = field(default_factory=dict)
    sealing: dict[str, SealingPublicKey] = field(default_factory=dict)
    recipients: dict[str, AgeRecipient] = field(default_factory=dict)
    trusted_until: float = 0.0


_view: View | None = None


def forget() -> None:
    """Drop what this process remembers; the next question reads the database."""
    global _view  # noqa: PLW0603 - one directory a process
    _view = None


def view() -> View:
    """The directory held.

    Raises:
        NoDirectoryError: this node has not joined a network.
    """
    known = _view
    return known if known is not None and time.monotonic() < known.trusted_until else _checked(known)


def _checked(known: View | None) -> View:
    """``known`` if the database still holds that version, else what it holds."""
    global _view  # noqa: PLW0603 - one directory a process
    asked_at = time.monotonic()
    latest = _latest()
    if latest is None:
        _view = None
        raise NoDirectoryError(
            "This node holds no directory.", fix="Join a network (jusur join request), or found one (jusur init)."
        )
    version, digest, forked = latest
    if known is None or known.current.digest != digest or known.forked != forked:
        known = _load(version, forked=forked)
    known.trusted_until = asked_at + float(getattr(settings, "DIRECTORY_CHECK_SECONDS", CHECK_SECONDS))
    _view = known
    return known


def _latest() -> tuple[int, str, bool] | None:
    fork = DirectoryAlarm.objects.filter(kind="fork", closed_at__isnull=True)
    rows = DirectoryVersion.objects.order_by("-version").annotate(forked=Exists(fork))
    return rows.values_list("version", "digest", "forked").first()


def _load(version: int, *, forked: bool) -> View:
    row = DirectoryVersion.objects.get(version=version)
    document = msgspec.json.decode(envelopes.payload(bytes(row.document)), type=Document)
    organisations = {organisation.address: organisation for organisation in document.organisations}
    return View(
        Current(row.version, row.digest), document, document.expires, forked=forked, organisations=organisations
    )


def current() -> Current:
    """The version held and its digest.

    Raises:
        NoDirectoryError: this node has not joined a network.
    """
    return view().current


def assert_usable(now: datetime | None = None) -> None:
    """Return if new messages may be sent and taken under the directory held.

    Raises:
        NoDirectoryError: there is none.
        StaleDirectoryError: it has expired.
        ForkedDirectoryError: two rightly signed directories contradict each other, and no operator has closed the
            alarm.
    """
    held = view()
    if held.forked:
        raise ForkedDirectoryError(
            "The secretariat's directory key signed two contradicting directories; nothing is exchanged.",
            fix="Call the secretariat and other bureaus, then close the alarm (jusur directory alarms).",
        )
    rules.check_expiry(held.document.version, held.expires, now or clock.now())


def organisation(address: str) -> Organisation:
    """The organisation at ``address``, whatever its status.

    Raises:
        UnknownOrganisationError: there is none.
    """
    found = view().organisations.get(address)
    if found is None:
        raise UnknownOrganisationError(
            "The directory has no organisation at this address.", fix="See jusur directory members for addresses."
        )
    return found


def organisations(*, kind: str = "", status: str = "", region: str = "") -> Iterator[Organisation]:
    """The organisations of this kind, status and region (each "" for any), by address."""
    for found in view().document.organisations:
        if kind in {"", found.kind} and status in {"", found.status} and region in {"", found.region}:
            yield found


def active(address: str) -> Organisation:
    """The organisation at ``address``, which may exchange now.

    Raises:
        UnknownOrganisationError: there is none.
        OrganisationNotActiveError: it has not joined, is suspended or has withdrawn.
    """
    found = organisation(address)
    if found.status != "active":
        reasons = {"not-joined": "has not joined the network yet", "suspended": "is suspended"}
        raise OrganisationNotActiveError(
            f"{address} {reasons.get(found.status, 'has left the network')}.", fix="Ask the secretariat."
        )
    return found


def verify_keys(address: str, at: datetime | None = None, *, use: KeyUse = "signing") -> dict[str, VerifyKey]:
    """The Ed25519 keys by which a signature of ``address`` counts, by keyid.

    Args:
        address: the signer.
        at: None for what arrives now (the organisation must be active; revoked keys never count, retired ones until
            their announced end). A moment for what was signed earlier: the moment must not be the signer's own word,
            but our receipt, a log or a time-stamp.
        use: signing, log or recovery.

    Raises:
        UnknownOrganisationError: nobody has this address.
        OrganisationNotActiveError: without ``at``, for an organisation that may not exchange.
    """
    held = view()
    verifiers = held.verifiers.get(address) or _verifiers(held, address)
    if at is not None:
        return {v.key.keyid: v.key for v in verifiers if v.use == use and v.good(at)}
    active(address)
    now = clock.now()
    return {v.key.keyid: v.key for v in verifiers if v.use == use and not v.revoked and v.good(now)}


def _verifiers(held: View, address: str) -> tuple[_Verifier, ...]:
    """The Ed25519 keys of ``address``, read once a version."""
    found = held.verifiers.get(address)
    if found is None:
        keys = [key for key in organisation(address).keys if key.use in ED25519_USES]
        found = held.verifiers[address] = tuple(_verifier(key) for key in keys)
    return found


def _verifier(key: Key) -> _Verifier:
    ends = [clock.parse_timestamp(end) for end in (key.not_after, key.revoked_at) if end is not None]
    return _Verifier(
        VerifyKey.from_pem(key.public),
        key.use,
        key.state == "revoked",
        clock.parse_timestamp(key.not_before),
        min(ends, default=None),
    )


def sealing_key(address: str) -> SealingPublicKey:
    """The key to which messages for ``address`` are sealed.

    Raises:
        UnknownOrganisationError, OrganisationNotActiveError, NoSuchKeyError: it cannot be written to.
    """
    found = active(address)
    cache = view().sealing
    if address not in cache:
        cache[address] = read_sealing_key(active_key(found, "sealing").public)
    return cache[address]


def age_recipient(address: str) -> AgeRecipient:
    """The recipient to which evidence for ``address`` is sealed (``str`` of it begins with ``age1``).

    Raises:
        UnknownOrganisationError, OrganisationNotActiveError, NoSuchKeyError: it cannot be sent evidence.
    """
    found = active(address)
    cache = view().recipients
    if address not in cache:
        cache[address] = AgeRecipient.parse(active_key(found, "evidence").public)
    return cache[address]


def log_key(address: str) -> VerifyKey:
    """The active key of the log of ``address`` (signed-note name ``jusur.int/log/<ADDRESS>``).

    Raises:
        UnknownOrganisationError, NoSuchKeyError: there is none.
    """
    for verifier in _verifiers(view(), address):
        if verifier.use == "log" and verifier.ends is None:
            return verifier.key
    raise NoSuchKeyError(f"{address} has no active log key.")


def seal_certificates(address: str) -> tuple[str, ...]:
    """The PEM certificates by which seals (CMS signatures) of ``address`` are made, retired ones included."""
    return tuple(key.public for key in organisation(address).keys if key.use == "seal" and key.state != "revoked")


def active_key(found: Organisation, use: KeyUse) -> Key:
    """The organisation's active key for ``use``.

    Raises:
        NoSuchKeyError: there is none.
    """
    for key in found.keys:
        if key.use == use and key.state == "active":
            return key
    raise NoSuchKeyError(f"{found.address} has no active {use} key.", fix="It may not have joined yet.")


def endpoints(address: str) -> tuple[Endpoint, ...]:
    """The gates of ``address``, the first to be tried first; empty where only its relay is reached."""
    return organisation(address).endpoints


def gate_url(address: str) -> str:
    """The first gate of ``address``, or "" where only its relay is reached."""
    return next((endpoint.gate_url for endpoint in endpoints(address)), "")


def relay(address: str) -> str:
    """The organisation that passes envelopes on to ``address``, or ""."""
    return organisation(address).relay


def tls_ca() -> str:
    """The network's certification authority, PEM."""
    return view().document.network_ca


def crl() -> str:
    """The network's certificate revocation list, PEM."""
    return view().document.crl


def may_receive(address: str, kind: str, classification: str) -> bool:
    """Whether ``address`` may be sent a message of ``kind`` and ``classification`` now (unknown: no)."""
    found = view().organisations.get(address)
    return found is not None and rules.may_receive(found, kind, classification)


def may_send(address: str, kind: str, classification: str) -> bool:
    """Whether a message of ``kind`` and ``classification`` may be taken from ``address`` now (unknown: no)."""
    found = view().organisations.get(address)
    return found is not None and rules.may_send(found, kind, classification)


def envelope(version: int | None = None) -> tuple[Current, bytes] | None:
    """The signed envelope of ``version`` (None: the one held), with its version and digest; None if not held."""
    rows = DirectoryVersion.objects.order_by("-version")
    row = (rows if version is None else rows.filter(version=version)).first()
    return None if row is None else (Current(row.version, row.digest), bytes(row.document))


def digest_of(version: int) -> str:
    """The digest of ``version`` as this node accepted it, or "" where it never held it."""
    found = DirectoryVersion.objects.filter(version=version).values_list("digest", flat=True).first()
    return found or ""


def alarms(*, open_only: bool = True) -> list[DirectoryAlarm]:
    """The alarms raised, latest first."""
    rows = DirectoryAlarm.objects.order_by("-last_at")
    return list(rows.filter(closed_at__isnull=True) if open_only else rows)


def join_requests(*, state: str = "") -> list[JoinRequest]:
    """The requests to join, latest first, in this state ("" for any)."""
    rows = JoinRequest.objects.order_by("-made_at")
    return list(rows.filter(state=state) if state else rows)


def expires() -> datetime:
    """When the directory held stops being good.

    Raises:
        NoDirectoryError: there is none.
    """
    return view().expires


def organisation_view(found: Organisation, *, keys: bool = False) -> dict[str, Any]:
    """The organisation as JSON says it; with its keys where asked."""
    shown: dict[str, Any] = msgspec.to_builtins(found)
    if not keys:
        del shown["keys"]
    return shown


def directory_keys() -> tuple[DirectoryKey, ...]:
    """The keys that sign the directory, retired and revoked ones included, as the version held lists them.

    Raises:
        NoDirectoryError: there is none.
    """
    return view().document.directory_keys


def directory_fingerprint() -> str:
    """The fingerprint of the directory key that signs for longest, in words, as two people compare it.

    Raises:
        NoDirectoryError: there is no directory.
    """
    listed = [key for key in view().document.directory_keys if key.state == "active"]
    oldest = min(listed, key=lambda key: (key.not_before, key.keyid))
    return key_fingerprint(oldest.public)


def key_fingerprint(public: str) -> str:
    """The fingerprint, in words, of an Ed25519 key given as PEM."""
    return fingerprint_words(public_digest(VerifyKey.from_pem(public)))
