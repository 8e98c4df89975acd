"""The stages of an evidence exchange, each from one kind of ledger event to another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from jusur.indicators.rules import Span


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
    grounds: list[str] = field(default_factory=list)
    late: bool = False
    fulfilled: bool = False

    def note(self, event: LedgerEvent) -> None:
        """Take in one event of this request or of its packages."""
        self.first.setdefault(event.kind, event.occurred_at)
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

    def span(self, stage: Stage, now: datetime) -> Span | None:
        """The time of ``stage``; ``None`` where it never began, or ended by refusal or withdrawal instead."""
        start = min((self.first[kind] for kind in stage.starts if kind in self.first), default=None)
        if start is None:
            return None
        end = min((self.first[kind] for kind in stage.ends if kind in self.first), default=None)
        if end is not None:
            return Span((end - start).total_seconds(), observed=True)
        closed = min((self.first[kind] for kind in CLOSING if kind in self.first), default=None)
        return Span(((closed or now) - start).total_seconds(), observed=False)


ANSWERS = frozenset(
    {"evidence.request.fulfilled", "evidence.request.preservation_confirmed", "evidence.request.refused"}
)


def timelines(events: Iterable[LedgerEvent]) -> dict[str, Timeline]:
    """One timeline a request, from ledger events in the order they happened.

    Events of packages name their request in ``data["request"]``; those without one belong to no request.
    """
    found: dict[str, Timeline] = {}
    for event in events:
        data = event.data or {}
        request = data.get("request") if event.kind.startswith("custody.") else event.subject_id
        if isinstance(request, str):
            found.setdefault(request, Timeline(request)).note(event)
    return found
