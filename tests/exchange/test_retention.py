from datetime import timedelta
from unittest import mock

import pytest
from tests.exchange.conftest import Network, inbox_states, states

from jusur.exchange import outbox, processing, retention, selectors, summaries
from jusur.exchange import receipt as receipt_format
from jusur.exchange.answers import acknowledge
from jusur.exchange.errors import MessageStateError
from jusur.exchange.models import Delivery, InboundMessage, OutboundMessage
from jusur.kernel.errors import NotFoundError
from jusur.ledger import api as ledger
from jusur.ledger.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

YEAR = timedelta(days=365)


def exchanged(network: Network) -> bytes:
    """One message, received, processed and receipted; its envelope."""
    network.send()
    raw = network.envelopes()
    network.apply(network.accept(raw))
    processing.process_ready()
    assert (states(), inbox_states()) == (["receipted"], ["processed"])
    return raw[0]


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setenv("JUSUR_CLOCK_OFFSET_SECONDS", str(days * 86_400))


def test_old_messages_lose_their_content_and_keep_their_identity(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged(network)
    ledger.integrate()
    kept = InboundMessage.objects.get()
    roots = [
        summaries.root(summaries.buckets("NO", outgoing=True)),
        summaries.root(summaries.buckets("MA", outgoing=False)),
    ]
    later(monkeypatch, 366)
    assert retention.forget_older(YEAR) == 2
    inbound, delivery, sent = InboundMessage.objects.get(), Delivery.objects.get(), OutboundMessage.objects.get()
    assert (inbound.document, inbound.content, inbound.receipt) == (None, None, None)
    assert (inbound.envelope_id, inbound.digest, inbound.state) == (kept.envelope_id, kept.digest, "processed")
    assert (bytes(delivery.envelope or b""), bytes(delivery.receipt or b"")) == (b"", b"")
    assert (sent.body, sent.attachments, sent.purpose, sent.legal_basis) == ({}, [], "", "")
    assert roots == [
        summaries.root(summaries.buckets("NO", outgoing=True)),
        summaries.root(summaries.buckets("MA", outgoing=False)),
    ]
    assert retention.forget_older(YEAR) == 0
    assert selectors.message(sent.id)["kind"] == "message.text"


def test_events_are_forgotten_their_proofs_hold_and_it_is_recorded(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged(network)
    ledger.integrate()
    before = Event.objects.count()
    later(monkeypatch, 366)
    retention.forget_older(YEAR)
    assert Event.objects.filter(forgotten_at__isnull=False).count() == before
    records = list(Event.objects.filter(kind="ledger.events.forgotten"))
    assert sum((record.data or {})["events"] for record in records) == before
    assert {record.purpose for record in records} == {retention.REASON}
    ledger.integrate()
    ids = list(Event.objects.values_list("id", flat=True))
    assert set(ledger.proofs(ids)) == set(ids)


def test_nothing_is_forgotten_before_its_time(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    exchanged(network)
    later(monkeypatch, 29)  # the envelope is good for 30 days
    assert retention.forget_older(timedelta(days=1)) == 0
    later(monkeypatch, 364)
    assert retention.forget_older(YEAR) == 0


def test_what_is_not_settled_is_not_forgotten(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    network.send()
    network.accept(network.envelopes())
    later(monkeypatch, 366)
    assert retention.forget_older(YEAR) == 0
    assert (states(), inbox_states()) == (["queued"], ["received"])


def test_a_forgotten_envelope_that_comes_again_is_not_processed_again(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = exchanged(network)
    later(monkeypatch, 366)
    retention.forget_older(YEAR)
    monkeypatch.delenv("JUSUR_CLOCK_OFFSET_SECONDS")  # as if the clock had been wrong: it is not expired for it
    again = network.accept([raw])
    assert receipt_format.peek(again[0]).status == "accepted"
    assert (inbox_states(), processing.process_ready()) == (["processed"], 0)


def test_a_forgotten_message_cannot_go_again_or_be_acknowledged(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged(network)
    later(monkeypatch, 366)
    retention.forget_older(YEAR)
    with pytest.raises(MessageStateError, match="forgotten"):
        outbox.reseal(Delivery.objects.select_related("message").get(), resets_expiry=True)
    message = InboundMessage.objects.get().message_id
    assert message is not None
    with pytest.raises(NotFoundError):
        acknowledge(message, sender="MA", actor="officer")


def test_batches_are_bounded(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        network.send()
    network.apply(network.accept(network.envelopes()))
    processing.process_ready()
    later(monkeypatch, 366)
    assert [retention.forget_older(YEAR, batch=2) for _ in range(3)] == [4, 2, 0]


def test_the_clock_forgets_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_due", 0.0)
    node = mock.Mock()
    node.settings.retention_days = 1826
    forget = mock.Mock(side_effect=[400] * retention.BATCHES_AT_ONCE + [400, 0])
    monkeypatch.setattr("jusur.node.context.current", lambda: node)
    monkeypatch.setattr(retention, "forget_older", forget)
    for expected in (10, 12, 12):  # more was left; all gone; not yet due again
        retention.forget_due()
        assert forget.mock_calls == [mock.call(timedelta(days=1826))] * expected
