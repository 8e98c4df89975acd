from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from jusur.kernel.clock import now
from jusur.ledger import api
from jusur.ledger.models import PeerAlarm, PeerCheckpoint
from jusur.ledger.witness import forget_before
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.errors import NoteError
from jusur.tlog.merkle import leaf_hash
from jusur.tlog.note import NoteSigner
from jusur.tlog.tree import MemoryTiles, Tree, append

pytestmark = pytest.mark.django_db


class PeerLog:
    """A peer's log, that may lie."""

    def __init__(self, leaves: list[bytes]) -> None:
        key = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
        self.signer = NoteSigner("jusur.int/log/MA", key, key.public_key().public_bytes_raw())
        self.store = MemoryTiles()
        append(self.store, 0, [leaf_hash(leaf) for leaf in leaves])

    def note(self, size: int) -> str:
        return checkpoints.make(size, Tree(self.store, size).root(), self.signer).text

    def proof(self, old: int, new: int) -> list[bytes]:
        return Tree(self.store, new).consistency(old)

    @property
    def key(self) -> bytes:
        return self.signer.verifier.public_bytes


HONEST = PeerLog([b"%d" % number for number in range(40)])
FORGED = PeerLog([b"%d" % number if number != 5 else b"other" for number in range(40)])


def show(log: PeerLog, size: int, proof: list[bytes] | None = None, *, current: bool = False) -> int:
    return api.witness("MA", log.note(size), HONEST.key, proof, current=current).size


def alarm_kinds() -> list[str]:
    return [alarm.kind for alarm in api.alarms("MA")]


def test_growing_checkpoints_are_kept() -> None:
    assert show(HONEST, 5) == 5
    assert show(HONEST, 12, HONEST.proof(5, 12)) == 12
    assert show(HONEST, 12) == 12
    known = api.peer_checkpoint("MA")
    assert known is not None
    assert known.size == 12
    assert PeerCheckpoint.objects.get(peer="MA", size=12).proven_from == 5
    assert not api.alarms()
    assert api.peer_checkpoint("NO") is None


def test_a_receipt_that_arrives_late_is_no_rollback() -> None:
    show(HONEST, 12)
    show(HONEST, 5)
    show(HONEST, 7, HONEST.proof(7, 12))
    known = api.peer_checkpoint("MA")
    assert known is not None
    assert known.size == 12
    assert not api.alarms()


def test_two_logs_of_one_size_are_a_split_view() -> None:
    show(HONEST, 12)
    show(HONEST, 20)
    with pytest.raises(api.LedgerAlarmError, match="two different logs"):
        show(FORGED, 12)
    alarm = api.alarms()[0]
    assert (alarm.kind, alarm.known_note, alarm.shown_note) == (PeerAlarm.SPLIT_VIEW, HONEST.note(12), FORGED.note(12))
    event = api.events("ledger.peer", "MA")[-1]
    assert event.kind == "ledger.peer.alarm.raised"
    assert event.data is not None
    assert event.data["shown"] == FORGED.note(12)
    known = api.peer_checkpoint("MA")
    assert known is not None
    assert known.size == 20


def test_a_shorter_log_shown_as_current_is_a_rollback() -> None:
    show(HONEST, 12)
    with pytest.raises(api.LedgerAlarmError, match="shorter"):
        show(HONEST, 9, current=True)
    assert alarm_kinds() == [PeerAlarm.ROLLBACK]


@pytest.mark.parametrize(("known", "shown"), [(9, 20), (20, 9)])
def test_a_fork_cannot_prove_that_it_only_grew(known: int, shown: int) -> None:
    show(HONEST, known)
    with pytest.raises(api.LedgerAlarmError, match="only grew"):
        show(FORGED, shown, FORGED.proof(min(known, shown), max(known, shown)))
    assert alarm_kinds() == [PeerAlarm.INCONSISTENT]


def test_one_contradiction_raises_one_alarm_until_it_is_resolved() -> None:
    show(HONEST, 12)
    for _ in range(2):
        with pytest.raises(api.LedgerAlarmError):
            show(FORGED, 12)
    (alarm,) = api.alarms()
    api.alarm_resolve(alarm, actor="officer-1", resolution="peer restored an old backup")
    assert api.alarms() == []
    assert api.events("ledger.peer", "MA")[-1].kind == "ledger.peer.alarm.resolved"
    with pytest.raises(api.LedgerAlarmError):
        show(FORGED, 12)
    assert len(api.alarms()) == 1


def test_a_checkpoint_not_signed_by_the_peer_is_refused_without_alarm() -> None:
    show(HONEST, 12)
    note = FORGED.note(12)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for peer, text, key in (
        ("MA", note[:-8] + "AAAAAA=\n", HONEST.key),
        ("MA", note, other),
        ("NO", note, HONEST.key),
        ("MA", "", HONEST.key),
    ):
        with pytest.raises(NoteError):
            api.witness(peer, text, key)
    assert not api.alarms()


def test_a_witness_cosigns_what_it_saw_unless_there_is_an_alarm(signer: NoteSigner) -> None:
    assert api.cosign_peer("MA") is None
    show(HONEST, 12)
    cosigned = api.cosign_peer("MA")
    assert cosigned is not None
    again = checkpoints.verify(cosigned.text, HONEST.signer.verifier)
    assert abs(checkpoints.verify_cosignature(again, signer.verifier) - now().timestamp()) < 60
    with pytest.raises(api.LedgerAlarmError):
        show(FORGED, 12)
    assert api.cosign_peer("MA") is None


def test_old_checkpoints_are_dropped_but_never_the_newest() -> None:
    for size in (3, 9, 12, 5):
        show(HONEST, size)
    assert forget_before(now() - timedelta(days=1)) == 0
    assert forget_before(now() + timedelta(seconds=1)) == 3
    assert list(PeerCheckpoint.objects.values_list("size", flat=True)) == [12]


@pytest.mark.django_db(transaction=True)
def test_an_alarm_cannot_be_undone_by_the_caller() -> None:
    show(HONEST, 12)
    with transaction.atomic(), pytest.raises(RuntimeError):
        show(FORGED, 12)
    with pytest.raises(api.LedgerAlarmError):
        show(FORGED, 12)
    assert len(api.alarms()) == 1
