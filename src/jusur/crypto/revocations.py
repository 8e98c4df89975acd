"""The network authority's list of certificates that no longer count (CRL, RFC 5280, section 5)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from jusur.crypto.certificates import CLOCK_ALLOWANCE, Authority
from jusur.crypto.errors import CertificateError

LIST_VALIDITY = timedelta(days=8)
"""A list is made anew each day; a node that hears nothing for a week must stop trusting what it knows."""
MAX_LIST_SIZE = 1024 * 1024


class Revocation(NamedTuple):
    """One certificate that no longer counts."""

    serial: int
    revoked_at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


def create_list(
    authority: Authority,
    revocations: Iterable[Revocation],
    *,
    number: int,
    at: datetime,
    validity: timedelta = LIST_VALIDITY,
) -> x509.CertificateRevocationList:
    """The signed list of all ``revocations``.

    Args:
        authority: who issued the certificates.
        revocations: every one in force, not only new ones.
        number: greater than that of every earlier list (RFC 5280, section 5.2.3).
        at: the moment of issue.
        validity: until when the next list is out.
    """
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(at - CLOCK_ALLOWANCE)
        .next_update(at + validity)
        .add_extension(identifier, critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for revocation in revocations:
        entry = x509.RevokedCertificateBuilder().serial_number(revocation.serial).revocation_date(revocation.revoked_at)
        if revocation.reason is not x509.ReasonFlags.unspecified:
            entry = entry.add_extension(x509.CRLReason(revocation.reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA384())


def load_list(pem: str | bytes) -> x509.CertificateRevocationList:
    """The revocation list in a PEM text from outside, unchecked.

    Raises:
        CertificateError: too large or malformed.
    """
    data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    try:
        if len(data) > MAX_LIST_SIZE:
            raise ValueError
        revoked = x509.load_pem_x509_crl(data)
        list(revoked.extensions)
    except (ValueError, TypeError, x509.DuplicateExtension):
        raise CertificateError("The text is not a revocation list in PEM form.") from None
    return revoked


def list_number(revoked: x509.CertificateRevocationList) -> int:
    """The number of a list; a later list has a greater one.

    Raises:
        CertificateError: it has none.
    """
    try:
        return revoked.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (x509.ExtensionNotFound, ValueError):
        raise CertificateError("The revocation list has no number.") from None


def check_list(
    revoked: x509.CertificateRevocationList, authority: x509.Certificate, *, at: datetime, newer_than: int | None = None
) -> None:
    """Return if ``revoked`` is the authority's list and in force at the moment ``at``.

    Args:
        revoked: the list to check.
        authority: the network authority's certificate, trusted by the caller.
        at: the moment that counts.
        newer_than: the number of the list held; one with a smaller number is a step back.

    Raises:
        CertificateError: another issuer, out of date, without a number, with a critical extension unknown here, or
            older than the list held.
    """
    key = authority.public_key()
    known = isinstance(key, ec.EllipticCurvePublicKey) and revoked.issuer == authority.subject
    if not known or not isinstance(key, ec.EllipticCurvePublicKey) or not revoked.is_signature_valid(key):
        raise CertificateError("The revocation list is not by this network's authority.")
    if any(extension.critical for extension in revoked.extensions):
        raise CertificateError("The revocation list is limited in a way this node does not know.")
    if newer_than is not None and list_number(revoked) < newer_than:
        raise CertificateError("The revocation list is older than the one held.", fix="Fetch the current directory.")
    if revoked.next_update_utc is None or not revoked.last_update_utc <= at <= revoked.next_update_utc:
        raise CertificateError(
            f"The revocation list of {revoked.last_update_utc:%Y-%m-%d} is not in force on {at:%Y-%m-%d}.",
            fix="Fetch the current directory; check this machine's clock.",
        )
