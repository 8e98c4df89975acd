"""What arrives from the other parties to a commitment."""

from datetime import date, timedelta
from typing import Final

import msgspec
from django.db import transaction

from jusur.exchange import api as exchange
from jusur.followup import services
from jusur.followup.messages import ActBody, CommitmentBody
from jusur.followup.models import Commitment, CommitmentAct
from jusur.followup.rules import ACTS, Part
from jusur.followup.selectors import promise
from jusur.kernel import clock, text
from jusur.kernel.errors import JusurError, UnavailableError
from jusur.kernel.ids import parse_id
from jusur.node import context

CLOCK_TOLERANCE: Final = timedelta(minutes=5)


@transaction.atomic
def receive_commitment(message: exchange.ReceivedMessage) -> None:
    """Take in a commitment that names this bureau as owner or verifier; its sender keeps it.

    Raises:
        MessageRefusedError: it does not name this bureau, is not valid, or its identifier stands for another one.
    """
    body: CommitmentBody = message.body
    if context.current().address not in {body.owner, body.verifier} or body.owner == body.verifier:
        raise exchange.MessageRefusedError("The commitment does not name this bureau as owner or verifier.")
    row = _row(message, body)
    known = Commitment.objects.filter(pk=row.pk).first()
    if known is not None:
        if promise(known) != promise(row) or known.texts != row.texts:
            raise exchange.MessageRefusedError("This identifier stands for another commitment.")
        return
    row.save(force_insert=True)
    services.record_proposed(row, message.sender)


@transaction.atomic
def receive_act(message: exchange.ReceivedMessage) -> None:
    """Take in an act of another party; one that came before the commitment itself waits for it.

    Raises:
        MessageRefusedError: the act is not its sender's, or lies in the future.
        UnavailableError: the commitment is not here yet.
    """
    body: ActBody = message.body
    found = Commitment.objects.filter(pk=parse_id(body.commitment)).first()
    if found is None:
        raise UnavailableError("The commitment has not arrived yet.")
    row = services.locked(found.pk)
    rule, at = ACTS.get(body.act), clock.parse_timestamp(body.at)
    parts: frozenset[Part] = promise(row).parts(message.sender)
    if rule is None or not parts & rule[0]:
        raise exchange.MessageRefusedError("This act is not its sender's.")
    if at > clock.now() + CLOCK_TOLERANCE:
        raise exchange.MessageRefusedError("The act is dated in the future.")
    if CommitmentAct.objects.filter(pk=parse_id(body.act_id)).exists():
        return
    services.take(row, _act(row, body, message.sender))


def _row(message: exchange.ReceivedMessage, body: CommitmentBody) -> Commitment:
    try:
        due_on = date.fromisoformat(body.due_on)
        texts = services.four(msgspec.to_builtins(body.texts), "texts")
        verification = services.four(msgspec.to_builtins(body.verification), "verification")
        return Commitment(
            id=parse_id(body.commitment),
            source_kind=body.source_kind,
            source_reference=text.line(body.source_reference, max_length=80, field="source_reference"),
            source_place=text.line(body.source_place, max_length=40, field="source_place", required=False),
            source_sha256=body.source_sha256,
            texts=texts,
            verification=verification,
            keeper=message.sender,
            owner=body.owner,
            verifier=body.verifier,
            first_due_on=due_on,
            due_on=due_on,
            entered_at=clock.parse_timestamp(body.entered_at),
        )
    except (JusurError, ValueError) as error:
        raise exchange.MessageRefusedError(f"The commitment is not valid: {error}") from None


def _act(row: Commitment, body: ActBody, sender: str) -> CommitmentAct:
    try:
        return CommitmentAct(
            id=parse_id(body.act_id),
            commitment=row,
            act=body.act,
            by=sender,
            actor=text.line(body.actor, max_length=64, field="actor"),
            at=clock.parse_timestamp(body.at),
            text=text.paragraph(body.text, max_length=services.MAX_TEXT, field="text", required=False),
            percent=body.percent,
            claim=body.claim or "",
            verdict=body.verdict or "",
            due_on=date.fromisoformat(body.due_on) if body.due_on else None,
        )
    except (JusurError, ValueError) as error:
        raise exchange.MessageRefusedError(f"The act is not valid: {error}") from None
