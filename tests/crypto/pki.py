"""Certificates for tests: a network authority, a seal, a demonstration time-stamp authority."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from jusur.crypto.timestamps import MARK


@dataclass(frozen=True)
class Holder:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def name(common_name: str) -> x509.Name:
    oid = x509.NameOID
    return x509.Name(
        [x509.NameAttribute(oid.ORGANIZATION_NAME, "Jusur"), x509.NameAttribute(oid.COMMON_NAME, common_name)]
    )


def issue(
    common_name: str,
    issuer: Holder | None = None,
    *,
    authority: bool = False,
    stamping: bool = False,
    signing: bool = True,
    days: tuple[int, int] = (-1, 365),
) -> Holder:
    key = ec.generate_private_key(ec.SECP384R1() if authority else ec.SECP256R1())
    today = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common_name))
        .issuer_name(issuer.certificate.subject if issuer else name(common_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + timedelta(days[0]))
        .not_valid_after(today + timedelta(days[1]))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                signing and not authority, False, not signing, False, False, authority, authority, False, False
            ),
            critical=True,
        )
    )
    if stamping:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return Holder(key, builder.sign(issuer.key if issuer else key, hashes.SHA384()))


@cache
def network() -> Holder:
    return issue("Network CA", authority=True)


@cache
def seal() -> Holder:
    return issue("NO seal", network())


@cache
def tsa_root() -> Holder:
    return issue("Demonstration TSA root", authority=True)


@cache
def tsa() -> Holder:
    return issue(MARK, tsa_root(), stamping=True)
