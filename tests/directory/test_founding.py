import pytest
from tests.directory.network import Nodes

from jusur.directory import api
from jusur.directory.services.founding import bootstrap_secretariat
from jusur.kernel.errors import ConflictError
from jusur.ledger import api as ledger


def test_lists_all_members_not_joined_and_the_secretariat_active(nodes: Nodes) -> None:
    bureaus = list(api.organisations(kind="bureau"))
    assert len(bureaus) == 196
    assert {bureau.status for bureau in bureaus} == {"not-joined"}
    assert [o.address for o in api.organisations(status="active")] == ["GS"]
    assert api.organisation("MA").name.ar == "المغرب"
    assert api.current().version == 1
    assert list(api.verify_keys("GS")) == [nodes.own.signing.keyid]


def test_partner_organisations_are_granted_nothing_until_limits_say_so(nodes: Nodes) -> None:
    assert api.organisation("AIMC").limits.receives == ()
    assert not api.may_receive("AIMC", "message.text", "official_use_only")


def test_is_recorded_in_the_ledger(nodes: Nodes) -> None:
    (event,) = ledger.events("directory", "1")
    assert event.kind == "directory.published"
    assert event.data is not None
    assert event.data["digest"] == api.current().digest


def test_a_network_is_founded_once(nodes: Nodes) -> None:
    with pytest.raises(ConflictError):
        bootstrap_secretariat(authority=nodes.authority, material=nodes.own, endpoints=(), actor="founder")
