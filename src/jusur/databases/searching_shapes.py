"""The form of a search and of its answer on the wire, for people's tools, national systems and other bureaus."""

from typing import Annotated, Any

import msgspec

MAX_TEXT = 2_000
"""Characters of the one box: an MRZ has 90, the longest name compared 512."""
MAX_BATCH = 10_000
MAX_LIMIT = 100
MAX_DEADLINE = 30_000
MAX_REFERENCE = 100

Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}(@[A-Z0-9-]{2,17})?$")]
Address = Annotated[str, msgspec.Meta(pattern=r"^(\*|[A-Z]{2}|[A-Z][A-Z0-9-]{1,15})$")]
Language = Annotated[str, msgspec.Meta(pattern=r"^(ar|en|fr|es)$")]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Identifier(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A number that names one thing: its kind (passport, plate …), and for documents the country that issued it."""

    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    country: Annotated[str, msgspec.Meta(max_length=3)] = ""


class Question(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is searched for: one text that is recognised, or named parts, or a FollowTheMoney entity.

    ``text`` may be a name in any script, an MRZ, a plate, an IBAN, a wallet, a phone … ``entity`` has ``schema`` and
    ``properties``.
    """

    text: Text = ""
    names: Annotated[list[Name], msgspec.Meta(max_length=32)] = []
    kind: Annotated[str, msgspec.Meta(pattern=r"^(person|organisation|vessel|other)$")] = "person"
    birth_dates: Annotated[list[Annotated[str, msgspec.Meta(max_length=10)]], msgspec.Meta(max_length=8)] = []
    countries: Annotated[list[Annotated[str, msgspec.Meta(max_length=2)]], msgspec.Meta(max_length=8)] = []
    places: Annotated[list[Text], msgspec.Meta(max_length=8)] = []
    sex: Annotated[str, msgspec.Meta(pattern=r"^(male|female)?$")] = ""
    identifiers: Annotated[list[Identifier], msgspec.Meta(max_length=16)] = []
    entity: dict[str, Any] | None = None


class SearchBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One search. ``purpose`` and ``reference`` (of the case or check) are compulsory.

    ``databases``: none named means all. ``bureaus``: other nodes to ask too, ``["*"]`` for all that can be reached.
    ``threshold``: the least score of an answer; without it, the purpose's. ``deadline_ms``: when to answer with what
    there is.
    """

    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REFERENCE)]
    query: Question
    databases: Annotated[list[Key], msgspec.Meta(max_length=64)] = []
    bureaus: Annotated[list[Address], msgspec.Meta(max_length=256)] = []
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_LIMIT)] = 10
    threshold: Share | None = None
    deadline_ms: Annotated[int, msgspec.Meta(ge=50, le=MAX_DEADLINE)] = 2_000
    language: Language = "en"


class BatchBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Up to 10,000 searches for one purpose under one reference, answered in their order."""

    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REFERENCE)]
    queries: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]
    """Each a `Question`; what is wrong with one is said for that one."""
    databases: Annotated[list[Key], msgspec.Meta(max_length=64)] = []
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_LIMIT)] = 5
    threshold: Share | None = None
    language: Language = "en"


class ReasonView(msgspec.Struct, frozen=True):
    """One reason for or against: its code, its weight, what stood in query and record, and a sentence."""

    code: str
    weight: float
    query: str
    record: str
    sentence: str


class HandlingView(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer must be handled: its owner's word."""

    classification: str
    handling_code: str
    source_evaluation: str
    forwarding: list[str]
    conditions: str
    expires_at: str


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """A record that may be what was searched for. ``match``: at or above the purpose's threshold of a hit."""

    record: str
    version: int
    database: str
    owner: str
    holder: str
    schema: str
    caption: str
    properties: dict[str, list[str]]
    handling: HandlingView
    score: float
    match: bool
    exact: bool
    reasons: list[ReasonView]
    hit: str | None = None


class DatabaseView(msgspec.Struct, frozen=True, kw_only=True):
    """How one database answered: ``answered``, or why it did not (``late``, ``unavailable``, ``refused``)."""

    database: str
    holder: str
    state: str
    answers: int = 0
    detail: str = ""


class RecognisedView(msgspec.Struct, frozen=True):
    """What the one text was taken for."""

    kind: str
    value: str
    detail: dict[str, str]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one search. ``partial``: something that was asked has not answered."""

    id: str
    outcome: str
    partial: bool
    recognised: RecognisedView | None
    noticed: list[str]
    answers: list[AnswerView]
    databases: list[DatabaseView]
    took_ms: float


class BatchFound(msgspec.Struct, frozen=True, kw_only=True):
    """The answers to a batch: by query either its answers or what was wrong with it (``error``)."""

    id: str
    hits: int
    results: list["BatchItem"]
    took_ms: float


class BatchItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one query of a batch."""

    outcome: str
    answers: list[AnswerView] = []
    error: str = ""
    fix: str = ""


class EditionQuestion(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A record of this node, asked by its own worker for the records that are like it."""

    record: str
    kind: str
    names: list[str]
    birth_dates: list[str] = []
    countries: list[str] = []
    places: list[str] = []
    sex: str = ""
    limit: int = 20
    threshold: float = 0.9


class Alike(msgspec.Struct, frozen=True):
    """A record that is like the one asked with, and how surely."""

    record: str
    score: float
