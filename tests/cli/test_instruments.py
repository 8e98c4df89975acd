import json
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from jusur.cli.main import jusur
from jusur.kernel.errors import InvalidInputError
from jusur.ledger import api as ledger


def run(*arguments: str) -> str:
    result = CliRunner().invoke(jusur, ["instruments", *arguments], catch_exceptions=False, env={"JUSUR_HOME": ""})
    assert result.exit_code == 0
    return result.output


def test_between_tells_what_may_be_asked_and_how_fast_without_a_node() -> None:
    told = run("between", "ma", "NO")
    assert "Budapest Convention on Cybercrime [budapest-2001] since 2018-10-01 (assumed)" in told
    assert "Kept at least: 60 d" in told
    assert "budapest-2ap-2022" in told
    assert "المغرب - النرويج" in run("between", "MA", "NO", "--language", "ar")


def test_between_as_json() -> None:
    answer = json.loads(run("between", "DE", "FR", "--on", "2026-08-17", "--json"))
    reasons = {base["instrument"]: base["reason"] for base in answer["bases"]}
    assert reasons["eu-2023-1543"] == "not-yet-bound"
    assert reasons["eu-2023-977"] == "available"


def test_list_and_show() -> None:
    assert "classic-mla" in run("list")
    assert len(json.loads(run("list", "--json"))["instruments"]) >= 11
    assert json.loads(run("show", "un-toc-2000"))["in_force"] == "2003-09-29"


def test_a_wrong_country_is_explained() -> None:
    with pytest.raises(InvalidInputError, match="not a country's code"):
        run("between", "MA", "QQ")


@pytest.mark.django_db
def test_adding_a_version_is_an_event_of_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jusur.config.bootstrap.setup", lambda home: None)
    shipped = json.loads(files("jusur.instruments").joinpath("data", "instruments", "classic-mla.json").read_bytes())
    path = tmp_path / "classic-mla.json"
    path.write_text(json.dumps(shipped | {"citation": "the treaties in force for us"}), encoding="utf-8")
    arguments = ["--home", str(tmp_path), "instruments", "add", str(path), "--by", "legal adviser"]
    result = CliRunner().invoke(jusur, arguments, catch_exceptions=False)
    assert result.output == "classic-mla version 1 is now active.\n"
    event = ledger.events("instruments.instrument", "classic-mla")[-1]
    assert (event.kind, event.actor) == ("instruments.version.added", "legal adviser")
    shown = CliRunner().invoke(jusur, ["--home", str(tmp_path), "instruments", "show", "classic-mla"])
    assert json.loads(shown.output)["citation"] == "the treaties in force for us"
