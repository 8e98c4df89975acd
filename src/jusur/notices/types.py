"""The types of notice as data: conditions with their articles, reviewers, publicity, retention; no type needs code.

Shipped in ``data/types.json``; an organisation adds or replaces types by a file of the same form in its node's home
(``notice-types.json``). Every type and condition names its source; an empty ``verified_on`` says that it is assumed.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import Language
from jusur.notices import conditions
from jusur.notices.content import NoticeContent

Form = Literal["notice", "diffusion"]
FORMS: tuple[Form, ...] = ("notice", "diffusion")
Publicity = Literal["never", "source-agrees", "always"]
SECTIONS = frozenset({"persons", "case", "body", "assets", "sanction", "manner", "threat", "assurances", "further"})
FILE = "notice-types.json"


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in the four official languages."""

    ar: str
    en: str
    fr: str
    es: str

    def say(self, language: Language) -> str:
        """The text in ``language``."""
        return str(getattr(self, language))


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One condition: what is checked, its article, what to tell a person whose draft does not meet it."""

    id: str
    article: str
    check: dict[str, Any]
    text: Names
    fields: tuple[str, ...]
    source: str
    verified_on: date | None = None


class Pilot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pilot: who takes part, how many notices there may be, until when. No participants named: all may."""

    participants: tuple[str, ...]
    participants_expected: int
    quota: int
    quota_shared: Literal["equally", "first-come"]
    starts_on: date
    ends_on: date | None
    source: str
    verified_on: date | None = None

    def share(self) -> int:
        """How many notices one participant may have published: an equal part, rounded down, never none."""
        if self.quota_shared == "first-come":
            return self.quota
        return max(1, self.quota // max(1, len(self.participants) or self.participants_expected))


class NoticeType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One type of notice and of the diffusion in its colour."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    colour: str
    names: Names
    purpose: Names
    conditions: tuple[Condition, ...]
    sections: tuple[str, ...]
    optional: tuple[str, ...]
    reviewers: tuple[str, ...]
    review: dict[Form, Literal["before", "after"]]
    public: Publicity
    forms: tuple[Form, ...]
    retention_months: Annotated[int, msgspec.Meta(ge=1, le=360)]
    ask_source_months: Annotated[int, msgspec.Meta(ge=0, le=60)]
    warning: bool
    pilot: Pilot | None
    source: str
    verified_on: date | None = None


class Unmet(msgspec.Struct, frozen=True):
    """A condition that a draft does not meet: which, its article, its words, the fields it looks at."""

    id: str
    article: str
    text: Names
    fields: tuple[str, ...]
    source: str
    assumed: bool

    def told(self) -> dict[str, Any]:
        """As plain data, for answers and pages."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


@cache
def shipped() -> dict[str, NoticeType]:
    """The types that ship with the software, by code."""
    return read(files("jusur.notices").joinpath("data", "types.json").read_bytes())


def read(data: bytes) -> dict[str, NoticeType]:
    """The types in ``data`` (JSON), by code, each looked through.

    Raises:
        InvalidInputError: not of the form, an unknown section, or a condition that is not of the language.
    """
    try:
        found = msgspec.json.decode(data, type=list[NoticeType])
        for each in found:
            if not SECTIONS.issuperset({*each.sections, *each.optional}):
                raise InvalidInputError(f"The type {each.code} names a section that a notice does not have.")
            for condition in each.conditions:
                conditions.check(condition.check)
    except (msgspec.DecodeError, conditions.ConditionError, KeyError, TypeError, ValueError, IndexError) as error:
        raise InvalidInputError(
            f"The types of notice are not valid: {error}.", fix="See docs/reference/notices.md."
        ) from None
    return {each.code: each for each in found}


def all_types() -> dict[str, NoticeType]:
    """Every type this node knows: the shipped ones, and those of its home, which win."""
    from jusur.node import context

    own = context.current().home.path / FILE
    return shipped() | (read(own.read_bytes()) if own.is_file() else {})


def notice_type(code: str, known: dict[str, NoticeType] | None = None) -> NoticeType:
    """The type called ``code``.

    Raises:
        InvalidInputError: there is none.
    """
    types = all_types() if known is None else known
    if code not in types:
        raise InvalidInputError(f"There is no type of notice called {code[:32]!r}.", fix=f"Use {', '.join(types)}.")
    return types[code]


def unmet(kind: NoticeType, content: NoticeContent, today: date, form: Form = "notice") -> tuple[Unmet, ...]:
    """Every condition of ``kind`` that ``content`` does not meet, with its article."""
    plain = filled(content)
    found = [
        Unmet(each.id, each.article, each.text, each.fields, each.source, each.verified_on is None)
        for each in kind.conditions
        if not conditions.holds(each.check, plain, today)
    ]
    if form not in kind.forms:
        found.append(_of_form(kind))
    extra = sections_used(content) - {*kind.sections, *kind.optional, "assurances", "case"}
    if extra:
        found.append(_of_sections(kind, extra))
    return tuple(found)


def filled(content: NoticeContent) -> dict[str, Any]:
    """``content`` as plain data with the fields that say no (false, 0, empty) written out where a section stands."""
    return _filled(content)  # type: ignore[no-any-return]


def sections_used(content: NoticeContent) -> set[str]:
    """The sections that ``content`` fills in."""
    return {name for name in SECTIONS if msgspec.to_builtins(getattr(content, name))}


def _filled(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _filled(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, list | tuple):
        return [_filled(each) for each in value]
    return dict(value) if isinstance(value, dict) else value


def _of_form(kind: NoticeType) -> Unmet:
    words = Names(
        ar="لا يصدر هذا النوع كتعميم.",
        en="This type is not sent as a diffusion.",
        fr="Ce type ne se diffuse pas directement.",
        es="Este tipo no se envía como difusión.",
    )
    return Unmet("form", "RPD Art. 97", words, (), kind.source, assumed=True)


def _of_sections(kind: NoticeType, extra: Iterable[str]) -> Unmet:
    words = Names(
        ar="بيانات لا يحتاجها هذا النوع.",
        en="Data that this type does not need.",
        fr="Données dont ce type n'a pas besoin.",
        es="Datos que este tipo no necesita.",
    )
    return Unmet("data-minimisation", "RPD Art. 10, 12", words, tuple(sorted(extra)), kind.source, assumed=True)
