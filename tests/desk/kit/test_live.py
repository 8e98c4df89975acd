"""Live updates: who hears what, how a stream that comes too many is answered, what the database says."""

import threading
import time
from uuid import UUID

import pytest
from tests.desk.conftest import As

from jusur.desk.kit import live

OFFICER = UUID(int=1)
READER = live.Reader(OFFICER, frozenset({"request.read"}))


@pytest.fixture
def hub() -> live.Hub:
    return live.Hub()


def told(events: list[str]) -> list[str]:
    return [line.removeprefix("data: ") for event in events for line in event.splitlines() if line.startswith("data: ")]


def last_id(events: list[str]) -> str:
    return [line.removeprefix("id: ") for event in events for line in event.splitlines() if line.startswith("id: ")][-1]


def test_a_stream_tells_what_is_new_and_only_to_whom_it_concerns(hub: live.Hub) -> None:
    first = list(hub.stream(READER, "", patience=0))
    assert told(first) == []
    hub.add({"requests"})
    hub.add({"messages", f"bell:{OFFICER}", "bell:other"})
    events = list(hub.stream(READER, last_id(first), patience=0.05))
    assert told(events) == ["bell requests"]
    assert told(list(hub.stream(READER, last_id(events), patience=0))) == []


def test_after_a_restart_and_after_too_much_everything_is_looked_at_again(hub: live.Hub) -> None:
    assert told(list(hub.stream(READER, "00000000-7", patience=0))) == ["all"]
    start = last_id(list(hub.stream(READER, "", patience=0)))
    for _ in range(live.REMEMBERED + 1):
        hub.add({"requests"})
    assert told(list(hub.stream(READER, start, patience=0.05))) == ["all"]


def test_streams_over_the_limit_are_answered_at_once_with_what_is_new(hub: live.Hub) -> None:
    start = last_id(list(hub.stream(READER, "", patience=0)))
    held = [hub.stream(READER, start, patience=30) for _ in range(live.MAX_HELD)]
    waiting = [threading.Thread(target=lambda stream=stream: (next(stream), next(stream))) for stream in held]
    for thread in waiting:
        thread.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert told(list(hub.stream(READER, start))) == []
    assert time.monotonic() - began < 1
    hub.add({"requests"})
    for thread in waiting:
        thread.join(5)
    assert told(list(hub.stream(READER, start))) == ["requests"]
    for stream in held:
        stream.close()  # type: ignore[attr-defined] # a generator
    assert hub._held.acquire(blocking=False)


@pytest.mark.django_db(transaction=True)
def test_what_is_told_in_the_database_is_heard() -> None:
    ear = live.Ear()
    ear.listen(0)
    live.tell("requests", "bell:7")
    heard: set[str] = set()
    deadline = time.monotonic() + 5
    while heard != {"requests", "bell:7"} and time.monotonic() < deadline:
        heard |= ear.listen(0.2)
    ear.close()
    assert heard == {"requests", "bell:7"}


def test_only_who_is_signed_in_may_listen(client: object, as_role: As) -> None:
    from django.test import Client

    assert Client().get("/live").status_code == 204
    response = as_role("officer").get("/live")
    assert response["Content-Type"] == "text/event-stream"
    assert next(iter(response.streaming_content)).startswith(b"retry: ")  # type: ignore[attr-defined]
    response.close()
