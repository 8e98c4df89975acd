import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.notices.lives import drafted, published
from tests.notices.network import SUPERVISOR, Network
from tests.notices.samples import CONTENTS, person, red

from jusur.documents.notice_words import LANGUAGES, words
from jusur.kernel.errors import InvalidInputError
from jusur.notices import papers, photographs, synthetic, types
from jusur.notices.models import Notice
from jusur.notices.services import drafting

MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    from jusur.directory import api as directory

    names = SimpleNamespace(ar="المغرب", en="Morocco", fr="Maroc", es="Marruecos")
    monkeypatch.setattr(directory, "organisation", lambda address: SimpleNamespace(address=address, name=names))


def copied(pdf: bytes, folder: Path) -> str:
    path = folder / "notice.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], check=True, capture_output=True, text=True).stdout
    return " ".join(MARKS.sub("", text).split())


def content() -> dict[str, Any]:
    shown = photographs.photograph(synthetic.photograph(3), good=True)
    pictured = person(photographs=[{"sha256": shown.sha256, "data": shown.data, "good": True}])
    return red(persons=[pictured])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_copies_out_whole(language: str, network: Network, tmp_path: Path) -> None:
    notice = drafted(network, content=content())
    with network.acting("MA"):
        text = copied(papers.pdf(notice, language), tmp_path)
    known = words(language)
    kind = types.shipped()["red"]
    wanted = [known[key] for key in ("verify", "person", "case", "charges", "original", "translation", "request")]
    wanted += [
        getattr(kind.names, language),
        "ALNAJM",
        "النصب والاحتيال",
        "Penal Code 540",
        "1980-05-17",
        str(notice.id),
    ]
    assert [phrase for phrase in wanted if phrase not in text] == []


@pytest.mark.parametrize("code", sorted(types.shipped()))
def test_every_type_is_set(code: str, network: Network) -> None:
    notice = drafted(network, content=CONTENTS[code], type=code)
    with network.acting("MA"):
        assert papers.pdf(notice, "ar").startswith(b"%PDF")


def test_the_code_verifies_the_present_state(network: Network) -> None:
    notice_id = published(network)
    with network.acting("NO"):
        code = papers.code(Notice.objects.get(id=notice_id))
        assert papers.verify(code)["verdict"] == "current"
        assert papers.verify(code.replace(code[-64:], "0" * 64))["verdict"] == "changed"
        with pytest.raises(InvalidInputError):
            papers.verify("https://example.org")
    with network.acting("MA"):
        drafting.notice_withdraw(notice_id=notice_id, reason="Found.", actor=SUPERVISOR)
    network.deliver_all()
    with network.acting("NO"):
        told = papers.verify(code)
        assert (told["verdict"], told["state"]) == ("over", "purged")
        assert "content" not in told


def test_words_are_in_four_languages() -> None:
    keys = set(words("en"))
    for language in LANGUAGES:
        assert set(words(language)) == keys
        assert all(words(language).values())


def test_markup_is_only_text(network: Network, tmp_path: Path) -> None:
    hostile = '#panic() $x$ *bold* @ref #import "/etc/passwd"'
    notice = drafted(network, content=red(title=hostile))
    with network.acting("MA"):
        assert hostile in copied(papers.pdf(notice, "en"), tmp_path)
