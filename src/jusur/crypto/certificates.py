"""The network's certificates (X.509, RFC 5280): one authority, and what it issues to nodes.

The network authority (P-384) signs node TLS certificates, seal certificates and the time-stamp authority's (P-256),
directly: no authority stands between. It takes from a certificate request the key and, for TLS, the names; who is
asking and what for is decided by the secretariat, never by the request.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jusur.crypto.errors import CertificateError

INTERNAL_DOMAIN = "jusur.internal"
"""``.internal`` is reserved for private use: no public authority can issue for these names."""
DEMONSTRATION_NOTICE = "DEMONSTRATION - NOT A QUALIFIED TIME-STAMP AUTHORITY"
MAX_REQUEST_SIZE = 8_192
MAX_NAMES = 16
CLOCK_ALLOWANCE = timedelta(minutes=5)
"""Certificates begin this long before they are issued, for nodes whose clocks are behind."""
AUTHORITY_VALIDITY = timedelta(days=3650)
NODE_VALIDITY = timedelta(days=397)
SEAL_VALIDITY = timedelta(days=1095)

Purpose = Literal["tls", "seal", "tsa"]

_ADDRESS = re.compile(r"[A-Z]{2}|[A-Z][A-Z0-9-]{1,15}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DNS_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})+")
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning (RFC 9336)."""
_USAGES: dict[Purpose, tuple[list[x509.ObjectIdentifier], bool]] = {
    "tls": ([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH], False),
    # emailProtection is what `openssl cms -verify` asks for by default (purpose smimesign).
    "seal": ([_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION], False),
    # Critical and alone: RFC 3161, section 2.3.
    "tsa": ([ExtendedKeyUsageOID.TIME_STAMPING], True),
}

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_MALFORMED = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography raises for X.509 input that it cannot or will not read."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a certificate request asks for, its own signature checked."""

    address: str
    public_key: ec.EllipticCurvePublicKey
    dns_names: tuple[str, ...]
    ip_addresses: tuple[IPAddress, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """The network authority: its key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def generate_key(purpose: Purpose | Literal["network-ca"]) -> ec.EllipticCurvePrivateKey:
    """A new key: P-384 for the network authority, P-256 otherwise."""
    return ec.generate_private_key(ec.SECP384R1() if purpose == "network-ca" else ec.SECP256R1())


def internal_name(address: str) -> str:
    """The DNS name by which the node of ``address`` is known within the network: ``ma.jusur.internal``.

    Raises:
        CertificateError: no address.
    """
    if not _ADDRESS.fullmatch(address) or address.endswith("-"):
        raise CertificateError(f"{address[:64]!r} is not an organisation's address.")
    return f"{address.lower()}.{INTERNAL_DOMAIN}"


def create_authority(
    key: ec.EllipticCurvePrivateKey, *, name: str, at: datetime, validity: timedelta = AUTHORITY_VALIDITY
) -> Authority:
    """The network authority with a certificate signed by itself, for issuing to nodes directly and nothing else.

    Raises:
        CertificateError: the key is not on P-384.
    """
    _check_curve(key.public_key(), ec.SECP384R1)
    subject = _name(common_name=name, organisation="Jusur network")
    builder = (
        _builder(subject, subject, key.public_key(), key.public_key(), at, validity)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
    )
    return Authority(key, builder.sign(key, hashes.SHA384()))


def create_request(
    key: ec.EllipticCurvePrivateKey,
    address: str,
    *,
    dns_names: Sequence[str] = (),
    ip_addresses: Sequence[IPAddress] = (),
) -> str:
    """A certificate request (PKCS#10, PEM) of the node of ``address``, with its further names.

    Raises:
        CertificateError: a name that ``read_request`` would refuse.
    """
    internal_name(address)
    names = _alternative_names(tuple(dns_names), tuple(ip_addresses))
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(common_name=address))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def read_request(pem: str | bytes, *, address: str) -> Request:
    """What a certificate request by ``address`` asks for.

    Raises:
        CertificateError: too large, malformed, another subject than ``CN=<address>``, a key not on P-256, a signature
            that does not fit, any extension but names, wildcards, too many names, or names of other nodes.
    """
    data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    if len(data) > MAX_REQUEST_SIZE:
        raise CertificateError(f"A certificate request has at most {MAX_REQUEST_SIZE} bytes.")
    try:
        csr = x509.load_pem_x509_csr(data)
        key, valid, extensions = csr.public_key(), csr.is_signature_valid, list(csr.extensions)
        subject = csr.subject
    except _MALFORMED:
        raise CertificateError("The text is not a certificate request (PKCS#10, PEM).") from None
    if not valid:
        raise CertificateError("The certificate request is not signed by the key it is for.")
    if subject != _name(common_name=address):
        raise CertificateError(f"The certificate request is not for CN={address}.", fix="Make it on the node itself.")
    dns_names, ip_addresses = _requested_names(extensions, address)
    return Request(address, _check_curve(key, ec.SECP256R1), dns_names, ip_addresses)


def issue(
    authority: Authority,
    request: Request,
    purpose: Purpose,
    *,
    at: datetime,
    validity: timedelta | None = None,
    organisation: str = "",
) -> x509.Certificate:
    """A certificate for the key of ``request``.

    Args:
        authority: who issues.
        request: checked by ``read_request``; the authority's decision to issue is the caller's.
        purpose: ``tls`` (client and server), ``seal`` (CMS signatures) or ``tsa`` (time-stamps, demonstration).
        at: the moment of issue.
        validity: 397 days for TLS and three years otherwise, where not given; never beyond the authority's own.
        organisation: the organisation's name, shown in the subject.

    Raises:
        CertificateError: the authority is not valid at that moment.
    """
    _check_time(authority.certificate, at)
    span = validity or (NODE_VALIDITY if purpose == "tls" else SEAL_VALIDITY)
    end = min(at + span, authority.certificate.not_valid_after_utc)
    common_name = DEMONSTRATION_NOTICE if purpose == "tsa" else request.address
    subject = _name(common_name=common_name, organisation=organisation or request.address, unit=purpose.upper())
    usages, critical = _USAGES[purpose]
    issuer = authority.certificate
    builder = (
        _builder(subject, issuer.subject, request.public_key, authority.key.public_key(), at, end - at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True, content_commitment=purpose != "tls"), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=critical)
    )
    if purpose == "tls":
        names = _alternative_names((internal_name(request.address), *request.dns_names), request.ip_addresses)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(authority.key, hashes.SHA384())


def load_certificate(pem: str | bytes) -> x509.Certificate:
    """The one certificate in a PEM text from outside.

    Raises:
        CertificateError: too large, malformed, or not exactly one.
    """
    data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    try:
        if len(data) > MAX_REQUEST_SIZE:
            raise ValueError
        (certificate,) = x509.load_pem_x509_certificates(data)
        list(certificate.extensions)
    except _MALFORMED:
        raise CertificateError("The text is not one certificate in PEM form.") from None
    return certificate


def to_pem(certificate: x509.Certificate | x509.CertificateRevocationList) -> str:
    """``certificate`` (or a revocation list) in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def check_certificate(
    certificate: x509.Certificate,
    authority: x509.Certificate,
    purpose: Purpose,
    *,
    at: datetime,
    revoked: x509.CertificateRevocationList | None = None,
) -> None:
    """Return if ``certificate`` was issued by ``authority`` for ``purpose`` and is good at the moment ``at``.

    Args:
        certificate: the certificate to check.
        authority: the network authority's certificate, trusted by the caller.
        purpose: what it must be for.
        at: the moment that counts; for a signature in the past, one that a time-stamp proves.
        revoked: the revocation list, already checked by ``revocations.check_list``; None where there is none yet.

    Raises:
        CertificateError: another issuer, another purpose, out of its time, or revoked by then.
    """
    if certificate.issuer != authority.subject:
        raise CertificateError("The certificate was not issued by this network's authority.")
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        raise CertificateError("The certificate's signature is not by this network's authority.") from None
    _check_time(authority, at)
    _check_time(certificate, at)
    _check_purpose(certificate, authority, purpose)
    entry = revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) if revoked else None
    if entry is not None and entry.revocation_date_utc <= at:
        raise CertificateError(
            f"The certificate was revoked on {entry.revocation_date_utc:%Y-%m-%d %H:%M:%S} UTC.",
            fix="Ask its holder for the new one.",
        )


def _check_purpose(certificate: x509.Certificate, authority: x509.Certificate, purpose: Purpose) -> None:
    try:
        issuer = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
        holder = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        raise CertificateError("The certificate does not say what it is for.") from None
    if not issuer.ca or holder.ca or not usage.digital_signature or not set(_USAGES[purpose][0]) <= set(purposes):
        raise CertificateError(f"The certificate is not one for {purpose}.", fix="Ask for one of this kind.")


def _check_time(certificate: x509.Certificate, at: datetime) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise CertificateError(
            f"The certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d} to "
            f"{certificate.not_valid_after_utc:%Y-%m-%d} and not on {at:%Y-%m-%d}.",
            fix="Renew it; if the dates are right, check this machine's clock.",
        )


def _check_curve(key: object, curve: type[ec.EllipticCurve]) -> ec.EllipticCurvePublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, curve):
        raise CertificateError(f"The key is not on the curve {curve.name}.", fix="Make the key with `jusur init`.")
    return key


def _requested_names(
    extensions: list[x509.Extension[x509.ExtensionType]], address: str
) -> tuple[tuple[str, ...], tuple[IPAddress, ...]]:
    if not extensions:
        return (), ()
    names = extensions[0].value
    if len(extensions) > 1 or not isinstance(names, x509.SubjectAlternativeName):
        raise CertificateError("A certificate request may ask for names and for nothing else.")
    dns_names = tuple(names.get_values_for_type(x509.DNSName))
    ip_addresses = tuple(ip for ip in names.get_values_for_type(x509.IPAddress) if isinstance(ip, IPAddress))
    if len(dns_names) + len(ip_addresses) != len(list(names)):
        raise CertificateError("A certificate request may ask for DNS names and IP addresses only.")
    own = internal_name(address)
    foreign = [name for name in dns_names if name.endswith(f".{INTERNAL_DOMAIN}") and name != own]
    if foreign or INTERNAL_DOMAIN in dns_names:
        raise CertificateError(f"Names under {INTERNAL_DOMAIN} other than {own} belong to other nodes.")
    _alternative_names(dns_names, ip_addresses)
    return tuple(name for name in dns_names if name != own), ip_addresses


def _alternative_names(dns_names: tuple[str, ...], ip_addresses: tuple[IPAddress, ...]) -> list[x509.GeneralName]:
    if len(dns_names) + len(ip_addresses) > MAX_NAMES + 1:
        raise CertificateError(f"A certificate carries at most {MAX_NAMES} further names.")
    names: list[x509.GeneralName] = []
    for name in dict.fromkeys(dns_names):
        if not _DNS_NAME.fullmatch(name):
            raise CertificateError(f"{name[:64]!r} is not a host's full DNS name in lower case.")
        names.append(x509.DNSName(name))
    return [*names, *(x509.IPAddress(address) for address in dict.fromkeys(ip_addresses))]


def _name(*, common_name: str, organisation: str = "", unit: str = "") -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, organisation), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit)]
    try:
        attributes = [x509.NameAttribute(oid, text[:64]) for oid, text in parts if text]
        return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    except ValueError:
        raise CertificateError("A name in a certificate has 1 to 64 characters.") from None


def _key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    at: datetime,
    validity: timedelta,
) -> x509.CertificateBuilder:
    if validity <= timedelta(0):
        raise CertificateError("A certificate is valid for some time.")
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - CLOCK_ALLOWANCE)
        .not_valid_after(at + validity)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )
