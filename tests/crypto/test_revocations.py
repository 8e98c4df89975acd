from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from jusur.crypto import certificates, revocations
from jusur.crypto.errors import CertificateError

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AUTHORITY = certificates.create_authority(certificates.generate_key("network-ca"), name="Jusur test network", at=NOW)
STRANGER = certificates.create_authority(certificates.generate_key("network-ca"), name="Jusur test network", at=NOW)
LIST = revocations.create_list(AUTHORITY, [revocations.Revocation(7, NOW)], number=5, at=NOW)


def test_a_list_goes_out_and_comes_back() -> None:
    loaded = revocations.load_list(certificates.to_pem(LIST))
    revocations.check_list(loaded, AUTHORITY.certificate, at=NOW, newer_than=5)
    assert revocations.list_number(loaded) == 5
    assert [entry.serial_number for entry in loaded] == [7]


def test_the_reason_is_kept() -> None:
    entry = revocations.Revocation(8, NOW, x509.ReasonFlags.superseded)
    revoked = revocations.create_list(AUTHORITY, [entry], number=1, at=NOW).get_revoked_certificate_by_serial_number(8)
    assert revoked is not None
    assert revoked.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.superseded


@pytest.mark.parametrize("days", [-1, 9])
def test_a_list_out_of_its_time_is_refused(days: int) -> None:
    with pytest.raises(CertificateError, match="not in force"):
        revocations.check_list(LIST, AUTHORITY.certificate, at=NOW + days * DAY)


def test_a_strangers_list_is_refused() -> None:
    forged = revocations.create_list(STRANGER, [], number=6, at=NOW)
    with pytest.raises(CertificateError, match="not by this"):
        revocations.check_list(forged, AUTHORITY.certificate, at=NOW)


def test_a_step_back_is_refused() -> None:
    with pytest.raises(CertificateError, match="older"):
        revocations.check_list(LIST, AUTHORITY.certificate, at=NOW, newer_than=6)


def partial(*, critical: bool) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder().issuer_name(AUTHORITY.certificate.subject).last_update(NOW)
    builder = builder.next_update(NOW + DAY)
    if critical:
        builder = builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    return builder.sign(AUTHORITY.key, hashes.SHA384())


def test_lists_with_limits_are_refused() -> None:
    with pytest.raises(CertificateError, match="limited"):
        revocations.check_list(partial(critical=True), AUTHORITY.certificate, at=NOW)


def test_lists_without_a_number_are_refused() -> None:
    with pytest.raises(CertificateError, match="no number"):
        revocations.check_list(partial(critical=False), AUTHORITY.certificate, at=NOW, newer_than=1)


@pytest.mark.parametrize("text", ["", "x" * (2**20 + 1), certificates.to_pem(AUTHORITY.certificate), "\ud800"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(CertificateError, match="not a revocation list"):
        revocations.load_list(text)
