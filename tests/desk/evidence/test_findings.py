from pathlib import Path

import pytest
from django.utils import translation
from tests.packages import samples

from jusur.desk.evidence import findings


def plain(text: str) -> str:
    return text.replace("\N{FIRST STRONG ISOLATE}", "").replace("\N{POP DIRECTIONAL ISOLATE}", "")


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ("16 files, 50697737 bytes of evidence", "16 fichiers, 50697737 octets de preuve"),
        (
            "stamped at 2026-11-22 02:07:59 UTC by a demonstration authority",
            "horodaté le 2026-11-22 02:07:59 UTC par une autorité de démonstration",
        ),
        ("stamped at 2026-11-22 02:07:59 UTC", "horodaté le 2026-11-22 02:07:59 UTC"),
        ("sealed by CN=NO,OU=SEAL,O=Norway", "scellé par CN=NO,OU=SEAL,O=Norway"),
        ("something that no check says", "something that no check says"),
        ("sealed by " + "x" * 5000, "sealed by " + "x" * 5000),
    ],
)
def test_a_finding_is_said_in_the_readers_language(finding: str, said: str) -> None:
    with translation.override("fr"):
        assert plain(findings.said(finding)) == said


@pytest.mark.parametrize("language", ["ar", "es", "fr"])
@pytest.mark.parametrize("form", findings.FORMS)
def test_every_form_is_translated_with_all_its_parts(form: str, language: str) -> None:
    parts = {name: name.upper() for name in ("files", "bytes", "tags", "time", "signer", "bureau", "count", "why")}
    parts |= {name: name.upper() for name in ("manifest", "part", "size", "most")}
    with translation.override(language):
        said = plain(findings.said(form.format(**parts)))
    assert said != form.format(**parts)
    assert all(name.upper() in said for name in parts if f"{{{name}}}" in form)


def test_whatever_the_checks_of_a_package_say_is_known(tmp_path: Path) -> None:
    sealed = samples.seal(samples.evidence(tmp_path))[1]
    altered = bytearray(sealed)
    altered[-1] ^= 1
    checks = [*samples.verify(sealed).checks, *samples.verify(bytes(altered)).checks]
    with translation.override("ar"):
        assert [check.detail for check in checks if findings.said(check.detail) == check.detail] == []


def test_a_hostile_finding_takes_no_time() -> None:
    assert findings.said("The package's " * 140) == "The package's " * 140
