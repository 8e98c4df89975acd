from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.testing import TestClient

from jusur.instruments.endpoints import router
from jusur.kernel.errors import JusurError

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="instruments-test")
    api.add_router("/instruments", router)

    @api.exception_handler(JusurError)
    def problem(request: HttpRequest, error: JusurError) -> HttpResponse:
        return api.create_response(request, error.problem(), status=error.status)

    return TestClient(api)


def get(client: TestClient, path: str) -> tuple[int, Any]:
    response = client.get(path)
    return response.status_code, response.json()


def test_between_answers_with_measures(client: TestClient) -> None:
    status, body = get(client, "/instruments/between?a=MA&b=NO&on=2026-11-21")
    assert status == 200
    assert body["bases"][0]["instrument"] == "budapest-2001"
    assert {base["instrument"]: base["reason"] for base in body["bases"]}["budapest-2ap-2022"] == "not-in-force"


def test_the_register_is_listed_and_read(client: TestClient) -> None:
    status, body = get(client, "/instruments")
    assert status == 200
    assert "classic-mla" in [one["id"] for one in body["instruments"]]
    status, body = get(client, "/instruments/classic-mla")
    assert (status, body["id"], len(body["digest"])) == (200, "classic-mla", 64)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/instruments/between?a=MA&b=MA", 422),
        ("/instruments/between?a=MA&b=XX", 422),
        ("/instruments/between?a=morocco&b=NO", 422),
        ("/instruments/between?a=MA", 422),
        ("/instruments/between?a=MA&b=NO&on=tomorrow", 422),
        ("/instruments/magna-carta", 404),
        ("/instruments/a\x00b", 404),
        ("/instruments/\u202e", 404),
    ],
)
def test_what_cannot_be_answered_says_why(client: TestClient, path: str, status: int) -> None:
    assert get(client, path)[0] == status
