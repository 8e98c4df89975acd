"""Seeing that two nodes hold the same of a database: digests of its parts, and what differs sent again, whole."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from jusur.databases import messages, walls
from jusur.databases.errors import DatabaseNotFoundError
from jusur.databases.messages import MAX_PREFIXES, MAX_RECORDS, MAX_WANTED, DigestsBody, WantedBody
from jusur.databases.models import Database, Follower, Record
from jusur.databases.rules import RecordState
from jusur.databases.services.copying import copies_of, portion_of, prefix, send_records, visible_to
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.errors import JusurError
from jusur.node import context

PERIOD: Final = timedelta(days=1)
PART: Final = 50
"""Records a part of a database has, about."""
_READ_AT_ONCE: Final = 5000


def reconcile_due() -> int:
    """Send digests to every follower that has all changes and was not compared for a day; how many."""
    before = clock.now() - PERIOD
    with walls.duty():
        due = list(
            Follower.objects.filter(Q(compared_at__isnull=True) | Q(compared_at__lt=before), in_flight=0)
            .filter(sent_at__isnull=False, acknowledged__gte=F("sequence"))
            .values_list("id", flat=True)
        )
    return sum(reconcile(follower) for follower in due)


def reconcile(follower_id: int) -> bool:
    """Send one follower the digests of what it should hold; false where changes are still to be sent."""
    with walls.duty():
        follower = Follower.objects.select_for_update(of=("self",)).select_related("database").get(id=follower_id)
        if Record.objects.filter(database=follower.database, sequence__gt=follower.sequence).exists():
            return False
        held = _given(follower.database, follower.peer)
        width = _width(len(held))
        follower.compared_at = clock.now()
        follower.save()
        try:
            messages.send(
                messages.DIGESTS,
                to=follower.peer,
                own=context.current().address,
                database=follower.database_id,
                body=DigestsBody(follower.database_id, follower.sequence, width, digests(held, width)),
            )
        except JusurError:
            return False
    return True


def digests(held: Iterable[tuple[UUID, int]], width: int) -> dict[str, str]:
    """The digest of each part of records given by identifier and version."""
    parts: dict[str, list[str]] = {}
    for record, version in held:
        parts.setdefault(prefix(record, width), []).append(f"{record} {version}")
    return {part: hashlib.sha256(",".join(sorted(lines)).encode()).hexdigest() for part, lines in parts.items()}


def _width(records: int) -> int:
    """How many digits name a part, so that a part has about `PART` records."""
    width = 0
    while 16**width * PART < records and 16 ** (width + 1) <= MAX_PREFIXES:
        width += 1
    return width


def _given(database: Database, peer: str) -> list[tuple[UUID, int]]:
    """What ``peer`` should hold of this node's: of a database hosted here, what it may see; else this node's own."""
    own = context.current().address
    held = Record.objects.filter(database=database, state=RecordState.HELD, expires_at__gt=clock.now())
    if database.host != own:
        return list(held.filter(originator=own, refusal="").values_list("id", "version"))
    found: list[tuple[UUID, int]] = []
    position = 0
    while True:
        rows = held.filter(sequence__gt=position).order_by("sequence").values_list("id", "version", "sequence")
        page = list(rows[:_READ_AT_ONCE])
        if not page:
            return found
        position = page[-1][2]
        visible = visible_to(peer, [row[0] for row in page])
        found += [(row[0], row[1]) for row in page if row[0] in visible]


@transaction.atomic
def receive_digests(message: exchange.ReceivedMessage) -> None:
    """Compare what this node has from the sender with what it should have, and ask for the parts that differ."""
    body: DigestsBody = message.body
    with walls.duty():
        database = Database.objects.filter(id=body.database, closed_at__isnull=True).first()
        if database is None:
            raise exchange.MessageRefusedError("There is no such open database here.")
        held = copies_of(database, message.sender).filter(expires_at__gt=clock.now()).values_list("id", "version")
        mine = digests(held, body.width)
    differing = sorted(part for part in mine.keys() | body.digests.keys() if mine.get(part) != body.digests.get(part))
    if differing:
        messages.send(
            messages.WANTED,
            to=message.sender,
            own=context.current().address,
            database=body.database,
            body=WantedBody(body.database, differing[:MAX_WANTED]),
        )


@transaction.atomic
def receive_wanted(message: exchange.ReceivedMessage) -> None:
    """Send parts of a database whole to a node that follows it.

    Raises:
        MessageRefusedError: it does not follow it.
    """
    body: WantedBody = message.body
    with walls.duty():
        follower = (
            Follower.objects.select_related("database").filter(database=body.database, peer=message.sender).first()
        )
        if follower is None:
            raise exchange.MessageRefusedError(f"{message.sender} does not follow {body.database} here.")
        parts: dict[str, list[UUID]] = {part: [] for part in body.prefixes}
        width = len(body.prefixes[0])
        for record, _ in _given(follower.database, follower.peer):
            part = prefix(record, width)
            if part in parts:
                parts[part].append(record)
        for part, ids in parts.items():
            _send_part(follower, part, ids)


def _send_part(follower: Follower, part: str, ids: list[UUID]) -> None:
    """Send all records of a part; named complete where they fit one message."""
    left = list(Record.objects.filter(id__in=ids).order_by("sequence"))
    whole = len(left) <= MAX_RECORDS
    while True:
        portion = portion_of(follower.database, follower.peer, left[:MAX_RECORDS])
        whole = whole and len(portion.records) == len(left)
        if portion.records or whole:
            complete = [part] if whole else []
            send_records(follower.database, follower.peer, portion, complete=complete)
        left = [record for record in left if record.sequence > portion.upto]
        if not left:
            return


def follower_of(database: str, peer: str) -> int:
    """The follower ``peer`` of a database.

    Raises:
        DatabaseNotFoundError: it does not follow it.
    """
    with walls.duty():
        found = Follower.objects.filter(database=database, peer=peer).values_list("id", flat=True).first()
    if found is None:
        raise DatabaseNotFoundError(f"{peer[:17]} does not follow this database.", fix="See: jusur database list.")
    return found
