"""What leaves the log for people outside: custody files and whole exports, for the offline verifier."""

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from jusur.kernel import canonical
from jusur.ledger import leaves, selectors
from jusur.ledger.errors import EventNotFoundError
from jusur.ledger.models import Event
from jusur.ledger.signer import signer
from jusur.tlog.checkpoint import Checkpoint
from jusur.tlog.tiles import TILE_WIDTH, entries_path, tile_path, tiles_of

FORMAT_VERSION = 1


def custody_document(subject_type: str, subject_id: str, checkpoint: Checkpoint | None = None) -> bytes:
    """``custody.json``: every sequenced event of one subject, disclosed and proved under one checkpoint.

    Canonical JSON ``{v, subject{type,id}, events[{leaf, leaf_index, salt, payload, inclusion}], checkpoint, log_key}``;
    ``salt`` and ``payload`` are null where the data was forgotten. See ``docs/reference/ledger.md``.

    Raises:
        EventNotFoundError: the checkpoint (default: the newest) covers no event of this subject.
    """
    head = checkpoint or selectors.latest_checkpoint()
    size = 0 if head is None else head.size
    rows = list(
        Event.objects.filter(subject_type=subject_type, subject_id=subject_id, leaf_index__lt=size).order_by(
            "leaf_index"
        )
    )
    if head is None or not rows:
        raise EventNotFoundError(
            "The log's signed part has no event of this subject.", fix="Integrate the log and check the identifier."
        )
    proofs = selectors.proofs([row.id for row in rows], head)
    return canonical.encode(
        {
            "v": FORMAT_VERSION,
            "subject": {"type": subject_type, "id": subject_id},
            "events": [_proved(row, proofs[row.id]) for row in rows],
            "checkpoint": head.text,
            "log_key": str(signer().verifier),
        }
    )


def consistency_document(old: Checkpoint, new: Checkpoint) -> bytes:
    """``consistency.json``: that this node's log only grew between two of its checkpoints.

    Raises:
        ProofError: ``old`` is larger than ``new``.
    """
    proof = selectors.consistency(old.size, new.size)
    return canonical.encode(
        {
            "v": FORMAT_VERSION,
            "old": old.text,
            "new": new.text,
            "proof": [value.hex() for value in proof.hashes],
            "log_key": str(signer().verifier),
        }
    )


def export(out: Path) -> Checkpoint:
    """Write the whole log to ``out`` (a new folder, or a zip if the name ends in ``.zip``); the checkpoint it holds.

    C2SP tlog-tiles resources (``checkpoint``, ``tile/…``, ``tile/entries/…``), the disclosed events of each bundle
    (``events/<N>.jsonl``) and ``ledger.json``. Memory stays constant; the log may grow meanwhile.

    Raises:
        EventNotFoundError: the log has no checkpoint yet.
        FileExistsError: there is something at ``out`` already.
    """
    head = selectors.latest_checkpoint()
    if head is None:
        raise EventNotFoundError("The log has no checkpoint yet.", fix="Integrate the log first.")
    if out.exists():
        raise FileExistsError(out)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as draft:
        folder = Path(draft) / "ledger"
        _write_export(folder, head)
        if out.suffix == ".zip":
            _zip(folder, Path(draft) / "ledger.zip").rename(out)
        else:
            shutil.move(folder, out)
    return head


def _write_export(folder: Path, head: Checkpoint) -> None:
    for tile, width in tiles_of(head.size):
        path = tile_path(tile, width)
        _write(folder / path, selectors.resource(path))
    disclosed = 0
    for start in range(0, head.size, TILE_WIDTH):
        width = min(TILE_WIDTH, head.size - start)
        path = entries_path(start // TILE_WIDTH, width)
        _write(folder / path, selectors.resource(path))
        lines = [_line(row) for row in selectors.sequenced(start, width) if row.salt is not None]
        whole = entries_path(start // TILE_WIDTH).removeprefix("tile/entries/")
        _write(folder / "events" / f"{whole}.jsonl", b"".join(lines))
        disclosed += len(lines)
    _write(folder / "checkpoint", head.text.encode())
    manifest = {"v": FORMAT_VERSION, "log_key": str(signer().verifier), "disclosed": disclosed}
    _write(folder / "ledger.json", canonical.encode(manifest))


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _zip(folder: Path, file: Path) -> Path:
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as archive:
        for member in sorted(folder.rglob("*")):
            if member.is_file():
                archive.write(member, member.relative_to(folder))
    return file


def _proved(row: Event, proof: selectors.InclusionProof) -> dict[str, Any]:
    return {
        "leaf": proof.leaf.decode(),
        "leaf_index": proof.leaf_index,
        "inclusion": [value.hex() for value in proof.hashes],
        **_opening(row),
    }


def _line(row: Event) -> bytes:
    return canonical.encode({"leaf_index": row.leaf_index, **_opening(row)}) + b"\n"


def _opening(row: Event) -> dict[str, str | None]:
    if row.salt is None:
        return {"salt": None, "payload": None}
    content = leaves.payload(
        subject_type=row.subject_type, subject_id=row.subject_id, actor=row.actor, purpose=row.purpose, data=row.data
    )
    return {"salt": bytes(row.salt).hex(), "payload": content.decode()}
