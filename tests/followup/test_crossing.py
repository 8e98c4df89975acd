"""Commitments through the real exchange: sealed, accepted, processed by the room's own handlers."""

from typing import Any

import pytest
from tests.exchange.conftest import Network, inbox_states, network  # noqa: F401 - a fixture
from tests.followup.test_services import CHIEF, SOON, foreign, word

from jusur.exchange import api as exchange
from jusur.followup import services
from jusur.followup.models import Commitment, CommitmentAct
from jusur.node import context

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node")]


@pytest.fixture
def wires(network: Network) -> "Wires":  # noqa: F811 - the fixture
    return Wires(network)


class Wires:
    """Carries what one bureau sends to another."""

    def __init__(self, net: Network) -> None:
        self.net = net

    def send(self, sender: str, kind: str, body: dict[str, Any], to: list[str]) -> None:
        with self.net.acting(sender):
            exchange.send(
                kind,
                to=to,
                body=body,
                handling=exchange.for_recipients(to),
                purpose="follow-up of decisions",
                legal_basis="GA-2025-93-RES-01",
            )

    def carry(self, recipient: str) -> list[str]:
        """Everything that waits for ``recipient``, taken in and processed there; the states it ends in."""
        with self.net.acting(recipient):
            exchange.accept_batch(self.net.envelopes(recipient))
            while exchange.process_ready():
                pass
        return inbox_states()


def test_a_commitment_arrives_and_its_acceptance_goes_to_all_parties(wires: Wires) -> None:
    wires.send("GS", "followup.commitment", foreign(), ["MA"])
    assert wires.carry("MA") == ["processed"]
    row = Commitment.objects.get()
    assert (row.keeper, row.owner, row.verifier) == ("GS", "MA", "NO")
    services.commitment_act(commitment_id=row.pk, act="accept", actor=CHIEF)
    for party in ("GS", "NO"):
        assert len(wires.net.envelopes(party)) == 1
    assert set(wires.carry("GS")) == {"processed"}
    assert CommitmentAct.objects.get().by == "MA"


def test_an_act_that_is_not_its_senders_is_refused_on_arrival(wires: Wires) -> None:
    wires.send("GS", "followup.commitment", foreign(), ["MA"])
    wires.carry("MA")
    wires.send("SE", "followup.act", word("verify", verdict="met"), ["MA"])
    assert len(wires.net.envelopes("SE")) == 0
    wires.carry("MA")
    assert len(wires.net.envelopes("SE")) == 1  # the refusal, with its reason
    assert not CommitmentAct.objects.exists()


def test_a_commitment_entered_here_is_sealed_for_its_parties(wires: Wires, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jusur.directory.api.active", lambda address: address)
    body = foreign()
    row = services.commitment_enter(
        source_kind="agreement",
        source_reference="MOU-MA-NO",
        texts=body["texts"],
        verification=body["verification"],
        owner="NO",
        verifier="GS",
        due_on=SOON,
        actor=CHIEF,
    )
    assert [len(wires.net.envelopes(party)) for party in ("NO", "GS", "SE")] == [1, 1, 0]
    assert (row.keeper, context.current().address) == ("MA", "MA")
