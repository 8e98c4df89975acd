import json
import re
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest

from jusur.kernel import countries, text
from jusur.kernel.languages import LANGUAGES


def read(name: str) -> Any:
    return json.loads(files("jusur").joinpath("directory", "data", name).read_text("utf-8"))


def test_the_organisation_has_196_members() -> None:
    members = read("members.json")["members"]
    assert len(members) == len({member["code"] for member in members}) == 196
    assert Counter(member["region"] for member in members) == {"africa": 54, "americas": 38, "asia": 54, "europe": 50}


def test_members_are_countries_with_a_name_in_each_language() -> None:
    for member in read("members.json")["members"]:
        assert countries.is_country(member["code"])
        assert set(member["names"]) == set(LANGUAGES)
        for name in member["names"].values():
            assert text.line(name, max_length=60, field="name") == name


@pytest.mark.parametrize("code", ["PS", "VA", "AW", "CW", "SX", "KI", "VU", "SB", "FM", "PW", "MA", "NO"])
def test_members_that_lists_forget(code: str) -> None:
    assert code in {member["code"] for member in read("members.json")["members"]}


@pytest.mark.parametrize("code", ["KP", "TV", "TW", "XK", "HK", "MO", "PR", "GI", "AI"])
def test_those_that_are_not_members(code: str) -> None:
    assert code not in {member["code"] for member in read("members.json")["members"]}


def test_special_codes_stand_apart_from_members() -> None:
    assert [row["code"] for row in read("members.json")["special_codes"]] == ["914", "916", "922", "UNK"]


def test_other_organisations_may_receive_nothing_until_it_is_granted() -> None:
    organisations = read("organisations.json")["organisations"]
    assert len({row["code"] for row in organisations}) == len(organisations)
    for row in organisations:
        assert re.fullmatch(r"[A-Z][A-Z0-9-]{2,15}", row["code"])
        assert row["kind"] in {"regional", "partner"}
        assert set(row["names"]) == set(row["role"]) == set(LANGUAGES)
        assert row["limits"] == {"message_kinds": [], "max_classification": None}
