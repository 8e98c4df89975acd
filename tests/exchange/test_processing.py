from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.db import OperationalError
from tests.exchange.conftest import Network, inbox_states

from jusur.exchange import kinds, processing
from jusur.exchange.alarms import open_alarms
from jusur.exchange.answers import acknowledge
from jusur.exchange.errors import MessageRefusedError
from jusur.exchange.kinds import MessageKind, ReceivedMessage
from jusur.exchange.models import Delivery, InboundMessage, OutboundMessage
from jusur.kernel import clock

pytestmark = pytest.mark.django_db


class Note(msgspec.Struct, forbid_unknown_fields=True):
    number: int


class Recorder:
    def __init__(self) -> None:
        self.seen: list[int] = []
        self.fails: dict[int, Exception] = {}

    def __call__(self, message: ReceivedMessage) -> None:
        if message.body.number in self.fails:
            raise self.fails[message.body.number]
        self.seen.append(message.body.number)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    kinds.register(MessageKind("test.note", Note, made))
    yield made
    del kinds._registry["test.note"]


def notes(network: Network, numbers: list[int], **changes: Any) -> list[bytes]:
    conversation = changes.pop("conversation", None) or uuid4()
    for number in numbers:
        network.send(kind="test.note", body={"number": number}, conversation=conversation, **changes)
    return network.envelopes()


def process(network: Network) -> None:
    with network.acting("NO"):
        while processing.process_ready():
            pass


def test_a_conversation_is_processed_in_its_order(network: Network, recorder: Recorder) -> None:
    first, second, third = notes(network, [1, 2, 3])
    network.accept([third])
    process(network)
    assert recorder.seen == []
    network.accept([second])
    process(network)
    assert recorder.seen == []
    network.accept([first, third])
    process(network)
    assert recorder.seen == [1, 2, 3]
    assert inbox_states() == ["processed"] * 3


def test_a_gap_is_reported_and_passed_when_its_time_is_over(
    network: Network, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = notes(network, [1, 2])
    network.accept([second])
    process(network)
    assert recorder.seen == []
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "3601")
    process(network)
    assert recorder.seen == [2]
    assert [alarm["kind"] for alarm in open_alarms()] == ["sequence-gap"]
    network.accept([first])
    process(network)
    assert recorder.seen == [2, 1]
    assert list(InboundMessage.objects.order_by("sequence").values_list("in_order", flat=True)) == [False, False]


def test_a_message_that_fails_is_set_aside_and_others_go_on(network: Network, recorder: Recorder) -> None:
    recorder.fails[1] = ValueError("no")
    network.accept([*notes(network, [1, 2])])
    process(network)
    assert recorder.seen == [2]
    assert inbox_states() == ["failed", "processed"]
    assert [alarm["kind"] for alarm in open_alarms()] == ["message-failed"]
    failed = InboundMessage.objects.get(state="failed")
    recorder.fails.clear()
    assert failed.message_id is not None
    processing.retry_failed(failed.message_id, actor="operator")
    process(network)
    assert recorder.seen == [2, 1]


def test_a_failure_that_may_pass_is_tried_again_in_order(
    network: Network, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.fails[1] = OperationalError("deadlock")
    network.accept(notes(network, [1, 2]))
    process(network)
    assert recorder.seen == []
    recorder.fails.clear()
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "10")
    process(network)
    assert recorder.seen == [1, 2]


def test_what_a_failing_handler_wrote_is_undone(network: Network) -> None:
    def handler(_message: ReceivedMessage) -> None:
        InboundMessage.objects.update(kind="spoiled")
        raise ValueError

    kinds.register(MessageKind("test.note", Note, handler))
    try:
        network.accept(notes(network, [1]))
        process(network)
    finally:
        del kinds._registry["test.note"]
    assert InboundMessage.objects.get().kind == "test.note"


def test_a_refusal_travels_back_with_its_reason(network: Network, recorder: Recorder) -> None:
    recorder.fails[1] = MessageRefusedError("Not ours.", fix="Ask another.")
    network.accept(notes(network, [1]))
    process(network)
    answer = OutboundMessage.objects.get(kind="exchange.refusal")
    assert answer.body["detail"] == "Not ours."
    assert inbox_states() == ["processed"]


def test_a_refused_message_leaves_no_gap(network: Network, recorder: Recorder) -> None:
    raw = notes(network, [1, 2])
    network.book.limited = {"test.note"}
    network.accept(raw[:1])
    network.book.limited = set()
    network.accept(raw[1:])
    process(network)
    assert recorder.seen == [2]
    assert not open_alarms()


def test_acknowledging_tells_the_sender_once(network: Network) -> None:
    sent = network.send()
    network.accept(network.envelopes())
    process(network)
    with network.acting("NO"):
        acknowledge(sent.id, sender="MA", actor="officer-1")
        acknowledge(sent.id, sender="MA", actor="officer-1")
    answer = Delivery.objects.get(recipient="MA")
    with network.acting("MA"):
        from jusur.exchange import inbox

        inbox.accept_batch([bytes(answer.envelope or b"")])
        while processing.process_ready():
            pass
    assert Delivery.objects.get(recipient="NO").acknowledged_at is not None
