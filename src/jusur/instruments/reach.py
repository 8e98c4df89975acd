"""With whom which instrument is a basis, asked for everybody at once: for the directory's map and table."""

from datetime import date
from functools import lru_cache
from uuid import UUID

from jusur.instruments import rules, selectors
from jusur.kernel import clock, countries

Register = tuple[tuple[UUID, str], ...]


def reach(country: str, on_date: date | None = None) -> dict[str, tuple[str, ...]]:
    """The ids of the instruments available between ``country`` and each other country, today or on ``on_date``.

    Raises:
        InvalidInputError: not a country.
    """
    return _reach(countries.check(country), on_date or _today(), selectors.versions())


def _today() -> date:
    """Today in UTC."""
    return clock.now().date()


@lru_cache(maxsize=8)
def _reach(country: str, on_date: date, register: Register) -> dict[str, tuple[str, ...]]:
    """Cached by the versions that are active: a new version asks anew."""
    known = selectors.parsed(register)
    return {
        other: tuple(
            basis.instrument.id for basis in rules.available_between(known, country, other, on_date) if basis.available
        )
        for other in countries.codes()
        if other != country
    }
