"""Passing on what is for others: this node stores an envelope unread, gives a signed acceptance and forwards it.

Only for organisations the directory says are reached through this node. The final receipt travels back to the sender.
An envelope passes at most `MAX_HOPS` relays, none of them twice.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jusur.exchange import envelope as envelopes
from jusur.exchange import log, notify, own
from jusur.exchange import receipt as receipts
from jusur.exchange.db import row, rows
from jusur.exchange.envelope import Peeked
from jusur.exchange.errors import EnvelopeRefusedError, Reason, ReceiptRefusedError
from jusur.exchange.models import PRIORITY, RelayItem
from jusur.exchange.receipt import Proof
from jusur.kernel.clock import now

MAX_HOPS = 3


def accept(raw: bytes, peeked: Peeked, path: Sequence[str], moment: datetime) -> bytes:
    """Take one envelope for another organisation: a signed acceptance, the final receipt if known, or a refusal."""
    header = peeked.header
    try:
        _check(peeked, path, moment)
        item = _store(raw, peeked, path, moment)
        if item.digest != peeked.digest:
            raise EnvelopeRefusedError(
                Reason.CONFLICT, "Another envelope with this identifier and other content is being relayed."
            )
    except EnvelopeRefusedError as error:
        return _make(header.id, header.sender, peeked.digest, moment, refusal=error)
    if item.receipt is not None:
        return bytes(item.receipt)
    if item.acceptance is not None:
        return bytes(item.acceptance)
    return _acceptance(item)


def _check(peeked: Peeked, path: Sequence[str], moment: datetime) -> None:
    header, book, me = peeked.header, own.book(), own.own().address
    if me in path or len(path) >= MAX_HOPS or header.sender == me:
        raise EnvelopeRefusedError(Reason.LOOP, f"The envelope has come through {len(path)} relays already.")
    envelopes.verify(peeked, book, now=moment)
    if not book.relays_for(header.to):
        raise EnvelopeRefusedError(
            Reason.RELAY,
            f"{me} does not pass envelopes on to {header.to}.",
            fix="Ask the directory which way the organisation is reached.",
        )


def _store(raw: bytes, peeked: Peeked, path: Sequence[str], moment: datetime) -> RelayItem:
    header = peeked.header
    with transaction.atomic():
        created = RelayItem.objects.bulk_create(
            [
                RelayItem(
                    sender=header.sender,
                    recipient=header.to,
                    envelope_id=UUID(header.id),
                    digest=peeked.digest,
                    envelope=raw,
                    path=list(path),
                    priority=PRIORITY[header.priority],
                    received_at=moment,
                    expires_at=header.expires,
                    next_attempt_at=moment,
                )
            ],
            ignore_conflicts=True,
        )
        item = RelayItem.objects.get(sender=header.sender, envelope_id=header.id)
        if created and item.acceptance is None and item.received_at == moment:
            log.record(
                log.RELAYED,
                subject_type=log.ENVELOPE,
                subject_id=f"{header.sender}:{header.id}",
                actor=header.sender,
                data={"digest": peeked.digest, "to": header.to},
            )
            notify.notify_lane(own.book().route(header.to) or header.to, item.priority)
    return item


def _acceptance(item: RelayItem) -> bytes:
    event = log.event_of_envelope(item.sender, item.envelope_id, frozenset({log.RELAYED}))
    if event is None:
        raise RuntimeError("an envelope is relayed without its event")
    proven = log.prove([event])
    found = proven.proofs[event]
    proof = Proof(proven.checkpoint.text, found.leaf, found.leaf_index, found.hashes)
    made = _make(str(item.envelope_id), item.sender, item.digest, item.received_at, proof=proof)
    kept = row(
        "UPDATE exchange_relayitem SET acceptance = COALESCE(acceptance, %s) WHERE id = %s RETURNING acceptance",
        (made, item.id),
    )
    return bytes(kept[0]) if kept else made


def _make(
    envelope: str,
    sender: str,
    digest: str,
    moment: datetime,
    *,
    refusal: EnvelopeRefusedError | None = None,
    proof: Proof | None = None,
) -> bytes:
    me = own.own()
    return receipts.make(
        me.signing,
        by=me.address,
        envelope=envelope,
        sender=sender,
        digest=digest,
        status="refused" if refusal else "relayed",
        received_at=moment,
        refusal=refusal.refusal() if refusal else None,
        proof=proof,
    )


def take_receipts(raw: Sequence[bytes]) -> int:
    """Keep receipts that final recipients gave for relayed envelopes, to be carried back; how many were new.

    Only the recipient's own receipts count; the sender checks them fully.
    """
    taken = 0
    for value in raw:
        try:
            receipt = receipts.peek(value)
        except ReceiptRefusedError:
            continue
        if receipt.refusal is not None and receipt.refusal.transient:
            continue
        if receipt.status == "relayed":
            continue
        with transaction.atomic():
            found = row(
                """UPDATE exchange_relayitem SET state = 'receipted', receipt = %s, next_attempt_at = %s, attempts = 0
                   WHERE sender = %s AND envelope_id = %s AND recipient = %s AND digest = %s AND state = 'queued'
                   RETURNING id""",
                (value, now(), receipt.sender, receipt.envelope, receipt.by, receipt.digest),
            )
            if found is not None:
                taken += 1
                notify.notify_lane(own.book().route(receipt.sender) or receipt.sender, 0)
    return taken


def waiting_receipts(route_of: str, limit: int) -> list[tuple[int, bytes]]:
    """Final receipts to be carried back to the sender ``route_of``: row numbers and bytes."""
    found = rows(
        """SELECT id, receipt FROM exchange_relayitem
           WHERE sender = %s AND state = 'receipted' AND next_attempt_at <= %s ORDER BY id LIMIT %s""",
        (route_of, now(), limit),
    )
    return [(number, bytes(receipt)) for number, receipt in found]


def returned(numbers: Sequence[int]) -> None:
    """The senders have these receipts now."""
    rows(
        "UPDATE exchange_relayitem SET state = 'returned', envelope = '' WHERE id = ANY(%s) RETURNING id",
        (list(numbers),),
    )
