"""Commitments over HTTP. Each view finds out who acts and hands over to a service."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.followup import selectors, services, shapes
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page

router = Router(tags=["commitments"])

Code = Annotated[str, Field(max_length=80)]
Text = Annotated[str, Field(max_length=4000)]
Limit = Annotated[int, Field(ge=1, le=200)]


class Body(Schema):
    """A strict JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewCommitment(Body):
    """A commitment: what, how it is verified, who, by when, and where it comes from."""

    source_kind: Code
    source_reference: Code
    source_place: Code = ""
    source_sha256: Code = ""
    texts: dict[str, Text]
    verification: dict[str, Text]
    owner: Code
    verifier: Code
    due_on: date


class CommitmentAct(Body):
    """An act on a commitment, with what belongs to it."""

    act: Code
    text: Text = ""
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    claim: Code = ""
    verdict: Code = ""
    due_on: date | None = None


@router.get("", summary="Commitments, newest first", response=shapes.CommitmentPage)
def list_commitments(
    request: HttpRequest,
    owner: Code = "",
    verifier: Code = "",
    source: Code = "",
    state: Code = "",
    late: bool = False,
    cursor: Code = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """Commitments, narrowed by what is given."""
    accounts.acting(request, "commitment.read")
    rows = selectors.commitments(owner=owner, verifier=verifier, source=source, state=state, late=late)
    return page(rows, selectors.view, cursor=cursor, limit=limit)


@router.post("", summary="Enter a commitment", response={201: shapes.CommitmentDetail})
def enter(request: HttpRequest, body: NewCommitment) -> Status[dict[str, Any]]:
    """Enter a commitment; its owner is asked to accept it."""
    actor = accounts.acting(request, "commitment.manage")
    return Status(201, selectors.detail(services.commitment_enter(actor=actor, **body.model_dump())))


@router.get("/counts", summary="How many stand where", response=shapes.Counts)
def count(request: HttpRequest) -> dict[str, int]:
    """Counts by state, late ones, those under enhanced follow-up."""
    accounts.acting(request, "commitment.read")
    return selectors.counts()


@router.get("/{commitment_id}", summary="A commitment", response=shapes.CommitmentDetail)
def show(request: HttpRequest, commitment_id: str) -> dict[str, Any]:
    """A commitment with every act and verdict."""
    accounts.acting(request, "commitment.read")
    return selectors.detail(selectors.commitment(parse_id(commitment_id)))


@router.post("/{commitment_id}/acts", summary="Act on a commitment", response=shapes.CommitmentDetail)
def act(request: HttpRequest, commitment_id: str, body: CommitmentAct) -> dict[str, Any]:
    """Accept, decline, report, verify, dispute, extend or withdraw."""
    accounts.acting(request, "commitment.read")
    actor = accounts.acting(request, services.PERMISSIONS.get(body.act, "commitment.manage"))
    row = services.commitment_act(
        commitment_id=parse_id(commitment_id),
        act=body.act,
        words=body.text,
        percent=body.percent,
        claim=body.claim,
        verdict=body.verdict,
        due_on=body.due_on,
        actor=actor,
    )
    return selectors.detail(row)
