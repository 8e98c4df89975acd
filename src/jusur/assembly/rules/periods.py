"""Statutory dates: what must be done how many days before an event, counted in full days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from jusur.assembly.rules.rulebook import Decision, Period, Rulebook
from jusur.kernel.languages import Language


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day on which something that a period asks for is in time."""

    period: Period
    last_day: date


def last_day(period: Period, event: date) -> date:
    """The last day that is in time before ``event``."""
    return event - timedelta(days=period.days)


def in_time(period: Period, done: date, event: date) -> bool:
    """Whether what was done on ``done`` is in time before ``event``."""
    return done <= last_day(period, event)


def calendar(rulebook: Rulebook, session_opens: date) -> list[DueDate]:
    """The statutory dates before a session, the earliest first."""
    found = [DueDate(each, last_day(each, session_opens)) for each in rulebook.periods if each.before == "session"]
    return sorted(found, key=lambda due: (due.last_day, due.period.id))


def circulated_in_time(rulebook: Rulebook, decision: Decision, circulated: date | None, session_opens: date) -> bool:
    """Whether a draft circulated early enough for its kind of decision; most kinds ask for no period."""
    if decision.notice is None:
        return True
    return circulated is not None and in_time(rulebook.period(decision.notice), circulated, session_opens)


def missing_languages(rulebook: Rulebook, distributed: Collection[Language]) -> tuple[Language, ...]:
    """The languages in which a draft has not been distributed yet; it is not put to the vote before."""
    return tuple(language for language in rulebook.versions.languages if language not in distributed)
