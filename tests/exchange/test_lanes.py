"""Lanes and reconciliation, with the peer's gate called directly instead of over the network."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.exchange.conftest import Network, own_keys, states

from jusur.exchange import courier, gateway, lanes, negotiation, own, reconcile
from jusur.exchange.alarms import open_alarms
from jusur.exchange.errors import PeerUnavailableError, ProtocolMismatchError
from jusur.exchange.lanes import EXPRESS, STANDARD, Lane
from jusur.exchange.models import Delivery, InboundMessage, PeerState
from jusur.exchange.peer import Answer
from jusur.kernel import clock

pytestmark = pytest.mark.django_db


class Gate:
    """Oslo's gate: what is asked is answered as Oslo, at once. ``fails``: what to raise instead."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.batches: list[int] = []
        self.protocols = ["1.0"]
        self.fails: PeerUnavailableError | None = None

    def __call__(self, _peer: str) -> "Gate":
        return self

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        max_bytes: int,
        seconds: float = 30.0,
        extra: Mapping[str, str] | None = None,
    ) -> Answer:
        if self.fails is not None:
            raise self.fails
        express = (extra or {}).get("jusur-lane") == "express"
        with self.network.acting("NO"):
            if path == negotiation.PATH:
                answer = json.dumps(gateway.capabilities() | {"protocols": self.protocols}).encode()
            elif path == lanes.ENVELOPES:
                answer = gateway.take_envelopes(body or b"", asker="MA", express=express)
                self.batches.append(answer.count(b'"payload"'))
            else:
                answer = gateway.answer_reconcile(body or b"", asker="MA")
        return Answer(200, {}, answer)

    def close(self) -> None:
        return None


@pytest.fixture
def gate(network: Network) -> Gate:
    negotiation.forget()
    return Gate(network)


def drain(lane: Lane) -> None:
    while lane.send_due():
        pass


def test_a_lane_sends_batches_until_nothing_is_due(network: Network, gate: Gate) -> None:
    for _ in range(70):
        network.send()
    drain(Lane("NO", STANDARD, gate))
    assert set(states()) == {"receipted"}
    assert gate.batches == [64, 6]


def test_a_second_carrier_takes_what_the_first_has_not(network: Network, gate: Gate) -> None:
    for _ in range(70):
        network.send()
    second: list[Lane] = []

    def send_beside(peer: str) -> Gate:
        if not second:  # while the first carrier's batch is under way
            second.append(lane.beside())
            assert lane.crowded
            assert second[0].send_due() == 6
            assert not second[0].crowded
        return gate(peer)

    lane = Lane("NO", STANDARD, send_beside)
    assert lane.send_due() == 64
    assert gate.batches == [6, 64]
    assert set(states()) == {"receipted"}
    assert lane.send_due() == 0


def test_what_a_carrier_could_not_send_is_free_again(network: Network, gate: Gate) -> None:
    network.send()
    lane = Lane("NO", STANDARD, gate)
    gate.fails = PeerUnavailableError("away")
    with pytest.raises(PeerUnavailableError):
        lane.send_due()
    Delivery.objects.update(next_attempt_at=clock.now())
    gate.fails = None
    assert lane.beside().send_due() == 1
    assert states() == ["receipted"]


def test_the_express_lane_leaves_bulk_alone(network: Network, gate: Gate) -> None:
    network.send(priority="bulk")
    network.send(priority="emergency")
    assert lanes.due_lanes() == {("NO", STANDARD), ("NO", EXPRESS)}
    drain(Lane("NO", EXPRESS, gate))
    assert Delivery.objects.get(state="receipted").priority == 0
    assert Delivery.objects.get(state="queued").priority == 3


def test_the_more_urgent_goes_first(network: Network, gate: Gate) -> None:
    network.send(priority="bulk")
    network.send(priority="routine")
    assert [due.delivery for due in Lane("NO", STANDARD, gate)._due()] == list(
        Delivery.objects.order_by("priority").values_list("id", flat=True)
    )


def test_a_peer_that_is_away_is_tried_later_and_alarmed(
    network: Network, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.send(priority="emergency")
    gate.fails = PeerUnavailableError("away", retry_after=7)
    lane = Lane("NO", EXPRESS, gate)
    with pytest.raises(PeerUnavailableError):
        lane.send_due()
    delivery = Delivery.objects.get()
    assert delivery.attempts == 1
    assert (delivery.next_attempt_at - clock.now()).total_seconds() > 6
    assert lane.send_due() == 0
    assert PeerState.objects.get(peer="NO").silent_since is not None
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "301")
    courier.tick()
    assert {alarm["kind"] for alarm in open_alarms()} == {"peer-silent", "emergency-undelivered"}
    gate.fails = None
    drain(lane)
    assert states() == ["receipted"]
    assert {alarm["kind"] for alarm in open_alarms()} == {"emergency-undelivered"}
    assert PeerState.objects.get(peer="NO").silent_since is None


def test_what_expired_is_given_up_with_an_alarm(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    network.send()
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(31 * 86_400))
    assert courier.expire() == 1
    assert states() == ["expired"]
    assert [alarm["kind"] for alarm in open_alarms()] == ["message-expired"]


def exchanged(network: Network, gate: Gate, count: int) -> None:
    for _ in range(count):
        network.send()
    drain(Lane("NO", STANDARD, gate))


def compare(gate: Gate) -> reconcile.Report:
    own.configure(own_keys("MA"), gate.network.book)
    return reconcile.reconcile("NO", gate)


def test_nothing_differs_after_an_ordinary_day(network: Network, gate: Gate) -> None:
    exchanged(network, gate, 5)
    report = compare(gate)
    assert report.same
    assert report.sent == 5


def test_what_the_peer_lost_is_sent_again(network: Network, gate: Gate) -> None:
    exchanged(network, gate, 3)
    lost = InboundMessage.objects.order_by("id")[1]
    _forget(lost)
    report = compare(gate)
    assert (report.same, report.sent_again) == (False, 1)
    drain(Lane("NO", STANDARD, gate))
    assert InboundMessage.objects.filter(message_id=lost.message_id).exists()
    assert compare(gate).same
    assert "peer-lost-messages" in {alarm["kind"] for alarm in open_alarms()}


def test_a_receipt_that_got_lost_is_recovered(network: Network, gate: Gate) -> None:
    network.send()
    network.accept(network.envelopes())
    report = compare(gate)
    assert report.receipts_recovered == 1
    assert states() == ["receipted"]
    assert compare(gate).same


def test_contradicting_content_is_alarmed(network: Network, gate: Gate) -> None:
    from jusur.exchange import summaries

    exchanged(network, gate, 2)
    row = InboundMessage.objects.order_by("id")[0]
    summaries.note_exchanged([("MA", row.envelope_id, row.digest)], outgoing=False, count=-1)
    summaries.note_exchanged([("MA", row.envelope_id, "00" * 32)], outgoing=False)
    InboundMessage.objects.filter(id=row.id).update(digest="00" * 32)
    assert compare(gate).conflicts == 1
    assert [alarm["kind"] for alarm in open_alarms()] == ["digest-conflict"]


def _forget(row: Any) -> None:
    from jusur.exchange import summaries

    summaries.note_exchanged([("MA", row.envelope_id, row.digest)], outgoing=False, count=-1)
    row.delete()


@pytest.mark.parametrize(
    ("protocols", "remedy"),
    [(["2.0", "3.0"], "Upgrade this node"), (["0.9"], "Ask NO to upgrade"), ([], "Ask NO to upgrade")],
)
def test_nothing_is_sent_where_no_version_is_common(
    network: Network, gate: Gate, protocols: list[str], remedy: str
) -> None:
    network.send()
    gate.protocols = protocols
    lane = Lane("NO", STANDARD, gate)
    with pytest.raises(ProtocolMismatchError) as refused:
        lane.send_due()
    assert (gate.batches, states()) == ([], ["queued"])
    (alarm,) = open_alarms()
    assert (alarm["kind"], alarm["peer"]) == ("protocol-unsupported", "NO")
    assert remedy in alarm["detail"]
    assert remedy in refused.value.fix
    state, delivery = PeerState.objects.get(peer="NO"), Delivery.objects.get()
    assert (state.capabilities or {})["protocols"] == protocols
    assert state.silent_since is None
    assert (delivery.next_attempt_at - clock.now()).total_seconds() > negotiation.AGAIN_SECONDS - 30
    assert lane.send_due() == 0


def test_once_a_version_is_common_what_waited_goes_and_the_alarm_ends(network: Network, gate: Gate) -> None:
    network.send()
    gate.protocols = ["2.0"]
    with pytest.raises(ProtocolMismatchError):
        Lane("NO", STANDARD, gate).send_due()
    gate.protocols = ["1.3", "2.0"]
    Delivery.objects.update(next_attempt_at=clock.now())
    drain(Lane("NO", STANDARD, gate))
    assert (states(), open_alarms()) == (["receipted"], [])


def test_a_peer_is_asked_once_in_a_while(network: Network, gate: Gate) -> None:
    network.send()
    drain(Lane("NO", STANDARD, gate))
    gate.protocols = ["2.0"]
    network.send()
    drain(Lane("NO", STANDARD, gate))
    assert states() == ["receipted"] * 2
    negotiation.forget()
    network.send()
    with pytest.raises(ProtocolMismatchError):
        Lane("NO", STANDARD, gate).send_due()
