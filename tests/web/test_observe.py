from typing import Any

import pytest
from django.test import Client
from prometheus_client import REGISTRY
from structlog.testing import capture_logs
from tests.web.conftest import Caller, problem

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.frame_urls")]


def count(**labels: str) -> float:
    return REGISTRY.get_sample_value("jusur_http_requests_total", labels) or 0.0


def test_requests_are_counted_by_route_template_and_status(everything: Caller) -> None:
    labels = {"method": "GET", "route": "/v1/officers/<officer_id>", "status": "422"}
    before = count(**labels)
    for name in "a", "b":
        everything.get(f"/officers/{name}")
    assert count(**labels) == before + 2
    timed = REGISTRY.get_sample_value(
        "jusur_http_request_seconds_count", {"method": "GET", "route": "/v1/officers/<officer_id>"}
    )
    assert timed is not None
    assert timed >= 2


def test_strange_addresses_and_methods_share_one_label(everything: Caller) -> None:
    before = count(method="OTHER", route="unmatched", status="404")
    for method in "BREW", "PROPFIND":
        everything.http.generic(method, f"/v1/secret-{method}")
    assert count(method="OTHER", route="unmatched", status="404") == before + 2
    assert b"secret-" not in Client().get("/metrics").content


def test_the_log_names_neither_query_nor_body_nor_person(everything: Caller) -> None:
    with capture_logs() as lines:
        everything.get("/officers", query_params={"cursor": "hidden-query"})
        everything.post("/probe", {"do": "ok", "value": "hidden-body"})
        everything.post("/probe", {"do": "fail"})
    written = [line for line in lines if line["event"] == "web.request"]
    assert [(line["route"], line["status"]) for line in written] == [
        ("/v1/officers", 422),
        ("/v1/probe", 200),
        ("/v1/probe", 500),
    ]
    assert all(line["actor"].startswith("officer:") for line in written)
    assert "hidden" not in repr(lines)
    assert "Ingrid" not in repr(lines)
    assert everything.secret not in repr(lines)


def test_metrics_are_for_this_machine_only() -> None:
    assert Client().get("/metrics").status_code == 200
    problem(Client(REMOTE_ADDR="192.0.2.1").get("/metrics"), 404)


def test_health_says_whether_the_database_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    from jusur.web import service

    assert Client().get("/health").json()["status"] == "ok"

    class Gone:
        def cursor(self) -> Any:
            raise DatabaseError

    monkeypatch.setattr(service, "connection", Gone())
    assert Client().get("/health").status_code == 503
