import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.exchange.conftest import Network, inbox_states, states

from jusur.exchange import receipt as receipts
from jusur.exchange.alarms import open_alarms
from jusur.exchange.errors import Reason
from jusur.exchange.models import InboundMessage
from jusur.kernel import clock

pytestmark = pytest.mark.django_db


def reason(receipt: bytes) -> str:
    refusal = receipts.peek(receipt).refusal
    return refusal.code if refusal else ""


def test_an_accepted_message_is_receipted_with_a_log_proof(network: Network) -> None:
    sent = network.send()
    (receipt,) = network.accept(network.envelopes())
    said = receipts.peek(receipt)
    assert (said.status, said.by, said.sender) == ("accepted", "NO", "MA")
    assert said.leaf_index is not None
    assert said.checkpoint is not None
    assert network.apply([receipt]) == 1
    assert states() == ["receipted"]
    stored = InboundMessage.objects.get()
    assert stored.message_id == sent.id
    assert stored.content is not None
    assert stored.content["body"]["subject"] == "Vehicle"
    assert not open_alarms()


def test_the_same_envelope_gets_the_same_receipt_and_one_row(network: Network) -> None:
    network.send()
    raw = network.envelopes()
    first = network.accept(raw)
    assert network.accept(raw) == first
    assert network.accept(raw + raw) == first + first
    assert inbox_states() == ["received"]


def test_a_receipt_lost_in_a_crash_is_made_when_the_sender_comes_again(network: Network) -> None:
    network.send()
    raw = network.envelopes()
    network.accept(raw)
    InboundMessage.objects.update(receipt=None)
    (again,) = network.accept(raw)
    assert receipts.peek(again).status == "accepted"
    assert network.apply([again]) == 1


def test_another_content_under_a_known_identifier_is_refused_with_an_alarm(network: Network) -> None:
    network.send()
    raw = network.envelopes()
    network.accept(raw)
    InboundMessage.objects.update(digest="0" * 64)
    (receipt,) = network.accept(raw)
    assert reason(receipt) == Reason.CONFLICT
    assert [alarm["kind"] for alarm in open_alarms()] == ["identifier-conflict"]


def test_the_same_message_in_a_new_envelope_is_known_and_not_processed_twice(network: Network) -> None:
    from jusur.exchange.models import Delivery
    from jusur.exchange.outbox import reseal

    network.send()
    network.accept(network.envelopes())
    with network.acting("MA"):
        reseal(Delivery.objects.select_related("message").get())
    (receipt,) = network.accept(network.envelopes())
    assert receipts.peek(receipt).status == "accepted"
    assert inbox_states() == ["received", "duplicate"]
    assert network.apply([receipt]) == 1


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda raw: raw[:-2], Reason.MALFORMED),
        (lambda raw: b"[" * 100_000, Reason.MALFORMED),
        (lambda raw: b" " * (5 * 1024 * 1024), Reason.TOO_LARGE),
        (lambda raw: raw.replace(b'"sig":"', b'"sig":"AAAA', 1), Reason.SIGNATURE),
    ],
)
def test_what_is_damaged_is_refused_and_leaves_no_row(
    network: Network, spoil: Callable[[bytes], bytes], code: Reason
) -> None:
    network.send()
    (raw,) = network.envelopes()
    (receipt,) = network.accept([spoil(raw)])
    assert reason(receipt) == code
    assert inbox_states() == []


def test_a_changed_byte_of_the_payload_breaks_the_signature(network: Network) -> None:
    network.send()
    (raw,) = network.envelopes()
    document = json.loads(raw)
    payload = document["payload"]
    document["payload"] = payload[:-8] + ("A" if payload[-8] != "A" else "B") + payload[-7:]
    (receipt,) = network.accept([json.dumps(document).encode()])
    assert reason(receipt) in {Reason.SIGNATURE, Reason.MALFORMED}


def test_an_unknown_suspended_or_limited_sender_is_refused(network: Network) -> None:
    network.send()
    raw = network.envelopes()
    network.book.addresses = ("NO",)
    assert reason(network.accept(raw)[0]) == Reason.UNKNOWN_SENDER
    network.book.addresses = ("MA", "NO")
    network.book.suspended = {"MA"}
    assert reason(network.accept(raw)[0]) == Reason.SENDER_SUSPENDED
    network.book.suspended = set()
    network.book.limited = {"message.text"}
    assert reason(network.accept(raw)[0]) == Reason.HANDLING
    assert inbox_states() == ["refused"]


def test_a_refusal_after_opening_settles_the_delivery(network: Network) -> None:
    network.send()
    network.book.limited = {"message.text"}
    receipt = network.accept(network.envelopes())
    network.book.limited = set()
    assert receipts.peek(receipt[0]).leaf_index is not None
    assert network.apply(receipt) == 1
    assert states() == ["refused"]
    assert [alarm["kind"] for alarm in open_alarms()] == ["message-refused"]


@pytest.mark.parametrize(("shift", "code"), [(-301, Reason.CLOCK), (31 * 86_400, Reason.EXPIRED)])
def test_clocks_are_checked(network: Network, monkeypatch: pytest.MonkeyPatch, shift: int, code: Reason) -> None:
    network.send()
    raw = network.envelopes()
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(shift))
    (receipt,) = network.accept(raw)
    assert reason(receipt) == code


def test_a_clock_within_five_minutes_is_tolerated(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    network.send()
    raw = network.envelopes()
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "-290")
    assert receipts.peek(network.accept(raw)[0]).status == "accepted"


def test_sealed_to_a_key_we_do_not_hold_is_sealed_again(network: Network) -> None:
    from jusur.crypto.keys import SealingKey

    network.book.sealing["NO"] = SealingKey.from_seed(b"x" * 32).public
    network.send()
    del network.book.sealing["NO"]
    first = network.accept(network.envelopes())
    assert reason(first[0]) == Reason.CANNOT_OPEN
    network.apply(first)
    second = network.accept(network.envelopes())
    assert receipts.peek(second[0]).status == "accepted"
    assert network.apply(second) == 1
    assert states() == ["receipted"]


def test_an_envelope_for_another_is_not_relayed_unasked(network: Network) -> None:
    network.send(to=["SE"])
    (receipt,) = network.accept(network.envelopes("SE"))
    assert reason(receipt) == Reason.RELAY


def test_a_batch_is_answered_in_order(network: Network) -> None:
    for _ in range(5):
        network.send()
    raw = network.envelopes()
    receipt = network.accept([raw[0], b"{}", *raw[1:], raw[0]])
    assert [receipts.peek(value).status for value in receipt] == ["accepted", "refused", *["accepted"] * 5]
    assert receipt[0] == receipt[-1]
    assert network.apply(receipt) == 5


def test_gossip_is_heard(network: Network) -> None:
    network.send()
    network.accept(network.envelopes())
    assert network.book.heard == [("MA", 7, "ab" * 32)]


def test_expiry_bound_keeps_duplicates_known(network: Network) -> None:
    with pytest.raises(Exception, match="within 90 days"):
        network.send(expires_at=clock.now() + timedelta(days=91))


def test_envelope_identifiers_are_unique(network: Network) -> None:
    network.send()
    network.send()
    identifiers = {UUID(receipts.peek(value).envelope) for value in network.accept(network.envelopes())}
    assert len(identifiers) == 2
