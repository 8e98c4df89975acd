"""Certification paths, as far as seals and time-stamps need them (RFC 5280, section 6, without policies).

Roots are the caller's. What the signed object itself brings along are only candidates for the steps between.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from jusur.crypto.errors import CertificateError

MAX_CERTIFICATES = 8


def check_path(
    leaf: x509.Certificate, between: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], *, at: datetime
) -> x509.Certificate:
    """The root that ``leaf`` leads to at the moment ``at``.

    Raises:
        CertificateError: no path, a certificate out of its time, or an issuer that is no authority.
    """
    _check_time(leaf, at)
    if leaf in roots:
        return leaf
    current = leaf
    for _ in range(MAX_CERTIFICATES):
        for root in roots:
            if _issued(current, root):
                _check_time(root, at)
                return root
        issuers = [candidate for candidate in between if candidate != current and _issued(current, candidate)]
        if not issuers:
            break
        current = issuers[0]
        _check_time(current, at)
    raise CertificateError(
        f"The certificate of {_name(leaf)} does not lead to an authority that is trusted here.",
        fix="Check that the right authority's certificate was given.",
    )


def key_usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    """The certificate's key usage, where it states one."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject or not _is_authority(issuer):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    usage = key_usage(certificate)
    return constraints.ca and (usage is None or usage.key_cert_sign)


def _check_time(certificate: x509.Certificate, at: datetime) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise CertificateError(f"The certificate of {_name(certificate)} was not valid at {at:%Y-%m-%d %H:%M:%S} UTC.")


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()[:200]
