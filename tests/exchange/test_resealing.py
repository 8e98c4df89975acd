import json

import pytest
from tests.exchange import conftest
from tests.exchange.conftest import Network, inbox_states, own_keys, states

from jusur.crypto.keys import SigningKey, VerifyKey
from jusur.exchange import receipt as receipts
from jusur.exchange import receipts as settling
from jusur.exchange.models import Delivery, InboundMessage
from jusur.exchange.peers import Own

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_waits_is_signed_anew_when_its_key_no_longer_counts(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = network.send()
    (before,) = network.envelopes()
    old, new = own_keys("MA"), SigningKey.generate()
    monkeypatch.setattr(network.book, "signing_keys", lambda address: keys_now(address, new))
    (refused,) = network.accept([before])
    refusal = receipts.peek(refused).refusal
    assert refusal is not None
    assert (refusal.code, refusal.transient) == ("unknown-key", True)
    monkeypatch.setattr(conftest, "own_keys", lambda a: Own("MA", new, old.sealing) if a == "MA" else own_keys(a))
    network.apply([refused])
    (after,) = network.envelopes()
    delivery = Delivery.objects.get()
    assert (states(), delivery.reseals) == (["queued"], 1)
    assert {entry["keyid"] for entry in json.loads(after)["signatures"]} == {new.keyid}
    assert json.loads(before)["signatures"] != json.loads(after)["signatures"]
    network.apply(network.accept([after]))
    assert (states(), inbox_states()) == (["receipted"], ["received"])
    assert InboundMessage.objects.get(state="received").message_id == sent.id


def test_a_message_is_not_signed_anew_for_ever(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    network.send()
    monkeypatch.setattr(network.book, "signing_keys", lambda address: keys_now(address, SigningKey.generate()))
    for _ in range(settling.MAX_RESEALS + 2):
        network.apply(network.accept(network.envelopes()))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reseals) == ("queued", settling.MAX_RESEALS)
    assert delivery.last_error.startswith("unknown-key")


def keys_now(address: str, mine: SigningKey) -> dict[str, VerifyKey]:
    """The directory's keys after Rabat's signing key was replaced."""
    key = mine.public if address == "MA" else own_keys(address).signing.public
    return {key.keyid: key}
