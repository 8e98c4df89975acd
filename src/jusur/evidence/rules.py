"""The life of an evidence request: which act moves it where, whose act it is, and how crossing acts agree.

Both bureaus keep the request in the same states and move it by the same acts, each carried to the other by the
exchange in the order it was done. Two acts may cross on the way (a withdrawal and a fulfilment, say): then both
bureaus settle on the state of higher rank, so that they agree without asking again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """The two parties to a request."""

    REQUESTING = "requesting"
    REQUESTED = "requested"


class State(StrEnum):
    """Where a request stands."""

    DRAFTED = "drafted"
    AWAITING_APPROVAL = "awaiting_approval"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    CLARIFICATION_ASKED = "clarification_asked"
    IN_EXECUTION = "in_execution"
    PARTLY_FULFILLED = "partly_fulfilled"
    FULFILLED = "fulfilled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"


class Measure(StrEnum):
    """What may be asked, in the words of the instruments (Budapest Convention art. 29-31, Reg. 2023/1543 art. 3)."""

    PRESERVATION = "preservation"
    TRAFFIC_DATA = "traffic_data"
    SUBSCRIBER_INFORMATION = "subscriber_information"
    STORED_CONTENT = "stored_content"
    EMERGENCY = "emergency"
    SPONTANEOUS_INFORMATION = "spontaneous_information"
    STOP_PAYMENT = "stop_payment"


@dataclass(frozen=True, slots=True)
class Act:
    """One act: the side whose act it is, the states it starts from and the state it leads to (``None``: stays)."""

    side: Side
    sources: frozenset[State]
    target: State | None
    local: bool = False


_WITH_REQUESTED: Final = frozenset({State.SENT, State.ACKNOWLEDGED, State.IN_EXECUTION, State.PARTLY_FULFILLED})
OPEN: Final = _WITH_REQUESTED | {State.CLARIFICATION_ASKED}
ANSWERED: Final = frozenset({State.FULFILLED, State.REFUSED, State.WITHDRAWN, State.CONFIRMED})

ACTS: Final[dict[str, Act]] = {
    "submit": Act(Side.REQUESTING, frozenset({State.DRAFTED}), State.AWAITING_APPROVAL, local=True),
    "return": Act(Side.REQUESTING, frozenset({State.AWAITING_APPROVAL}), State.DRAFTED, local=True),
    "send": Act(Side.REQUESTING, frozenset({State.AWAITING_APPROVAL}), State.SENT, local=True),
    "acknowledge": Act(Side.REQUESTED, frozenset({State.SENT}), State.ACKNOWLEDGED),
    "accept": Act(Side.REQUESTED, frozenset({State.SENT, State.ACKNOWLEDGED}), State.IN_EXECUTION),
    "ask_clarification": Act(Side.REQUESTED, _WITH_REQUESTED, State.CLARIFICATION_ASKED),
    "answer_clarification": Act(Side.REQUESTING, frozenset({State.CLARIFICATION_ASKED}), State.IN_EXECUTION),
    "extend": Act(Side.REQUESTED, OPEN, None),
    "confirm_preservation": Act(Side.REQUESTED, frozenset({State.ACKNOWLEDGED, State.IN_EXECUTION}), State.FULFILLED),
    "take_note": Act(Side.REQUESTED, frozenset({State.SENT, State.ACKNOWLEDGED}), State.FULFILLED),
    "fulfil_partly": Act(Side.REQUESTED, _WITH_REQUESTED, State.PARTLY_FULFILLED),
    "fulfil": Act(Side.REQUESTED, _WITH_REQUESTED, State.FULFILLED),
    "refuse": Act(Side.REQUESTED, OPEN, State.REFUSED),
    "withdraw": Act(Side.REQUESTING, OPEN, State.WITHDRAWN),
    "confirm": Act(Side.REQUESTING, frozenset({State.FULFILLED}), State.CONFIRMED),
}

ONLY_FOR: Final = {"confirm_preservation": Measure.PRESERVATION, "take_note": Measure.SPONTANEOUS_INFORMATION}
"""Acts that answer one measure only: data were preserved; information that was not asked for was taken note of."""

_RANK: Final = {state: rank for rank, state in enumerate(State)}


def next_state(state: State, act: str, side: Side) -> State | None:
    """The state that ``act`` by ``side`` leads to from ``state``; ``None`` if the act is not possible there."""
    rule = ACTS.get(act)
    if rule is None or rule.side is not side or state not in rule.sources:
        return None
    return rule.target or state


def possible_acts(state: State, side: Side) -> tuple[str, ...]:
    """The acts open to ``side`` while the request is in ``state``."""
    return tuple(act for act in ACTS if next_state(state, act, side) is not None)


def settle(own: State, before: State, act: str, side: Side) -> State | None:
    """The state after the other bureau's ``act``, done when it saw the request in ``before``.

    ``own`` is this bureau's state when the act arrives. If they differ the acts crossed, and the state of higher rank
    stands. ``None``: the act was not possible even where the other bureau did it, so it is refused.
    """
    straight = next_state(own, act, side)
    if straight is not None:
        return straight
    claimed = next_state(before, act, side)
    if claimed is None:
        return None
    return max(own, claimed, key=_RANK.__getitem__)


def clock_stops(acts: Iterable[tuple[str, datetime]]) -> list[tuple[datetime, datetime | None]]:
    """The spans in which the answering clock stands still: from a question until its answer.

    Args:
        acts: ``(act, moment)`` of the request, oldest first.
    """
    stops: list[tuple[datetime, datetime | None]] = []
    for act, moment in acts:
        if act == "ask_clarification" and (not stops or stops[-1][1] is not None):
            stops.append((moment, None))
        elif act == "answer_clarification" and stops and stops[-1][1] is None:
            stops[-1] = (stops[-1][0], moment)
    return stops
