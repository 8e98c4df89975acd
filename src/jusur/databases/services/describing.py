"""Databases shared and closed by their host, and what other nodes learn of it."""

from collections.abc import Sequence

import msgspec

from jusur.accounts import api as accounts
from jusur.databases import catalogue, feed, messages, walls
from jusur.databases.errors import RecordInvalidError
from jusur.databases.messages import SharedBody
from jusur.databases.models import Database, Follower, Identifier, Record, RecordVersion
from jusur.databases.rules import DatabaseKind, Mode, RecordState, database_id
from jusur.databases.services.records import empty
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.node import context

SUBJECT = "database"
CLOSED = "node:closed"
"""Who dropped a copy because the database is no longer shared with this node."""
_BATCH = 2000


def database_share(
    *, key: str, recipients: Sequence[str], mode: Mode = Mode.REPLICATED, actor: accounts.Actor
) -> Database:
    """Host a database of this key here, shared with exactly ``recipients``; call again to change either.

    Raises:
        ForbiddenError: not the actor's act.
        InvalidInputError: no such database, an organisation named twice, this node itself.
        UnknownOrganisationError: the directory has no such organisation.
    """
    accounts.require(actor, "database.manage")
    return share(key, recipients=recipients, mode=mode, actor=actor.reference)


def share(key: str, *, recipients: Sequence[str], mode: Mode = Mode.REPLICATED, actor: str) -> Database:
    """`database_share` by the node's administrator."""
    own = context.current().address
    if len(set(recipients)) != len(recipients) or own in recipients:
        raise RecordInvalidError("Name each organisation once, and not this one.", fix="Correct the recipients.")
    for address in recipients:
        directory.organisation(address)
    with walls.duty():
        database = hosted(key)
        left = set(database.recipients) - set(recipients)
        database.recipients, database.mode = sorted(recipients), mode
        database.closed_at, database.changed_at = None, clock.now()
        database.save()
        followed = database.recipients if mode == Mode.REPLICATED else []
        Follower.objects.filter(database=database).exclude(peer__in=followed).delete()
        for peer in followed:
            Follower.objects.get_or_create(database=database, peer=peer)
        for peer in sorted(left | set(recipients)):
            messages.send(
                messages.SHARED, to=peer, own=own, database=database.id, body=describe(database, peer not in left)
            )
        _record("database.shared", database, actor)
    return database


def database_close(*, key: str, actor: accounts.Actor) -> Database:
    """Share a database hosted here with nobody any longer, and take no more records: copies elsewhere are dropped.

    Raises:
        ForbiddenError: not the actor's act.
        InvalidInputError: there is no such database.
    """
    accounts.require(actor, "database.manage")
    return close(key, actor=actor.reference)


def close(key: str, *, actor: str) -> Database:
    """`database_close` by the node's administrator."""
    with walls.duty():
        database = share(key, recipients=[], mode=Mode.REMOTE, actor=actor)
        database.closed_at = clock.now()
        database.save()
        _record("database.closed", database, actor)
    return database


def hosted(key: str) -> Database:
    """The database of this key hosted here, locked; made of the shipped template where there is none yet."""
    own = context.current().address
    template = catalogue.template(key)
    moment = clock.now()
    Database.objects.get_or_create(
        id=database_id(key, own),
        defaults={
            "key": key,
            "host": own,
            "kind": DatabaseKind.LIST if key.startswith("list-") else DatabaseKind.SHARED,
            "mode": Mode.REPLICATED,
            "writers": template.writers,
            "names": msgspec.to_builtins(template.names),
            "schemata": list(template.schemata),
            "recipients": [],
            "purposes": list(template.purposes),
            "retention_days": template.retention_days,
            "source": template.source,
            "verified_on": template.verified_on or None,
            "created_at": moment,
            "changed_at": moment,
        },
    )
    return Database.objects.select_for_update().get(id=database_id(key, own))


def describe(database: Database, shared: bool) -> SharedBody:
    """A database as others are told of it."""
    return SharedBody(
        database=database.id,
        shared=shared,
        kind=DatabaseKind(database.kind).value,
        mode=Mode(database.mode).value,
        writers=catalogue.template(database.key).writers.value,
        names=msgspec.convert(database.names, catalogue.Names),
        schemata=list(database.schemata),
        purposes=list(database.purposes),
        retention_days=database.retention_days,
        source=database.source,
    )


def receive_shared(message: exchange.ReceivedMessage) -> None:
    """Learn that a database is shared with this node, in another way than before, or no longer.

    Raises:
        MessageRefusedError: it is not the sender's to share.
    """
    body: SharedBody = message.body
    key, _, host = body.database.partition("@")
    if host != message.sender:
        raise exchange.MessageRefusedError(f"{body.database} is not {message.sender}'s to share.")
    own = context.current().address
    moment = clock.now()
    with walls.duty():
        known = Database.objects.select_for_update().filter(id=body.database).first()
        if known is not None and known.changed_at > message.created_at:
            return  # what came before has overtaken this
        database = known or Database(id=body.database, created_at=moment)
        database.key, database.host, database.kind, database.mode = key, host, body.kind, body.mode
        database.writers, database.names = body.writers, msgspec.to_builtins(body.names)
        database.schemata, database.purposes = list(body.schemata), list(body.purposes)
        database.retention_days, database.source = body.retention_days, body.source
        database.recipients = [own] if body.shared else []
        database.closed_at = None if body.shared else moment
        database.changed_at = min(message.created_at, moment)
        database.save()
        if not body.shared or Mode(body.mode) is Mode.REMOTE:
            drop_copies(database)
        if body.shared and body.writers != "host":
            Follower.objects.get_or_create(database=database, peer=host)
        else:
            Follower.objects.filter(database=database).delete()
        _record("database.announced", database, message.sender)


def drop_copies(database: Database) -> int:
    """Drop every copy of others' records that this node holds of a database; how many. The caller is on duty."""
    own, total = context.current().address, 0
    while True:
        copies = list(
            Record.objects.select_for_update()
            .filter(database=database, state=RecordState.HELD)
            .exclude(originator=own)
            .order_by("id")[:_BATCH]
        )
        if not copies:
            return total
        drop(copies, by=CLOSED)
        total += len(copies)


def drop(copies: Sequence[Record], *, by: str) -> None:
    """Make tombstones of copies, locked by the caller, who is on duty."""
    ids = [copy.id for copy in copies]
    Identifier.objects.filter(record__in=ids).delete()
    RecordVersion.objects.filter(record__in=ids).delete()
    feed.lock()
    for copy in copies:
        empty(copy, RecordState.WITHDRAWN)
        copy.recorded_by, copy.changed_at, copy.sequence = by, clock.now(), feed.place()
        copy.save()


def _record(kind: str, database: Database, actor: str) -> None:
    ledger.record(
        kind,
        subject_type=SUBJECT,
        subject_id=database.id,
        actor=actor,
        data={
            "mode": str(database.mode),
            "writers": str(database.writers),
            "recipients": list(database.recipients),
            "closed": database.closed_at is not None,
        },
    )
