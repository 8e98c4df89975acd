import io
from pathlib import Path

import pytest
from tests.packages import samples

from jusur import packages
from jusur.crypto import age


def test_a_package_passed_on_keeps_its_archive_and_seals(tmp_path: Path) -> None:
    made, sealed = samples.seal(samples.evidence(tmp_path))
    third = age.generate_identity()
    sink = io.BytesIO()
    passed = packages.reseal(
        io.BytesIO(sealed), samples.identity(), sink, recipients=[third.recipient()], trust=samples.trust()
    )
    report = packages.verify(io.BytesIO(sink.getvalue()), third, trust=samples.trust())
    assert report.ok, report.failures()
    assert passed.tagmanifest_sha256 == made.tagmanifest_sha256 == report.tagmanifest_sha256
    assert (passed.sha256, passed.size) == (report.sealed_sha256, report.sealed_size)
    assert [(one.path, one.sha256, one.mtime_ns) for one in passed.files] == [
        (one.path, one.sha256, one.mtime_ns) for one in made.files
    ]
    plain = age.AgeReader(io.BytesIO(sealed), samples.identity()).read()
    assert age.AgeReader(io.BytesIO(sink.getvalue()), third).read() == plain


def test_a_bad_package_is_not_passed_on(tmp_path: Path) -> None:
    _, sealed = samples.seal(samples.evidence(tmp_path))
    stranger = packages.Trust(network=[], timestamps=[])
    for data, trust in ((sealed, stranger), (sealed[:-1], samples.trust())):
        with pytest.raises((packages.PackageError, age.AgeError)):
            packages.reseal(
                io.BytesIO(data),
                samples.identity(),
                io.BytesIO(),
                recipients=[samples.identity().recipient()],
                trust=trust,
            )
