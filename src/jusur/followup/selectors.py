"""Reads of commitments: where each stands, what is late, what a bureau has to do."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jusur.followup import rules
from jusur.followup.errors import CommitmentNotFoundError
from jusur.followup.models import Commitment, CommitmentAct
from jusur.followup.rules import Act, Claim, Promise, Standing, Verdict
from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError
from jusur.node import context


def commitment(commitment_id: UUID) -> Commitment:
    """One commitment.

    Raises:
        CommitmentNotFoundError: this node holds none of this identifier.
    """
    found = Commitment.objects.filter(pk=commitment_id).first()
    if found is None:
        raise CommitmentNotFoundError("This node holds no such commitment.", fix="Check the identifier.")
    return found


def commitments(
    *, owner: str = "", verifier: str = "", source: str = "", state: str = "", late: bool = False
) -> QuerySet[Commitment]:
    """Commitments, narrowed by what is given; ``late``: past their date and not met, withdrawn or declined.

    Raises:
        InvalidInputError: there is no such state.
    """
    if state and state not in list(rules.State):
        raise InvalidInputError("There is no such state.", fix=f"Choose among {', '.join(rules.State)}.")
    wanted = {"owner": owner, "verifier": verifier, "source_reference": source, "state": state}
    rows = Commitment.objects.filter(**{name: value for name, value in wanted.items() if value})
    return rows.exclude(state__in=list(rules.CLOSED)).filter(due_on__lt=clock.now().date()) if late else rows


def promise(row: Commitment) -> Promise:
    """What never changes of a commitment."""
    return Promise(row.keeper, row.owner, row.verifier, row.entered_at, row.first_due_on)


def act(row: CommitmentAct) -> Act:
    """An act as the rules see it."""
    return Act(
        id=str(row.pk),
        act=row.act,
        by=row.by,
        at=row.at,
        verdict=Verdict(row.verdict) if row.verdict else None,
        claim=Claim(row.claim) if row.claim else None,
        due_on=row.due_on,
    )


def standing(row: Commitment) -> Standing:
    """Where a commitment stands."""
    return rules.standing(promise(row), map(act, row.acts.all()))


def view(row: Commitment, *, today: date | None = None) -> dict[str, Any]:
    """A commitment in a list."""
    return {
        "id": str(row.pk),
        "source": {
            "kind": row.source_kind,
            "reference": row.source_reference,
            "place": row.source_place,
            "sha256": row.source_sha256 or None,
        },
        "texts": row.texts,
        "verification": row.verification,
        "keeper": row.keeper,
        "owner": row.owner,
        "verifier": row.verifier,
        "state": row.state,
        "first_due_on": str(row.first_due_on),
        "due_on": str(row.due_on),
        "late": row.state not in rules.CLOSED and (today or clock.now().date()) > row.due_on,
        "enhanced_since": str(row.enhanced_since) if row.enhanced_since else None,
        "entered_at": clock.timestamp(row.entered_at),
    }


def detail(row: Commitment) -> dict[str, Any]:
    """A commitment with every act ever done, every verdict, and what this bureau may do now."""
    where, known, today = standing(row), promise(row), clock.now().date()
    next_report = rules.next_report_on(known, where, today, rules.rhythm())
    return view(row) | {
        "verdicts": [{"on": str(day), "verdict": verdict.value} for day, verdict in where.verdicts],
        "extensions": where.extensions,
        "next_report_on": str(next_report) if next_report else None,
        "possible_acts": list(rules.possible_acts(known, where, context.current().address)),
        "acts": [_act_view(each, where.void) for each in row.acts.all()],
    }


def counts() -> dict[str, int]:
    """How many commitments stand where, and how many are late or under enhanced follow-up."""
    found = {state.value: 0 for state in rules.State}
    for state in Commitment.objects.values_list("state", flat=True):
        found[state] += 1
    late = commitments(late=True).count()
    enhanced = Commitment.objects.filter(enhanced_since__isnull=False).count()
    return found | {"late": late, "enhanced": enhanced}


def _act_view(row: CommitmentAct, void: list[str]) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "act": row.act,
        "by": row.by,
        "at": clock.timestamp(row.at),
        "text": row.text,
        "percent": row.percent,
        "claim": row.claim or None,
        "verdict": row.verdict or None,
        "due_on": str(row.due_on) if row.due_on else None,
        "counts": str(row.pk) not in void,
    }
