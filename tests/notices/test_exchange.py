"""A notice through the real exchange: sealed, signed, accepted, processed; the secretariat publishes to Oslo."""

from typing import Any

import pytest
from tests.exchange.conftest import Network, network
from tests.notices.samples import red

from jusur.exchange import processing
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.notices import content, messages, photographs, synthetic, types
from jusur.notices.models import Notice
from jusur.notices.rules import Side, State
from jusur.notices.services import acting, publishing

__all__ = ["network"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretariat(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    from jusur.directory import api as directory

    monkeypatch.setattr(types, "all_types", types.shipped)
    monkeypatch.setattr(directory, "secretariat", lambda: "MA")
    monkeypatch.setattr(acting, "own", _address)
    monkeypatch.setattr(acting, "recipients_of", lambda _notice: ["NO"])
    return network


def _address() -> str:
    from jusur.exchange import own

    return own.own().address


def made(value: dict[str, Any]) -> Notice:
    """A notice whose decision waits, at the secretariat (which this network calls MA)."""
    notice = Notice(
        id=new_id(),
        form="notice",
        type="red",
        side=Side.REVIEW,
        originator="SE",
        state=State.DECISION_PROPOSED,
        created_at=clock.now(),
    )
    acting.fill(notice, content.parse(value))
    notice.save(force_insert=True)
    return notice


def pictured() -> dict[str, Any]:
    value = red()
    shown = [photographs.photograph(synthetic.photograph(number), good=True) for number in range(3)]
    value["persons"][0]["photographs"] = [{"sha256": s.sha256, "data": s.data, "good": True} for s in shown]
    return value


def test_a_published_notice_arrives_whole_and_a_recall_deletes_it(secretariat: Network) -> None:
    network = secretariat
    with network.acting("MA"):
        notice = made(pictured())
        publishing.publish(notice, "officer:test")
    kept = notice.content
    raw = network.envelopes()
    assert len(raw) == 1
    assert b"ALNAJM" not in raw[0]
    _arrives(network, notice, raw)
    received = Notice.objects.get(id=notice.id)
    assert (received.side, received.state, received.visible) == ("received", "published", True)
    assert received.content == kept
    with network.acting("MA"):
        notice = made(pictured())
        publishing.recall(notice, "cancelled", final=True, to=["NO"])
    _arrives(network, notice, network.envelopes()[-1:])
    stone = Notice.objects.get(id=notice.id)
    assert (stone.state, stone.content, stone.visible) == ("purged", {}, False)
    assert [each for each in _sent() if each == messages.DELETION] == [messages.DELETION]


def _arrives(network: Network, notice: Notice, raw: list[bytes]) -> None:
    """Both nodes share this test's tables: the sender's row makes room for the receiver's."""
    Notice.objects.filter(id=notice.id).delete()
    network.accept(raw)
    with network.acting("NO"):
        while processing.process_ready():
            pass


def _sent() -> list[str]:
    from jusur.exchange.models import OutboundMessage

    return list(OutboundMessage.objects.order_by("created_at").values_list("kind", flat=True))
