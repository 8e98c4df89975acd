import json
from typing import Any, cast

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient
from tests.directory.network import Ceremony, Nodes

from jusur.directory import api, possession, requests
from jusur.directory.ceremony import read_bundle
from jusur.directory.endpoints import join_router, router
from jusur.web import problems


@pytest.fixture(scope="module")
def ninja() -> NinjaAPI:
    app = NinjaAPI(urls_namespace="directory-test")
    problems.install(app)
    app.add_router("/directory", router)
    app.add_router("/join", join_router)
    return app


@pytest.fixture
def client(ninja: NinjaAPI) -> TestClient:
    return TestClient(ninja)


def test_joining_online(nodes: Nodes, client: TestClient) -> None:
    ceremony = Ceremony(nodes, "MA")
    envelope = (ceremony.issue(), ceremony.sign_request())[1]
    body = {"token": ceremony.paper.token, "request": json.loads(envelope)}
    asked = client.post("/join/requests", data=cast("Any", json.dumps(body)), content_type="application/json")
    assert asked.status_code == 202, asked.content
    where = f"/join/requests/{asked.json()['id']}/welcome"
    token = {"Jusur-Invitation-Token": ceremony.paper.token}
    assert client.get(where, headers=token).json()["state"] == "received"
    api.join_request_admit(
        request_id=asked.json()["id"],
        fingerprint=api.request_fingerprint(envelope),
        authority=nodes.authority,
        actor="operator",
    )
    answer = client.get(where, headers=token).json()
    assert answer["state"] == "admitted"
    nodes.turn_to("MA")
    assert not api.has_directory()
    request = requests.open_request(envelope)
    bundle = json.dumps(answer["welcome"]).encode()
    opened = read_bundle(possession.open_sealed(bundle, request.request, request.digest, ceremony.material.holder()))
    api.directory_pin(envelope=opened.directory, fingerprint=ceremony.directory_words(), actor="operator")
    assert api.organisation("MA").status == "active"


def test_strangers_learn_nothing(nodes: Nodes, client: TestClient) -> None:
    ceremony = Ceremony(nodes, "MA")
    row = api.join_request_receive(token=ceremony.issue().token, envelope=ceremony.sign_request())
    for token in ("", "x", "x" * 500):
        answer = client.get(f"/join/requests/{row.id}/welcome", headers={"Jusur-Invitation-Token": token})
        assert answer.status_code in {404, 422}
    assert client.get(f"/join/requests/{row.id}/welcome").status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"token":1,"request":{}}',
        b'{"token":"x","token":"y","request":{}}',
        b'{"token":"x","request":{},"more":1}',
        b'{"token":"' + b"x" * 500 + b'","request":{}}',
        b'{"token":"x","request":{}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_hostile_bodies_are_refused(nodes: Nodes, client: TestClient, body: bytes) -> None:
    answer = client.post("/join/requests", data=cast("Any", body), content_type="application/json")
    assert answer.status_code == 422


def test_the_directory_for_national_systems(nodes: Nodes, client: TestClient) -> None:
    current: dict[str, Any] = client.get("/directory").json()
    assert (current["version"], current["alarms"]) == (1, [])
    found = client.get("/directory/organisations?kind=bureau&region=africa").json()["organisations"]
    assert {"MA", "ET"} <= {each["address"] for each in found}
    assert "keys" not in found[0]
    assert client.get("/directory/organisations/GS").json()["keys"]
    assert client.get("/directory/organisations/QQ").status_code == 404
    assert client.get("/directory/organisations?kind=nation").status_code == 422
