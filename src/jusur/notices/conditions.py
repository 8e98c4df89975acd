"""The small language in which a type's conditions are written, and what evaluates them.

A condition is data: ``{"present": "case.facts"}``, ``{"all": […]}``, ``{"span_at_least": ["case.sentence", "P6M"]}``.
Paths name fields of the content by dots; an operator on a list is met by every element with ``each`` and by at least
one with ``some``. Pure: no clock, no database; today's date is given.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

MAX_DEPTH: Final = 12
_EPOCH: Final = date(2001, 1, 1)
_SPAN: Final = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?")
_LIFE_DAYS: Final = 10**6
_PATTERN_LENGTH: Final = 100
_VALUE_LENGTH: Final = 200

Expression = Mapping[str, Any]
Operator = Callable[[Any, Any, date, int], bool]


class ConditionError(ValueError):
    """A condition in a type's data is not written as the language has it."""


def holds(expression: Expression, content: Any, today: date, depth: int = 0) -> bool:
    """Whether ``content`` (plain JSON data) meets ``expression``.

    Raises:
        ConditionError: the expression is not of the language.
    """
    if depth > MAX_DEPTH or len(expression) != 1:
        raise ConditionError("a condition has one operator, and at most 12 inside each other")
    ((name, argument),) = expression.items()
    operator = OPERATORS.get(name)
    if operator is None:
        raise ConditionError(f"there is no operator called {name!r}")
    return operator(argument, content, today, depth + 1)


def check(expression: Any) -> None:
    """Return where ``expression`` is of the language: every branch of it is looked at.

    Raises:
        ConditionError: it is not.
    """
    if not isinstance(expression, Mapping) or len(expression) != 1:
        raise ConditionError("a condition has one operator")
    ((name, argument),) = expression.items()
    if name not in OPERATORS:
        raise ConditionError(f"there is no operator called {name!r}")
    inner: list[Any] = []
    if name in {"all", "any"}:
        inner = list(argument)
    elif name == "not":
        inner = [argument]
    elif name in {"each", "some"}:
        inner = [argument[1]]
    elif name == "when":
        inner = [argument[0], argument[1]]
    else:
        holds(expression, {}, _EPOCH)
    for each in inner:
        check(each)


def value_at(content: Any, path: str) -> Any:
    """The value that ``path`` names in ``content``; ``None`` where there is none. ``.`` is the content itself."""
    if path == ".":
        return content
    found = content
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def span_days(span: str) -> int:
    """The days in ``span`` (ISO 8601, or ``life``), counted from a year without a leap day.

    Two years are 730 days and a year of 364 days more is less: a penalty's length is compared exactly.

    Raises:
        ConditionError: not a span.
    """
    if span == "life":
        return _LIFE_DAYS
    found = _SPAN.fullmatch(span)
    if found is None:
        raise ConditionError(f"{span!r} is not a span of time")
    years, months, days = (int(part or 0) for part in found.groups())
    months += years * 12
    # Whole years count 365 days each, so that the length does not depend on where leap years fall.
    whole, rest = divmod(months, 12)
    moved = date(_EPOCH.year, rest + 1, 1)
    return whole * 365 + (moved - _EPOCH).days + days


def last_day(partial: str) -> date:
    """The last day that a date known to the year, month or day may mean."""
    parts = [int(part) for part in partial.split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31)
    if len(parts) == 2:  # noqa: PLR2004 - year and month
        year, month = (parts[0] + 1, 1) if parts[1] == 12 else (parts[0], parts[1] + 1)  # noqa: PLR2004 - December
        return date(year, month, 1) - timedelta(days=1)
    return date(*parts)


def first_day(partial: str) -> date:
    """The first day that a date known to the year, month or day may mean."""
    parts = [int(part) for part in partial.split("-")]
    return date(*[*parts, 1, 1][:3])


def _all(argument: Any, content: Any, today: date, depth: int) -> bool:
    return all(holds(each, content, today, depth) for each in argument)


def _any(argument: Any, content: Any, today: date, depth: int) -> bool:
    return any(holds(each, content, today, depth) for each in argument)


def _not(argument: Any, content: Any, today: date, depth: int) -> bool:
    return not holds(argument, content, today, depth)


def _when(argument: Any, content: Any, today: date, depth: int) -> bool:
    return not holds(argument[0], content, today, depth) or holds(argument[1], content, today, depth)


def _each(argument: Any, content: Any, today: date, depth: int) -> bool:
    path, inner = argument
    return all(holds(inner, each, today, depth) for each in value_at(content, path) or [])


def _some(argument: Any, content: Any, today: date, depth: int) -> bool:
    path, inner = argument
    return any(holds(inner, each, today, depth) for each in value_at(content, path) or [])


def _present(argument: Any, content: Any, _today: date, _depth: int) -> bool:
    found = value_at(content, argument)
    return bool(found.strip()) if isinstance(found, str) else bool(found)


def _is(argument: Any, content: Any, _today: date, _depth: int) -> bool:
    path, wanted = argument
    return bool(value_at(content, path) == wanted)


def _in(argument: Any, content: Any, _today: date, _depth: int) -> bool:
    path, wanted = argument
    return value_at(content, path) in wanted


def _at_least(argument: Any, content: Any, _today: date, _depth: int) -> bool:
    path, least = argument
    found = value_at(content, path)
    size = len(found) if isinstance(found, list | str) else found
    return isinstance(size, int) and size >= least


def _span_at_least(argument: Any, content: Any, _today: date, _depth: int) -> bool:
    path, least = argument
    found = value_at(content, path)
    return isinstance(found, str) and bool(found) and span_days(found) >= span_days(least)


def _not_past(argument: Any, content: Any, today: date, _depth: int) -> bool:
    found = value_at(content, argument)
    return not found or last_day(found) >= today


def _not_future(argument: Any, content: Any, today: date, _depth: int) -> bool:
    found = value_at(content, argument)
    return not found or first_day(found) <= today


def _like(argument: Any, content: Any, _today: date, _depth: int) -> bool:
    path, pattern = argument
    if len(pattern) > _PATTERN_LENGTH or re.search(r"[*+}]\)?[*+{]|\\\d", pattern):
        raise ConditionError("a pattern is short and repeats nothing that repeats")
    found = value_at(content, path)
    return isinstance(found, str) and re.fullmatch(pattern, found[:_VALUE_LENGTH]) is not None


OPERATORS: Final[dict[str, Operator]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "when": _when,
    "each": _each,
    "some": _some,
    "present": _present,
    "is": _is,
    "in": _in,
    "at_least": _at_least,
    "span_at_least": _span_at_least,
    "not_past": _not_past,
    "not_future": _not_future,
    "like": _like,
}
"""The operators by name."""
