"""What an operator may do: try again, compare with a peer."""

import dataclasses
from typing import Any
from uuid import UUID

from django.db import transaction

from jusur.exchange import log, notify, peer, processing, reconcile, transfers
from jusur.exchange.db import rows
from jusur.kernel.clock import now
from jusur.kernel.errors import NotFoundError


def retry(identifier: UUID, *, actor: str) -> str:
    """Try again whatever ``identifier`` names: a failed received message, a transfer, or a message that waits.

    Returns:
        What it was.

    Raises:
        NotFoundError: nothing of this identifier can be tried again.
    """
    for what, again in (("message", processing.retry_failed), ("transfer", transfers.retry), ("delivery", _deliver)):
        try:
            again(identifier, actor=actor)
        except NotFoundError:
            continue
        return what
    raise NotFoundError("Nothing of this identifier can be tried again.", fix="See jusur exchange status.")


def _deliver(message_id: UUID, *, actor: str) -> None:
    with transaction.atomic():
        found = rows(
            """UPDATE exchange_delivery SET next_attempt_at = %s
               WHERE message_id = %s AND state IN ('queued', 'delivered') RETURNING route, priority""",
            (now(), message_id),
        )
        if not found:
            raise NotFoundError("No delivery of this message waits.")
        log.record(
            "exchange.message.retried", subject_type=log.MESSAGE, subject_id=str(message_id), data={}, actor=actor
        )
        for route, priority in found:
            notify.notify_lane(route, priority)


def reconcile_with(address: str) -> dict[str, Any]:
    """`reconcile.reconcile` with the gate of ``address``, as plain data.

    Raises:
        PeerUnavailableError, PeerMisbehavesError: it does not answer, or not as it must.
    """
    with peer.connect(address) as connection:
        return dataclasses.asdict(reconcile.reconcile(address, connection))
