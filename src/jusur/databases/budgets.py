"""Budgets of searching: how many searches an officer, a bureau and a purpose have a minute, an hour and a day.

The limits are data with their source (``data/search_budgets.json``). Use is counted in the database, in the
transaction that makes the searches durable, so that any number of processes count as one.
"""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

from jusur.databases import sql
from jusur.kernel.errors import JusurError

SPANS: Final[dict[str, timedelta]] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_PLACE: Final = {span: place for place, span in enumerate(SPANS)}
KEPT: Final = timedelta(days=8)
"""How long counts are kept after their span, for whoever looks into an alarm."""
_COUNT: Final = """
    INSERT INTO databases_budgetuse (subject, span, begins, used)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[])
    ON CONFLICT (subject, span, begins) DO UPDATE SET used = databases_budgetuse.used + EXCLUDED.used
    RETURNING subject, span, used
"""


class BudgetSpentError(JusurError):
    """More searches than the rule gives this officer, bureau or purpose."""

    code = "budget-spent"
    title = "The search budget is used up"
    status = 429

    def __init__(self, detail: str, *, fix: str = "", wait_seconds: int = 60) -> None:
        super().__init__(detail, fix=fix)
        self.wait_seconds = wait_seconds


class EnumerationError(JusurError):
    """The searches look like reading a database out."""

    code = "enumeration"
    title = "These searches read a database out"
    status = 429


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an actor of a bureau, a person, a system, or (``other``) a whole other bureau."""

    actor: str
    bureau: str
    kind: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One budget that a search draws on: whose (``subject``), how many, by span."""

    subject: str
    scope: str
    spans: tuple[int, ...]
    """As many as ``SPANS``, in their order."""


_Rules = Mapping[tuple[str, str, str], tuple[int, ...]]


@functools.cache
def _rules() -> Mapping[str, _Rules]:
    document = json.loads(files("jusur.databases").joinpath("data", "search_budgets.json").read_text("utf-8"))
    return {
        name: {
            (rule["scope"], rule["holder"], rule["purpose"]): tuple(int(rule[span]) for span in SPANS)
            for rule in document[name]
        }
        for name in ("budgets", "batch")
    }


def limits(asker: Asker, purpose: str, *, batch: bool = False) -> tuple[Limit, ...]:
    """The budgets that a search of ``asker`` for ``purpose`` draws on.

    Fail closed: an asker of a kind that no rule names has a budget of nothing.
    """
    rules = _rules()["batch" if batch else "budgets"]
    fallback = _rules()["budgets"]
    name = "batch " if batch else ""
    wanted: tuple[tuple[str, str, str], ...] = (
        ("officer", asker.kind, f"{name}{asker.actor} {purpose}"),
        ("bureau", "other" if asker.kind == "other" else "own", f"{name}{asker.bureau} {purpose}"),
        ("purpose", "any", f"{name}{purpose}"),
    )
    found = []
    for scope, holder, subject in wanted:
        if scope == "officer" and asker.kind == "other":
            continue
        spans = _narrowest(rules, scope, holder, purpose) or _narrowest(fallback, scope, holder, purpose)
        if spans is None and scope != "purpose":
            spans = (0,) * len(SPANS)
        if spans is not None:
            found.append(Limit(subject[:120], scope, spans))
    return tuple(found)


def _narrowest(rules: _Rules, scope: str, holder: str, purpose: str) -> tuple[int, ...] | None:
    return rules.get((scope, holder, purpose)) or rules.get((scope, holder, "*"))


def count(use: Mapping[Limit, int], at: datetime) -> dict[Limit, int]:
    """Count ``use`` (searches by the limit they draw on) in the caller's transaction; by limit, how many go beyond it.

    Rows are taken in one order, so that two processes that count at once wait for each other and never for ever.
    """
    if not use:
        return {}
    wanted = {(limit.subject, span): (limit, number) for limit, number in use.items() for span in SPANS}
    keys = sorted(wanted)
    found = sql.rows(
        _COUNT,
        (
            [subject for subject, _ in keys],
            [span for _, span in keys],
            [begins(at, span) for _, span in keys],
            [wanted[key][1] for key in keys],
        ),
    )
    over: dict[Limit, int] = {}
    for subject, span, used in found:
        limit, number = wanted[subject, span]
        beyond = min(number, max(0, used - limit.spans[_PLACE[span]]))
        over[limit] = max(over.get(limit, 0), beyond)
    return {limit: beyond for limit, beyond in over.items() if beyond}


def give_back(use: Mapping[Limit, int], at: datetime) -> None:
    """Take back what refused searches were counted for: a refusal uses nothing up."""
    count({limit: -number for limit, number in use.items() if number}, at)


def begins(at: datetime, span: str) -> datetime:
    """When the ``span`` in which ``at`` lies began."""
    start = at.replace(second=0, microsecond=0)
    if span != "minute":
        start = start.replace(minute=0)
    return start.replace(hour=0) if span == "day" else start


def used(subjects: Iterable[str], at: datetime) -> dict[tuple[str, str], int]:
    """What ``subjects`` have used of the spans in which ``at`` lies."""
    keys = [(subject, span) for subject in subjects for span in SPANS]
    found = sql.rows(
        """SELECT b.subject, b.span, b.used FROM databases_budgetuse b
           JOIN unnest(%s::text[], %s::text[], %s::timestamptz[]) AS w(subject, span, begins)
             ON (b.subject, b.span, b.begins) = (w.subject, w.span, w.begins)""",
        ([subject for subject, _ in keys], [span for _, span in keys], [begins(at, span) for _, span in keys]),
    )
    return {(subject, span): number for subject, span, number in found}


def spent(over: Sequence[Limit], at: datetime) -> BudgetSpentError:
    """The refusal that names the budgets beyond which a search goes, and when to come again."""
    names = {"officer": "yours", "bureau": "your bureau's", "purpose": "this purpose's"}
    whose = " and ".join(dict.fromkeys(names[limit.scope] for limit in over))
    wait = int((begins(at, "minute") + SPANS["minute"] - at).total_seconds()) + 1
    return BudgetSpentError(
        f"The search budget is used up: {whose}.",
        fix="Wait for the next minute; a batch of many goes by jusur screen, under a budget of its own.",
        wait_seconds=wait,
    )


def forget_old(at: datetime) -> int:
    """Drop counts whose span is long over; how many."""
    return sql.execute("DELETE FROM databases_budgetuse WHERE begins < %s", (at - KEPT,))
