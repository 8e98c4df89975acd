import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from cryptography.hazmat.primitives.asymmetric import ec
from tests.crypto import judges, pki

from jusur.crypto import cms
from jusur.crypto.errors import CertificateError, SignatureError

CONTENT = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  manifest-sha256.txt\n"
DIGEST = sha256(CONTENT).digest()
NOW = datetime.now(UTC)
SAMPLE = 20


def sign(content: bytes = CONTENT, **changes: object) -> bytes:
    seal = pki.seal()
    arguments = {"key": seal.key, "certificate": seal.certificate, "signing_time": NOW, **changes}
    return cms.sign_detached(sha256(content).digest(), **arguments)  # type: ignore[arg-type]


def verify(signature: bytes, digest: bytes = DIGEST) -> cms.CmsSignature:
    return cms.verify_detached(signature, digest, roots=[pki.network().certificate])


def unsigned_offsets(der: bytes) -> set[int]:
    """Where the fields lie that no signature covers and OpenSSL does not look at."""
    info = asn1.ContentInfo.load(der)
    signed = info["content"]
    signer = signed["signer_infos"][0]
    fields = [
        signed["version"].dump()[2:],
        signed["encap_content_info"]["content_type"].dump(),
        signer["version"].dump()[2:],
        signer["signature_algorithm"]["algorithm"].dump(),
    ]
    first_version = der.index(signed["version"].dump()) + 2
    content_type = der.index(fields[1]) + 2
    second_version = der.rindex(signer["version"].dump() + signer["sid"].dump()) + 2
    algorithm = der.rindex(fields[3]) + 2
    return {
        first_version,
        second_version,
        *range(content_type, content_type + len(fields[1]) - 2),
        *range(algorithm, algorithm + len(fields[3]) - 2),
    }


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    paths = tmp_path / "signature.p7s", tmp_path / "content", tmp_path / "network-ca.pem"
    for path, data in zip(paths, (sign(), CONTENT, pki.network().pem), strict=True):
        path.write_bytes(data)
    return paths


def test_openssl_and_we_accept(files: tuple[Path, Path, Path]) -> None:
    assert judges.cms(*files)
    verified = verify(files[0].read_bytes())
    assert verified.certificate == pki.seal().certificate
    assert verified.signing_time == NOW.replace(microsecond=0)


def test_we_refuse_every_changed_byte_of_the_signature() -> None:
    signature = sign()
    for position in range(len(signature)):
        altered = bytearray(signature)
        altered[position] ^= 1 << (position % 8)
        with pytest.raises(SignatureError):
            verify(bytes(altered))


def test_openssl_refuses_changed_bytes_of_the_signature_but_those_that_mean_nothing(
    files: tuple[Path, Path, Path],
) -> None:
    signature = files[0].read_bytes()
    unsigned = unsigned_offsets(signature)
    assert len(unsigned) == 19
    for position in random.Random(3).sample(sorted(set(range(len(signature))) - unsigned), SAMPLE):
        altered = bytearray(signature)
        altered[position] ^= 0x01
        files[0].write_bytes(altered)
        assert not judges.cms(*files), f"byte {position}"


def test_openssl_and_we_refuse_changed_bytes_of_the_content(files: tuple[Path, Path, Path]) -> None:
    for position in range(len(CONTENT)):
        altered = bytearray(CONTENT)
        altered[position] ^= 0x04
        files[1].write_bytes(altered)
        with pytest.raises(cms.CmsError, match="another content"):
            verify(files[0].read_bytes(), sha256(altered).digest())
        assert position % 8 or not judges.cms(*files)


def test_a_signer_of_another_network_is_refused(files: tuple[Path, Path, Path]) -> None:
    stranger = pki.issue("Network CA", authority=True)
    files[2].write_bytes(stranger.pem)
    assert not judges.cms(*files)
    with pytest.raises(CertificateError, match="does not lead to"):
        cms.verify_detached(sign(), DIGEST, roots=[stranger.certificate])


def test_a_chain_leads_through_the_certificates_between(tmp_path: Path) -> None:
    between = pki.issue("Regional CA", pki.network(), authority=True)
    leaf = pki.issue("MA seal", between)
    signature = sign(key=leaf.key, certificate=leaf.certificate, chain=[between.certificate])
    assert verify(signature).certificate == leaf.certificate
    with pytest.raises(CertificateError):
        verify(sign(key=leaf.key, certificate=leaf.certificate))


def test_a_leaf_is_no_authority() -> None:
    pretender = pki.issue("MA seal", pki.seal())
    with pytest.raises(CertificateError):
        verify(sign(key=pretender.key, certificate=pretender.certificate, chain=[pki.seal().certificate]))


def test_certificates_must_have_been_valid_then() -> None:
    old = pki.issue("NO seal", pki.network(), days=(-1, 1))
    signature = sign(key=old.key, certificate=old.certificate)
    roots = [pki.network().certificate]
    assert cms.verify_detached(signature, DIGEST, roots=roots, at=NOW).certificate == old.certificate
    with pytest.raises(CertificateError, match="was not valid at"):
        cms.verify_detached(signature, DIGEST, roots=roots, at=NOW + timedelta(days=2))


def test_a_certificate_not_for_signing_is_refused() -> None:
    wrong = pki.issue("NO seal", pki.network(), signing=False)
    with pytest.raises(cms.CmsError, match="not one for signatures"):
        verify(sign(key=wrong.key, certificate=wrong.certificate))


def test_only_the_seals_own_key_signs() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    for key in (other, pki.network().key):
        with pytest.raises(cms.CmsError, match="belong to its certificate"):
            sign(key=key)
    with pytest.raises(cms.CmsError, match="not a SHA-256"):
        cms.sign_detached(b"", key=pki.seal().key, certificate=pki.seal().certificate, signing_time=NOW)


@pytest.mark.parametrize(
    "data", [b"", b"\x30\x00", b"\x00" * 50, b"x" * 100_000, b"\x30\x80" * 2000, bytes.fromhex("30800609")]
)
def test_what_is_no_signature_is_refused(data: bytes) -> None:
    with pytest.raises(cms.CmsError):
        verify(data)
    with pytest.raises(cms.CmsError):
        verify(sign() + data[:1] + b"\0")
