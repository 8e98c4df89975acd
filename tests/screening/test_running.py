"""The search process as it runs: asked by yente's own client, killed, asked by the web process, fed by records."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yente_client
from tests.e2e.network import until
from tests.screening.node import SearchNode, running
from yente_client import Client, Company, Person

from jusur.cli.client import Client as Officer
from jusur.cli.screening import Columns, Job, run

pytestmark = [pytest.mark.enable_socket, pytest.mark.xdist_group("search-node")]


@pytest.fixture(scope="module")
def node() -> Iterator[SearchNode]:
    with running() as found:
        found.ids = found.fill(
            [
                {"name": "Youssef Benhaddou", "birth": "1985-03-02", "country": "ma"},
                {"name": "Karim Tazi", "birth": "1970"},
            ],
            [
                {
                    "schema": "Passport",
                    "properties": {"number": ["XA1234567"], "country": ["ma"]},
                    "key": "travel-documents",
                }
            ],
        )
        until(lambda: found.search(text="Karim Tazi").json().get("answers"), what="the index")
        yield found


@pytest.fixture
def client(node: SearchNode) -> Iterator[Client]:
    token = node.system_token(f"system-{time.monotonic_ns()}@ma.example")
    with Client(api_key=token, base_url=node.search_url) as made:
        yield made


def test_yentes_client_matches_searches_and_fetches(client: Client, node: SearchNode) -> None:
    assert client.healthz().status == "ok"
    assert client.readyz().status == "ok"
    found = client.match(Person(name=["Yousef Ben Haddou"], birthDate=["1985-03-02"]), limit=3)
    assert found.top is not None
    assert found.top.id == node.ids["Youssef Benhaddou"]
    assert found.top.match
    assert found.top.contributing_explanations
    assert found.top.properties["birthDate"] == ["1985-03-02"]
    assert client.match(Company(name=["Nothing Of The Kind Ltd"])).results == []
    listed = client.search("Karim Tazi")
    assert listed.results[0].id == node.ids["Karim Tazi"]
    assert client.fetch(node.ids["Karim Tazi"]).caption == "Karim Tazi"
    with pytest.raises(yente_client.NotFoundError):
        client.fetch("00000000-0000-7000-8000-000000000000")


def test_yentes_client_reads_the_catalogue(client: Client) -> None:
    names = {each.name for each in client.datasets().datasets}
    assert {"default", "nominal", "travel-documents"} <= names
    assert client.datasets().datasets
    assert client.algorithms().best
    assert client.match(Person(name=["Karim Tazi"]), datasets=["travel-documents"]).results == []
    assert client.match(Person(name=["Karim Tazi"]), datasets=["nominal"], algorithm="best").results


def test_yentes_client_matches_many(client: Client, node: SearchNode) -> None:
    people = [(str(number), Person(name=["Karim Tazi"], birthDate=["1970"])) for number in range(8)]
    found = dict(client.match_iter(people))
    assert {response.top.id for response in found.values() if response.top} == {node.ids["Karim Tazi"]}


def test_yentes_client_is_told_what_is_wrong(node: SearchNode) -> None:
    sought = Person(name=["Karim Tazi"])
    stranger = Client(api_key="jusur_wrong", base_url=node.search_url)
    with stranger, pytest.raises(yente_client.AuthenticationError):
        stranger.match(sought)
    unpurposed = Client(api_key=node.tokens["officer"], base_url=node.search_url)
    with unpurposed, pytest.raises(yente_client.BadRequestError, match="purpose"):
        unpurposed.match(sought)
    fields = {"Jusur-Purpose": "criminal-investigation", "Jusur-Reference": "MA-1"}
    with Client(api_key=node.tokens["officer"], base_url=node.search_url, headers=fields) as purposed:
        assert purposed.match(sought).top


def test_the_web_process_searches_for_its_officers(node: SearchNode) -> None:
    body = {"purpose": "criminal-investigation", "reference": "MA-2026-0093", "query": {"text": "كريم التازي"}}
    found = node.call("officer", "POST", "/search", {**body, "language": "ar"})
    assert found["answers"][0]["record"] == node.ids["Karim Tazi"]
    node.call("auditor", "POST", "/search", body, status=403)
    refused = node.call("officer", "POST", "/search", {**body, "purpose": "curiosity"}, status=422)
    assert "purpose" in refused["detail"]
    journal = node.get("/search/searches", "auditor")["items"]
    assert found["id"] in {each["id"] for each in journal}
    assert "كريم" not in json.dumps(journal, ensure_ascii=False)


def test_a_hit_is_decided_by_a_person_with_a_reason(node: SearchNode) -> None:
    body = {"purpose": "criminal-investigation", "reference": "MA-2026-0001", "query": {"text": "XA1234567"}}
    hit = node.call("officer", "POST", "/search", body)["answers"][0]["hit"]
    shown = node.get(f"/search/hits/{hit}")
    assert shown["state"] == "proposed"
    assert shown["query"]["text"] == "XA1234567"
    wrong = node.post(
        "officer", f"/search/hits/{hit}/decision", {"state": "confirmed", "reason": "because"}, status=422
    )
    assert "reason" in wrong["detail"]
    decided = node.post("officer", f"/search/hits/{hit}/decision", {"state": "confirmed", "reason": "same-object"})
    assert (decided["state"], decided["reason"]) == ("confirmed", "same-object")
    node.post("officer", f"/search/hits/{hit}/decision", {"state": "discarded", "reason": "other-object"}, status=409)
    again = node.call("officer", "POST", "/search", body)["answers"][0]["hit"]
    assert again == hit


def test_a_watch_tells_of_a_new_record(node: SearchNode) -> None:
    query = {"names": ["Ibtissam Chraibi"], "birth_dates": ["1991-05-06"]}
    body = {"purpose": "criminal-investigation", "reference": "MA-2026-0077", "query": query, "days": 5}
    placed = node.call("officer", "POST", "/search/watches", body)
    assert placed["id"] in {each["id"] for each in node.get("/search/watches")["items"]}
    made = node.fill([{"name": "Ibtissam Chraibi", "birth": "1991-05-06"}])
    hits = until(lambda: node.get("/search/hits?reference=MA-2026-0077")["items"], what="the hit", seconds=30)
    assert [(each["record"], each["source"], each["watch"]) for each in hits] == [
        (made["Ibtissam Chraibi"], "watch", placed["id"])
    ]


def test_killed_processes_lose_no_search_and_come_back(node: SearchNode) -> None:
    for name in ("search", "postgres", "worker"):
        until(lambda name=name: node.pids().get(name), what=f"{name}")  # type: ignore[misc]
        node.kill(name)
        until(lambda: _answers(node), what=f"a search after {name} was killed", seconds=60)
    made = node.fill([{"name": "After The Kill"}])
    until(
        lambda: (
            made["After The Kill"] in {each["record"] for each in node.search(text="After The Kill").json()["answers"]}
        ),
        what="a record that came after the kills",
    )


def _answers(node: SearchNode) -> bool:
    import httpx

    try:
        answer = node.search(text="Karim Tazi")
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and bool(answer.json()["answers"])


def test_a_file_is_screened_and_resumed(node: SearchNode, tmp_path: Path) -> None:
    file, target = tmp_path / "list.csv", tmp_path / "out.jsonl"
    names = ["Karim Tazi", "Nobody Known", "=cmd|x", "Youssef Benhaddou"] * 30
    file.write_text("name\n" + "\n".join(names) + "\n", encoding="utf-8")
    job = Job(file, target, Columns(("name",)), "criminal-investigation", "MA-LIST-1", (), everything=True, at_once=40)
    officer = Officer(f"{node.web_url}/v1", node.tokens["officer"])
    calls = []

    def stopped(rows: int, total: int, seconds: float) -> None:
        calls.append(rows)
        if rows == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, officer, tell=stopped)
    done = run(job, officer, tell=stopped)
    officer._http.close()
    assert calls == [40, 80, 120]
    assert done["rows"] == 120
    assert done["hits"] == 60
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["row"] for row in rows] == list(range(1, 121))
