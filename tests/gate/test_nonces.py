import multiprocessing
from datetime import timedelta
from pathlib import Path

import pytest

from jusur.crypto.errors import RequestSignatureError
from jusur.crypto.requests import VerifiedRequest
from jusur.gate.nonces import SPAN_SECONDS, NonceCache, TooManyRequestsError
from jusur.kernel import clock
from jusur.kernel.errors import UnavailableError

EXPIRES = clock.now() + timedelta(seconds=300)


def request(number: int, *, sender: str = "MA") -> VerifiedRequest:
    return VerifiedRequest(sender, "k", f"nonce-{number}", EXPIRES, EXPIRES, None)


def test_a_nonce_counts_once_for_each_sender(tmp_path: Path) -> None:
    nonces = NonceCache(tmp_path)
    nonces.use(request(1))
    nonces.use(request(1, sender="NO"))
    nonces.use(request(2))
    for seen in (request(1), request(2), request(1, sender="NO")):
        with pytest.raises(RequestSignatureError, match="made before"):
            nonces.use(seen)


def test_processes_that_serve_at_once_know_each_others(tmp_path: Path) -> None:
    old, new = NonceCache(tmp_path), NonceCache(tmp_path)
    for first, second, number in ((old, new, 1), (new, old, 2), (old, new, 3)):
        first.use(request(number))
        with pytest.raises(RequestSignatureError):
            second.use(request(number))


def _use(folder: Path) -> int:
    nonces, used = NonceCache(folder), 0
    for number in range(300):
        try:
            nonces.use(request(number))
            used += 1
        except RequestSignatureError:
            pass
    return used


def test_racing_processes_use_each_nonce_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert sum(pool.map(_use, [tmp_path] * 3)) == 300


def test_a_record_cut_off_by_a_kill_harms_no_other(tmp_path: Path) -> None:
    NonceCache(tmp_path).use(request(1))
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    with file.open("ab") as out:
        out.write(b"half a re")
    NonceCache(tmp_path).use(request(2))
    for number in (1, 2):
        with pytest.raises(RequestSignatureError):
            NonceCache(tmp_path).use(request(number))
    assert file.stat().st_size == 32


def test_what_expired_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nonces = NonceCache(tmp_path, limit=2)
    nonces.use(request(1))
    (old,) = tmp_path.iterdir()
    nonces.use(request(2))
    with pytest.raises(TooManyRequestsError):
        nonces.use(request(3))
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(3 * SPAN_SECONDS))
    later = EXPIRES + timedelta(seconds=3 * SPAN_SECONDS)
    nonces.use(request(4)._replace(expires=later))
    assert not old.exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_without_its_folder_nothing_is_answered(tmp_path: Path) -> None:
    nonces = NonceCache(tmp_path / "nonces")
    (tmp_path / "nonces").rmdir()
    with pytest.raises(UnavailableError, match="cannot remember"):
        nonces.use(request(1))
