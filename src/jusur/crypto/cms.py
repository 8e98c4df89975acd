"""Detached CMS signatures (RFC 5652) with CAdES baseline attributes, that ``openssl cms -verify`` checks.

One profile with one encoding: SHA-256, ECDSA on P-256, one signer, the signed attributes contentType, messageDigest,
signingTime and ESS signingCertificateV2 (RFC 5035), no unsigned attributes, the signer's certificate and those
between it and the root, never the root itself. A verifier rebuilds the structure from what it understood and wants
the same bytes: what no signature covers (versions, algorithm lists) then has one value only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from jusur.crypto.chains import MAX_CERTIFICATES, check_path, key_usage
from jusur.crypto.errors import SignatureError

MAX_SIGNATURE = 64 * 1024
DIGEST_SIZE = 32


class CmsError(SignatureError):
    """The CMS signature is malformed, not of Jusur's profile, or does not fit."""

    code = "cms"
    title = "The CMS signature was refused"


_SHA256_DER = bytes.fromhex("300b0609608648016503040201")


@dataclass(frozen=True, slots=True)
class CmsSignature:
    """A signature that was verified: who signed (the certificate) and when, by the signer's own clock."""

    certificate: x509.Certificate
    signing_time: datetime


def sign_detached(
    digest: bytes,
    *,
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate] = (),
    signing_time: datetime,
) -> bytes:
    """A detached signature (DER) over the content whose SHA-256 is ``digest``.

    Args:
        digest: 32 bytes, the content's SHA-256.
        key: the seal's private key, on P-256.
        certificate: the seal's certificate, for this key.
        chain: certificates between it and the root, without the root.
        signing_time: aware; kept to the second.

    Raises:
        CmsError: the key is not on P-256 or not the certificate's.
    """
    if not isinstance(key.curve, ec.SECP256R1) or key.public_key() != certificate.public_key():
        raise CmsError("The seal's key must be on P-256 and belong to its certificate.")
    if len(digest) != DIGEST_SIZE:
        raise CmsError("The digest is not a SHA-256 digest.")
    attributes = _attributes("data", digest, certificate, signing_time.astimezone(UTC).replace(microsecond=0))
    return assemble(sign_attributes(attributes, key), attributes, certificate, chain, {"content_type": "data"})


def verify_detached(
    signature: bytes, digest: bytes, *, roots: Sequence[x509.Certificate], at: datetime | None = None
) -> CmsSignature:
    """The signature's signer, if all of it holds.

    Args:
        signature: DER.
        digest: 32 bytes, SHA-256 of the content.
        roots: the authorities trusted to certify seals.
        at: the moment at which the certificates must be valid, best a time-stamp's; else the signing time.

    Raises:
        CmsError: malformed, another profile, or the signature does not fit the content.
        CertificateError: the signer is not certified by ``roots``, or not at that moment.
    """
    parts = take_apart(signature, MAX_SIGNATURE)
    leaf, certificates = parts.certificates[0], parts.certificates
    signing_time = parts.attributes.get("signing_time")
    if not isinstance(signing_time, datetime) or parts.attributes.get("message_digest") != digest:
        raise CmsError("The CMS signature is over another content.")
    rebuilt = _attributes("data", digest, leaf, signing_time)
    if assemble(parts.signature, rebuilt, leaf, certificates[1:], {"content_type": "data"}) != signature:
        raise CmsError("The CMS signature names another certificate or is not in its one accepted encoding.")
    check_attributes(rebuilt, parts.signature, leaf)
    usage = key_usage(leaf)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise CmsError("The signer's certificate is not one for signatures.")
    check_path(leaf, certificates[1:], roots, at=at or signing_time)
    return CmsSignature(leaf, signing_time)


def sha256_algorithm() -> algos.DigestAlgorithm:
    """SHA-256 without parameters (RFC 5754, section 2): a NULL there would be bytes that OpenSSL does not look at."""
    return algos.DigestAlgorithm.load(_SHA256_DER)


def certificate_reference(certificate: x509.Certificate) -> tsp.SigningCertificateV2:
    """ESS signingCertificateV2 (RFC 5035): the hash, with SHA-256 understood, and the issuer and serial number."""
    der = certificate.public_bytes(Encoding.DER)
    parsed = asn1_x509.Certificate.load(der)
    name = asn1_x509.GeneralName(name="directory_name", value=parsed.issuer)
    serial = {"issuer": [name], "serial_number": parsed.serial_number}
    return tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(der).digest(), "issuer_serial": serial}]})


def sign_attributes(attributes: cms.CMSAttributes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """ECDSA over the DER of the attributes as a SET (RFC 5652, section 5.4)."""
    return key.sign(attributes.dump(), ec.ECDSA(SHA256()))


def check_attributes(attributes: cms.CMSAttributes, signature: bytes, certificate: x509.Certificate) -> None:
    """Verify the signature over the attributes. Raises CmsError."""
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise CmsError("The signer's key is not on P-256.")
    try:
        public.verify(signature, sha256(attributes.dump()).digest(), ec.ECDSA(Prehashed(SHA256())))
    except InvalidSignature:
        raise CmsError("The CMS signature does not fit: the signature or the content was altered.") from None


def assemble(
    signature: bytes,
    attributes: cms.CMSAttributes,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    content: dict[str, Any],
    *,
    with_certificate: bool = True,
) -> bytes:
    """The whole ContentInfo around ``signature``, DER."""
    certificates = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (certificate, *chain)]
    leaf = certificates[0]
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                name="issuer_and_serial_number",
                value=cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number}),
            ),
            "digest_algorithm": sha256_algorithm(),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
    )
    fields: dict[str, Any] = {
        "version": "v1" if content["content_type"] == "data" else "v3",
        "digest_algorithms": [sha256_algorithm()],
        "encap_content_info": content,
        "signer_infos": [signer],
    }
    if with_certificate:
        fields["certificates"] = [cms.CertificateChoices(name="certificate", value=one) for one in certificates]
    der: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(fields)}).dump()
    return der


@dataclass(frozen=True, slots=True)
class SignedParts:
    """What a CMS signature says, not yet verified: first values of the signed attributes by name, signer first."""

    signature: bytes
    attributes: dict[str, Any]
    certificates: tuple[x509.Certificate, ...]
    content: bytes | None


def take_apart(der: bytes, max_size: int) -> SignedParts:
    """The parts of a CMS signature with one signer. Raises CmsError for anything else."""
    if len(der) > max_size:
        raise CmsError("The signature is too large.")
    try:
        signed = cms.ContentInfo.load(der, strict=True)["content"]
        (signer,) = signed["signer_infos"]
        certificates = certificates_of(signed["certificates"], signer["sid"].chosen["serial_number"].native)
        attributes = {one["type"].native: one["values"][0].native for one in signer["signed_attrs"]}
        content = signed["encap_content_info"]["content"].contents
        return SignedParts(signer["signature"].native, attributes, certificates, content)
    except Exception:  # noqa: BLE001 - asn1crypto raises many kinds on malformed input; all mean the same
        raise CmsError("The signature is not a CMS signature with one signer.") from None


def certificates_of(choices: Any, serial: int) -> tuple[x509.Certificate, ...]:
    """The certificates of a SignedData, the one with ``serial`` first. Raises ValueError."""
    parsed = [choice.chosen for choice in choices]
    if not 1 <= len(parsed) <= MAX_CERTIFICATES or any(one.serial_number <= 0 for one in parsed):
        raise ValueError("no certificate, too many, or one that no authority issues")
    certificates = [x509.load_der_x509_certificate(one.dump()) for one in parsed]
    certificates.sort(key=lambda one: one.serial_number != serial)
    if certificates[0].serial_number != serial:
        raise ValueError("the signer's certificate is missing")
    return tuple(certificates)


def _attributes(
    content_type: str, digest: bytes, certificate: x509.Certificate, signing_time: datetime
) -> cms.CMSAttributes:
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": [content_type]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time(name="utc_time", value=signing_time)]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [certificate_reference(certificate)]}),
        ]
    )
