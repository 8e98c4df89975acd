"""The joining node's side: make a key request, complete the joining, rotate and replace keys."""

import base64
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from jusur.crypto import certificates, dsse, fingerprints
from jusur.crypto.age import AgeIdentity
from jusur.crypto.keys import SealingKey, SigningKey
from jusur.directory import ceremony, envelopes, possession, requests, rules
from jusur.directory.ceremony import Bundle, InvitationPaper, Welcome
from jusur.directory.errors import JoinRefusedError
from jusur.directory.keys import certificate_keyid, csr_keyid, keyid_of, read_certificate
from jusur.directory.models import JoinRequest
from jusur.directory.possession import HolderKeys
from jusur.directory.requests import Act, KeyRequest, NewKey
from jusur.directory.schema import KEY_USES, Document, Endpoint, KeyUse
from jusur.directory.services import acceptance
from jusur.kernel import canonical, clock, ids
from jusur.kernel.errors import ConflictError, NotFoundError
from jusur.ledger import api as ledger

Store = Callable[[Welcome], None]
"""Puts the certificates of a welcome where the node's processes find them. Called last; if it raises, nothing holds."""
_OPEN_STATES: Final = ("made",)
_CERTIFIED: Final[tuple[Literal["tls", "seal"], ...]] = ("tls", "seal")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMaterial:
    """The private keys a request is about; None for a use it leaves alone. ``recovery`` is kept off the node."""

    signing: SigningKey | None = None
    sealing: SealingKey | None = None
    evidence: AgeIdentity | None = None
    log: SigningKey | None = None
    tls: ec.EllipticCurvePrivateKey | None = None
    seal: ec.EllipticCurvePrivateKey | None = None
    recovery: SigningKey | None = None

    def holder(self) -> HolderKeys:
        """The keys that cannot sign: holding them is proved by opening the answer."""
        return HolderKeys(self.sealing, self.evidence)

    def signers(self) -> tuple[SigningKey, ...]:
        """The new Ed25519 keys, each of which signs the request."""
        return tuple(key for key in (self.signing, self.log, self.recovery) if key is not None)


def request_build(
    *,
    act: Act,
    address: str,
    material: KeyMaterial,
    endpoints: Sequence[Endpoint],
    relay: str,
    invitation: str,
    directory: int = 0,
) -> KeyRequest:
    """A key request for the keys in ``material``.

    Raises:
        DirectoryDocumentError, CertificateError: an endpoint or address is not valid.
    """
    public: dict[KeyUse, str] = {}
    if material.signing is not None:
        public["signing"] = material.signing.public.pem()
    if material.sealing is not None:
        public["sealing"] = base64.b64encode(material.sealing.public.raw()).decode()
    if material.evidence is not None:
        public["evidence"] = str(material.evidence.recipient())
    if material.log is not None:
        public["log"] = material.log.public.pem()
    if material.tls is not None:
        names, addresses = _hosts(endpoints)
        public["tls"] = certificates.create_request(material.tls, address, dns_names=names, ip_addresses=addresses)
    if material.seal is not None:
        public["seal"] = certificates.create_request(material.seal, address)
    if material.recovery is not None:
        public["recovery"] = material.recovery.public.pem()
    return KeyRequest(
        format=requests.FORMAT,
        act=act,
        id=str(ids.new_id()),
        address=address,
        invitation=invitation,
        created_at=clock.timestamp(clock.now()),
        endpoints=tuple(sorted(endpoints, key=lambda e: (e.priority, e.gate_url))),
        relay=relay,
        directory=directory,
        keys=tuple(NewKey(use, _keyid(use, public[use], address), public[use]) for use in KEY_USES if use in public),
    )


def request_sign(request: KeyRequest, keys: Sequence[SigningKey]) -> bytes:
    """``request``, signed by ``keys``.

    Raises:
        DirectoryDocumentError: it breaks a rule of the format.
    """
    return envelopes.write(dsse.sign(requests.PAYLOAD_TYPE, requests.encode(request), list(keys)))


def request_fingerprint(envelope: bytes) -> str:
    """The words to read to the secretariat: the fingerprint of the request's payload."""
    payload = envelopes.unverified_payload(envelopes.read(envelope, max_bytes=requests.MAX_ENVELOPE_BYTES))
    return fingerprints.fingerprint_words(bytes.fromhex(canonical.sha256_hex(payload)))


@transaction.atomic
def join_request_make(
    *,
    invitation: InvitationPaper,
    address: str,
    material: KeyMaterial,
    endpoints: Sequence[Endpoint],
    relay: str = "",
    actor: str,
) -> JoinRequest:
    """The signed request of this node to join, kept to check the welcome against. An earlier one is given up.

    Raises:
        ConflictError: this node holds a directory already.
        JoinRefusedError: the invitation is another organisation's, or has expired.
    """
    if invitation.address != address:
        raise JoinRefusedError(f"The invitation is for {invitation.address}; this node is {address}.")
    if clock.now() >= clock.parse_timestamp(invitation.expires_at):
        raise JoinRefusedError("The invitation has expired.", fix="Ask the secretariat for another.")
    acceptance.hold_lock()
    if acceptance.has_directory():
        raise ConflictError("This node is in a network already.")
    request = request_build(
        act="join",
        address=address,
        material=material,
        endpoints=endpoints,
        relay=relay,
        invitation=invitation.id,
    )
    envelope = request_sign(request, material.signers())
    JoinRequest.objects.filter(state__in=_OPEN_STATES).delete()
    row = JoinRequest.objects.create(
        id=ids.parse_id(request.id),
        address=address,
        digest=canonical.sha256_hex(requests.encode(request)),
        document=envelope,
        state="made",
        made_at=clock.now(),
    )
    _record("directory.join.asked", row, actor)
    return row


def keys_request_make(
    *,
    act: Literal["rotate", "replace"],
    address: str,
    material: KeyMaterial,
    voucher: SigningKey | None,
    endpoints: Sequence[Endpoint],
) -> bytes:
    """The signed request for new keys (those in ``material``), for the secretariat.

    Args:
        act: ``rotate``, vouched for by the signing key in the directory; ``replace``, by the recovery key.
        address: this organisation.
        material: the new keys.
        voucher: the key that vouches; None to have the fingerprint confirmed by telephone instead (``replace``).
        endpoints: this node's gates as the directory lists them, or new ones.

    Raises:
        DirectoryDocumentError, CertificateError: an endpoint or address is not valid.
    """
    request = request_build(
        act=act,
        address=address,
        material=material,
        endpoints=endpoints,
        relay="",
        invitation="",
        directory=acceptance.held().document.version if acceptance.has_directory() else 0,
    )
    return request_sign(request, [*material.signers(), *([voucher] if voucher is not None else [])])


@transaction.atomic
def join_complete(*, bundle: bytes, keys: HolderKeys, fingerprint: str, store: Store, actor: str) -> Welcome:
    """Enter the network: pin the directory key, check the welcome, find our own keys unchanged.

    Args:
        bundle: the welcome and the directory, as the secretariat gave them, sealed to the keys asked for.
        keys: this node's sealing and evidence keys, which open it.
        fingerprint: of the directory key, as the secretariat read it out, in words or groups.
        store: puts the certificates in place.
        actor: the operator who compared.

    Raises:
        NotFoundError: this node made no request.
        FingerprintError: the directory key has another fingerprint.
        JoinRefusedError: the welcome is not an answer to our request, changes our keys, or cannot be opened by them.
        DirectoryRefusedError, DirectoryDocumentError, CertificateError: the directory or a certificate is refused.
    """
    row = JoinRequest.objects.select_for_update().filter(state__in=_OPEN_STATES).first()
    if row is None:
        raise NotFoundError("This node made no request to join.", fix="Begin with jusur join request.")
    asked = requests.peek(bytes(row.document))
    opened = ceremony.read_bundle(possession.open_sealed(bundle, asked, row.digest, keys))
    acceptance.directory_pin(envelope=opened.directory, fingerprint=fingerprint, actor=actor)
    held = acceptance.held()
    welcome = ceremony.read_welcome(opened.welcome, rules.pinned_keys(held.document))
    if (welcome.request, welcome.request_digest, welcome.address) != (str(row.id), row.digest, row.address):
        raise JoinRefusedError("The welcome is not an answer to this node's request.")
    if (welcome.version, welcome.digest) != (held.document.version, held.digest):
        raise JoinRefusedError("The welcome speaks of another directory than the one with it.")
    check_granted(welcome, asked, held.document)
    row.state, row.decided_at, row.decided_by = "completed", clock.now(), actor
    row.save(update_fields=["state", "decided_at", "decided_by"])
    _record("directory.join.completed", row, actor)
    store(welcome)
    return welcome


def keys_request_complete(*, envelope: bytes, bundle: bytes, keys: HolderKeys, store: Store, actor: str) -> Welcome:
    """Take the answer to a request for new keys, once the directory held lists them. Afterwards the node may use them.

    Args:
        envelope: the request this node made.
        bundle: the secretariat's answer; the directories in it are accepted first, in order, each by the usual rules.
        keys: the new sealing and evidence keys, where the request brings such.
        store: puts the keys and certificates in place.
        actor: the operator.

    Raises:
        JoinRefusedError: the answer is not to this request, or changes its keys.
        DirectoryRefusedError, DirectoryDocumentError: a directory is refused. `MissingVersionsError`: more versions
            were missing than an answer brings; refresh first.
        CertificateError: a certificate is refused.
    """
    request = requests.peek(envelope)
    digest = canonical.sha256_hex(requests.encode(request))
    opened = ceremony.read_bundle(possession.open_sealed(bundle, request, digest, keys))
    _catch_up(opened, actor)
    document = acceptance.held().document
    welcome = ceremony.read_welcome(opened.welcome, rules.pinned_keys(document))
    if (welcome.request, welcome.address) != (request.id, request.address):
        raise JoinRefusedError("The answer is not to this request.")
    check_granted(welcome, request, document)
    store(welcome)
    return welcome


def _catch_up(opened: Bundle, actor: str) -> None:
    """Accept the directories of an answer that are later than the one held, oldest first, as a refresh would."""
    claimed = ceremony.claimed_version(opened.welcome)
    held = acceptance.held().document.version
    for envelope in opened.between:
        if held < acceptance.claimed_version(envelope) < claimed:
            acceptance.directory_accept(envelope=envelope, actor=actor, step=True)
    if claimed > held:
        acceptance.directory_accept(envelope=opened.directory, actor=actor)


def check_granted(welcome: Welcome, request: KeyRequest, document: Document) -> None:
    """The directory lists every key we asked for, unchanged, and our certificates are for our keys.

    Raises:
        JoinRefusedError: it does not; somebody tampered with the request.
        CertificateError: a certificate is not the network authority's.
    """
    entry = next((o for o in document.organisations if o.address == request.address), None)
    listed = {} if entry is None else {key.keyid: key for key in entry.keys if key.state == "active"}
    authority = certificates.load_certificate(document.network_ca)
    given = {"tls": welcome.tls_certificate, "seal": welcome.seal_certificate}
    for key in request.keys:
        found = listed.get(key.keyid)
        expected = given.get(key.use, key.public)
        if found is None or found.use != key.use or found.public != expected:
            raise JoinRefusedError(f"The directory does not list this node's {key.use} key as it was asked for.")
    asked = {key.use: key.keyid for key in request.keys}
    for purpose in _CERTIFIED:
        if purpose in asked:
            certificate = read_certificate(given[purpose])
            certificates.check_certificate(certificate, authority, purpose, at=document.issued)
            if certificate_keyid(certificate) != asked[purpose]:
                raise JoinRefusedError(f"The {purpose} certificate is for another key.")


def _keyid(use: KeyUse, public: str, address: str) -> str:
    return csr_keyid(public, address) if use in {"tls", "seal"} else keyid_of(use, public)


def _hosts(endpoints: Sequence[Endpoint]) -> tuple[list[str], list[certificates.IPAddress]]:
    names: list[str] = []
    addresses: list[certificates.IPAddress] = []
    for endpoint in endpoints:
        host = urlsplit(endpoint.gate_url).hostname or ""
        try:
            addresses.append(ipaddress.ip_address(host))
        except ValueError:
            if "." in host:
                names.append(host)
    return names, addresses


def _record(kind: str, row: JoinRequest, actor: str) -> None:
    ledger.record(
        kind,
        subject_type="directory.join-request",
        subject_id=str(row.id),
        actor=actor,
        data={"address": row.address, "digest": row.digest},
    )
