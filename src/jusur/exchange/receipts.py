"""Settling deliveries: receipts from peers are checked, kept and recorded; what was refused is retried or given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from jusur.exchange import alarms, log, outbox, own, summaries
from jusur.exchange import receipt as receipts
from jusur.exchange.backoff import next_delay
from jusur.exchange.db import execute, rows
from jusur.exchange.errors import Reason, ReceiptRefusedError
from jusur.exchange.models import Delivery
from jusur.exchange.receipt import Receipt
from jusur.kernel.clock import now
from jusur.kernel.errors import JusurError

MAX_RESEALS = 3
RELAY_PATIENCE = timedelta(minutes=10)
"""How long a relay may take before this node asks it again."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    delivery: UUID
    message: UUID
    recipient: str
    route: str
    digest: str
    attempts: int


@dataclass(frozen=True, slots=True)
class _Checked:
    waiting: _Waiting
    receipt: Receipt
    raw: bytes


def apply_receipts(raw: Sequence[bytes]) -> int:
    """Check receipts and settle their deliveries; how many deliveries changed. Must be called outside a transaction.

    A receipt of an unknown or settled delivery changes nothing. One that does not hold raises an alarm and leaves its
    delivery waiting.
    """
    peeked = {value: each for value in dict.fromkeys(raw) if (each := _peek(value)) is not None}
    waiting = _waiting([UUID(each.receipt.envelope) for each in peeked.values()])
    checked: list[_Checked] = []
    for value, each in peeked.items():
        known = waiting.get(UUID(each.receipt.envelope))
        if known is not None and (receipt := _verify(each, known)) is not None:
            checked.append(_Checked(known, receipt, value))
    _witness(checked)
    return _settle(checked)


def _peek(raw: bytes) -> receipts.Peeked | None:
    try:
        return receipts.take_apart(raw)
    except ReceiptRefusedError:
        return None


def _waiting(envelopes: Sequence[UUID]) -> dict[UUID, _Waiting]:
    found = rows(
        """SELECT envelope_id, id, message_id, recipient, route, digest, attempts FROM exchange_delivery
           WHERE envelope_id = ANY(%s) AND state IN ('queued', 'delivered')""",
        (list(envelopes),),
    )
    return {row[0]: _Waiting(*row[1:]) for row in found}


def _verify(peeked: receipts.Peeked, known: _Waiting) -> Receipt | None:
    book, by = own.book(), peeked.receipt.by
    try:
        if by not in {known.recipient, known.route}:
            raise ReceiptRefusedError(f"{by} is neither the recipient nor its relay.")
        receipt = receipts.verify_peeked(
            peeked, book.signing_keys(by), book.log_verifier(by), digest=known.digest, by=by
        )
        if receipt.status == "accepted" and by != known.recipient:
            raise ReceiptRefusedError("Only the recipient can accept a message.")
        if receipt.status == "relayed" and by == known.recipient:
            raise ReceiptRefusedError("A recipient accepts or refuses; it does not relay to itself.")
    except JusurError as error:
        alarms.raise_alarm("receipt-refused", peer=by, subject=str(known.message), detail=str(error))
        return None
    return receipt


def _witness(checked: Sequence[_Checked]) -> None:
    newest: dict[str, dict[str, None]] = {}
    for item in checked:
        if item.receipt.checkpoint is not None:
            newest.setdefault(item.receipt.by, {})[item.receipt.checkpoint] = None
    for peer, notes in newest.items():
        for note in notes:
            try:
                log.witness(peer, note)
            except JusurError as error:
                alarms.raise_alarm("log-contradiction", peer=peer, detail=str(error))


def _settle(checked: Sequence[_Checked]) -> int:
    accepted = [item for item in checked if item.receipt.status == "accepted"]
    changed = 0
    with transaction.atomic():
        changed += _accept(accepted)
        for item in checked:
            if item.receipt.status == "relayed":
                changed += _relayed(item)
            elif item.receipt.status == "refused":
                changed += _refused(item)
    return changed


def _accept(items: Sequence[_Checked]) -> int:
    if not items:
        return 0
    moment = now()
    settled = rows(
        """UPDATE exchange_delivery AS d
           SET state = 'receipted', receipt = v.receipt, settled_at = %s, last_error = ''
           FROM unnest(%s::uuid[], %b::bytea[]) AS v(id, receipt)
           WHERE d.id = v.id AND d.state IN ('queued', 'delivered')
           RETURNING d.id""",
        (moment, [item.waiting.delivery for item in items], [item.raw for item in items]),
    )
    ids = {found[0] for found in settled}
    mine = [item for item in items if item.waiting.delivery in ids]
    log.record_many(
        [
            log.NewEvent(
                kind="exchange.message.receipted",
                subject_type=log.MESSAGE,
                subject_id=str(item.waiting.message),
                actor=item.receipt.by,
                data={
                    "envelope": item.receipt.envelope,
                    "digest": item.receipt.digest,
                    "recipient": item.receipt.by,
                    "leaf_index": item.receipt.leaf_index,
                },
            )
            for item in mine
        ]
    )
    summaries.note_exchanged(
        [(item.receipt.by, UUID(item.receipt.envelope), item.receipt.digest) for item in mine], outgoing=True
    )
    return len(mine)


def _relayed(item: _Checked) -> int:
    return execute(
        """UPDATE exchange_delivery SET state = 'delivered', next_attempt_at = %s, last_error = ''
           WHERE id = %s AND state IN ('queued', 'delivered')""",
        (now() + RELAY_PATIENCE, item.waiting.delivery),
    )


def _refused(item: _Checked) -> int:
    refusal = item.receipt.refusal
    if refusal is None:
        return 0
    known = item.waiting
    if refusal.transient:
        delivery = Delivery.objects.select_related("message").get(id=known.delivery)
        # Keys change on either side while a message waits: it is sealed and signed with those of now.
        if refusal.code in {Reason.CANNOT_OPEN, Reason.UNKNOWN_KEY} and delivery.reseals < MAX_RESEALS:
            outbox.reseal(delivery)
            return 1
        return execute(
            """UPDATE exchange_delivery SET attempts = attempts + 1, next_attempt_at = %s, last_error = %s
               WHERE id = %s AND state IN ('queued', 'delivered')""",
            (now() + next_delay(known.attempts), f"{refusal.code}: {refusal.detail}"[:2000], known.delivery),
        )
    changed = execute(
        """UPDATE exchange_delivery SET state = 'refused', receipt = %s, refusal = %s::jsonb, settled_at = %s,
                  last_error = %s
           WHERE id = %s AND state IN ('queued', 'delivered')""",
        (
            item.raw,
            _json({"code": refusal.code, "detail": refusal.detail, "fix": refusal.fix, "by": item.receipt.by}),
            now(),
            f"{refusal.code}: {refusal.detail}"[:2000],
            known.delivery,
        ),
    )
    if changed:
        log.record(
            "exchange.delivery.refused",
            subject_type=log.MESSAGE,
            subject_id=str(known.message),
            actor=item.receipt.by,
            data={"recipient": known.recipient, "envelope": item.receipt.envelope, "code": refusal.code},
        )
        alarms.raise_alarm(
            "message-refused",
            peer=item.receipt.by,
            subject=str(known.message),
            detail=f"{item.receipt.by} refused message {known.message}: {refusal.detail}",
        )
    return changed


def _json(value: dict[str, str]) -> str:
    import json

    return json.dumps(value)
