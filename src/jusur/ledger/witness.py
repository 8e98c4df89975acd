"""Witnessing peers: keep what each peer's log has signed, and raise the alarm where it contradicts itself."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from jusur.kernel.clock import now
from jusur.ledger.db import run
from jusur.ledger.errors import LedgerAlarmError
from jusur.ledger.models import PeerAlarm, PeerCheckpoint
from jusur.ledger.services import NewEvent, event_record
from jusur.ledger.signer import signer
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.checkpoint import Checkpoint
from jusur.tlog.errors import ProofError
from jusur.tlog.merkle import verify_consistency
from jusur.tlog.note import NoteVerifier

_KEEP_FIRST = """
    INSERT INTO ledger_peercheckpoint (peer, size, root, note, received_at) VALUES (%s, %s, %b, %s, %s)
    ON CONFLICT (peer, size) DO NOTHING
"""
_EXPLAINED = {
    PeerAlarm.SPLIT_VIEW: "showed two different logs of the same size",
    PeerAlarm.ROLLBACK: "presents as current a log shorter than one it signed before",
    PeerAlarm.INCONSISTENT: "cannot show that its log only grew",
}


def witness(
    peer: str,
    note: str,
    verify_key: bytes,
    consistency: Sequence[bytes] | None = None,
    *,
    current: bool = False,
) -> Checkpoint:
    """Check a peer's checkpoint against everything that peer has signed before, and keep it.

    Args:
        peer: the peer's address.
        note: the signed note as received.
        verify_key: 32 bytes of the peer's Ed25519 log key, from the directory.
        consistency: proof between this checkpoint and the newest one known (whichever is older first), if obtained.
        current: the peer says this is its newest checkpoint now (an answer to a question, not a receipt that may
            have been delayed on its way): a smaller size is then a rollback.

    Must not be called inside a transaction: an alarm must outlive whatever the caller undoes.

    Raises:
        NoteError: not a checkpoint of that peer's log signed by that key.
        LedgerAlarmError: split view, rollback or failed consistency; the alarm is stored and recorded.
    """
    head = checkpoints.verify(note, NoteVerifier(checkpoints.origin(peer), verify_key))
    if consistency is None and not current and _first_of_its_size(peer, head):
        return head
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ledger.witness.{peer}"])
        alarm = _examine(peer, head, consistency, current=current)
    if alarm is not None:
        raise LedgerAlarmError(
            f"{peer} {_EXPLAINED[alarm.kind]}.",
            fix="Stop relying on this peer's log, speak to its operator, and keep both signed notes of the alarm.",
        )
    return head


def cosign_peer(peer: str) -> Checkpoint | None:
    """The newest checkpoint known of ``peer`` with this node's cosignature/v1, unless an alarm stands open."""
    newest = newest_of(peer)
    if newest is None or PeerAlarm.objects.filter(peer=peer, resolved_at__isnull=True).exists():
        return None
    head = checkpoints.parse(newest.note)
    line = checkpoints.cosign(head, signer(), int(now().timestamp()))
    return checkpoints.with_signature(head, line)


def newest_of(peer: str) -> PeerCheckpoint | None:
    """The largest checkpoint kept of ``peer``."""
    return PeerCheckpoint.objects.filter(peer=peer).order_by("-size").first()


def peer_checkpoint(peer: str) -> Checkpoint | None:
    """The largest checkpoint kept of ``peer``, to ask it for a consistency proof from there."""
    newest = newest_of(peer)
    return None if newest is None else checkpoints.parse(newest.note)


def alarms(peer: str | None = None) -> list[PeerAlarm]:
    """Open alarms, newest first, of one peer or all."""
    rows = PeerAlarm.objects.filter(resolved_at__isnull=True).order_by("-id")
    return list(rows if peer is None else rows.filter(peer=peer))


def alarm_resolve(alarm: PeerAlarm, *, actor: str, resolution: str) -> None:
    """Close an alarm with what was found out; recorded in the log."""
    with transaction.atomic():
        PeerAlarm.objects.filter(id=alarm.id, resolved_at__isnull=True).update(resolved_at=now(), resolution=resolution)
        _record("ledger.peer.alarm.resolved", alarm, actor=actor, purpose=resolution)


def forget_before(moment: datetime) -> int:
    """Drop peers' checkpoints received before ``moment``, but never the newest of each; how many were dropped."""
    newest = PeerCheckpoint.objects.order_by("peer", "-size").distinct("peer").values("id")
    return PeerCheckpoint.objects.filter(received_at__lt=moment).exclude(id__in=newest).delete()[0]


def _first_of_its_size(peer: str, head: Checkpoint) -> bool:
    """Keep ``head`` where nothing of its size is known (as with nearly every receipt): nothing can contradict it."""
    return bool(run(_KEEP_FIRST, [peer, head.size, head.root, head.text, now()]).rowcount)


def _examine(peer: str, head: Checkpoint, consistency: Sequence[bytes] | None, *, current: bool) -> PeerAlarm | None:
    same = PeerCheckpoint.objects.filter(peer=peer, size=head.size).first()
    newest = newest_of(peer)
    if same is not None and bytes(same.root) != head.root:
        return _alarm(PeerAlarm.SPLIT_VIEW, peer, same.note, head, consistency)
    if newest is not None and head.size < newest.size and current:
        return _alarm(PeerAlarm.ROLLBACK, peer, newest.note, head, consistency)
    proven = None
    if newest is not None and consistency is not None and head.size != newest.size:
        if not _holds(head, newest, consistency):
            return _alarm(PeerAlarm.INCONSISTENT, peer, newest.note, head, consistency)
        proven = min(head.size, newest.size)
    _keep(peer, head, proven, same)
    return None


def _holds(head: Checkpoint, known: PeerCheckpoint, proof: Sequence[bytes]) -> bool:
    pairs = sorted([(head.size, head.root), (known.size, bytes(known.root))])
    (old_size, old_root), (new_size, new_root) = pairs
    try:
        verify_consistency(old_size, new_size, old_root, new_root, proof)
    except ProofError:
        return False
    return True


def _keep(peer: str, head: Checkpoint, proven: int | None, same: PeerCheckpoint | None) -> None:
    if same is None:
        PeerCheckpoint.objects.create(
            peer=peer, size=head.size, root=head.root, note=head.text, received_at=now(), proven_from=proven
        )
    elif proven is not None and same.proven_from is None:
        PeerCheckpoint.objects.filter(id=same.id).update(proven_from=proven)


def _alarm(kind: str, peer: str, known: str, head: Checkpoint, consistency: Sequence[bytes] | None) -> PeerAlarm:
    proof = [value.hex() for value in consistency or ()]
    alarm = PeerAlarm.objects.filter(peer=peer, kind=kind, shown_note=head.text, resolved_at__isnull=True).first()
    if alarm is not None:
        return alarm
    alarm = PeerAlarm.objects.create(
        peer=peer, kind=kind, known_note=known, shown_note=head.text, proof=proof, raised_at=now()
    )
    _record("ledger.peer.alarm.raised", alarm, actor="node", purpose="")
    return alarm


def _record(kind: str, alarm: PeerAlarm, *, actor: str, purpose: str) -> None:
    event_record(
        NewEvent(
            kind=kind,
            subject_type="ledger.peer",
            subject_id=alarm.peer,
            actor=actor,
            purpose=purpose,
            data={"alarm": str(alarm.id), "kind": alarm.kind, "known": alarm.known_note, "shown": alarm.shown_note},
        )
    )
