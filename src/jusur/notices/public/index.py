"""The extracts in memory: filters, the reach of 160 records, pages."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jusur.notices.public.extract import Extract
from jusur.notices.public.patterns import matcher

REACH: Final = 160
DEFAULT_PER_PAGE: Final = 20
MAX_CACHED: Final = 2048
FILTERS: Final = ("forename", "name", "nationality", "ageMin", "ageMax", "freeText", "sexId", "arrestWarrantCountryId")
_NUMBER_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer: the extracts, how many there are in all, which page was served, which is the last."""

    extracts: tuple[Extract, ...]
    total: int
    page: int
    per_page: int
    last: int


class Index:
    """All extracts of one moment. Never changed: a newer state is a new index."""

    def __init__(self, extracts: Iterable[Extract], *, today: date, version: str = "0") -> None:
        ordered = sorted(extracts, key=_order, reverse=True)
        self.version = version
        self._today = today
        self._by: dict[str, list[Extract]] = {}
        self._details: dict[tuple[str, str], Extract] = {}
        for each in ordered:
            for name in _collections(each):
                self._by.setdefault(name, []).append(each)
                self._details[name, each.path] = each
        self._texts = {id(each): _folded(each) for each in ordered}
        self._cache: OrderedDict[tuple[str, ...], list[Extract]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(rows) for name, rows in self._by.items() if "/" not in name)

    def get(self, collection: str, entity: str) -> Extract | None:
        """The extract of ``entity`` ("2024-12345" or "2024/12345") in ``collection``."""
        return self._details.get((collection, entity.replace("/", "-")))

    def page(self, collection: str, query: dict[str, str]) -> Page:
        """The page that ``query`` asks for; its size and its number are clamped to what the reach allows."""
        found = self._found(collection, query)
        per_page = min(max(_number(query.get("resultPerPage", ""), DEFAULT_PER_PAGE), 1), REACH)
        reached = min(len(found), REACH)
        last = max(1, -(-reached // per_page))
        page = min(max(_number(query.get("page", ""), 1), 1), last)
        start = (page - 1) * per_page
        return Page(tuple(found[start : min(start + per_page, reached)]), len(found), page, per_page, last)

    def _found(self, collection: str, query: dict[str, str]) -> list[Extract]:
        wanted = {name: query[name] for name in FILTERS if query.get(name)}
        key = (collection, *(f"{name}={value}" for name, value in wanted.items()))
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        rows = self._by.get(collection, [])
        for name, value in sorted(wanted.items(), key=lambda each: _COST[each[0]]):
            test = self._test(name, value)
            rows = [each for each in rows if test(each)]
        self._cache[key] = rows
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return rows

    def _test(self, name: str, value: str) -> Callable[[Extract], bool]:
        texts = self._texts
        if name in {"name", "forename", "freeText"}:
            place = ("name", "forename", "freeText").index(name)
            matches = matcher(value)
            return lambda each: matches(texts[id(each)][place])
        code = value.upper()
        if name == "nationality":
            return lambda each: code in each.nationalities
        if name == "arrestWarrantCountryId":
            return lambda each: code in each.warrant_countries
        if name == "sexId":
            return lambda each: each.sex == code
        return self._age_test(name, _number(value, -1))

    def _age_test(self, name: str, bound: int) -> Callable[[Extract], bool]:
        if bound < 0:
            return lambda _each: True
        if name == "ageMin":
            return lambda each: (age := self._age(each)) is not None and age >= bound
        return lambda each: (age := self._age(each)) is not None and age <= bound

    def _age(self, extract: Extract) -> int | None:
        """Whole years; of somebody whose month or day of birth is not known, as if born on the year's first day."""
        if extract.born is None:
            return None
        year, month, day = extract.born
        return self._today.year - year - ((self._today.month, self._today.day) < (month, day))


_COST: Final = {
    "sexId": 0,
    "nationality": 1,
    "arrestWarrantCountryId": 1,
    "ageMin": 2,
    "ageMax": 2,
    "name": 3,
    "forename": 3,
    "freeText": 4,
}


def _collections(extract: Extract) -> tuple[str, ...]:
    if extract.collection == "un":
        return "un", f"un/{extract.kind}"
    return (extract.collection,)


def _folded(extract: Extract) -> tuple[str, str, str]:
    name, forename = extract.summary["name"] or "", extract.summary["forename"] or ""
    return name.casefold(), forename.casefold(), extract.free_text.casefold()


def _order(extract: Extract) -> tuple[int, int]:
    year, _, number = extract.entity_id.partition("/")
    return int(year), int(number)


def _number(text: str, default: int) -> int:
    """``text`` as a whole number, far-off ones at the edge of what matters; ``default`` where it is none."""
    stripped = text.strip()
    digits = stripped.removeprefix("-")
    if not digits.isascii() or not digits.isdigit():
        return default
    if len(digits.lstrip("0")) > _NUMBER_DIGITS:
        return 0 if stripped.startswith("-") else 10**_NUMBER_DIGITS
    return int(stripped)


def plain_query(query: dict[str, str], page: Page) -> dict[str, Any]:
    """The ``query`` of an answer: what was asked for, with the page and size that were served."""
    return {name: query[name] for name in FILTERS if query.get(name)} | {
        "page": page.page,
        "resultPerPage": page.per_page,
    }
