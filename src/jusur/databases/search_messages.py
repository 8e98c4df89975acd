"""What bureaus tell each other of hits: that a record of theirs was found, and what a person made of it."""

from typing import Annotated, Any, Literal

import msgspec

from jusur.databases.searching_shapes import MAX_REFERENCE
from jusur.exchange import api as exchange

HIT: str = "database.hit"
DECISION: str = "database.hit.decision"

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class ReasonBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Why the engine proposes it: a code and its weight, never what was searched for."""

    code: Word
    weight: Annotated[float, msgspec.Meta(ge=-1000, le=1000)]


class HitBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A record of the recipient was found by a search, a watch or a list. Whom was searched for is not told."""

    hit: Id
    record: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    database: Word
    source: Literal["search", "watch", "edition"]
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REFERENCE)]
    score: Annotated[float, msgspec.Meta(ge=0, le=1)]
    reasons: Annotated[list[ReasonBody], msgspec.Meta(max_length=32)]
    found_at: Moment


class DecisionBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A person of the searching bureau confirmed or discarded a hit, for a reason."""

    hit: Id
    state: Literal["confirmed", "discarded"]
    reason: Word
    remark: Annotated[str, msgspec.Meta(max_length=2000)]
    decided_at: Moment


def register() -> None:
    """Tell the exchange these kinds and who handles them."""
    from jusur.databases import hits

    for name, body, handler in ((HIT, HitBody, hits.receive_hit), (DECISION, DecisionBody, hits.receive_decision)):
        exchange.register(exchange.MessageKind(name=name, schema=body, handler=handler, priority="urgent"))


def send(kind: str, *, to: str, body: msgspec.Struct, purpose: str, reference: str, conversation: Any) -> None:
    """Send one of these kinds to the bureau ``to``, in the caller's transaction."""
    exchange.send(
        kind,
        to=[to],
        body=msgspec.to_builtins(body),
        conversation=conversation,
        handling=exchange.for_recipients([to], classification="restricted"),
        purpose=purpose,
        legal_basis=f"conditions of the record, reference {reference}"[:1000],
        priority="urgent",
    )
