import json
from datetime import timedelta

import msgspec
import pytest
from tests.directory.network import Ceremony, Nodes

from jusur.crypto import dsse
from jusur.crypto.keys import SigningKey
from jusur.directory import api, document, envelopes, selectors
from jusur.directory.errors import (
    DirectoryRefusedError,
    ForgedDirectoryError,
    ForkedDirectoryError,
    FutureDirectoryError,
    MissingVersionsError,
    NoDirectoryError,
    RolledBackDirectoryError,
    StaleDirectoryError,
)
from jusur.directory.models import DirectoryAlarm, Organisation
from jusur.directory.schema import PAYLOAD_TYPE
from jusur.directory.services.authority import Authority
from jusur.kernel import clock
from jusur.kernel.errors import ConflictError, JusurError, NotFoundError
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

DAY = timedelta(days=1)


def envelope(version: int | None = None) -> bytes:
    found = selectors.envelope(version)
    assert found is not None
    return found[1]


def alarm_kinds() -> list[str]:
    return [alarm.kind for alarm in api.alarms()]


@pytest.fixture
def joined(nodes: Nodes) -> Nodes:
    """MA has joined at version 2; the secretariat published 3 and 4; the database is MA's."""
    ceremony = Ceremony(nodes, "MA")
    ceremony.make_request()
    bundle = ceremony.admit()
    nodes.words = ceremony.directory_words()
    nodes.bundle = bundle
    nodes.turn_to("MA")
    api.join_complete(
        bundle=bundle,
        keys=ceremony.material.holder(),
        fingerprint=nodes.words,
        store=lambda _: None,
        actor="operator",
    )
    nodes.turn_to("GS")
    api.organisation_limit(
        address="AIMC",
        sends=["message.*"],
        receives=["message.*"],
        classifications=["official_use_only"],
        authority=nodes.authority,
        actor="operator",
    )
    api.directory_publish(authority=nodes.authority, actor="operator")
    nodes.published = {version: envelope(version) for version in (1, 2, 3, 4)}
    nodes.turn_to("MA")
    return nodes


def test_versions_are_accepted_in_order_and_repeated_in_the_tables(joined: Nodes) -> None:
    assert api.directory_accept(envelope=joined.published[3])
    assert api.current().version == 3
    assert Organisation.objects.get(address="AIMC").receives == ["message.*"]
    assert api.may_receive("AIMC", "message.text", "official_use_only") is False, "it has not joined"
    assert not api.directory_accept(envelope=joined.published[3])
    assert [event.kind for event in ledger.events("directory", "3")][-1] == "directory.accepted"


def test_refresh_fetches_what_was_missed(joined: Nodes) -> None:
    asked: list[int | None] = []

    def fetch(version: int | None) -> bytes:
        asked.append(version)
        return joined.published[version or 4]

    assert api.directory_refresh(fetch=fetch) == 4
    assert asked == [None, 3]
    assert api.directory_refresh(fetch=fetch) == 4
    assert alarm_kinds() == []


def test_refresh_accepts_expired_versions_only_on_the_way(joined: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str((8 * DAY).total_seconds()))
    with pytest.raises(StaleDirectoryError):
        api.directory_refresh(fetch=lambda version: joined.published[version or 4])
    assert api.current().version == 3, "3 was taken as a step to 4, which has expired"
    assert alarm_kinds() == ["stale"]
    with pytest.raises(StaleDirectoryError):
        api.assert_usable()


def test_a_gap_is_no_alarm(joined: Nodes) -> None:
    with pytest.raises(MissingVersionsError):
        api.directory_accept(envelope=joined.published[4])
    assert alarm_kinds() == []


def test_rollback_keeps_the_version_and_tells_the_operator_once(joined: Nodes) -> None:
    for _ in range(3):
        with pytest.raises(RolledBackDirectoryError):
            api.directory_accept(envelope=joined.published[1])
    (alarm,) = api.alarms()
    assert (alarm.kind, alarm.count) == ("rollback", 3)
    assert api.current().version == 2
    api.assert_usable()
    raised = list(ledger.events("directory.alarm", str(alarm.id)))
    assert [event.kind for event in raised] == ["directory.alarm.raised"]


def test_forged_keeps_the_version(joined: Nodes) -> None:
    forged = json.loads(joined.published[3])
    forged["signatures"][0]["sig"] = json.loads(joined.published[4])["signatures"][0]["sig"]
    for bad in (json.dumps(forged).encode(), b"", b"null", b"{}", b"\xff" * 100, b"[" * 10_000):
        with pytest.raises(JusurError):
            api.directory_accept(envelope=bad)
    assert alarm_kinds() == ["forged"]
    assert api.current().version == 2


def test_another_network_is_forged(joined: Nodes) -> None:
    stranger = Authority((SigningKey.generate(),), joined.authority.network)
    other = sign_as(joined, stranger)
    with pytest.raises(ForgedDirectoryError):
        api.directory_accept(envelope=other)


def test_the_future_is_refused(joined: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "-3600")
    with pytest.raises(FutureDirectoryError):
        api.directory_accept(envelope=joined.published[3])
    assert alarm_kinds() == ["clock"]


def test_a_fork_stops_the_exchange_until_an_operator_closes_the_alarm(joined: Nodes) -> None:
    fork = forked_third(joined)
    api.directory_accept(envelope=joined.published[3])
    with pytest.raises(ForkedDirectoryError):
        api.directory_accept(envelope=fork)
    with pytest.raises(ForkedDirectoryError):
        api.assert_usable()
    (alarm,) = api.alarms()
    assert bytes(alarm.evidence or b"") == fork
    api.alarm_close(alarm_id=alarm.id, reason="The secretariat explained a double publication", actor="operator")
    api.assert_usable()
    with pytest.raises(ConflictError):
        api.alarm_close(alarm_id=alarm.id, reason="again", actor="operator")
    with pytest.raises(NotFoundError):
        api.alarm_close(alarm_id=new_id(), reason="none", actor="operator")


def test_gossip(joined: Nodes) -> None:
    fork = forked_third(joined)
    api.directory_accept(envelope=joined.published[3])
    version, digest = api.current()
    assert api.gossip_check(peer="NO", version=version, digest=digest) == "same"
    assert api.gossip_check(peer="NO", version=version + 1, digest="0" * 64) == "newer"
    assert api.gossip_check(peer="NO", version=2, digest=selectors.digest_of(2)) == "behind"
    assert api.gossip_check(peer="NO", version=1, digest="0" * 64) == "behind", "from before this node joined"
    for bad in (version, 2):
        assert api.gossip_check(peer="NO", version=bad, digest="0" * 64) == "contradicts"
    (alarm,) = api.alarms()
    assert (alarm.kind, alarm.count) == ("gossip", 2)
    api.assert_usable()

    assert not api.fork_examine(peer="NO", envelope=joined.published[3])
    assert not api.fork_examine(peer="NO", envelope=b"{}")
    assert not api.fork_examine(peer="NO", envelope=joined.published[4])
    api.assert_usable()
    assert api.fork_examine(peer="NO", envelope=fork)
    with pytest.raises(ForkedDirectoryError):
        api.assert_usable()


def test_the_worker_notices_a_stale_directory_and_a_new_version_closes_the_alarm(
    joined: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not api.stale_watch()
    assert api.stale_watch(clock.now() + 8 * DAY)
    assert alarm_kinds() == ["stale"]
    assert api.directory_accept(envelope=joined.published[3])
    assert alarm_kinds() == []


def test_a_node_without_a_directory_says_so(db: None) -> None:
    for ask in (api.current, api.assert_usable, api.stale_watch, api.tls_ca):
        with pytest.raises(NoDirectoryError):
            ask()
    with pytest.raises(NoDirectoryError):
        api.directory_accept(envelope=b"{}")
    assert DirectoryAlarm.objects.count() == 0


def test_a_directory_is_pinned_once(joined: Nodes) -> None:
    with pytest.raises(ConflictError):
        api.directory_pin(envelope=joined.published[4], fingerprint=joined.words, actor="operator")


def sign_as(joined: Nodes, authority: Authority) -> bytes:
    """A third version with everything right but the directory key."""
    payload = envelopes.payload(joined.published[3])
    return envelopes.write(dsse.sign(PAYLOAD_TYPE, payload, authority.directory_keys))


def forked_third(joined: Nodes) -> bytes:
    """Another third version, by the secretariat's own directory key."""
    third = document.decode(envelopes.payload(joined.published[3]))
    other = msgspec.structs.replace(third, expires_at=clock.timestamp(third.expires + timedelta(seconds=1)))
    return envelopes.write(dsse.sign(PAYLOAD_TYPE, document.encode(other), joined.authority.directory_keys))


def test_refused_errors_name_their_alarm() -> None:
    assert {kind.alarm for kind in DirectoryRefusedError.__subclasses__()} == {
        *("forged", "rollback", "fork", "stale", "clock"),
        "",
    }
