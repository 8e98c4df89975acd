"""Answers as pages show them: kept sealed for one officer and half an hour, so that no address says whom one seeks.

A page that answers a search is reached by the search's identifier. What was asked and answered stands here meanwhile,
whatever the purpose's rule on keeping questions is: nobody but who asked opens it, and it is gone after the half hour.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from jusur.databases import searching_sealing
from jusur.databases.search_models import ShownAnswer
from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError, UnavailableError


class NotKeptError(NotFoundError):
    """The answer to a search is no longer kept, or was another officer's."""

    code = "answer-not-kept"
    title = "This answer is no longer kept"


KEPT: Final = timedelta(minutes=30)
"""As long as a session may be idle."""


def answer_keep(search: UUID, *, officer: UUID, shown: Any) -> None:
    """Let ``officer`` open what was asked and answered (plain data) by the search's identifier for a while."""
    content = msgspec.json.encode(shown)
    ShownAnswer.objects.update_or_create(
        search=search,
        defaults={
            "officer": officer,
            "sealed": searching_sealing.seal(search, content),
            "until": clock.now() + KEPT,
        },
    )


def answer_kept(search: UUID, *, officer: UUID) -> Any:
    """What ``officer`` asked and was answered by this search.

    Raises:
        NotKeptError: it is no longer kept, or was another officer's.
    """
    found = ShownAnswer.objects.filter(search=search, officer=officer, until__gt=clock.now()).first()
    if found is not None:
        try:
            return msgspec.json.decode(searching_sealing.open_sealed(search, bytes(found.sealed)))
        except UnavailableError:  # keys that were lost: as if it were not kept
            pass
    raise NotKeptError("This answer is no longer kept.", fix="Search again.")


def answers_kept(officer: UUID) -> frozenset[UUID]:
    """The searches whose answers ``officer`` can still open."""
    rows = ShownAnswer.objects.filter(officer=officer, until__gt=clock.now())
    return frozenset(rows.values_list("search", flat=True))


def answers_forget(at: datetime) -> int:
    """Drop the answers whose time is over; how many."""
    return ShownAnswer.objects.filter(until__lte=at).delete()[0]
