import json
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from tests.exchange.conftest import Network, inbox_states, new_uuid, states

from jusur.exchange import outbox, processing, retention, selectors, summaries
from jusur.exchange import receipt as receipt_format
from jusur.exchange.answers import acknowledge
from jusur.exchange.errors import MessageStateError
from jusur.exchange.models import Delivery, InboundMessage, OutboundMessage, RelayItem
from jusur.kernel.clock import now
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


def relayed(number: int, *, days_old: float, state: str = "returned", good_for: float = 30) -> RelayItem:
    at = now() - timedelta(days=days_old)
    ledger.record(
        "exchange.message.relayed",
        subject_type="exchange.envelope",
        subject_id=f"MA:{new_uuid(number)}",
        actor="MA",
        data={"to": "SE"},
    )
    return RelayItem.objects.create(
        sender="MA",
        recipient="SE",
        envelope_id=new_uuid(number),
        digest="ab" * 32,
        envelope=b"",
        path=[],
        priority=2,
        state=state,
        received_at=at,
        expires_at=at + timedelta(days=good_for),
        next_attempt_at=at,
    )


def test_what_was_relayed_is_forgotten_altogether(network: Network) -> None:
    for number, state in enumerate(("returned", "receipted", "expired")):
        relayed(number, days_old=366, state=state)
    kept = [
        relayed(10, days_old=364),
        relayed(11, days_old=366, state="queued"),
        relayed(12, days_old=366, good_for=366),
    ]
    ledger.integrate()
    assert [retention.forget_older(YEAR, batch=2) for _ in range(3)] == [2, 1, 0]
    assert set(RelayItem.objects.all()) == set(kept)
    forgotten = Event.objects.filter(kind="exchange.message.relayed", forgotten_at__isnull=False)
    assert {event.subject_id for event in forgotten} == {f"MA:{new_uuid(number)}" for number in range(3)}
    ledger.integrate()
    ids = list(Event.objects.values_list("id", flat=True))
    assert set(ledger.proofs(ids)) == set(ids)


MANY = 20_000
_FILL = (
    """INSERT INTO exchange_inboundmessage (envelope_id, sender, digest, state, received_at, expires_at, kind, priority,
              in_order, attempts, last_error, processed_at, forgotten_at)
       SELECT gen_random_uuid(), 'MA', '', 'processed', now() - n * interval '1 hour', now() - n * interval '1 hour',
              '', 2, true, 1, '', now(), CASE WHEN n > 9000 THEN now() END FROM generate_series(1, %(many)s) n""",
    """INSERT INTO exchange_outboundmessage (id, kind, recipients, conversation, priority, handling, purpose,
              legal_basis, body, attachments, actor, approved_by, drafted, via, created_at, expires_at, forgotten_at)
       SELECT gen_random_uuid(), 'a.b', '{NO}', gen_random_uuid(), 2, '{}', '', '', '{}', '[]', '', '', false, '',
              now() - n * interval '1 hour', now() - n * interval '1 hour', CASE WHEN n > 9000 THEN now() END
       FROM generate_series(1, %(many)s) n""",
    """INSERT INTO exchange_relayitem (sender, recipient, envelope_id, digest, envelope, path, priority, state,
              received_at, expires_at, next_attempt_at, attempts, last_error)
       SELECT 'MA', 'SE', gen_random_uuid(), '', '', '{}', 2, 'returned', now() - n * interval '30 minutes', now(),
              now(), 0, '' FROM generate_series(1, %(many)s) n""",
)


@pytest.mark.parametrize(
    ("sql", "index", "parameters"),
    [
        (retention._INBOUND, "inbound_to_forget", 4),
        (retention._OUTBOUND, "outbound_to_forget", 5),
        (retention._RELAYED, "relay_to_forget", 3),
    ],
)
def test_among_many_rows_those_to_forget_are_found_by_an_index(
    network: Network, sql: str, index: str, parameters: int
) -> None:
    moment = now()
    before = moment - YEAR
    values = {3: (before, moment, 200), 4: (moment, before, moment, 200), 5: (moment, before, moment, moment, 200)}
    with connection.cursor() as cursor:
        for fill in _FILL:
            cursor.execute(fill, {"many": MANY})
        cursor.execute("ANALYZE exchange_inboundmessage, exchange_outboundmessage, exchange_relayitem")
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, values[parameters])
        plan = json.dumps(cursor.fetchone()[0])
    assert index in plan
    assert "Seq Scan" not in plan.replace('"Relation Name": "exchange_delivery"', "")
