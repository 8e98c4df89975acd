"""Indicators over HTTP."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from jusur.accounts import api as accounts
from jusur.indicators import selectors
from jusur.indicators.cases import Narrowing
from jusur.kernel import clock

router = Router(tags=["indicators"])

Name = Annotated[str, Field(max_length=64)]


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
def evidence_exchange(
    request: HttpRequest,
    by: Name = "",
    partner: Name = "",
    instrument: Name = "",
    measure: Name = "",
    urgency: Name = "",
    side: Name = "",
    since: Name = "",
    until: Name = "",
) -> dict[str, Any]:
    """Median and 90th percentile by stage, open requests censored; counts fulfilled, refused by ground and late.

    Narrowed to the requests of a partner, instrument, measure, urgency or side, begun ``since`` and before ``until``
    (RFC 3339).
    """
    accounts.acting(request, "indicators.read")
    narrowing = Narrowing(
        partner=partner,
        instrument=instrument,
        measure=measure,
        urgency=urgency,
        side=side,
        since=clock.parse_timestamp(since, field="since") if since else None,
        until=clock.parse_timestamp(until, field="until") if until else None,
    )
    return selectors.evidence_exchange(by=by, narrowing=narrowing)
