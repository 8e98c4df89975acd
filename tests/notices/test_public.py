"""The public interface, asked as existing clients ask it."""

import asyncio
import time
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest
from tests.notices.samples import CONTENTS, person, red

from jusur.notices import content, synthetic, types
from jusur.notices.public import sources
from jusur.notices.public.app import PublicApi
from jusur.notices.public.extract import EYES, HAIR, Extract, extract_of
from jusur.notices.public.index import REACH, Index

BASE = "http://public.test"
SAMPLE = 1500


class Client:
    """Asks an application in this process."""

    def __init__(self, index: Index, **options: Any) -> None:
        self._app = PublicApi(lambda: index, base=BASE, **options).app()
        self.asked = 0

    def get(self, path: str, **rest: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.get(path, **rest)

        self.asked += 1
        return asyncio.run(ask())

    def list(self, collection: str, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.get(f"/notices/v1/{collection}", params=query).raise_for_status().json()
        return answer


@pytest.fixture(scope="module")
def index() -> Index:
    return sources.sample(SAMPLE)


@pytest.fixture(scope="module")
def client(index: Index) -> Client:
    return Client(index)


def made(value: dict[str, Any], code: str = "red", reference: str = "2024/12345") -> Extract | None:
    return extract_of(types.shipped()[code], content.parse(value), reference, "MA")


def test_a_list_has_the_published_shape(client: Client) -> None:
    answer = client.list("red")
    assert list(answer) == ["total", "query", "_embedded", "_links"]
    assert answer["query"] == {"page": 1, "resultPerPage": 20}
    assert answer["total"] > 1000
    assert len(answer["_embedded"]["notices"]) == 20
    assert set(answer["_links"]) == {"self", "first", "next", "last"}
    first = answer["_embedded"]["notices"][0]
    keys = {"entity_id", "forename", "name", "date_of_birth", "nationalities", "_links"}
    assert set(first) == keys
    path = first["entity_id"].replace("/", "-")
    assert first["_links"]["self"]["href"] == f"{BASE}/notices/v1/red/{path}"
    assert first["_links"]["images"]["href"] == f"{BASE}/notices/v1/red/{path}/images"


@pytest.mark.parametrize(
    ("asked", "page", "size", "shown"),
    [
        ({}, 1, 20, 20),
        ({"resultPerPage": 500}, 1, 160, 160),
        ({"resultPerPage": 0}, 1, 1, 1),
        ({"resultPerPage": -3}, 1, 1, 1),
        ({"resultPerPage": "many"}, 1, 20, 20),
        ({"page": 8}, 8, 20, 20),
        ({"page": 9}, 8, 20, 20),
        ({"page": 10**30}, 8, 20, 20),
        ({"page": 0}, 1, 20, 20),
        ({"page": "x"}, 1, 20, 20),
        ({"page": 2, "resultPerPage": 100}, 2, 100, 60),
        ({"page": 2, "resultPerPage": 160}, 1, 160, 160),
    ],
)
def test_pages_are_clamped_to_the_reach(
    client: Client, asked: dict[str, Any], page: int, size: int, shown: int
) -> None:
    answer = client.list("red", **asked)
    assert answer["query"] == {"page": page, "resultPerPage": size}
    assert len(answer["_embedded"]["notices"]) == shown
    assert answer["total"] > REACH
    last = dict(parse_qsl(urlsplit(answer["_links"]["last"]["href"]).query))
    assert int(last["page"]) == -(-REACH // size)


def test_following_next_reaches_160_and_no_more(client: Client) -> None:
    seen: list[str] = []
    url = "/notices/v1/red"
    while url:
        answer = client.get(url).json()
        seen += [each["entity_id"] for each in answer["_embedded"]["notices"]]
        url = answer["_links"].get("next", {}).get("href", "")
    assert len(seen) == len(set(seen)) == REACH


def test_filters_narrow_and_are_echoed(client: Client) -> None:
    answer = client.list("red", nationality="MA", sexId="F", ageMin=30, ageMax=50, resultPerPage=160)
    assert answer["query"] == {
        "nationality": "MA",
        "ageMin": "30",
        "ageMax": "50",
        "sexId": "F",
        "page": 1,
        "resultPerPage": 160,
    }
    assert 0 < answer["total"] < 160
    assert all("MA" in each["nationalities"] for each in answer["_embedded"]["notices"])
    wanted = client.list("red", arrestWarrantCountryId="NO")["total"]
    assert 0 < wanted < client.list("red")["total"]


def test_names_match_in_part_and_by_regular_expression(client: Client) -> None:
    part = client.list("red", name="ba")["total"]
    assert client.list("red", name="BA")["total"] == part > 0
    start = client.list("red", name="^BA")["total"]
    assert 0 < start <= part
    assert client.list("red", name="^[^A-Z]")["total"] == 0
    whole = client.list("red", name=".*")["total"]
    assert whole == client.list("red")["total"]
    free = client.list("red", freeText="غسل الأموال")["total"]
    assert 0 < free < whole


def test_a_detail_has_the_published_shape(client: Client, index: Index) -> None:
    first = client.list("red")["_embedded"]["notices"][0]
    detail = client.get(first["_links"]["self"]["href"]).json()
    assert {
        *("sex_id", "place_of_birth", "country_of_birth_id", "eyes_colors_id", "hairs_id", "languages_spoken_ids"),
        *("height", "weight", "distinguishing_marks", "arrest_warrants", "_embedded", "_links"),
    } <= set(detail)
    (warrant,) = detail["arrest_warrants"]
    assert set(warrant) == {"charge", "issuing_country_id", "charge_translation"}
    assert detail["height"] == 0 or 1.4 < detail["height"] < 2.1
    dashed = first["entity_id"].replace("/", "-")
    encoded = first["entity_id"].replace("/", "%2F")
    bodies = {client.get(f"/notices/v1/red/{each}").content for each in (dashed, encoded, first["entity_id"])}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "path",
    [
        "red/1999-1",
        "red/x",
        "green",
        "green/2024-1",
        "un/persons/1999-1",
        "un/ships",
        "red/1999-1/images",
    ],
)
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert client.get(f"/notices/v1/{path}").status_code == 404


def test_pictures_are_listed_and_served(client: Client) -> None:
    rows = client.list("red", resultPerPage=160)["_embedded"]["notices"]
    pictured = next(each for each in rows if "thumbnail" in each["_links"])
    listed = client.get(pictured["_links"]["images"]["href"]).json()
    (image,) = listed["_embedded"]["images"]
    answer = client.get(image["_links"]["self"]["href"])
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert client.get(image["_links"]["self"]["href"] + "9").status_code == 404
    bare = next(each for each in rows if "thumbnail" not in each["_links"])
    assert client.get(bare["_links"]["images"]["href"]).json()["_embedded"]["images"] == []


def test_persons_and_entities_of_the_united_nations_are_told_apart(client: Client) -> None:
    everything, persons, entities = (client.list(each)["total"] for each in ("un", "un/persons", "un/entities"))
    assert everything == persons + entities
    assert persons
    assert entities
    first = client.list("un/entities")["_embedded"]["notices"][0]
    assert "/un/entities/" in first["_links"]["self"]["href"]
    assert client.get(first["_links"]["self"]["href"]).json()["un_reference"].startswith("QDi.")


def test_answers_may_be_kept_and_say_when_nothing_changed(client: Client) -> None:
    answer = client.get("/notices/v1/red")
    assert answer.headers["cache-control"] == "public, max-age=60"
    again = client.get("/notices/v1/red", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_address_that_asks_too_fast_waits(index: Index) -> None:
    slow = Client(index, rate=0.001, burst=3)
    statuses = [slow.get("/notices/v1/red").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert int(slow.get("/notices/v1/red").headers["retry-after"]) > 100


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"public_extract": True}, True),
        ({}, False),
        ({"public_extract": True, "persons": [person(status="victim")]}, False),
        ({"public_extract": True, "persons": [person(date_of_birth="2012")]}, False),
        ({"public_extract": True, "persons": [person(date_of_birth="2008")]}, False),
        ({"public_extract": True, "persons": [person(date_of_birth="2007")]}, True),
        ({"public_extract": True, "persons": [person(), person(status="victim")]}, False),
    ],
)
def test_the_public_sees_only_what_was_agreed_and_never_minors_or_victims(changes: dict[str, Any], shown: bool) -> None:
    assert (made(red(**changes)) is not None) is shown


@pytest.mark.parametrize("code", ["blue", "green", "black", "purple", "orange", "silver"])
def test_other_colours_are_never_public(code: str) -> None:
    assert made(CONTENTS[code] | {"public_extract": True}, code) is None


@pytest.mark.parametrize(
    ("born", "told"), [("1972", "1972"), ("1975-03", "1975/03"), ("1980-01-01", "1980/01/01"), ("", None)]
)
def test_dates_are_told_as_far_as_they_are_known(born: str, told: str | None) -> None:
    found = made(red(public_extract=True, persons=[person(date_of_birth=born)]))
    assert found is not None
    assert found.summary["date_of_birth"] == told


def test_unknown_values_are_null_or_zero() -> None:
    bare = {"names": [{"name": "X"}]}
    found = made({"public_extract": True, "persons": [bare]})
    assert found is not None
    assert found.summary["forename"] is None
    assert found.summary["nationalities"] is None
    assert (found.detail["height"], found.detail["weight"], found.detail["sex_id"]) == (0, 0, "U")


def test_codes_are_those_of_the_interface(index: Index) -> None:
    for each in index._by["red"][:200]:
        assert set(each.detail["eyes_colors_id"] or []) <= EYES
        assert set(each.detail["hairs_id"] or []) <= HAIR
        assert all(len(code) == 3 and code.isupper() for code in each.detail["languages_spoken_ids"] or [])


def test_ages_count_birthdays_and_years_alone() -> None:
    rows = [made(red(public_extract=True, persons=[person(date_of_birth=born)])) for born in ("2000-11-23", "2000", "")]
    index = Index([each for each in rows if each], today=date(2026, 11, 22))
    assert [index._age(each) for each in rows if each] == [25, 26, None]


HOSTILE = [
    *(
        "(a+)+$",
        "(a|a)*b",
        "(.*a){60}",
        "((((((((a*)*)*)*)*)*)*)*)*",
        "(x+x+)+y",
        "[",
        "(?=a)",
        "(?<=a)b",
        "\\",
        "*",
        "a{1000}{1000}",
    ),
    *(
        "(" * 150,
        "a{999}" * 30,
        "(?P<x>",
        "\\C*" * 50,
        "(\\p{L}*)*$",
        ".*" * 90,
        "[^\\n]*" * 30 + "q",
        "\x00",
        "(?i)" * 50,
    ),
    *(f"({'a?' * number}){{{number}}}{'a' * number}" for number in range(1, 41)),
    *(f"(.?){{{number}}}$" for number in range(1, 41)),
]


def test_hostile_expressions_are_answered_in_bounded_time(client: Client) -> None:
    assert len(HOSTILE) >= 100
    slowest = 0.0
    for pattern in HOSTILE:
        for field in ("name", "freeText"):
            started = time.process_time()
            answer = client.get("/notices/v1/red", params={field: pattern})
            slowest = max(slowest, time.process_time() - started)
            assert answer.status_code == 200, pattern
    assert slowest < 2.0


def test_a_query_that_is_too_long_is_refused(client: Client) -> None:
    assert client.get("/notices/v1/red?name=" + "a" * 5000).status_code == 414


class Sweep:
    """A client that finds everything although a query reaches 160: it halves what it asks for."""

    def __init__(self, client: Client, collection: str) -> None:
        self._client, self._collection = client, collection
        self.found: set[str] = set()

    def _ask(self, **query: Any) -> int:
        answer = self._client.list(self._collection, resultPerPage=REACH, **query)
        self.found |= {each["entity_id"] for each in answer["_embedded"]["notices"]}
        total: int = answer["total"]
        return total

    def by_age(self, low: int, high: int, **query: Any) -> None:
        if self._ask(ageMin=low, ageMax=high, **query) <= REACH:
            return
        if low == high:
            self.by_name("^", **query, ageMin=low, ageMax=high)
            return
        middle = (low + high) // 2
        self.by_age(low, middle, **query)
        self.by_age(middle + 1, high, **query)

    def by_name(self, prefix: str, low: int = 0x20, high: int = 0x2FFF, **query: Any) -> None:
        wanted = f"{prefix}[\\x{{{low:x}}}-\\x{{{high:x}}}]"
        if self._ask(name=wanted, **query) <= REACH:
            return
        if low == high:
            self.by_name(f"{prefix}\\x{{{low:x}}}", **query)
            return
        middle = (low + high) // 2
        self.by_name(prefix, low, middle, **query)
        self.by_name(prefix, middle + 1, high, **query)


def _sweep(client: Client, collection: str) -> set[str]:
    sweep = Sweep(client, collection)
    total = sweep._ask()
    sweep.by_age(0, 120)
    if len(sweep.found) < total:  # those whose age nobody knows
        sweep.by_name("^")
    assert len(sweep.found) == total
    return sweep.found


@pytest.mark.parametrize("count", [SAMPLE, pytest.param(7000, marks=pytest.mark.slow)])
def test_a_client_that_halves_finds_every_notice(count: int, client: Client) -> None:
    served = client if count == SAMPLE else Client(sources.sample(count))
    found = {collection: _sweep(served, collection) for collection in ("red", "yellow", "un")}
    assert sum(map(len, found.values())) == count


def test_invented_notices_are_many_scripts_and_their_defects_are_caught() -> None:
    stream = synthetic.samples(7)
    rows = [next(stream) for _ in range(1500)]
    scripts = {ord(name.name[0]) >> 8 for row in rows for each in row.content.persons for name in each.names}
    assert len(scripts) > 8
    seen = {fault for row in rows for fault in row.defects}
    assert seen == set(synthetic.DEFECTS)
    caught = {"penalty-short": "penalty-threshold", "no-warrant": "judicial-data", "private-matter": "serious-crime"}
    caught |= {"future-facts": "dates-consistent"}
    for row in rows:
        if row.type != "red":
            continue
        content.parse(msgspec.to_builtins(row.content))
        names = {each.id for each in types.unmet(types.shipped()["red"], row.content, date(2026, 11, 22))}
        for fault in row.defects:
            assert caught.get(fault) is None or caught[fault] in names
        if not row.defects:
            assert names <= {"identification"}
