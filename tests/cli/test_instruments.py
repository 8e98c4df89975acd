import json

import pytest
from click.testing import CliRunner

from jusur.cli.main import jusur
from jusur.kernel.errors import InvalidInputError


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
