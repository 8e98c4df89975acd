"""Indicators over HTTP."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from jusur.accounts import api as accounts
from jusur.indicators import selectors

router = Router(tags=["indicators"])


class Figures(Schema):
    """One stage's times in seconds; null where too many requests are still open to tell."""

    count: int
    open: int
    median_seconds: float | None
    p90_seconds: float | None


class Group(Schema):
    """The figures of one group of requests."""

    requests: int
    fulfilled: int
    refused: int
    refused_by_ground: dict[str, int]
    late: int
    stages: dict[str, Figures]


class EvidenceExchange(Schema):
    """The indicators of evidence exchange, in all or by one dimension."""

    computed_at: str
    by: str | None
    groups: dict[str, Group]


@router.get("/evidence-exchange", summary="Evidence-exchange time by stage, and outcomes", response=EvidenceExchange)
def evidence_exchange(request: HttpRequest, by: Annotated[str, Field(max_length=32)] = "") -> dict[str, Any]:
    """Median and 90th percentile by stage, open requests censored; counts fulfilled, refused by ground and late."""
    accounts.acting(request, "indicators.read")
    return selectors.evidence_exchange(by=by)
