"""Watches: what an officer asked to be told of, placed and lifted; and what stands watched now.

Watched is what officers placed, until its day, and what was searched for purposes whose rule keeps the question and
lets later records be checked against it (``watch_recent`` in ``data/search_purposes.json``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from jusur.accounts import api as accounts
from jusur.databases import searching_questions, searching_sealing
from jusur.databases.search_models import Search, Watch
from jusur.databases.search_purposes import Purpose, purposes
from jusur.databases.search_purposes import purpose as purpose_of
from jusur.databases.searching_questions import Asked
from jusur.databases.searching_shapes import MAX_REFERENCE, Key, Question
from jusur.kernel import clock, text
from jusur.kernel.errors import ConflictError, JusurError, NotFoundError
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

MAX_DAYS: Final = 366
MAX_STANDING: Final = 500
"""Watches that one officer may have standing at a time."""


class WatchBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A watch: for whom or what, why, under which reference, for how many days."""

    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REFERENCE)]
    query: Question
    days: Annotated[int, msgspec.Meta(ge=1, le=MAX_DAYS)] = 90
    databases: Annotated[list[Key], msgspec.Meta(max_length=64)] = []


@dataclass(frozen=True, slots=True)
class Watched:
    """Something that new records are checked against: whose, why, and what to look for."""

    id: UUID
    kind: str
    actor: str
    bureau: str
    purpose: Purpose
    reference: str
    databases: tuple[str, ...]
    query: bytes
    asked: Asked


@transaction.atomic
def watch_place(*, body: WatchBody, actor: accounts.Actor) -> Watch:
    """Place a watch.

    Raises:
        UnknownPurposeError, InvalidInputError: no such purpose, or nothing to look for.
        ConflictError: the purpose lets nothing be watched, or the officer has too many watches.
    """
    purpose = purpose_of(body.purpose)
    if not purpose.watch_recent:
        raise ConflictError(
            f"The purpose {purpose.key} lets nothing be watched for.", fix="A watch takes an investigation."
        )
    asked = searching_questions.read(body.query)
    standing = standing_watches().filter(actor=actor.reference).count()
    if standing >= MAX_STANDING:
        raise ConflictError(f"You have {standing} watches standing.", fix="Lift those that are no longer needed.")
    number, now = new_id(), clock.now()
    placed = Watch.objects.create(
        id=number,
        actor=actor.reference,
        purpose=purpose.key,
        reference=text.line(body.reference, max_length=MAX_REFERENCE, field="reference"),
        kind=asked.kind[:24],
        databases=list(body.databases),
        sealed_query=searching_sealing.seal(number, msgspec.json.encode(body.query)),
        placed_at=now,
        expires_at=now + timedelta(days=body.days),
    )
    _record("watch.placed", placed, actor)
    return placed


@transaction.atomic
def watch_lift(*, watch_id: UUID, actor: accounts.Actor) -> Watch:
    """End a watch before its day. An officer lifts their own; who approves requests lifts any.

    Raises:
        NotFoundError: no such standing watch of theirs.
    """
    found = standing_watches().select_for_update().filter(id=watch_id).first()
    others = "request.approve" in accounts.permitted_acts(actor.roles)
    if found is None or (found.actor != actor.reference and not others):
        raise NotFoundError("There is no such standing watch of yours.")
    found.lifted_at, found.sealed_query = clock.now(), None
    found.save(update_fields=["lifted_at", "sealed_query"])
    _record("watch.lifted", found, actor)
    return found


def standing_watches() -> QuerySet[Watch]:
    """The watches that stand now, newest first."""
    return Watch.objects.filter(lifted_at__isnull=True, expires_at__gt=clock.now()).order_by("-id")


def watch_of(watch_id: UUID, *, actor: accounts.Actor) -> Watch:
    """A watch that the actor placed, lifted and past ones too.

    Raises:
        NotFoundError: there is none of theirs.
    """
    found = Watch.objects.filter(id=watch_id, actor=actor.reference).first()
    if found is None:
        raise NotFoundError("There is no such watch of yours.")
    return found


def watch_question(watch: Watch) -> Question | None:
    """What is watched for; ``None`` where it is no longer kept."""
    if watch.sealed_query is None:
        return None
    try:
        return msgspec.json.decode(searching_sealing.open_sealed(watch.id, bytes(watch.sealed_query)), type=Question)
    except (JusurError, msgspec.MsgspecError):
        return None


def forget_over(at: datetime) -> int:
    """Drop what was watched for where its day is over; how many."""
    return Watch.objects.filter(expires_at__lte=at, sealed_query__isnull=False).update(sealed_query=None)


def watched_since(watch: UUID, search: UUID, *, bureau: str, limit: int) -> Iterator[Watched]:
    """What is watched and came after the watch ``watch`` and the search ``search``, in the order it came."""
    for row in standing_watches().filter(id__gt=watch, sealed_query__isnull=False).order_by("id")[:limit]:
        found = _watched(
            row.id, "watch", row.actor, bureau, row.purpose, row.reference, row.databases, row.sealed_query
        )
        if found is not None:
            yield found
    allowed = [purpose.key for purpose in purposes().values() if purpose.watch_recent]
    recent = Search.objects.filter(
        id__gt=search, sealed_query__isnull=False, keep_until__gt=clock.now(), purpose__in=allowed, queries=1
    )
    for asked in recent.order_by("id")[:limit]:
        found = _watched(
            asked.id,
            "search",
            asked.actor,
            asked.bureau,
            asked.purpose,
            asked.reference,
            asked.databases,
            asked.sealed_query,
        )
        if found is not None:
            yield found


def still_watched(found: Watched) -> bool:
    """Whether something that was read before is watched still."""
    if found.kind == "watch":
        return standing_watches().filter(id=found.id).exists()
    return Search.objects.filter(id=found.id, sealed_query__isnull=False, keep_until__gt=clock.now()).exists()


def _watched(
    number: UUID,
    kind: str,
    actor: str,
    bureau: str,
    purpose: str,
    reference: str,
    databases: list[str],
    sealed: bytes | memoryview | None,
) -> Watched | None:
    """One thing watched, or ``None`` where it can no longer be read (lost keys, a form of the past)."""
    try:
        query = searching_sealing.open_sealed(number, bytes(sealed or b""))
        asked = searching_questions.read(msgspec.json.decode(query, type=Question))
    except (JusurError, msgspec.MsgspecError):
        return None
    return Watched(number, kind, actor, bureau, purpose_of(purpose), reference, tuple(databases), query, asked)


def _record(kind: str, watch: Watch, actor: accounts.Actor) -> None:
    ledger.record(
        kind,
        subject_type="watch",
        subject_id=str(watch.id),
        actor=actor.reference,
        purpose=watch.purpose,
        data={"reference": watch.reference, "expires_at": clock.timestamp(watch.expires_at)},
    )
