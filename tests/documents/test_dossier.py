import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.documents.samples import DIGEST, TEXTS, TITLES, dossier

from jusur.documents import labels
from jusur.documents.dossier import MAX_ROWS, build
from jusur.documents.errors import DocumentError
from jusur.documents.records import CustodyRow, DossierData, FileRow
from jusur.documents.setting import said, visible

MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def copied(pdf: bytes, folder: Path) -> str:
    """The text of ``pdf`` as a reader copies it: white space squeezed, direction marks gone."""
    path = folder / "dossier.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], check=True, capture_output=True, text=True).stdout
    return " ".join(MARKS.sub("", text).split())


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_the_text_copies_out_whole(language: str, tmp_path: Path) -> None:
    data = dossier(language)
    text = copied(build(data, language), tmp_path)
    words = labels.labels(language)
    wanted = [words[key] for key in ("document", "parties", "request", "contents", "custody", "checks", "conditions")]
    wanted += [TITLES[language], *TEXTS[language][:2], labels.check("ledger", language)]
    assert [phrase for phrase in wanted if phrase not in text] == []


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_codes_and_commands_copy_out_left_to_right_in_every_language(language: str, tmp_path: Path) -> None:
    data = dossier(language)
    text = copied(build(data, language), tmp_path)
    wanted = [DIGEST, data.package_id, "72 h", "DGSN/2026/1187", "#1203", "2026-11-02 11:51:00 UTC"]
    wanted += [row.path for row in data.files] + [row.command for row in data.checks]
    assert [code for code in wanted if code not in text] == []


def test_the_same_data_give_the_same_bytes_and_the_date_is_theirs() -> None:
    data = dossier("en")
    assert build(data, "en") == build(data, "en")
    assert build(data, "en") != build(replace(data, made_at=data.made_at + timedelta(days=1)), "en")


HOSTILE = '#panic() $x$ *bold* @ref <label> \\ "quote" `raw` #import "/etc/passwd" //comment [x] =h'


def test_markup_in_the_data_is_only_text(tmp_path: Path) -> None:
    data = dossier("en", files=1)
    spoilt = replace(data, conditions=(HOSTILE,), files=(FileRow(HOSTILE, 1, DIGEST),), title=HOSTILE[:40])
    text = copied(build(spoilt, "en"), tmp_path)
    assert text.count('#panic() $x$ *bold* @ref <label> \\ "quote" `raw` #import "/etc/passwd"') == 2


@pytest.mark.parametrize("language", ["ar", "en"])
def test_long_words_stay_on_the_page(language: str, tmp_path: Path) -> None:
    data = dossier(language, files=1)
    row = CustodyRow(data.made_at, "x" * 100, "w" * 200, "م" * 200)
    long = replace(
        data, title="t" * 300, custody=(row,), files=(FileRow("p" * 1000, 1, DIGEST),), conditions=("c" * 500,)
    )
    path = tmp_path / "long.pdf"
    path.write_bytes(build(long, language))
    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], check=True, capture_output=True, text=True).stdout
    sides = [float(value) for value in re.findall(r'x(?:Min|Max)="([-\d.]+)"', boxes)]
    assert sides
    assert min(sides) > 50
    assert max(sides) < 595 - 50


def test_characters_that_hide_or_reorder_are_shown_replaced() -> None:
    assert visible("a\u202egpj.exe\x00\u200b") == "a\ufffdgpj.exe\ufffd\ufffd"
    assert visible("line\nline") == "line\nline"
    assert len(visible("x" * 10**6)) < 10**4


@pytest.mark.parametrize(("text", "direction"), [("72 h", "ltr"), ("(المادة 4)", "rtl"), ("42", ""), ("", "")])
def test_the_direction_of_a_text_is_its_first_letters(text: str, direction: str) -> None:
    assert said(text)[1] == direction


def test_files_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    data = dossier("en", files=1)
    many = replace(data, files=tuple(FileRow(f"f{number}", 1, "0" * 64) for number in range(MAX_ROWS + 7)))
    text = copied(build(many, "en"), tmp_path)
    assert "7 further files not shown here; the whole list is in manifest-sha256.txt" in text
    assert f"f{MAX_ROWS - 1} " in text
    assert f"f{MAX_ROWS} " not in text


def test_the_least_dossier_can_be_set() -> None:
    least = replace(dossier("es"), files=(), custody=(), checks=(), conditions=(), checkpoint=None)
    assert build(replace(least, request=replace(least.request, due_at=None)), "es").startswith(b"%PDF")


def test_another_language_is_refused() -> None:
    with pytest.raises(DocumentError, match="Choose ar, en, fr or es"):
        build(dossier("en"), "de")


def test_the_fonts_are_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dossier.pdf"
    path.write_bytes(build(dossier("ar"), "ar"))
    fonts = subprocess.run(["pdffonts", path], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert any("Amiri" in font for font in fonts)
    assert all(" yes yes yes " in font for font in fonts)  # embedded, subset, with a map to Unicode


def with_texts(texts: list[str]) -> DossierData:
    data = dossier("ar", files=1)
    party = replace(data.requesting, name=texts[0], address=texts[1])
    request = replace(data.request, reference=texts[2], offence=texts[3])
    check = replace(data.checks[0], command=texts[4], detail=texts[5])
    return replace(data, requesting=party, request=request, checks=(check,), conditions=tuple(texts))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=60), min_size=6, max_size=6))
def test_any_text_can_be_set(texts: list[str]) -> None:
    assert build(with_texts(texts), "ar").startswith(b"%PDF")
