import base64
import ipaddress
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from jusur.crypto import certificates, revocations
from jusur.crypto.certificates import Authority, Purpose, Request
from jusur.crypto.errors import CertificateError

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AUTHORITY = certificates.create_authority(certificates.generate_key("network-ca"), name="Jusur test network", at=NOW)
STRANGER = certificates.create_authority(certificates.generate_key("network-ca"), name="Jusur test network", at=NOW)
KEY = certificates.generate_key("tls")
PEM = certificates.create_request(
    KEY, "MA", dns_names=["gate.bcn.example"], ip_addresses=[ipaddress.ip_address("192.0.2.7")]
)
REQUEST = certificates.read_request(PEM, address="MA")
OPENSSL_PURPOSES = {"tls": ["sslserver", "sslclient"], "seal": ["smimesign", "any"], "tsa": ["timestampsign"]}

Verify = Callable[..., str]


@pytest.fixture
def openssl(tmp_path: Path) -> Verify:
    def verify(certificate: x509.Certificate, *options: str, revoked: str = "", at: datetime = NOW) -> str:
        (tmp_path / "ca.pem").write_text(certificates.to_pem(AUTHORITY.certificate) + revoked)
        (tmp_path / "leaf.pem").write_text(certificates.to_pem(certificate))
        time = str(int(at.timestamp()))
        command = ["openssl", "verify", "-x509_strict", "-attime", time, "-CAfile", "ca.pem", *options, "leaf.pem"]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return result.stdout + result.stderr

    return verify


def issued(purpose: Purpose = "tls", **options: object) -> x509.Certificate:
    return certificates.issue(AUTHORITY, REQUEST, purpose, at=NOW, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("purpose", ["tls", "seal", "tsa"])
def test_openssl_accepts_what_was_issued(openssl: Verify, purpose: Purpose) -> None:
    certificate = issued(purpose, organisation="Bureau central national de Rabat")
    certificates.check_certificate(certificate, AUTHORITY.certificate, purpose, at=NOW)
    for name in OPENSSL_PURPOSES[purpose]:
        assert openssl(certificate, "-purpose", name) == "leaf.pem: OK\n"


@pytest.mark.parametrize(
    ("purpose", "other"), [("tls", "smimesign"), ("tls", "timestampsign"), ("seal", "sslclient"), ("tsa", "sslserver")]
)
def test_certificates_are_for_one_purpose(openssl: Verify, purpose: Purpose, other: str) -> None:
    assert "error" in openssl(issued(purpose), "-purpose", other)
    for wrong in {"tls", "seal", "tsa"} - {purpose}:
        with pytest.raises(CertificateError, match="not one for"):
            certificates.check_certificate(issued(purpose), AUTHORITY.certificate, wrong, at=NOW)  # type: ignore[arg-type]


def test_openssl_accepts_a_seal_with_default_purpose(tmp_path: Path) -> None:
    certificate = certificates.issue(AUTHORITY, REQUEST, "seal", at=datetime.now(UTC))
    (tmp_path / "ca.pem").write_text(certificates.to_pem(AUTHORITY.certificate))
    (tmp_path / "seal.pem").write_text(certificates.to_pem(certificate))
    (tmp_path / "key.pem").write_bytes(
        KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "content").write_text("evidence")
    sign = "openssl cms -sign -binary -in content -signer seal.pem -inkey key.pem -outform DER -out content.p7s"
    check = "openssl cms -verify -binary -inform DER -in content.p7s -content content -CAfile ca.pem -out /dev/null"
    for command in (sign, check, f"{check} -purpose any"):
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("-verify_hostname", "ma.jusur.internal"),
        ("-verify_hostname", "gate.bcn.example"),
        ("-verify_ip", "192.0.2.7"),
    ],
)
def test_openssl_finds_the_names(openssl: Verify, option: str, name: str) -> None:
    assert openssl(issued(), option, name) == "leaf.pem: OK\n"


def test_openssl_refuses_other_names(openssl: Verify) -> None:
    assert "error 62" in openssl(issued(), "-verify_hostname", "no.jusur.internal")


def test_openssl_reads_the_revocations(openssl: Verify) -> None:
    good, bad = issued(), issued()
    entries = [revocations.Revocation(bad.serial_number, NOW - DAY, x509.ReasonFlags.key_compromise)]
    revoked = certificates.to_pem(revocations.create_list(AUTHORITY, entries, number=1, at=NOW))
    assert openssl(good, "-crl_check", revoked=revoked) == "leaf.pem: OK\n"
    assert "error 23" in openssl(bad, "-crl_check", revoked=revoked)
    assert "error 12" in openssl(good, "-crl_check", revoked=revoked, at=NOW + 9 * DAY)


def test_the_authority_issues_to_nodes_directly(openssl: Verify) -> None:
    constraints = AUTHORITY.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    assert openssl(AUTHORITY.certificate) == "leaf.pem: OK\n"
    with pytest.raises(CertificateError, match="secp384r1"):
        certificates.create_authority(KEY, name="x", at=NOW)


def test_the_demonstration_authority_says_so() -> None:
    names = issued("tsa").subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [name.value for name in names] == ["DEMONSTRATION - NOT A QUALIFIED TIME-STAMP AUTHORITY"]
    usage = issued("tsa").extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_validity_is_the_issuers_and_ends_with_its_own() -> None:
    assert issued(validity=10 * DAY).not_valid_after_utc == NOW + 10 * DAY
    end = AUTHORITY.certificate.not_valid_after_utc
    assert issued(validity=9999 * DAY).not_valid_after_utc == end
    with pytest.raises(CertificateError, match="not on"):
        certificates.issue(AUTHORITY, REQUEST, "tls", at=end + DAY)
    with pytest.raises(CertificateError, match="some time"):
        issued(validity=-DAY)


@pytest.mark.parametrize("days", [-1, 398])
def test_certificates_out_of_their_time_are_refused(days: int) -> None:
    with pytest.raises(CertificateError, match="valid from 2026-11-21"):
        certificates.check_certificate(issued(), AUTHORITY.certificate, "tls", at=NOW + days * DAY)


def test_a_strangers_certificate_is_refused() -> None:
    forged = certificates.issue(STRANGER, REQUEST, "tls", at=NOW)
    with pytest.raises(CertificateError, match="signature is not by"):
        certificates.check_certificate(forged, AUTHORITY.certificate, "tls", at=NOW)
    with pytest.raises(CertificateError, match=r"not one for|does not say"):
        certificates.check_certificate(AUTHORITY.certificate, AUTHORITY.certificate, "tls", at=NOW)
    other = certificates.create_authority(certificates.generate_key("network-ca"), name="Other", at=NOW)
    with pytest.raises(CertificateError, match="not issued by"):
        certificates.check_certificate(issued(), other.certificate, "tls", at=NOW)


def test_revoked_from_that_moment_on() -> None:
    certificate = issued()
    revoked = revocations.create_list(
        AUTHORITY, [revocations.Revocation(certificate.serial_number, NOW + DAY)], number=1, at=NOW + 2 * DAY
    )
    certificates.check_certificate(certificate, AUTHORITY.certificate, "tls", at=NOW, revoked=revoked)
    with pytest.raises(CertificateError, match="revoked on 2026-11-22"):
        certificates.check_certificate(certificate, AUTHORITY.certificate, "tls", at=NOW + DAY, revoked=revoked)


def test_requests_are_read_back() -> None:
    assert (REQUEST.address, REQUEST.dns_names) == ("MA", ("gate.bcn.example",))
    assert REQUEST.ip_addresses == (ipaddress.ip_address("192.0.2.7"),)
    assert REQUEST.public_key == KEY.public_key()
    assert certificates.read_request(certificates.create_request(KEY, "EUROPOL"), address="EUROPOL").dns_names == ()


def crafted(*extensions: x509.ExtensionType, address: str = "MA", key: ec.EllipticCurvePrivateKey = KEY) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def names(*given: x509.GeneralName) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(given)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"\xff",
        b"x" * 9000,
        certificates.to_pem(AUTHORITY.certificate).encode(),
        crafted(address="NO"),
        crafted(address="ma"),
        crafted(key=ec.generate_private_key(ec.SECP384R1())),
        crafted(x509.BasicConstraints(ca=True, path_length=None)),
        crafted(names(x509.DNSName("a.example")), x509.BasicConstraints(ca=True, path_length=None)),
        crafted(names(x509.DNSName("no.jusur.internal"))),
        crafted(names(x509.DNSName("jusur.internal"))),
        crafted(names(x509.DNSName("*.example.org"))),
        crafted(names(x509.DNSName("NO.jusur.internal"))),
        crafted(names(x509.DNSName("localhost"))),
        crafted(names(x509.DNSName("a b.example"))),
        crafted(names(x509.DNSName("a.example\n"))),
        crafted(names(x509.DNSName("a" * 64 + ".example"))),
        crafted(names(x509.RFC822Name("a@example.org"))),
        crafted(names(x509.UniformResourceIdentifier("https://example.org/"))),
        crafted(names(*(x509.DNSName(f"n{n}.example") for n in range(20)))),
    ],
)
def test_other_requests_are_refused(pem: bytes) -> None:
    with pytest.raises(CertificateError):
        certificates.read_request(pem, address="MA")


def test_a_request_with_another_kind_of_key_is_refused() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "MA")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(ed25519.Ed25519PrivateKey.generate(), None)
    with pytest.raises(CertificateError, match="secp256r1"):
        certificates.read_request(csr.public_bytes(serialization.Encoding.PEM), address="MA")


@given(st.data())
def test_an_altered_request_is_refused(data: st.DataObject) -> None:
    der = bytearray(x509.load_pem_x509_csr(PEM.encode()).public_bytes(serialization.Encoding.DER))
    der[data.draw(st.integers(0, len(der) - 1))] ^= data.draw(st.integers(1, 255))
    pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{base64.encodebytes(bytes(der)).decode()}"
    with pytest.raises(CertificateError):
        certificates.read_request(pem + "-----END CERTIFICATE REQUEST-----\n", address="MA")


@pytest.mark.parametrize("address", ["", "M", "ma", "MA.", "AB-", "A" * 17, "../MA"])
def test_no_address_no_name(address: str) -> None:
    with pytest.raises(CertificateError, match="address"):
        certificates.internal_name(address)


def test_certificates_are_loaded_one_at_a_time() -> None:
    pem = certificates.to_pem(issued())
    assert certificates.load_certificate(pem).subject == issued().subject
    for text in ("", pem + pem, "x" * 9000, pem[:200]):
        with pytest.raises(CertificateError, match="not one certificate"):
            certificates.load_certificate(text)


def test_long_names_are_shortened_and_empty_ones_replaced() -> None:
    attributes = issued("seal", organisation="x" * 100).subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert attributes[0].value == "x" * 64
    with pytest.raises(CertificateError, match="1 to 64"):
        certificates.create_authority(AUTHORITY.key, name="", at=NOW)


def test_an_authority_is_its_key_and_certificate() -> None:
    assert isinstance(AUTHORITY, Authority)
    assert isinstance(REQUEST, Request)
    assert AUTHORITY.certificate.public_key() == AUTHORITY.key.public_key()


def test_a_request_of_an_unknown_version_is_refused() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    key = certificates.generate_key("tls")
    der = x509.load_pem_x509_csr(certificates.create_request(key, "MA").encode()).public_bytes(Encoding.DER)
    spoilt = der.replace(b"\x02\x01\x00", b"\x02\x01\x01", 1)
    lines = base64.encodebytes(spoilt).decode()
    text = f"-----BEGIN CERTIFICATE REQUEST-----\n{lines}-----END CERTIFICATE REQUEST-----\n"
    with pytest.raises(CertificateError):
        certificates.read_request(text, address="MA")
