"""How the exchange with each peer is doing, for the people who keep the node: counts and times, no content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from jusur.exchange.db import rows
from jusur.exchange.models import PRIORITY_NAME, Delivery, PeerState, Summary, Transfer

MAX_SHOWN = 50


@dataclass(frozen=True, slots=True)
class PeerView:
    """What this node has seen of a peer."""

    peer: str
    last_heard_at: datetime | None
    silent_since: datetime | None
    directory_version: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to be delivered to one gate: how much, since when, what went wrong last, when it is tried again."""

    route: str
    count: int
    urgent: int
    oldest: datetime
    next_attempt_at: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many messages were exchanged with a peer, in both directions, as far as this node remembers."""

    sent: int
    received: int
    waiting: int


def peers() -> dict[str, PeerView]:
    """Every peer this node has spoken with, by address."""
    found = PeerState.objects.only("peer", "last_heard_at", "silent_since", "directory_version")
    return {row.peer: PeerView(row.peer, row.last_heard_at, row.silent_since, row.directory_version) for row in found}


def queues() -> list[Queue]:
    """What waits, by the gate it goes to, the oldest first."""
    found = rows(
        """SELECT route, count(*), count(*) FILTER (WHERE priority < 2), min(created_at), min(next_attempt_at),
                  (array_agg(last_error ORDER BY attempts DESC))[1]
           FROM exchange_delivery WHERE state IN ('queued', 'delivered') GROUP BY route ORDER BY min(created_at)"""
    )
    return [Queue(*row) for row in found]


def waiting(route: str) -> list[dict[str, Any]]:
    """The deliveries that wait for the gate of ``route``, the oldest first, at most `MAX_SHOWN`: no content."""
    found = Delivery.objects.filter(route=route, state__in=["queued", "delivered"]).order_by("priority", "created_at")
    fields = ("message_id", "recipient", "priority", "state", "attempts", "created_at", "next_attempt_at", "last_error")
    return [row | {"priority": PRIORITY_NAME[row["priority"]]} for row in found.values(*fields)[:MAX_SHOWN]]


def traffic(peer: str) -> Traffic:
    """The messages exchanged with ``peer``."""
    counts = dict(Summary.objects.filter(peer=peer).values_list("outgoing").annotate(Sum("count")))
    queued = Delivery.objects.filter(route=peer, state__in=["queued", "delivered"]).count()
    return Traffic(counts.get(True, 0), counts.get(False, 0), queued)


def transfers_open() -> list[dict[str, Any]]:
    """Packages on their way here, the oldest first, at most `MAX_SHOWN`."""
    found = Transfer.objects.exclude(state="completed").order_by("created_at")[:MAX_SHOWN]
    return [
        {
            "id": row.id,
            "sender": row.sender,
            "state": row.state,
            "bytes": row.bytes_done,
            "of": row.descriptor["size"],
            "last_error": row.last_error,
            "created_at": row.created_at,
        }
        for row in found
    ]


def exchanged() -> bool:
    """Whether a message was ever exchanged with anybody."""
    return Summary.objects.filter(count__gt=0).exists()
