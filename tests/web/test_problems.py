import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from tests.web.conftest import Caller, problem

from jusur.ledger.models import Event
from jusur.web import idempotency

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.frame_urls")]


def test_without_a_token_nothing_is_told(node: object) -> None:
    response = Caller("").get("/officers")
    problem(response, 401, "not-signed-in")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["x", "jusur_" + "a" * 10_000, "\x7f", "jusur_%00"])
def test_a_false_token_is_refused(node: object, token: str) -> None:
    problem(Caller(token).get("/officers"), 401)


def test_what_the_role_does_not_carry_is_refused(entered: Callable[..., Caller]) -> None:
    problem(entered("officer").get("/officers"), 403, "forbidden")
    problem(entered("administrator", scopes=["webhook.manage"]).get("/officers"), 403, "forbidden")


def test_a_router_that_knows_no_accounts_is_kept_by_its_act(entered: Callable[..., Caller]) -> None:
    problem(entered("officer").get("/ledger/events"), 403, "forbidden")
    assert entered("auditor").get("/ledger/events").status_code == 200
    problem(entered("auditor", scopes=["indicators.read"]).get("/ledger/events"), 403, "forbidden")


@pytest.mark.parametrize("path", ["/nothing", "/officers/x/y/z", "/../etc/passwd", "/officers/%2e%2e"])
def test_an_unknown_address_is_a_problem(everything: Caller, path: str) -> None:
    assert everything.get(path)["Content-Type"] == "application/problem+json"
    assert everything.get(path).status_code in {404, 422}


def test_another_method_is_a_problem_that_says_which(everything: Caller) -> None:
    response = everything.delete("/officers")
    problem(response, 405, "method-not-allowed")
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize("error", [OperationalError("the database system is starting up"), InterfaceError("closed")])
def test_without_its_database_the_node_says_come_again(
    everything: Caller, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(idempotency, "_claim", away)  # before any view of ours has begun
    response = everything.post("/probe", {"do": "ok"}, key="a")
    problem(response, 503, "unavailable")
    assert response["Retry-After"]
    assert str(error).encode() not in response.content


def test_a_failure_tells_nothing_of_the_inside(everything: Caller) -> None:
    response = everything.post("/probe", {"do": "fail"})
    problem(response, 500, "unexpected")
    assert b"secret" not in response.content
    assert b"RuntimeError" not in response.content


def test_a_value_beyond_a_column_is_refused_as_input(everything: Caller) -> None:
    problem(everything.post("/probe", {"do": "overflow"}, key="k"), 422)
    assert not Event.objects.filter(kind="probe.began").exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[",
        b"",
        b"null",
        b'"text"',
        b'{"do": 1}',
        b'{"do": "x", "do": "y"}',
        b'{"do": NaN}',
        b'{"do": "ok", "value": 1e999}',
        b'{"do": "ok", "value": -1e999}',
        b'{"do": "ok", "value": ' + b"9" * 5000 + b"}",
        b'{"do": "ok", "value": "\\u0000"}',
        b'{"do": "ok", "value": {"\\u0000": 1}}',
        b'{"do": "ok", "value": "\\ud800"}',
        b'{"do": "ok", "value": "\xff"}',
        b'\xef\xbb\xbf{"do": "ok"}',
        b'{"do": "ok", "value": ' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 100_000,
    ],
)
def test_a_body_with_a_second_meaning_is_refused(everything: Caller, body: bytes) -> None:
    response = everything.http.generic("POST", "/v1/probe", body, "application/json")
    problem(response, 422)
    assert not Event.objects.filter(kind="probe.began").exists()


def test_a_body_with_one_meaning_is_taken(everything: Caller) -> None:
    value = {"ar": "المكتب", "deep": [[[1, 2.5, None, True]]], "big": 2**53 - 1}
    assert everything.post("/probe", {"do": "ok", "value": value}).json() == {"value": value}


def test_faults_name_their_place_and_stay_short(everything: Caller) -> None:
    unknown = {f"field{number}" + "x" * 5000: 1 for number in range(300)}
    response = everything.post("/officers", {"email": "a@b.c", "name": "n", "roles": []} | unknown)
    body = problem(response, 422, "invalid-input")
    assert 0 < len(body["errors"]) <= 50
    assert len(response.content) < 20_000


ABSURD: list[Any] = ["-1", "0", "201", "99999999999999999999999999", "1e9", "NaN", "", "null", "\u0661\u0660"]


@pytest.mark.parametrize("limit", ABSURD)
def test_absurd_paging_is_refused(everything: Caller, limit: str) -> None:
    problem(everything.get("/officers", query_params={"limit": limit}), 422)


@pytest.mark.parametrize("cursor", ["x", "00000000-0000-0000-0000-00000000000", "' OR 1=1 --", "\x00", "\U0001f600"])
def test_an_invented_cursor_is_refused(everything: Caller, cursor: str) -> None:
    problem(everything.get("/officers", query_params={"cursor": cursor}), 422)


@pytest.mark.parametrize("after", [str(2**63 - 2), "-1"])
def test_the_ends_of_a_range_are_inside_it(everything: Caller, after: str) -> None:
    assert everything.get("/ledger/events", query_params={"after": after}).status_code == 200


@pytest.mark.parametrize("path", ["/officers/%00", "/officers?cursor=%00", "/officers?%00=1", "/ledger/tile/0/%00"])
def test_nul_in_an_address_is_refused(everything: Caller, path: str) -> None:
    problem(everything.http.get(f"/v1{path}"), 422)


def test_a_query_of_thousands_of_fields_is_refused(everything: Caller) -> None:
    problem(everything.http.get("/v1/officers?" + "&".join(f"a{n}=1" for n in range(1001))), 422)
    problem(everything.http.get("/v1/officers?cursor=" + "x" * 9000), 422)


def test_a_foreign_host_is_refused(everything: Caller) -> None:
    problem(everything.http.get("/v1/officers", headers={"Host": "evil.example"}), 422)


def test_every_problem_is_json_of_one_form(everything: Caller) -> None:
    for response in (
        everything.get("/nothing"),
        everything.delete("/officers"),
        everything.post("/probe", {"do": "fail"}),
    ):
        assert set(json.loads(response.content)) <= {"type", "title", "status", "detail", "fix", "errors"}
