"""What the gate does with a request once it knows whose it is. Bodies in, bodies out; HTTP stays in the gate."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from jusur.crypto.keys import VerifyKey
from jusur.exchange import envelope as envelopes
from jusur.exchange import gossip, inbox, own, receipts, reconcile, relay, wire
from jusur.exchange.errors import EnvelopeRefusedError, PeerMisbehavesError
from jusur.exchange.message import EXPRESS
from jusur.kernel.clock import now
from jusur.kernel.errors import ForbiddenError, InvalidInputError, JusurError

T = TypeVar("T")


def find_key(address: str, keyid: str) -> VerifyKey | None:
    """The present signing key of this name of an organisation that takes part now."""
    try:
        return own.book().signing_keys(address).get(keyid) if own.book().exchanges(address) else None
    except JusurError:
        return None


def take_envelopes(body: bytes, *, asker: str, express: bool) -> bytes:
    """Answer ``POST /exchange/v1/envelopes``: accept, relay or refuse each; the batch of receipts.

    Raises:
        JusurError: the body is no batch, or one with routine messages on the express lane.
    """
    batch = _decode(body, wire.EnvelopeBatch)
    raw = [bytes(carried.envelope) for carried in batch.envelopes]
    if express:
        _require_express(raw)
    answered = inbox.accept_batch(raw, paths=[carried.path for carried in batch.envelopes])
    gossip.seen(asker, now())
    return wire.batch_of_receipts(answered)


def take_receipts(body: bytes, *, asker: str) -> bytes:
    """Answer ``POST /exchange/v1/receipts``: final receipts that a relay carries back."""
    batch = _decode(body, wire.ReceiptBatch)
    raw = [bytes(receipt) for receipt in batch.receipts]
    taken = receipts.apply_receipts(raw) + relay.take_receipts(raw)
    gossip.seen(asker, now())
    return msgspec.json.encode(wire.ReceiptsTaken(v=1, taken=taken))


def answer_reconcile(body: bytes, *, asker: str) -> bytes:
    """Answer ``POST /exchange/v1/reconcile``."""
    return msgspec.json.encode(reconcile.answer(_decode(body, reconcile.Question), asker=asker))


def capabilities() -> dict[str, Any]:
    """What this node speaks and takes (``GET /exchange/v1/capabilities``)."""
    return wire.capabilities(own.own().address, own.book().current(), own.own().max_envelope_bytes)


def health() -> datetime:
    """The database's own time, when it answers."""
    from jusur.exchange.db import rows

    moment: datetime = rows("SELECT now()")[0][0]
    return moment


def _decode(body: bytes, kind: type[T]) -> T:
    """A request's body; what does not fit is the asker's error, not a peer's false answer."""
    try:
        return wire.decode(body, kind)
    except PeerMisbehavesError as error:
        raise InvalidInputError(error.detail, fix="See docs/reference/protocol.md.") from None


def _require_express(raw: list[bytes]) -> None:
    for value in raw:
        try:
            header = envelopes.peek(value, max_bytes=own.own().max_envelope_bytes).header
        except (EnvelopeRefusedError, InvalidInputError):
            continue
        if header.priority not in EXPRESS:
            raise ForbiddenError(
                "The express lane takes emergencies and urgent messages only.", fix="Send the others without it."
            )
