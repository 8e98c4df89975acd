import io
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.crypto import pki
from tests.packages import samples

from jusur import packages
from jusur.crypto import age
from jusur.packages import layout

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[packages.SealedPackage, bytes]:
    return samples.seal(samples.evidence(tmp_path_factory.mktemp("evidence")))


@pytest.fixture(scope="module")
def sealed(package: tuple[packages.SealedPackage, bytes]) -> bytes:
    return package[1]


def rebuild(sealed: bytes, change: Callable[[Members], None]) -> bytes:
    """The package with its files changed, as a hostile sender would who has no seal."""
    plain = age.AgeReader(io.BytesIO(sealed), samples.identity()).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        members: Members = {}
        for info in archive:
            file = archive.extractfile(info)
            assert file
            members[info.name] = file.read()
    change(members)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return samples.wrap(out.getvalue())


def failed(report: packages.Report) -> set[str]:
    return {check.name for check in report.checks if not check.ok}


def test_a_good_package_passes_every_check(package: tuple[packages.SealedPackage, bytes]) -> None:
    made, sealed = package
    done: list[int] = []
    report = samples.verify(sealed, progress=done.append)
    assert report.ok, report.failures()
    assert [check.name for check in report.checks] == ["age", "archive", "bagit", "timestamp", "cms"]
    assert (report.sealed_sha256, report.sealed_size) == (made.sha256, made.size)
    assert report.tagmanifest_sha256 == made.tagmanifest_sha256
    assert report.files == tuple((one.path, one.size, one.sha256) for one in made.files)
    assert report.signer == pki.seal().certificate
    assert report.timestamp is not None
    assert report.timestamp.demonstration
    assert report.tags[layout.CONDITIONS] == samples.contents().conditions
    assert done[-1] > made.payload_bytes
    assert "openssl cms" in report.checks[-1].command


def test_any_changed_byte_of_the_sealed_file_is_refused(sealed: bytes) -> None:
    for position in [*range(0, 230, 9), *random.Random(2).sample(range(len(sealed)), 10)]:
        altered = bytearray(sealed)
        altered[position] ^= 0x01
        report = samples.verify(bytes(altered))
        assert not report.ok
        assert "age" in failed(report) or "archive" in failed(report)


def test_a_cut_package_is_refused(sealed: bytes) -> None:
    for end in (0, 100, 5000, len(sealed) - 1):
        assert not samples.verify(sealed[:end]).ok


def test_another_key_opens_nothing(sealed: bytes) -> None:
    report = packages.verify(io.BytesIO(sealed), age.generate_identity(), trust=samples.trust())
    assert failed(report) == {"age", "archive", "bagit", "timestamp", "cms"}


def test_the_package_does_not_say_whom_to_trust(sealed: bytes) -> None:
    stranger = pki.issue("Network CA", authority=True).certificate
    report = samples.verify(sealed, trust=packages.Trust(network=[stranger], timestamps=[stranger]))
    assert failed(report) == {"timestamp", "cms"}


@pytest.mark.parametrize(
    ("path", "checks"),
    [
        ("data/chat.txt", {"bagit"}),
        ("metadata/case.jsonld", {"bagit"}),
        ("verify/jusur_verify.py", {"bagit"}),
        ("manifest-sha256.txt", {"bagit"}),
        ("bag-info.txt", {"bagit"}),
        ("tagmanifest-sha256.txt", {"bagit", "cms"}),
        ("signature.p7s", {"bagit", "timestamp", "cms"}),
        ("timestamp.tst", {"bagit", "timestamp"}),
        ("network-ca.pem", {"bagit"}),
        ("seals-sha256.txt", {"bagit"}),
    ],
)
def test_a_changed_file_fails_the_checks_that_cover_it(path: str, checks: set[str], sealed: bytes) -> None:
    def change(members: Members) -> None:
        data = bytearray(members[f"{samples.PACKAGE_ID}/{path}"])
        data[len(data) // 2] ^= 0x01
        members[f"{samples.PACKAGE_ID}/{path}"] = bytes(data)

    assert failed(samples.verify(rebuild(sealed, change))) == checks


@pytest.mark.parametrize("path", [*layout.TAG_FILES, *layout.SEALED_BY, "bagit.txt", "bag-info.txt", "data/chat.txt"])
def test_a_missing_file_is_noticed(path: str, sealed: bytes) -> None:
    report = samples.verify(rebuild(sealed, lambda members: _drop(members, path)))
    assert "bagit" in failed(report)


def _drop(members: Members, path: str) -> None:
    del members[f"{samples.PACKAGE_ID}/{path}"]


@pytest.mark.parametrize(
    ("path", "check"),
    [
        ("data/added.txt", "bagit"),
        ("added.txt", "archive"),
        ("data/CHAT.TXT", "archive"),
        ("data/chat.txt/below", "archive"),
        ("data/../escape", "archive"),
        ("data//x", "archive"),
        ("data/NUL", "archive"),
        ("data/a\\b", "archive"),
        ("data/C:", "archive"),
        ("fetch.txt", "archive"),
    ],
)
def test_an_added_file_is_noticed(path: str, check: str, sealed: bytes) -> None:
    report = samples.verify(rebuild(sealed, lambda members: members.update({f"{samples.PACKAGE_ID}/{path}": b"x"})))
    assert check in failed(report)


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "other/data/x", "x"])
def test_files_outside_the_packages_folder_are_refused(name: str, sealed: bytes) -> None:
    assert "archive" in failed(samples.verify(rebuild(sealed, lambda members: members.update({name: b"x"}))))


def test_limits_hold(sealed: bytes) -> None:
    assert "archive" in failed(samples.verify(sealed, limits=packages.Limits(total=1_000_000)))

    def many(members: Members) -> None:
        members.update({f"{samples.PACKAGE_ID}/data/{number}": b"" for number in range(100)})

    report = samples.verify(rebuild(sealed, many), limits=packages.Limits(files=50))
    assert "more than 50 files" in report.failures()


def test_a_reader_that_fails_is_an_error_not_a_verdict(sealed: bytes) -> None:
    class Broken(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            if self.tell() > 1_000_000:
                raise OSError(5, "Input/output error")
            return super().readinto(buffer)

    with pytest.raises(OSError, match="Input/output"):
        packages.verify(Broken(sealed), samples.identity(), trust=samples.trust())


def test_a_statement_fits_its_package_and_no_other(
    package: tuple[packages.SealedPackage, bytes], tmp_path: Path
) -> None:
    made, sealed = package
    value = packages.statement(made, request="r1", sender="NO", receivers=["MA"], conditions=samples.CONDITIONS)
    packages.check_statement(value, samples.verify(sealed))
    (tmp_path / "x").write_bytes(b"x")
    _, other = samples.seal(tmp_path)
    with pytest.raises(packages.PackageError, match="not what its sender stated"):
        packages.check_statement(value, samples.verify(other))
    with pytest.raises(packages.PackageError, match="incomplete"):
        packages.check_statement({"id": made.package_id}, samples.verify(sealed))
