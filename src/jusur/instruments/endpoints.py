"""The register of legal instruments for national systems (mounted by the web room)."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from jusur.instruments import api, shapes

router = Router(tags=["instruments"])


class Pair(Schema):
    """Two countries by their ISO 3166-1 alpha-2 codes, and the day to answer for (today where absent)."""

    a: Annotated[str, Field(pattern="^[A-Z]{2}$", description="The requesting country")]
    b: Annotated[str, Field(pattern="^[A-Z]{2}$", description="The country asked")]
    on: Annotated[date | None, Field(description="The day to answer for")] = None


@router.get("", summary="List legal instruments", operation_id="instruments_list", response=shapes.InstrumentList)
def list_instruments(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - django-ninja passes it
    """The active version of every instrument, without parties and measures."""
    brief = ("id", "version", "kind", "names", "citation", "in_force", "template", "source", "verified_on")
    views = (api.instrument_view(instrument) for instrument in api.instruments())
    return {"instruments": [{name: view[name] for name in brief} for view in views]}


@router.get(
    "/between",
    summary="What may be asked between two countries",
    operation_id="instruments_between",
    response=shapes.Between,
)
def between(request: HttpRequest, pair: Query[Pair]) -> dict[str, Any]:  # noqa: ARG001 - django-ninja passes it
    """Every instrument's answer, available ones first, with measures, contents, clocks and grounds."""
    bases = api.between(pair.a, pair.b, pair.on)
    return {"a": pair.a, "b": pair.b, "bases": [api.basis_view(basis) for basis in bases]}


@router.get(
    "/{instrument_id}", summary="One legal instrument", operation_id="instruments_get", response=shapes.InstrumentDetail
)
def get_instrument(request: HttpRequest, instrument_id: str) -> dict[str, Any]:  # noqa: ARG001 - passed by django-ninja
    """The active version of an instrument with its parties and measures."""
    return api.instrument_view(api.instrument(instrument_id)) | {"digest": api.digest(instrument_id)}
