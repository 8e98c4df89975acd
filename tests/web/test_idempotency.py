import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from tests.web import frame_urls
from tests.web.conftest import ALL_ROLES, Caller, enter, problem

from jusur.kernel import clock
from jusur.ledger.models import Event
from jusur.web import idempotency
from jusur.web.models import IdempotentAnswer

pytestmark = [pytest.mark.urls("tests.web.frame_urls")]
committed = pytest.mark.django_db(transaction=True)
NEW = {"email": "karim@ma.example", "name": "Karim", "roles": ["officer"]}


def traces(kind: str = "probe.began") -> int:
    return Event.objects.filter(kind=kind).count()


@pytest.mark.django_db
def test_a_repeat_gets_the_same_answer_and_does_nothing(everything: Caller) -> None:
    first = everything.post("/officers", NEW, key="a")
    again = everything.post("/officers", NEW, key="a")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert first["Content-Type"] == again["Content-Type"]
    problem(everything.post("/officers", NEW, key="b"), 409)


@pytest.mark.django_db
def test_a_refusal_is_repeated_too(everything: Caller) -> None:
    for _ in range(2):
        problem(everything.post("/probe", {"do": "refuse"}, key="a"), 409)
    assert traces() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"), [("/officers", NEW | {"name": "Other"}), ("/probe", NEW), ("/officers?x=1", NEW)]
)
def test_the_key_of_another_request_is_refused(everything: Caller, path: str, body: Any) -> None:
    everything.post("/officers", NEW, key="a")
    problem(everything.post(path, body, key="a"), 422, "idempotency-key-reused")


@pytest.mark.django_db
def test_callers_have_keys_of_their_own(entered: Callable[..., Caller]) -> None:
    for caller in entered(*ALL_ROLES), entered(*ALL_ROLES):
        assert "Idempotency-Replayed" not in caller.post("/probe", {"do": "ok"}, key="a")
    assert traces() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 129, "\x01", "é", "\x7f"])
def test_a_malformed_key_is_refused(everything: Caller, key: str) -> None:
    problem(everything.post("/probe", {"do": "ok"}, key=key), 422)
    assert traces() == 0


@pytest.mark.django_db
def test_a_failure_leaves_no_trace_and_may_be_tried_again(everything: Caller) -> None:
    for _ in range(2):
        problem(everything.post("/probe", {"do": "fail"}, key="a"), 500)
        problem(everything.post("/probe", {"do": "break"}, key="b"), 422)
    assert traces() == 0
    assert not IdempotentAnswer.objects.exists()
    assert everything.post("/probe", {"do": "ok"}, key="a").status_code == 200


@pytest.mark.django_db
def test_strangers_leave_nothing(node: object) -> None:
    stranger = Caller("stranger")
    problem(stranger.post("/probe", {"do": "ok"}, key="a"), 401)
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db
def test_kept_answers_open_for_their_caller_only(everything: Caller) -> None:
    officer = everything.get("/officers/me").json()["id"]
    issued = everything.post(f"/officers/{officer}/tokens", {"name": "laptop"}, key="a").json()
    kept = IdempotentAnswer.objects.get()
    assert issued["secret"].encode() not in bytes(kept.body)
    assert b"laptop" not in bytes(kept.body)
    assert everything.post(f"/officers/{officer}/tokens", {"name": "laptop"}, key="a").json() == issued


@pytest.mark.django_db
def test_old_answers_are_forgotten(everything: Caller) -> None:
    everything.post("/probe", {"do": "ok"}, key="old")
    everything.post("/probe", {"do": "ok"}, key="new")
    IdempotentAnswer.objects.filter(key="old").update(created_at=clock.now() - timedelta(days=8))
    assert idempotency.forget_old() == 1
    assert [row.key for row in IdempotentAnswer.objects.all()] == ["new"]


def in_thread(caller: Caller, *args: Any, **kwargs: Any) -> Any:
    try:
        return caller.post(*args, **kwargs)
    finally:
        connections.close_all()


@committed
def test_parallel_repeats_have_one_effect_and_one_answer(node: object) -> None:
    secret = enter(*ALL_ROLES).secret
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: in_thread(Caller(secret), "/officers", NEW, key="a"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 7
    assert traces("accounts.officer.created") == 2


@committed
def test_a_repeat_waits_for_the_first(node: object) -> None:
    caller = enter(*ALL_ROLES)
    frame_urls.may_end.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(in_thread, caller, "/probe", {"do": "wait", "value": 1}, key="a")
        assert frame_urls.running.acquire(timeout=20)
        second = pool.submit(in_thread, caller, "/probe", {"do": "wait", "value": 1}, key="a")
        time.sleep(0.3)
        assert not second.done()
        frame_urls.may_end.set()
        assert first.result().content == second.result().content
    assert traces() == 1


@committed
def test_a_repeat_does_not_wait_for_ever(node: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 1)
    caller = enter(*ALL_ROLES)
    frame_urls.may_end.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(in_thread, caller, "/probe", {"do": "wait"}, key="a")
        assert frame_urls.running.acquire(timeout=20)
        problem(in_thread(caller, "/probe", {"do": "wait"}, key="a"), 409, "idempotency-key-busy")
        frame_urls.may_end.set()
        assert first.result().status_code == 200


@committed
def test_a_process_killed_midway_leaves_no_trace(node: object) -> None:
    """A real process is killed while it carries out the request; its successor starts afresh."""
    caller = enter(*ALL_ROLES)
    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - the process that dies
        frame_urls.running.release = lambda n=1: os.write(writer, b"x")  # type: ignore[method-assign,assignment]
        frame_urls.may_end = threading.Event()
        caller.post("/probe", {"do": "wait"}, key="a")
        os._exit(1)
    assert os.read(reader, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert traces() == 0
    answer = caller.post("/probe", {"do": "ok"}, key="a")
    assert answer.status_code == 200
    assert traces() == 1
