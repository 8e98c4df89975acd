"""Checks the log proofs of Jusur offline. One file; needs Python 3.11 and the ``cryptography`` package.

    python jusur_verify.py FOLDER_OR_FILE ... [--key ADDRESS=KEY.pem ...] [--json]

What it checks, by standards anybody can read:

* A log is a Merkle tree over its entries (RFC 9162, section 2.1, SHA-256). Whoever changes, removes or inserts an
  entry changes the root.
* A checkpoint is the log's origin, size and root, signed with Ed25519 (C2SP signed-note, tlog-checkpoint).
* An entry ("leaf") holds a commitment: SHA-256(salt || payload). The payload says what happened to which subject, who
  did it and why. Salt and payload together prove that this, and nothing else, was committed to.
* An inclusion proof leads from a leaf to the root; a consistency proof shows that a later tree begins with an earlier.
* Statements and receipts are DSSE envelopes (github.com/secure-systems-lab/dsse) signed with Ed25519.

What it reads: ``*custody.json``, ``*consistency.json``, DSSE envelopes (``*.dsse.json``, or any JSON file with a
``payloadType``), and whole ledger exports (a folder or zip with ``ledger.json``). Folders are searched.

What it cannot know: whether a key belongs to whom it says. Give the keys you received from the organisation itself with
``--key``; where you give none, the verdict is UNKNOWN even if every signature fits. A custody file cannot prove that it
leaves nothing out; a whole ledger export can.

Exit status: 0 everything verified under keys you gave; 1 something is false; 2 nothing false, but something unknown.
"""

import argparse
import base64
import hashlib
import itertools
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

MAX_FILE_BYTES = 256 * 1024 * 1024
LOG_PREFIX = "jusur.int/log/"
TILE_WIDTH = 256
OK, FALSE, UNKNOWN = "VERIFIED", "FALSE", "UNKNOWN"
CHECKPOINT = re.compile(
    r"((jusur\.int/log/[A-Z][A-Z0-9-]{1,15})\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n)"
    r"\n((?:\u2014 [^\s+]+ [A-Za-z0-9+/=]+\n){1,32})"
)
Place = Path | zipfile.Path
Keys = dict[str, list[bytes]]
"""Raw Ed25519 public keys, by the address they were given for."""
Checks = list[tuple[str, Callable[[], str]]]
"""What is to be checked: a label, and an act that returns what it found or raises one of the two errors below."""


class FalseError(Exception):
    """Something does not hold; the message says what."""


class UnknownError(Exception):
    """Something cannot be judged; the message says what is missing."""


class Verdict(NamedTuple):
    """One thing that was checked in one file."""

    file: str
    check: str
    status: str
    detail: str


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(row: list[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes: pairs are joined row by row, a last one without a pair moves up."""
    while len(row) > 1:
        row = [node_hash(*row[i : i + 2]) if i + 1 < len(row) else row[i] for i in range(0, len(row), 2)]
    return row[0] if row else hashlib.sha256(b"").digest()


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, section 2.1.3.2: the hash ``leaf`` is number ``index`` of ``size`` under ``root``."""
    if not 0 <= index < size:
        raise FalseError(f"leaf {index} is outside a log of {size} entries")
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            raise FalseError("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or result != root:
        raise FalseError("the inclusion proof does not lead to the checkpoint's root")


def check_consistency(old: "Checkpoint", new: "Checkpoint", proof: Sequence[bytes]) -> None:
    """RFC 9162, section 2.1.4.2: the tree of ``new`` begins with the whole tree of ``old``."""
    if old.size > new.size:
        raise FalseError(f"a log of {old.size} entries cannot become one of {new.size}")
    if old.size in (0, new.size):
        if proof or old.root != (new.root if old.size else tree_root([])):
            raise FalseError("two checkpoints of one size have different roots")
        return
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    fn, sn = old.size - 1, new.size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0] if path else b""
    for sibling in path[1:]:
        if sn == 0:
            raise FalseError("the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(sibling, fr), node_hash(sibling, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or (fr, sr) != (old.root, new.root):
        raise FalseError("the consistency proof does not tie the two checkpoints together")


def parse_json(data: bytes, *, canonical: bool = True) -> Any:
    """JSON without duplicate names or NaN; with ``canonical`` only in its RFC 8785 form (whole numbers and text)."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=unique)
        exact = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise FalseError(f"not acceptable JSON ({error})") from None
    if canonical and exact != data:
        raise FalseError("the JSON is not in canonical form")
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, refused if it names a member twice."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member is named twice")
    return dict(pairs)


def members(value: Any, **types: Any) -> list[Any]:
    """The members of an object that has exactly these, of these types, in the order asked."""
    if not isinstance(value, dict) or value.keys() != types.keys():
        raise FalseError(f"an object must have exactly the members {', '.join(types)}")
    for name, kind in types.items():
        if not isinstance(value[name], kind) or isinstance(value[name], bool) or (name == "v" and value[name] != 1):
            raise FalseError(f"{name} has the wrong type or version")
    return [value[name] for name in types]


def unhex(text: Any, length: int) -> bytes:
    """Lower-case hexadecimal of ``length`` bytes."""
    if not isinstance(text, str) or not re.fullmatch("[0-9a-f]*", text) or len(text) != 2 * length:
        raise FalseError(f"not {length} bytes in lower-case hexadecimal")
    return bytes.fromhex(text)


def unbase64(text: str) -> bytes:
    """Base64 in its one spelling."""
    data = base64.b64decode(text, validate=True)
    if not data or base64.b64encode(data).decode() != text:
        raise FalseError("not Base64 in its one spelling")
    return data


def hashes(values: list[Any]) -> list[bytes]:
    """A proof: hashes of 32 bytes."""
    return [unhex(value, 32) for value in values]


class Checkpoint(NamedTuple):
    """A signed tree head: log, entries, root, the text signed, signatures (key name, key id, signature), log key."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: list[tuple[str, bytes, bytes]]
    key: bytes = b""


def parse_checkpoint(note: str) -> Checkpoint:
    """C2SP tlog-checkpoint: three lines, an empty line, signature lines."""
    match = CHECKPOINT.fullmatch(note)
    if match is None:
        raise FalseError("the checkpoint is malformed")
    text, origin, size, root, lines = match.groups()
    parts = [(name, unbase64(encoded)) for _, name, encoded in (line.split(" ") for line in lines.splitlines())]
    signatures = [(name, data[:4], data[4:]) for name, data in parts]
    return Checkpoint(origin, int(size), unbase64(root), text, signatures)


def check_signature(key: bytes, signature: bytes, message: bytes, what: str) -> None:
    """Ed25519 (RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise FalseError(f"the signature of {what} does not fit") from None


def verifier_key(origin: str, key: bytes) -> str:
    """C2SP verifier key: name+id+base64(0x01 || Ed25519 key), the id in hexadecimal."""
    encoded = b"\x01" + key
    identifier = hashlib.sha256(f"{origin}\n".encode() + encoded).digest()[:4].hex()
    return f"{origin}+{identifier}+{base64.b64encode(encoded).decode()}"


def check_checkpoint(note: str, log_key: str) -> Checkpoint:
    """The checkpoint, signed by ``log_key``, a C2SP verifier key."""
    head = parse_checkpoint(note)
    key = unbase64(log_key.split("+", 2)[-1])[1:]
    if log_key != verifier_key(head.origin, key):
        raise FalseError(f"the log key is not an Ed25519 key of {head.origin} under its own identifier")
    identifier = bytes.fromhex(log_key.split("+")[1])
    mine = [signature for name, key_id, signature in head.signatures if (name, key_id) == (head.origin, identifier)]
    if not mine:
        raise FalseError(f"the checkpoint is not signed by the key of {head.origin}")
    for signature in mine:
        check_signature(key, signature, head.text.encode(), "the checkpoint")
    return head._replace(key=key)


def check_trusted(head: Checkpoint, keys: Keys, found: str) -> str:
    """``found``, if the log's key is one the reader gave for that organisation."""
    address = head.origin.removeprefix(LOG_PREFIX)
    if address not in keys:
        raise UnknownError(f"{found}; signed by the key in the file: give --key {address}=KEY.pem to trust it")
    if head.key not in keys[address]:
        raise FalseError(f"the log key in the file is none of the keys you gave for {address}")
    return found


def custody(data: bytes, keys: Keys) -> Checks:
    """``custody.json``: events of one subject, disclosed, each proved to be in the log."""
    document = parse_json(data)
    _, about, events, note, log_key = members(document, v=int, subject=dict, events=list, checkpoint=str, log_key=str)
    subject = members(about, type=str, id=str)
    head = check_checkpoint(note, log_key)
    found = f"{len(events)} events in {head.origin} at {head.size} entries"
    checks: Checks = [("checkpoint", partial(check_trusted, head, keys, found))]
    return checks + [("event", partial(check_event, event, subject, head)) for event in events]


def check_event(event: Any, subject: list[str], head: Checkpoint) -> str:
    """One event: in the log, and its disclosed payload is what the log committed to, about this subject."""
    types = {"leaf": str, "leaf_index": int, "salt": object, "payload": object, "inclusion": list}
    leaf, index, salt, payload, proof = members(event, **types)
    check_inclusion(leaf_hash(leaf.encode()), index, head.size, hashes(proof), head.root)
    fields = parse_json(leaf.encode())
    told = f"entry {index}: {fields.get('kind')} at {fields.get('occurred_at')}"
    if salt is None and payload is None:
        return f"{told}; content forgotten, its existence proved"
    content = check_disclosed(leaf.encode(), salt, payload)
    if [content.get("subject_type"), content.get("subject_id")] != subject:
        raise FalseError(f"entry {index} is about another subject than the file says")
    return f"{told} by {content.get('actor')}"


def check_disclosed(leaf: bytes, salt: Any, payload: Any) -> dict[str, Any]:
    """The payload, when SHA-256(salt || payload) is the leaf's commitment."""
    if not isinstance(payload, str):
        raise FalseError("salt and payload must both be given, or neither")
    if hashlib.sha256(unhex(salt, 32) + payload.encode()).hexdigest() != parse_json(leaf).get("commitment"):
        raise FalseError("the disclosed payload is not what the log committed to")
    return dict(parse_json(payload.encode(), canonical=False))


def consistency(data: bytes, keys: Keys) -> Checks:
    """``consistency.json``: two checkpoints of one log and the proof that it only grew between them."""
    _, old, new, proof, log_key = members(parse_json(data), v=int, old=str, new=str, proof=list, log_key=str)
    first, second = check_checkpoint(old, log_key), check_checkpoint(new, log_key)
    check_consistency(first, second, hashes(proof))
    found = f"{first.origin} only grew, from {first.size} to {second.size} entries"
    return [("consistency", partial(check_trusted, first, keys, found))]


def envelope(data: bytes, keys: Keys) -> Checks:
    """A DSSE envelope: every signature on it fits, and is by a key the reader gave."""
    document = parse_json(data, canonical=False)
    encoded, kind, signatures = members(document, payload=str, payloadType=str, signatures=list)
    payload = unbase64(encoded)
    message = b"DSSEv1 %d %b %d %b" % (len(kind.encode()), kind.encode(), len(payload), payload)
    if not signatures:
        raise FalseError("the envelope has no signature")
    checks: Checks = [("signature", partial(check_signer, entry, kind, message, keys)) for entry in signatures]
    if kind == "application/vnd.jusur.receipt+json":
        checks.append(("receipt in log", partial(check_receipt, parse_json(payload, canonical=False), keys)))
    return checks


def check_signer(entry: Any, kind: str, message: bytes, keys: Keys) -> str:
    """One signature of an envelope."""
    keyid, signature = members(entry, keyid=str, sig=str)
    for address, given in keys.items():
        for key in given:
            public = Ed25519PublicKey.from_public_bytes(key)
            encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            if hashlib.sha256(encoded).hexdigest()[:32] == keyid:
                check_signature(key, unbase64(signature), message, address)
                return f"{kind} signed by {address}"
    raise UnknownError(f"{kind} signed by key {keyid}, which you did not give")


def check_receipt(receipt: Any, keys: Keys) -> str:
    """A receipt carries its log's checkpoint and leaf, and the proof that the event is in the log of its signer."""
    if not receipt["leaf"]:
        raise UnknownError("the receipt carries no leaf: what it says was not logged")
    head = parse_checkpoint(receipt["checkpoint"])
    address = head.origin.removeprefix(LOG_PREFIX)
    if receipt.get("by", address) != address:
        raise FalseError(f"the receipt is by {receipt['by']}, its checkpoint of {head.origin}")
    signers = [key_id.hex() for name, key_id, _ in head.signatures if name == head.origin]
    given = [verifier_key(head.origin, key) for key in keys.get(address, [])]
    log_key = receipt.get("log_key") or next((key for key in given if key.split("+")[1] in signers), "")
    if not log_key:
        raise UnknownError(f"the receipt carries no log key: give that of {head.origin} with --key {address}=KEY.pem")
    head = check_checkpoint(receipt["checkpoint"], log_key)
    index = int(receipt["leaf_index"])
    check_inclusion(leaf_hash(receipt["leaf"].encode()), index, head.size, hashes(receipt["inclusion"]), head.root)
    return check_trusted(head, keys, f"entry {index} of {head.origin}")


def export(folder: Place, keys: Keys) -> Checks:
    """A ledger export: every entry, tile and disclosed event against one signed checkpoint."""
    _, log_key, disclosed = members(parse_json(read(folder / "ledger.json")), v=int, log_key=str, disclosed=int)
    head = check_checkpoint(read(folder / "checkpoint").decode(), log_key)
    row, opened = list[bytes](), 0
    for number, start in enumerate(range(0, head.size, TILE_WIDTH)):
        width = min(TILE_WIDTH, head.size - start)
        entries = split_entries(read(folder / "tile" / "entries" / tile_path(number, width)))
        opened += check_events(folder / "events" / (tile_path(number, TILE_WIDTH) + ".jsonl"), start, entries)
        row += map(leaf_hash, entries)
    if len(row) != head.size or tree_root(row) != head.root:
        raise FalseError("the entries do not lead to the checkpoint's root")
    if opened != disclosed:
        raise FalseError(f"{opened} events are disclosed; the export says {disclosed}")
    level = 0
    while row:
        row, level = check_level(folder / "tile" / str(level), row), level + 1
    found = f"all {head.size} entries of {head.origin}, {opened} of them disclosed"
    return [("whole log", partial(check_trusted, head, keys, found))]


def check_level(folder: Place, row: list[bytes]) -> list[bytes]:
    """The tiles of one level hold the hashes ``row``; the hashes of the level above (roots of full tiles)."""
    tiles = [row[start : start + TILE_WIDTH] for start in range(0, len(row), TILE_WIDTH)]
    for number, tile in enumerate(tiles):
        if b"".join(tile) != read(folder / tile_path(number, len(tile))):
            raise FalseError(f"tile {number} of level {folder.name} does not fit the entries")
    return [tree_root(tile) for tile in tiles if len(tile) == TILE_WIDTH]


def check_events(file: Place, start: int, entries: list[bytes]) -> int:
    """The disclosed events of one bundle of entries, one JSON line each; how many."""
    lines = read(file).split(b"\n") if file.is_file() else [b""]
    seen = set()
    for line in lines[:-1]:
        index, salt, payload = members(parse_json(line), leaf_index=int, salt=str, payload=str)
        if not start <= index < start + len(entries) or index in seen:
            raise FalseError(f"a disclosed event names entry {index}, which is not in its bundle")
        check_disclosed(entries[index - start], salt, payload)
        seen.add(index)
    if lines[-1]:
        raise FalseError(f"{file.name} ends within a line")
    return len(seen)


def tile_path(number: int, width: int) -> str:
    """C2SP tlog-tiles: three digits a level, all but the last with an x; ``.p/W`` if the tile is not full."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups) + ("" if width == TILE_WIDTH else f".p/{width}")


def split_entries(bundle: bytes) -> list[bytes]:
    """Entries, each preceded by its length in two bytes."""
    entries, position = list[bytes](), 0
    while position < len(bundle):
        start = position + 2
        position = start + int.from_bytes(bundle[position:start])
        entries.append(bundle[start:position])
    if position != len(bundle):
        raise FalseError("a bundle of entries is cut short")
    return entries


def read(file: Place) -> bytes:
    """The bytes of a file of bearable size."""
    try:
        with file.open("rb") as stream:
            data = bytes(stream.read(MAX_FILE_BYTES + 1))
    except (OSError, KeyError):
        raise FalseError(f"{file.name} is missing") from None
    if len(data) > MAX_FILE_BYTES:
        raise FalseError(f"{file.name} is larger than {MAX_FILE_BYTES} bytes")
    return data


def plan(place: Place, keys: Keys, *, named: bool) -> Checks:
    """What is to be checked in a file or an export; nothing where it is of no known kind and was not named."""
    if place.is_dir():
        return export(place, keys)
    data = read(place)
    if place.name.endswith("custody.json"):
        return custody(data, keys)
    if place.name.endswith("consistency.json"):
        return consistency(data, keys)
    if place.name.endswith(".dsse.json") or b'"payloadType"' in data:
        return envelope(data, keys)
    if named:
        raise UnknownError("not a file this program knows how to check")
    return []


def find(place: Path) -> Iterator[tuple[Place, bool]]:
    """What there is to check at ``place``, and whether it was named itself."""
    if zipfile.is_zipfile(place):
        yield zipfile.Path(place), True
    elif place.is_dir() and not (place / "ledger.json").exists():
        for file in sorted(place.rglob("*.json")):
            yield (file.parent if file.name == "ledger.json" else file), False
    else:
        yield place, True


def verdict(file: str, label: str, act: Callable[[], Any]) -> tuple[Verdict, Any]:
    """Do ``act``; what came of it."""
    try:
        result = act()
    except UnknownError as error:
        return Verdict(file, label, UNKNOWN, str(error)), []
    except FalseError as error:
        return Verdict(file, label, FALSE, str(error)), []
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError, zipfile.BadZipFile) as error:
        return Verdict(file, label, FALSE, f"malformed ({type(error).__name__})"), []
    return Verdict(file, label, OK, str(result)), result


def verify(places: Sequence[Path], keys: Keys) -> list[Verdict]:
    """Check everything at ``places``."""
    verdicts = []
    for file, named in itertools.chain.from_iterable(map(find, places)):
        form, checks = verdict(str(file), "file", partial(plan, file, keys, named=named))
        verdicts += [form] if form.status != OK else []
        verdicts += [verdict(str(file), label, act)[0] for label, act in checks]
    return verdicts


def parse_key(text: str) -> tuple[str, bytes]:
    """``ADDRESS=FILE``: an Ed25519 public key in PEM form for an address."""
    address, _, file = text.partition("=")
    try:
        key = load_pem_public_key(Path(file).read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not address or not isinstance(key, Ed25519PublicKey):
        raise argparse.ArgumentTypeError("give ADDRESS=FILE with an Ed25519 public key in PEM form")
    return address, key.public_bytes_raw()


def main() -> int:
    """Run the program; its exit status."""
    parser = argparse.ArgumentParser(description="Checks the log proofs of Jusur offline.")
    parser.add_argument("places", nargs="+", type=Path, metavar="FOLDER_OR_FILE")
    parser.add_argument("--key", action="append", default=[], type=parse_key, metavar="ADDRESS=PEM")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    options = parser.parse_args()
    keys = {address: [key for other, key in options.key if other == address] for address, _ in options.key}
    verdicts = verify(options.places, keys)
    statuses = {item.status for item in verdicts}
    status = 1 if FALSE in statuses else 2 if UNKNOWN in statuses or not verdicts else 0
    result = ("verified", "refused", "incomplete")[status]
    if options.json:
        told = json.dumps({"result": result, "verdicts": [item._asdict() for item in verdicts]}, indent=2)
    else:
        lines = [f"{item.status:<8}  {item.file}: {item.check}: {item.detail}" for item in verdicts]
        told = "\n".join([*lines, f"Result: {result}" if verdicts else "Result: incomplete (nothing to check found)"])
    sys.stdout.write(told + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
