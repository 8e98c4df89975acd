import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.desk import samples
from tests.desk.conftest import As

from jusur.desk.directory import members
from jusur.directory import api as directory
from jusur.node.context import current

ROLES = ("officer", "supervisor", "legal_adviser", "examiner", "administrator", "auditor", "delegate")


@pytest.mark.parametrize("role", ROLES)
def test_every_officer_may_look_the_members_up(role: str, shown: samples.Desk, as_role: As) -> None:
    client = as_role(role)
    for path in ("/directory/", "/directory/NO", "/instruments/", "/instruments/between?a=MA&b=NO"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/settings/keys", "/settings/keys/new", "/settings/keys/alarms", "/settings/network"])
@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_only_administrators_manage(role: str, path: str, shown: samples.Desk, as_role: As) -> None:
    assert as_role(role).get(path).status_code == 403


def test_every_member_is_a_link_on_the_map(shown: samples.Desk, as_role: As) -> None:
    page = as_role("officer").get("/directory/").content.decode()
    drawn = page[page.index('<svg class="world"') : page.index("</svg>", page.index('<svg class="world"'))]
    bureaus = {each.address for each in directory.organisations(kind="bureau")}
    assert set(re.findall(r'<a href="/directory/([A-Z]{2})"', drawn)) == bureaus
    assert '<a href="/directory/NO" class="heard" aria-label="Norway: Heard from lately">' in drawn
    assert '<a href="/directory/FR" class="silent"' in drawn
    assert "Natural Earth" in page


def test_few_queries_and_little_weight(shown: samples.Desk, as_role: As) -> None:
    client = as_role("officer")
    client.get("/directory/")
    for path, most in (("/directory/", 9), ("/directory/NO", 11), ("/instruments/", 7)):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path, headers={"accept-encoding": "gzip"})
        assert len(asked) <= most, [query["sql"][:90] for query in asked]
        assert len(answer.content) < 40_000, path


@pytest.mark.parametrize("words", ["Norvège", "norvege", "Noruega", "النرويج", "NO", "norw"])
def test_a_member_is_found_by_its_name_in_any_language(words: str, shown: samples.Desk) -> None:
    found = members.wanted(members.members("MA", "en"), members.Wanted(q=words))
    assert "NO" in {member.address for member in found}


def test_filters_narrow_the_table(shown: samples.Desk, as_role: As) -> None:
    client = as_role("officer")
    page = client.get("/directory/?region=europe&reachability=heard").context["page"]
    assert [row.address for row in page["items"]] == ["NO"]
    treaty = client.get("/directory/?instrument=mou-ma-no-2025").context["page"]
    assert [row.address for row in treaty["items"]] == ["NO"]
    assert client.get("/directory/?q=zzzz").context["page"]["items"] == []


@pytest.mark.parametrize("given", ["-1", "9" * 400, "١٢", "x", "60", "100000"])
def test_the_table_s_place_is_bounded(given: str, shown: samples.Desk, as_role: As) -> None:
    assert as_role("officer").get("/directory/", {"from": given}).status_code == 200


def test_an_organisation_shows_keys_and_what_may_be_asked(shown: samples.Desk, as_role: As) -> None:
    page = as_role("officer").get("/directory/NO").content.decode()
    signing = directory.active_key(directory.organisation("NO"), "signing")
    assert directory.key_facts(signing).words in page
    assert "Budapest" in page
    assert "assumed" in page
    assert "verified" in page
    assert "What a request must contain" in page


@pytest.mark.parametrize("address", ["XX", "no", "N" * 300, "%00", "<script>"])
def test_nobody_stands_at_an_unknown_address(address: str, shown: samples.Desk, as_role: As) -> None:
    assert as_role("officer").get(f"/directory/{address}").status_code == 404


def test_an_unknown_instrument_is_not_found(shown: samples.Desk, as_role: As) -> None:
    assert as_role("officer").get("/instruments/nothing").status_code == 404


def test_the_same_country_twice_is_explained(shown: samples.Desk, as_role: As) -> None:
    page = as_role("officer").get("/instruments/between?a=MA&b=MA").content.decode()
    assert "The two countries are the same." in page


def test_the_map_is_not_mirrored_and_names_are_arabic_in_arabic(shown: samples.Desk, as_role: As) -> None:
    page = as_role("officer", language="ar").get("/directory/").content.decode()
    assert 'dir="rtl"' in page
    assert "النرويج" in page
    assert "scaleX" not in page
    assert current().address == "MA"
