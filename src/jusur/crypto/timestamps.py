"""RFC 3161 time-stamps: requests, strict verification, and an authority of one's own for demonstrations.

The embedded authority proves the format, not the time: it runs on the sealing node's own clock, its certificate says
so in its subject, and a court should want a qualified authority (Regulation (EU) 910/2014, article 42) instead.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from jusur.crypto.chains import check_path
from jusur.crypto.cms import (
    CmsError,
    assemble,
    certificate_reference,
    sha256_algorithm,
    sign_attributes,
)
from jusur.crypto.errors import SignatureError
from jusur.crypto.tokens import read_token
from jusur.kernel import clock

DEMONSTRATION_POLICY = "2.25.305690571928374650192837465019283746501"
"""Policy of the embedded authority: an OID under 2.25 (UUID arc, ITU-T X.667), assigned by nobody, meaning nothing."""
MARK = "DEMONSTRATION - NOT A QUALIFIED TIME-STAMP AUTHORITY"
MAX_TOKEN = 64 * 1024
MAX_REQUEST = 4 * 1024
MAX_NONCE_BITS = 160

_GRANTED = ("granted", "granted_with_mods")
_SKEW = timedelta(seconds=1)


class _Response(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """TimeStampResp; asn1crypto's own has no form for a refusal, which carries no token."""

    _fields: ClassVar[list[tuple[Any, ...]]] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class TimestampError(SignatureError):
    """The time-stamp is malformed, over something else, or not by an authority trusted here."""

    code = "timestamp"
    title = "The time-stamp was refused"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A verified time-stamp: the token (DER), its time, and who vouches for it under which policy."""

    token: bytes
    time: datetime
    policy: str
    serial_number: int
    certificate: x509.Certificate
    demonstration: bool


def new_nonce() -> int:
    """A fresh positive nonce of at most 64 bits."""
    return int.from_bytes(os.urandom(8)) | 1


def request(digest: bytes, nonce: int | None = None) -> bytes:
    """A TimeStampReq (DER) over a SHA-256 ``digest``, asking for the authority's certificate."""
    fields: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": sha256_algorithm(), "hashed_message": digest},
        "cert_req": True,
    }
    if nonce is not None:
        fields["nonce"] = nonce
    der: bytes = tsp.TimeStampReq(fields).dump()
    return der


def token_of(response: bytes) -> bytes:
    """The TimeStampToken (DER) inside a TimeStampResp.

    Raises:
        TimestampError: malformed, or the authority refused.
    """
    if len(response) > MAX_TOKEN:
        raise TimestampError("The time-stamp authority's answer is too large.")
    try:
        parsed = _Response.load(response, strict=True)
        status = parsed["status"]["status"].native
        reason = parsed["status"]["fail_info"].native
        token: bytes = parsed["time_stamp_token"].dump() if status in _GRANTED else b""
    except Exception:  # noqa: BLE001 - asn1crypto raises many kinds on malformed input; all mean the same
        raise TimestampError("The time-stamp authority's answer is malformed.") from None
    if not token:
        why = ", ".join(sorted(reason)) if reason else "no reason given"
        raise TimestampError(f"The time-stamp authority refused: {why}.", fix="Ask the authority, or another one.")
    return token


def verify(
    token: bytes,
    digest: bytes,
    *,
    roots: Sequence[x509.Certificate],
    nonce: int | None = None,
    policies: Sequence[str] = (),
) -> Timestamp:
    """The time-stamp in ``token`` (a TimeStampToken or a whole TimeStampResp), if all of it holds.

    Args:
        token: DER.
        digest: the SHA-256 that must be stamped.
        roots: the authorities trusted to certify time-stamp authorities.
        nonce: what the request carried, where the request is at hand.
        policies: accepted policy OIDs, any when empty.

    Raises:
        TimestampError: malformed, another digest, nonce or policy, or the signature does not fit.
        CertificateError: the authority is not certified by ``roots``, or was not at the stamped time.
    """
    if len(token) > MAX_TOKEN:
        raise TimestampError("The time-stamp is too large.")
    if _is_response(token):
        token = token_of(token)
    try:
        info, certificates = read_token(token)
    except CmsError as error:
        raise TimestampError(error.detail) from None
    _check_statement(info, digest, nonce, policies)
    leaf = certificates[0]
    _check_purpose(leaf)
    time: datetime = info["gen_time"].native
    check_path(leaf, certificates[1:], roots, at=time)
    return Timestamp(
        token=token,
        time=time,
        policy=info["policy"].dotted,
        serial_number=info["serial_number"].native,
        certificate=leaf,
        demonstration=is_demonstration(leaf),
    )


def is_demonstration(certificate: x509.Certificate) -> bool:
    """Whether the certificate's subject says that its time-stamps are for demonstration only."""
    return any(MARK in str(attribute.value) for attribute in certificate.subject)


class Authority:
    """A time-stamp authority on this machine's clock, for demonstrations and tests.

    Raises:
        TimestampError: the certificate does not say plainly that it is a demonstration, or is none for time-stamps.
    """

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate] = (),
        *,
        policy: str = DEMONSTRATION_POLICY,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        if not is_demonstration(certificate):
            raise TimestampError("An embedded time-stamp authority must be marked as a demonstration in its subject.")
        _check_purpose(certificate)
        self._key = key
        self._certificate = certificate
        self._chain = tuple(chain)
        self._policy = policy
        self._now = now

    def respond(self, request_der: bytes) -> bytes:
        """The TimeStampResp (DER) to a TimeStampReq; malformed or unacceptable requests are rejected in it."""
        if len(request_der) > MAX_REQUEST:
            return _rejection("bad_data_format")
        try:
            asked = tsp.TimeStampReq.load(request_der, strict=True)
            refusal = self._refusal(asked)
            digest, nonce = asked["message_imprint"]["hashed_message"].native, asked["nonce"].native
            with_certificate = asked["cert_req"].native
        except Exception:  # noqa: BLE001 - asn1crypto raises many kinds on malformed input; all mean the same
            refusal = "bad_data_format"
        if refusal:
            return _rejection(refusal)
        token = self._token(digest, nonce, with_certificate=with_certificate)
        granted = {"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)}
        der: bytes = _Response(granted).dump()
        return der

    def stamp(self, digest: bytes) -> bytes:
        """The token (DER) over a SHA-256 ``digest``: request and answer in one step."""
        return token_of(self.respond(request(digest, new_nonce())))

    def _refusal(self, asked: tsp.TimeStampReq) -> str:
        """Why a well-formed request is not granted (PKIFailureInfo, RFC 3161, section 2.4.2), or nothing."""
        imprint, nonce, policy = asked["message_imprint"], asked["nonce"].native, asked["req_policy"]
        digest = imprint["hashed_message"].native
        if asked["version"].native != "v1" or (nonce is not None and nonce.bit_length() > MAX_NONCE_BITS):
            return "bad_request"
        if imprint["hash_algorithm"]["algorithm"].native != "sha256" or len(digest) != sha256().digest_size:
            return "bad_alg"
        if policy.native is not None and policy.dotted != self._policy:
            return "unaccepted_policy"
        return "unaccepted_extensions" if asked["extensions"].native else ""

    def _token(self, digest: bytes, nonce: int | None, *, with_certificate: bool) -> bytes:
        time = self._now().astimezone(UTC).replace(microsecond=0)
        subject = asn1_x509.Certificate.load(self._certificate.public_bytes(Encoding.DER)).subject
        fields: dict[str, Any] = {
            "version": "v1",
            "policy": self._policy,
            "message_imprint": {"hash_algorithm": sha256_algorithm(), "hashed_message": digest},
            "serial_number": int.from_bytes(os.urandom(16)) >> 1 | 1,
            "gen_time": time,
            "accuracy": {"seconds": 1},
            "tsa": asn1_x509.GeneralName(name="directory_name", value=subject),
        }
        if nonce is not None:
            fields["nonce"] = nonce
        info = tsp.TSTInfo(fields).dump()
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "signing_time", "values": [cms.Time(name="utc_time", value=time)]}),
                cms.CMSAttribute({"type": "message_digest", "values": [sha256(info).digest()]}),
                cms.CMSAttribute(
                    {"type": "signing_certificate_v2", "values": [certificate_reference(self._certificate)]}
                ),
            ]
        )
        signature = sign_attributes(attributes, self._key)
        content = {"content_type": "tst_info", "content": cms.ParsableOctetString(info)}
        chain = self._chain if with_certificate else ()
        return assemble(signature, attributes, self._certificate, chain, content, with_certificate=with_certificate)


def _check_statement(info: tsp.TSTInfo, digest: bytes, nonce: int | None, policies: Sequence[str]) -> None:
    imprint = info["message_imprint"]
    algorithm, parameters = imprint["hash_algorithm"]["algorithm"].native, imprint["hash_algorithm"]["parameters"]
    if info["version"].native != "v1" or algorithm != "sha256" or parameters.native is not None:
        raise TimestampError("The time-stamp is of another version or over another kind of digest.")
    if imprint["hashed_message"].native != digest:
        raise TimestampError("The time-stamp is over something else.")
    if nonce is not None and info["nonce"].native != nonce:
        raise TimestampError("The time-stamp answers another request.", fix="Ask the authority again.")
    if policies and info["policy"].dotted not in policies:
        raise TimestampError("The time-stamp was made under a policy that is not accepted here.")
    if info["gen_time"].native > clock.now() + _SKEW + timedelta(minutes=5):
        raise TimestampError("The time-stamp's time is in the future.", fix="Check this node's clock.")


def _check_purpose(certificate: x509.Certificate) -> None:
    """RFC 3161, section 2.3: extendedKeyUsage is critical and is timeStamping alone."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        usage = None
    if usage is None or not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimestampError("The time-stamp's certificate is not one for time-stamps alone.")


def _is_response(der: bytes) -> bool:
    try:
        first = core.Sequence.load(der)[0]
    except Exception:  # noqa: BLE001 - malformed either way; the token's parser says so
        return False
    return isinstance(first, core.Sequence)


def _rejection(reason: str) -> bytes:
    der: bytes = _Response({"status": {"status": "rejection", "fail_info": {reason}}}).dump()
    return der
