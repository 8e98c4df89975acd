"""Key requests: an organisation asks to join, to rotate keys, or to replace lost ones (``jusur-key-request/1``).

A key request is canonical JSON in DSSE, signed by every new Ed25519 key it brings (proof of possession); the two
certificate requests in it are signed by their own keys (PKCS#10). To rotate, the signing key in the directory signs
too; to replace keys in an emergency, the recovery key registered beforehand does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from jusur.crypto import dsse
from jusur.crypto.errors import CryptoError
from jusur.crypto.keys import VerifyKey
from jusur.directory import envelopes, form
from jusur.directory.errors import DirectoryDocumentError, JoinRefusedError
from jusur.directory.keys import CERTIFICATE_USES, ED25519_USES, csr_keyid, keyid_of
from jusur.directory.schema import ADDRESS, KEY_USES, KEYID, MAX_PEM, REQUIRED_USES, Endpoint, KeyUse
from jusur.kernel import canonical, ids
from jusur.kernel.errors import JusurError

FORMAT: Final = "jusur-key-request/1"
PAYLOAD_TYPE: Final = "application/vnd.jusur.key-request+json"
MAX_BYTES: Final = 64 * 1024
MAX_ENVELOPE_BYTES: Final = 128 * 1024

Act = Literal["join", "rotate", "replace"]


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key asked for. ``public`` as in the directory, but for tls and seal a certificate request (PKCS#10, PEM)."""

    use: KeyUse
    keyid: str
    public: str


class KeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an organisation asks for. ``invitation`` is the invitation's id when joining, else "".

    ``directory`` is the version the node holds (0: none); the answer brings those it lacks.
    """

    format: str
    act: Act
    id: str
    address: str
    invitation: str
    created_at: str
    endpoints: tuple[Endpoint, ...]
    relay: str
    directory: int
    keys: tuple[NewKey, ...]

    def public(self, use: KeyUse) -> str:
        """The public form of the key for ``use``; "" where the request brings none."""
        return next((key.public for key in self.keys if key.use == use), "")


@dataclass(frozen=True, slots=True)
class Asked:
    """A key request whose signatures were checked, its digest, and who signed."""

    request: KeyRequest
    digest: str
    signers: tuple[str, ...]


def encode(request: KeyRequest) -> bytes:
    """The canonical JSON of ``request``, checked.

    Raises:
        DirectoryDocumentError: it breaks a rule of the format.
    """
    _check(request)
    return canonical.encode(msgspec.to_builtins(request))


def open_request(envelope: bytes, *, vouchers: Mapping[str, VerifyKey] | None = None) -> Asked:
    """The request in ``envelope``, signed by each new Ed25519 key in it and by nobody but those and ``vouchers``.

    Raises:
        DirectoryDocumentError, CanonicalJSONError: malformed.
        JoinRefusedError: a signature is missing or does not fit.
    """
    parsed = envelopes.read(envelope, max_bytes=MAX_ENVELOPE_BYTES)
    request = _decode(envelopes.unverified_payload(parsed))
    own = {key.keyid: VerifyKey.from_pem(key.public) for key in request.keys if key.use in ED25519_USES}
    known = {**own, **(vouchers or {})}
    try:
        verified = dsse.verify(parsed, known, payload_type=PAYLOAD_TYPE, max_bytes=MAX_BYTES)
    except CryptoError as error:
        raise JoinRefusedError(f"The request's signatures were refused. {error.detail}") from None
    missing = sorted(set(own) - set(verified.keyids))
    if missing:
        raise JoinRefusedError(f"Key {missing[0]} did not sign the request that brings it.")
    return Asked(request, canonical.sha256_hex(verified.payload), verified.keyids)


def peek(envelope: bytes) -> KeyRequest:
    """The request in ``envelope``, its signatures unchecked: only to find out whose keys must check them.

    Raises:
        DirectoryDocumentError, CanonicalJSONError: malformed.
    """
    return _decode(envelopes.unverified_payload(envelopes.read(envelope, max_bytes=MAX_ENVELOPE_BYTES)))


def _decode(payload: bytes) -> KeyRequest:
    try:
        value: Any = canonical.decode(payload, max_bytes=MAX_BYTES, max_depth=6)
        request = msgspec.convert(value, KeyRequest, strict=True)
        exact = canonical.encode(value) == payload
    except (msgspec.ValidationError, JusurError):
        raise DirectoryDocumentError(f"The request does not follow the format {FORMAT}.") from None
    if not exact:
        raise DirectoryDocumentError("The request is not canonical JSON (RFC 8785).")
    _check(request)
    return request


def _check(request: KeyRequest) -> None:
    try:
        _check_fields(request)
    except DirectoryDocumentError:
        raise
    except JusurError as error:
        raise DirectoryDocumentError(f"The request is not valid. {error.detail}") from None


def _check_fields(request: KeyRequest) -> None:
    ids.parse_id(request.id, field="the request's id")
    _need(request.format == FORMAT, f"The request's format is not {FORMAT}.")
    _need(bool(ADDRESS.fullmatch(request.address)), "The request's address is not valid.")
    _need(0 <= request.directory <= canonical.MAX_INTEGER, "The directory version held is not valid.")
    _need(request.relay == "" or bool(ADDRESS.fullmatch(request.relay)), "The relay asked for is not valid.")
    form.moment(request.created_at, field="created_at")
    form.check_endpoints(request.endpoints, request.address)
    uses = [key.use for key in request.keys]
    _need(
        uses == [use for use in KEY_USES if use in uses], "The request's keys are not in order, or one is there twice."
    )
    _need(len({key.keyid for key in request.keys}) == len(uses), "The request brings one key for two uses.")
    if request.act == "join":
        ids.parse_id(request.invitation, field="the invitation's id")
        missing = [use for use in REQUIRED_USES if use not in uses]
        _need(not missing, f"The request brings no key for {', '.join(missing)}.")
        _need(bool(request.endpoints) or bool(request.relay), "The request names neither a gate nor a relay.")
    else:
        _need(request.invitation == "", "Only a request to join names an invitation.")
        _need(bool(uses), "The request brings no key.")
    for key in request.keys:
        _need(bool(KEYID.fullmatch(key.keyid)), "A keyid in the request is not valid.")
        _need(0 < len(key.public) <= MAX_PEM and key.public.isascii(), f"The {key.use} key is not valid.")
        found = csr_keyid(key.public, request.address) if key.use in CERTIFICATE_USES else keyid_of(key.use, key.public)
        _need(found == key.keyid, f"The {key.use} key is not the one its keyid names.")


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DirectoryDocumentError(otherwise)
