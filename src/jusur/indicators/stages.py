"""The stages of an evidence exchange, each from one kind of ledger event to another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol


class LedgerEvent(Protocol):
    """What an indicator reads of a ledger event."""

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def subject_id(self) -> str:
        """To which request or package."""
        ...

    @property
    def occurred_at(self) -> datetime:
        """When (aware)."""
        ...

    @property
    def data(self) -> dict[str, Any] | None:
        """What is known of it; ``None`` once forgotten."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """From the first event of the kinds in ``starts`` to the first of those in ``ends``."""

    name: str
    starts: tuple[str, ...]
    ends: tuple[str, ...]


STAGES: Final = (
    Stage("approval", ("evidence.request.submitted",), ("evidence.request.sent",)),
    Stage(
        "acknowledgement",
        ("evidence.request.sent", "evidence.request.received"),
        ("evidence.request.acknowledged", "evidence.request.accepted"),
    ),
    Stage(
        "answer",
        ("evidence.request.sent", "evidence.request.received"),
        (
            "evidence.request.fulfilled",
            "evidence.request.partly_fulfilled",
            "evidence.request.preservation_confirmed",
            "evidence.request.refused",
        ),
    ),
    Stage("release", ("custody.release_asked",), ("custody.released",)),
    Stage("sealing", ("custody.released",), ("custody.sealed",)),
    Stage("transfer", ("custody.announced",), ("custody.received",)),
    Stage("verification", ("custody.received",), ("custody.verified",)),
    Stage("evidence_exchange", ("evidence.request.sent",), ("custody.verified",)),
)
CLOSING: Final = frozenset({"evidence.request.refused", "evidence.request.withdrawn"})
EVENT_KINDS: Final = frozenset(kind for stage in STAGES for kind in (*stage.starts, *stage.ends)) | CLOSING


@dataclass(slots=True)
class Timeline:
    """The moments of one request, and by what it is grouped (partner, instrument, measure, urgency, side)."""

    request: str
    groups: dict[str, str] = field(default_factory=dict)
    first: dict[str, datetime] = field(default_factory=dict)
    packages: set[str] = field(default_factory=set)
    grounds: list[str] = field(default_factory=list)
    late: bool = False
    fulfilled: bool = False

    def note(self, event: LedgerEvent) -> None:
        """Take in one event of this request or of its packages."""
        self.first[event.kind] = min(self.first.get(event.kind, event.occurred_at), event.occurred_at)
        if event.subject_id != self.request:
            self.packages.add(event.subject_id)
        data = event.data or {}
        for name in ("partner", "instrument", "measure", "urgency", "side"):
            if isinstance(data.get(name), str):
                self.groups.setdefault(name, data[name])
        if event.kind == "evidence.request.refused":
            self.grounds.append(str(data.get("ground", "")))
        if event.kind in {"evidence.request.fulfilled", "evidence.request.preservation_confirmed"}:
            self.fulfilled = True
        due = data.get("due_at")
        if event.kind in ANSWERS and isinstance(due, str) and event.occurred_at > datetime.fromisoformat(due):
            self.late = True


ANSWERS = frozenset(
    {"evidence.request.fulfilled", "evidence.request.preservation_confirmed", "evidence.request.refused"}
)


def timelines(events: Iterable[LedgerEvent]) -> dict[str, Timeline]:
    """One timeline a request, from ledger events in the order of the log.

    Events of packages name their request in ``data["request"]``; those without one belong to no request.
    """
    found: dict[str, Timeline] = {}
    for event in events:
        request = request_of(event)
        if request is not None:
            found.setdefault(request, Timeline(request)).note(event)
    return found


def request_of(event: LedgerEvent) -> str | None:
    """The request an event belongs to; ``None`` for a package's event that names none."""
    if not event.kind.startswith("custody."):
        return event.subject_id
    request = (event.data or {}).get("request")
    return request if isinstance(request, str) else None
