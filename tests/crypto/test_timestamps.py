import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import tsp
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from tests.crypto import judges, pki

from jusur.crypto import timestamps
from jusur.crypto.errors import CertificateError, SignatureError

DATA = b"a signature"
DIGEST = sha256(DATA).digest()
SAMPLE = 20


@pytest.fixture(scope="module")
def authority() -> timestamps.Authority:
    return timestamps.Authority(pki.tsa().key, pki.tsa().certificate)


def verify(token: bytes, digest: bytes = DIGEST, **more: object) -> timestamps.Timestamp:
    return timestamps.verify(token, digest, roots=[pki.tsa_root().certificate], **more)  # type: ignore[arg-type]


@pytest.fixture
def files(tmp_path: Path, authority: timestamps.Authority) -> tuple[Path, Path, Path]:
    paths = tmp_path / "timestamp.tst", tmp_path / "signature.p7s", tmp_path / "tsa-root.pem"
    for path, data in zip(paths, (authority.stamp(DIGEST), DATA, pki.tsa_root().pem), strict=True):
        path.write_bytes(data)
    return paths


def test_openssl_and_we_accept(files: tuple[Path, Path, Path]) -> None:
    assert judges.ts(*files)
    stamp = verify(files[0].read_bytes())
    assert abs(stamp.time - datetime.now(UTC)) < timedelta(seconds=30)
    assert stamp.demonstration
    assert stamp.policy == timestamps.DEMONSTRATION_POLICY


def test_a_request_of_rfc3161_client_is_answered_and_the_answer_accepted(authority: timestamps.Authority) -> None:
    asked = TimestampRequestBuilder().data(DATA).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    response = decode_timestamp_response(authority.respond(asked.as_bytes()))
    verifier = VerifierBuilder.from_request(asked).add_root_certificate(pki.tsa_root().certificate)
    verifier = verifier.tsa_certificate(pki.tsa().certificate)
    assert verifier.build().verify_message(response, DATA)
    assert verify(response.as_bytes(), nonce=asked.nonce).serial_number == response.tst_info.serial_number


def test_openssl_writes_requests_that_are_answered(tmp_path: Path, authority: timestamps.Authority) -> None:
    data, query, answer, root = (tmp_path / name for name in ("data", "query.tsq", "answer.tsr", "root.pem"))
    data.write_bytes(DATA)
    root.write_bytes(pki.tsa_root().pem)
    assert judges.accepts(["openssl", "ts", "-query", "-data", data, "-sha256", "-cert", "-out", query])
    answer.write_bytes(authority.respond(query.read_bytes()))
    assert judges.accepts(["openssl", "ts", "-verify", "-queryfile", query, "-in", answer, "-CAfile", root])
    assert verify(answer.read_bytes()).token == timestamps.token_of(answer.read_bytes())


def test_openssl_answers_are_accepted(tmp_path: Path) -> None:
    """An authority nobody here wrote: OpenSSL's own, with its own encoding choices."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = pki.tsa().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "tsa.pem").write_bytes(pki.tsa().pem)
    (tmp_path / "serial").write_text("01")
    (tmp_path / "query").write_bytes(timestamps.request(DIGEST, 7))
    (tmp_path / "ts.cnf").write_text(
        f"[tsa]\ndefault_tsa = one\n[one]\nserial = {tmp_path}/serial\nsigner_cert = {tmp_path}/tsa.pem\n"
        f"signer_key = {tmp_path}/key.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\n"
        "accuracy = secs:1\ness_cert_id_chain = no\ness_cert_id_alg = sha256\ntsa_name = yes\n"
    )
    command = ["openssl", "ts", "-reply", "-config", tmp_path / "ts.cnf", "-queryfile", tmp_path / "query"]
    assert judges.accepts([*command, "-out", tmp_path / "answer"])
    stamp = verify((tmp_path / "answer").read_bytes(), nonce=7)
    assert stamp.policy == "1.2.3.4"


def test_we_refuse_every_changed_byte(authority: timestamps.Authority) -> None:
    token = authority.stamp(DIGEST)
    for position in range(len(token)):
        altered = bytearray(token)
        altered[position] ^= 1 << (position % 8)
        with pytest.raises(SignatureError):
            verify(bytes(altered))


def test_openssl_refuses_changed_bytes(files: tuple[Path, Path, Path]) -> None:
    token = files[0].read_bytes()
    info = token.index(DIGEST) - 60
    for position in random.Random(5).sample(range(info, info + 200), SAMPLE):
        altered = bytearray(token)
        altered[position] ^= 0x01
        files[0].write_bytes(altered)
        assert not judges.ts(*files), f"byte {position}"
    files[0].write_bytes(token)
    for position in range(len(DATA)):
        altered = bytearray(DATA)
        altered[position] ^= 0x01
        files[1].write_bytes(altered)
        assert not judges.ts(*files)


def test_another_digest_nonce_policy_or_root_is_refused(authority: timestamps.Authority) -> None:
    token = timestamps.token_of(authority.respond(timestamps.request(DIGEST, 5)))
    assert verify(token, nonce=5, policies=[timestamps.DEMONSTRATION_POLICY]).token == token
    with pytest.raises(timestamps.TimestampError, match="something else"):
        verify(token, sha256(b"other").digest())
    with pytest.raises(timestamps.TimestampError, match="another request"):
        verify(token, nonce=6)
    with pytest.raises(timestamps.TimestampError, match="policy"):
        verify(token, policies=["1.2.3"])
    with pytest.raises(CertificateError):
        timestamps.verify(token, DIGEST, roots=[pki.network().certificate])


def test_time_in_the_future_is_refused() -> None:
    ahead = timestamps.Authority(
        pki.tsa().key, pki.tsa().certificate, now=lambda: datetime.now(UTC) + timedelta(hours=1)
    )
    with pytest.raises(timestamps.TimestampError, match="future"):
        verify(ahead.stamp(DIGEST))


def test_an_authority_says_that_it_is_a_demonstration() -> None:
    plain = pki.issue("TSA", pki.tsa_root(), stamping=True)
    with pytest.raises(timestamps.TimestampError, match="marked as a demonstration"):
        timestamps.Authority(plain.key, plain.certificate)
    general = pki.issue(timestamps.MARK, pki.tsa_root())
    with pytest.raises(timestamps.TimestampError, match="for time-stamps alone"):
        timestamps.Authority(general.key, general.certificate)


def _changed(**fields: object) -> bytes:
    base: dict[str, object] = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST},
    }
    der: bytes = tsp.TimeStampReq({**base, **fields}).dump()
    return der


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (b"", "bad_data_format"),
        (b"\x30" * 5000, "bad_data_format"),
        (b"\x30\x03\x02\x01\x01", "bad_data_format"),
        (_changed(nonce=1 << 200), "bad_request"),
        (_changed(message_imprint={"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}), "bad_alg"),
        (_changed(message_imprint={"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"x"}), "bad_alg"),
        (_changed(req_policy="1.2.3"), "unaccepted_policy"),
        (_changed(extensions=[{"extn_id": "1.2.3", "extn_value": b"x"}]), "unaccepted_extensions"),
    ],
)
def test_unacceptable_requests_are_rejected_with_the_reason(
    asked: bytes, why: str, authority: timestamps.Authority
) -> None:
    with pytest.raises(timestamps.TimestampError, match=why):
        timestamps.token_of(authority.respond(asked))


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x02\x30\x00", b"x" * 100_000, b"\x30\x80" * 2000])
def test_what_is_no_token_is_refused(data: bytes) -> None:
    with pytest.raises(timestamps.TimestampError):
        verify(data)
    with pytest.raises(timestamps.TimestampError):
        timestamps.token_of(data)


def test_a_token_without_the_certificate_is_refused(authority: timestamps.Authority) -> None:
    response = authority.respond(_changed(cert_req=False))
    with pytest.raises(timestamps.TimestampError):
        verify(response)
