"""Cursor pagination: rows in the order of their identifiers (UUIDv7, so by time), newest first."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from jusur.kernel.ids import parse_id

MAX_PAGE = 200
DEFAULT_PAGE = 50

Row = TypeVar("Row", bound=Model)


def page(
    rows: QuerySet[Row], present: Callable[[Row], dict[str, Any]], *, cursor: str = "", limit: int = DEFAULT_PAGE
) -> dict[str, Any]:
    """One page of ``rows``: ``{"items": […], "next": cursor or null}``.

    Args:
        rows: what to page through; ordered here by ``id``, newest first.
        present: from a row to its JSON form.
        cursor: the ``next`` of the page before; empty for the first page.
        limit: how many rows, 1 to 200.

    Raises:
        InvalidInputError: the cursor is not one that was given out.
    """
    size = min(max(limit, 1), MAX_PAGE)
    if cursor:
        rows = rows.filter(id__lt=parse_id(cursor, field="cursor"))
    found = list(rows.order_by("-id")[: size + 1])
    more = len(found) > size
    last: UUID | None = found[size - 1].pk if more else None
    return {"items": [present(row) for row in found[:size]], "next": str(last) if last else None}
