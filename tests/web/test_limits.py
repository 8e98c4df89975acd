from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import Caller, problem

from jusur.node.context import Node
from jusur.web import limits
from jusur.web.errors import TooManyRequestsError
from jusur.web.limits import MAX_JSON, MAX_PART, Buckets


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_the_burst_through_and_then_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(rate=2, burst=3, now=clock)
    for _ in range(3):
        buckets.take(b"a")
    with pytest.raises(TooManyRequestsError) as refused:
        buckets.take(b"a")
    assert refused.value.wait_seconds == 1
    buckets.take(b"b")
    clock.now = 0.5
    buckets.take(b"a")
    with pytest.raises(TooManyRequestsError):
        buckets.take(b"a")
    clock.now = 1000
    for _ in range(3):
        buckets.take(b"a")
    with pytest.raises(TooManyRequestsError):
        buckets.take(b"a")


def test_a_slow_bucket_says_how_long_to_wait() -> None:
    buckets = Buckets(rate=0.1, burst=1, now=Clock())
    buckets.take(b"a")
    with pytest.raises(TooManyRequestsError) as refused:
        buckets.take(b"a")
    assert refused.value.wait_seconds == 10


def test_no_rate_is_no_limit() -> None:
    buckets = Buckets(rate=0, burst=1, now=Clock())
    for _ in range(100):
        buckets.take(b"a")


def test_the_memory_of_callers_is_bounded() -> None:
    buckets = Buckets(rate=1, burst=5, now=Clock())
    for number in range(Buckets.REMEMBERED + 50):
        buckets.take(str(number).encode())
    assert len(buckets._levels) == Buckets.REMEMBERED


@pytest.mark.django_db
@pytest.mark.urls("tests.web.frame_urls")
class TestOverHTTP:
    def test_too_fast_is_told_when_to_come_back(self, everything: Caller, settings: Any) -> None:
        settings.API_RATE, settings.API_BURST = 0.01, 2
        assert [everything.get("/officers/me").status_code for _ in range(3)] == [200, 200, 429]
        response = everything.get("/officers/me")
        problem(response, 429, "too-many-requests")
        assert 1 <= int(response["Retry-After"]) <= 100

    def test_health_is_not_counted(self, everything: Caller, settings: Any) -> None:
        settings.API_RATE, settings.API_BURST = 0.01, 1
        assert [everything.http.get("/health").status_code for _ in range(3)] == [200] * 3

    def test_a_body_at_the_limit_is_read_and_one_beyond_is_not(self, everything: Caller) -> None:
        frame = len('{"do": "ok", "value": ""}')
        body = b'{"do": "ok", "value": "' + b"x" * (MAX_JSON - frame) + b'"}'
        assert len(body) == MAX_JSON
        assert everything.http.generic("POST", "/v1/probe", body, "application/json").status_code == 200
        problem(everything.http.generic("POST", "/v1/probe", body + b" ", "application/json"), 413, "too-large")

    def test_a_part_at_the_limit_passes_this_gate(self, everything: Caller) -> None:
        path = "/v1/evidence/uploads/x"
        sizes = {MAX_PART: 422, MAX_PART + 1: 413}
        for size, status in sizes.items():
            response = everything.http.generic(
                "PUT", path, b"", CONTENT_TYPE="application/octet-stream", CONTENT_LENGTH=str(size)
            )
            problem(response, status)

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "application/jsonp", "*/*"]
    )
    def test_another_type_is_refused(self, everything: Caller, kind: str) -> None:
        problem(everything.http.generic("POST", "/v1/probe", b'{"do":"ok"}', kind), 415, "unsupported-type")

    def test_a_stated_charset_is_fine(self, everything: Caller) -> None:
        response = everything.http.generic("POST", "/v1/probe", b'{"do":"ok"}', "application/json; charset=utf-8")
        assert response.status_code == 200

    def test_compressed_and_chunked_bodies_are_refused(self, everything: Caller) -> None:
        for headers, status in ({"Content-Encoding": "gzip"}, 415), ({"Transfer-Encoding": "chunked"}, 411):
            response = everything.http.generic("POST", "/v1/probe", b"{}", "application/json", headers=headers)
            problem(response, status)

    @pytest.mark.parametrize("length", ["-1", "x", "9" * 40, "\u0661"])
    def test_a_false_length_is_refused(self, everything: Caller, length: str) -> None:
        response = everything.http.generic("POST", "/v1/probe", b"", "application/json", CONTENT_LENGTH=length)
        problem(response, 411)


@pytest.mark.django_db
@pytest.mark.urls("jusur.config.urls")
class TestJoining:
    WHERE = "/v1/join/requests/019a0000-0000-7000-8000-000000000000/welcome"

    def ask(self, number: int, address: str) -> int:
        """A request with a token of its own; its status."""
        headers = {"Authorization": f"Bearer {number}", "Jusur-Invitation-Token": "x"}
        return Client(headers=headers, REMOTE_ADDR=address).get(self.WHERE).status_code

    @pytest.fixture(autouse=True)
    def _one_middleware(self, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
        """The test client makes the middleware anew for each client: let all share its buckets."""
        joining = Buckets(rate=0.001, burst=limits.JOIN_BURST)
        monkeypatch.setattr(Buckets, "take", _only_joining(Buckets.take, joining))

    def test_other_tokens_are_no_way_around(self) -> None:
        statuses = [self.ask(number, "192.0.2.1") for number in range(limits.JOIN_BURST + 2)]
        assert statuses == [404] * limits.JOIN_BURST + [429] * 2
        assert self.ask(99, "192.0.2.2") == 404

    def test_other_addresses_of_one_network_are_no_way_around(self) -> None:
        statuses = [self.ask(number, f"2001:db8::{number:x}") for number in range(limits.JOIN_BURST + 1)]
        assert statuses[-1] == 429
        assert self.ask(99, "2001:db8:0:1::1") == 404


def _only_joining(take: Callable[[Buckets, bytes], None], joining: Buckets) -> Callable[[Buckets, bytes], None]:
    return lambda buckets, who: take(joining, who) if buckets._burst == limits.JOIN_BURST else None
