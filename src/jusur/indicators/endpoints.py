"""Indicators over HTTP."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from jusur.accounts import api as accounts
from jusur.indicators import selectors

router = Router(tags=["indicators"])


@router.get("/evidence-exchange", summary="Evidence-exchange time by stage, and outcomes")
def evidence_exchange(request: HttpRequest, by: str = "") -> dict[str, Any]:
    """Median and 90th percentile by stage, open requests censored; counts fulfilled, refused by ground and late."""
    accounts.acting(request, "indicators.read")
    return selectors.evidence_exchange(by=by)
