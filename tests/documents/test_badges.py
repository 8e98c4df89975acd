import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jusur.documents.badges import Badge, build
from jusur.documents.errors import DocumentError

AT = datetime(2025, 11, 24, tzinfo=UTC)
MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NAMES = ("Amina Exemple", "أمينة مثال", "Иван Пример", "Ω" * 60)


def badges(count: int) -> list[Badge]:
    return [
        Badge(number, f"{NAMES[number % 3]} {number}", "Head", "المغرب", "MA", "Delegate", f"secret-{number:04d}")
        for number in range(1, count + 1)
    ]


def copied(pdf: bytes, folder: Path) -> str:
    path = folder / "badges.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], check=True, capture_output=True, text=True).stdout
    return " ".join(MARKS.sub("", text).split())


def test_names_and_countries_copy_out_in_their_script(tmp_path: Path) -> None:
    text = copied(build(badges(3), title="الجمعية العامة", made_at=AT), tmp_path)
    for wanted in ("أمينة مثال", "Иван Пример", "Amina Exemple", "المغرب", "الجمعية العامة", "MA", "0003"):
        assert wanted in text


def test_the_secret_is_in_the_code_only(tmp_path: Path) -> None:
    assert "secret-0001" not in copied(build(badges(1), title="GA", made_at=AT), tmp_path)


def test_ten_fit_a_page_whatever_they_say(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    long = [Badge(1, name, "x" * 200, "p" * 200, "MA", "k" * 100, "s") for name in (*NAMES, "م" * 200) * 2]
    path.write_bytes(build(long, title="t" * 200, made_at=AT))
    assert (
        "Pages:           1\n" in subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    )


def test_the_same_badges_give_the_same_bytes() -> None:
    assert build(badges(2), title="GA", made_at=AT) == build(badges(2), title="GA", made_at=AT)


@pytest.mark.parametrize("count", [0, 5001])
def test_none_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(DocumentError, match="Print 1 to 5000"):
        build(badges(count), title="GA", made_at=AT)


def test_eight_hundred_are_set_in_less_than_a_minute() -> None:
    begun = time.perf_counter()
    assert build(badges(800), title="GA", made_at=AT).startswith(b"%PDF")
    assert time.perf_counter() - begun < 60
