"""The documented shape of an answer is whole: nothing is answered that the document does not name."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from tests.directory.network import gates, new_authority, new_material
from tests.exchange.conftest import Network, network
from tests.web.conftest import Caller, problem

from jusur.directory.services.founding import bootstrap_secretariat
from jusur.exchange import processing, retention
from jusur.exchange import receipt as receipts
from jusur.exchange.models import Delivery, OutboundMessage, PeerState, Transfer
from jusur.kernel import clock
from jusur.kernel.ids import new_id

__all__ = ["network"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("jusur.config.urls")]


def closed(value: Any) -> Any:
    """The document's schema without room for members that it does not name."""
    if isinstance(value, dict):
        shut = {"additionalProperties": False} if "properties" in value else {}
        return {name: closed(part) for name, part in value.items()} | shut
    return [closed(part) for part in value] if isinstance(value, list) else value


@pytest.fixture
def check(everything: Caller) -> Callable[..., Any]:
    """Ask, hold the answer against the document, and hand it back."""
    document = json.loads(Client().get("/v1/openapi.json").content)

    def ask(path: str, query: str = "", *, method: str = "get", body: Any = None, **names: str) -> Any:
        where = path.format(**names) + query
        answer = everything.get(where) if method == "get" else everything.post(where, body)
        responses = document["paths"]["/v1" + path][method]["responses"]
        schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
        shut = closed({"components": document["components"], **schema})
        Draft202012Validator(shut).validate(answer.json())
        return answer.json()

    return ask


def test_messages_and_status(check: Callable[..., Any], network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = network.send()
    network.apply(network.accept(network.envelopes()))
    processing.process_ready()
    waiting = network.send(to=["SE"])
    PeerState.objects.create(peer="SE", silent_since=clock.now())
    Transfer.objects.create(
        name="a",
        sender="NO",
        descriptor={"size": 5},
        conversation=new_id(),
        purpose="",
        legal_basis="",
        next_attempt_at=clock.now(),
        created_at=clock.now(),
    )
    page = check("/exchange/messages")
    assert [(item["direction"], item["from"]) for item in page["items"]] == [("received", "MA")]
    assert len(check("/exchange/messages", "?direction=sent")["items"]) == 2
    assert check("/exchange/messages/{message_id}", message_id=str(waiting.id))["to"] == ["SE"]
    where = "/exchange/messages/{message_id}/receipts/{recipient}"
    assert check(where, message_id=str(sent.id), recipient="NO")["payloadType"] == receipts.PAYLOAD_TYPE
    status = check("/exchange/status")
    assert (status["transfers"][0]["from"], status["peers"][-1]["peer"]) == ("NO", "SE")
    with monkeypatch.context() as patched:
        patched.setenv("JUSUR_CLOCK_OFFSET_SECONDS", str(366 * 86_400))
        retention.forget_older(timedelta(days=365))
    assert check("/exchange/messages/{message_id}", message_id=str(sent.id))["body"] == {}


def test_a_receipt_that_is_not_there(everything: Caller, network: Network) -> None:
    sent = network.send()
    for recipient in "NO", "MA":
        problem(everything.get(f"/exchange/messages/{sent.id}/receipts/{recipient}"), 404)


def test_a_received_message(check: Callable[..., Any], network: Network) -> None:
    sent = network.send()
    network.apply(network.accept(network.envelopes()))
    processing.process_ready()
    Delivery.objects.all().delete()  # the two bureaus share a database: only the receiver's row stays
    OutboundMessage.objects.all().delete()
    with network.acting("NO"):
        found = check("/exchange/messages/{message_id}", message_id=str(sent.id))
        assert (found["direction"], found["from"], found["handling"]["handling_code"]) == ("received", "MA", "H1")
        path = "/exchange/messages/{message_id}/acknowledgement"
        assert check(path, method="post", message_id=str(sent.id))["acknowledged_at"]


def test_directory(check: Callable[..., Any]) -> None:
    bootstrap_secretariat(
        authority=new_authority(),
        material=new_material(),
        endpoints=gates("https://gs.example.org:8443"),
        actor="founder",
    )
    assert check("/directory")["version"] == 1
    assert check("/directory/organisations")["organisations"]
    assert check("/directory/organisations/{address}", address="GS")["keys"]


def test_instruments(check: Callable[..., Any]) -> None:
    for item in check("/instruments")["instruments"]:
        assert check("/instruments/{instrument_id}", instrument_id=item["id"])["digest"]
    assert check("/instruments/between", "?a=MA&b=NO")["bases"]
