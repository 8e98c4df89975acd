from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.testing import TestClient
from tests.followup.test_services import CHIEF, OFFICER, SOON, Sent, texts

from jusur.followup.endpoints import router
from jusur.kernel.errors import JusurError

pytestmark = pytest.mark.django_db
BODY = {
    "source_kind": "meeting",
    "source_reference": "MEETING-7",
    "texts": texts("Name a contact"),
    "verification": texts("The directory"),
    "owner": "MA",
    "verifier": "NO",
    "due_on": str(SOON),
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="commitments-test")
    api.add_router("/commitments", router)

    @api.exception_handler(JusurError)
    def problem(request: HttpRequest, error: JusurError) -> HttpResponse:
        return api.create_response(request, error.problem(), status=error.status)

    return TestClient(api)


def test_entered_accepted_reported_listed(client: TestClient, sent: Sent) -> None:
    made = client.post("/commitments", json=BODY, auth=CHIEF)
    assert made.status_code == 201
    path = f"/commitments/{made.json()['id']}"
    assert made.json()["possible_acts"] == ["accept", "decline", "extend", "withdraw"]
    assert client.post(f"{path}/acts", json={"act": "accept"}, auth=CHIEF).json()["state"] == "accepted"
    report = {"act": "report", "claim": "done", "percent": 100, "text": "Named."}
    assert client.post(f"{path}/acts", json=report, auth=OFFICER).json()["state"] == "reported_done"
    listed = client.get("/commitments?state=reported_done&owner=MA", auth=OFFICER).json()
    assert [row["source"]["reference"] for row in listed["items"]] == ["MEETING-7"]
    assert client.get("/commitments?late=true", auth=OFFICER).json()["items"] == []
    assert client.get("/commitments/counts", auth=OFFICER).json()["reported_done"] == 1
    assert client.get(path, auth=OFFICER).json()["acts"][1]["percent"] == 100


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/commitments", {**BODY, "verifier": "MA"}, 422),
        ("/commitments", {**BODY, "surprise": 1}, 422),
        ("/commitments/01a20000-0000-7000-8000-000000000000/acts", {"act": "accept"}, 404),
        ("/commitments/x/acts", {"act": "accept"}, 422),
    ],
)
def test_what_is_wrong_is_said(client: TestClient, sent: Sent, path: str, body: Any, status: int) -> None:
    assert client.post(path, json=body, auth=CHIEF).status_code == status


def test_an_officer_neither_enters_nor_accepts(client: TestClient, sent: Sent) -> None:
    assert client.post("/commitments", json=BODY, auth=OFFICER).status_code == 403
    made = client.post("/commitments", json=BODY, auth=CHIEF).json()
    assert client.post(f"/commitments/{made['id']}/acts", json={"act": "accept"}, auth=OFFICER).status_code == 403
    assert client.get("/commitments?state=lost", auth=OFFICER).status_code == 422
