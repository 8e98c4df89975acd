"""What the parties to a commitment tell each other: the commitment itself, and each act on it."""

from datetime import timedelta
from typing import Annotated, Final, Literal, cast

import msgspec

from jusur.exchange import api as exchange
from jusur.followup.models import Commitment, CommitmentAct
from jusur.followup.rules import Claim, Verdict
from jusur.kernel import clock
from jusur.node import context

COMMITMENT: Final = "followup.commitment"
ACT: Final = "followup.act"
LIFETIME: Final = timedelta(days=60)
RETENTION_DAYS: Final = 3653

SourceKind = Literal["paragraph", "agreement", "meeting"]
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Address = Annotated[str, msgspec.Meta(max_length=17)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class Texts(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A text in the four languages."""

    ar: Text
    en: Text
    fr: Text
    es: Text


class CommitmentBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A commitment: what (``texts``), how it is verified, by whom, until when, and where it comes from."""

    commitment: Id
    source_kind: SourceKind
    source_reference: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    source_place: Annotated[str, msgspec.Meta(max_length=40)]
    source_sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
    texts: Texts
    verification: Texts
    owner: Address
    verifier: Address
    due_on: Day
    entered_at: Moment


class ActBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One act on a commitment, by the bureau that sends it."""

    commitment: Id
    act_id: Id
    act: Annotated[str, msgspec.Meta(max_length=10)]
    at: Moment
    actor: Annotated[str, msgspec.Meta(max_length=64)]
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    claim: Claim | None = None
    verdict: Verdict | None = None
    due_on: Day | None = None


def register() -> None:
    """Tell the exchange these kinds and who handles them."""
    from jusur.followup import receiving

    for name, body, handler in (
        (COMMITMENT, CommitmentBody, receiving.receive_commitment),
        (ACT, ActBody, receiving.receive_act),
    ):
        exchange.register(exchange.MessageKind(name=name, schema=body, handler=handler))


def send_commitment(row: Commitment, actor: str) -> None:
    """Tell the owner and the verifier of a commitment that this bureau entered."""
    body = CommitmentBody(
        commitment=str(row.pk),
        source_kind=cast("SourceKind", row.source_kind),
        source_reference=row.source_reference,
        source_place=row.source_place,
        source_sha256=row.source_sha256,
        texts=Texts(**row.texts),
        verification=Texts(**row.verification),
        owner=row.owner,
        verifier=row.verifier,
        due_on=str(row.first_due_on),
        entered_at=clock.timestamp(row.entered_at),
    )
    _send(COMMITMENT, row, body, actor)


def send_act(row: Commitment, act: CommitmentAct) -> None:
    """Tell the other parties of an act of this bureau."""
    body = ActBody(
        commitment=str(row.pk),
        act_id=str(act.pk),
        act=act.act,
        at=clock.timestamp(act.at),
        actor=act.actor,
        text=act.text,
        percent=act.percent,
        claim=Claim(act.claim) if act.claim else None,
        verdict=Verdict(act.verdict) if act.verdict else None,
        due_on=str(act.due_on) if act.due_on else None,
    )
    _send(ACT, row, body, act.actor)


def _send(kind: str, row: Commitment, body: msgspec.Struct, actor: str) -> None:
    others = sorted({row.keeper, row.owner, row.verifier} - {context.current().address})
    if not others:
        return
    exchange.send(
        kind,
        to=others,
        body=msgspec.to_builtins(body),
        conversation=row.pk,
        handling=exchange.for_recipients(others, retention_days=RETENTION_DAYS),
        purpose="follow-up of decisions",
        legal_basis=row.source_reference,
        expires_at=clock.now() + LIFETIME,
        actor=actor,
    )
