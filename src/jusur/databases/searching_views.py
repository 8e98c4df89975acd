"""The answers of searching as the web API documents them; `searching_shapes` has their form in the search process."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from jusur.rows.shapes import Answer, Moment, Names


class FoundReason(Answer):
    """One reason for or against, with a sentence in the asked language."""

    code: str
    weight: float
    query: str
    record: str
    sentence: str


class FoundHandling(Answer):
    """How the record must be handled: its owner's word."""

    classification: str
    handling_code: str
    source_evaluation: str
    forwarding: list[str]
    conditions: str
    expires_at: Moment


class FoundRecord(Answer):
    """A record that may be what was searched for. ``match``: at or above the purpose's threshold of a hit."""

    record: str
    version: int
    database: str
    owner: str
    holder: str
    caption: str
    properties: dict[str, list[str]]
    handling: FoundHandling
    score: float
    match: bool
    exact: bool
    reasons: list[FoundReason]
    hit: str | None


class AskedDatabase(Answer):
    """How one database answered: ``answered``, or why it did not (``late``, ``unavailable``, ``refused``)."""

    database: str
    holder: str
    state: str
    answers: int
    detail: str


class Recognition(Answer):
    """What the one text was taken for."""

    kind: str
    value: str
    detail: dict[str, str]


class SearchFound(Answer):
    """The answer to one search. ``partial``: something that was asked has not answered."""

    id: str
    outcome: str
    partial: bool
    recognised: Recognition | None
    noticed: list[str]
    answers: list[FoundRecord]
    databases: list[AskedDatabase]
    took_ms: float


class SearchBatchItem(Answer):
    """The answer to one query of a batch, or what was wrong with it."""

    outcome: str
    answers: Annotated[list[FoundRecord], Field(default_factory=list)]
    error: str = ""
    fix: str = ""


class SearchBatchFound(Answer):
    """The answers to a batch, in the order of its queries."""

    id: str
    hits: int
    results: list[SearchBatchItem]
    took_ms: float


class SearchPurpose(Answer):
    """A purpose a search may have; ``verified_on`` is empty where the organisation has not confirmed its rule."""

    key: str
    name: Names
    keep_query_days: int
    watch_recent: bool
    remote: bool
    source: str
    verified_on: str


class SearchPurposes(Schema):
    """Every purpose."""

    items: list[SearchPurpose]


class BudgetLeft(Answer):
    """A limit and how much of it is used."""

    scope: str
    span: str
    limit: int
    used: int


class BudgetsLeft(Schema):
    """Every limit that counts for the asker."""

    items: list[BudgetLeft]


class DecisionReasons(Schema):
    """The reasons for each decision on a hit, by code, in four languages."""

    confirmed: dict[str, Names]
    discarded: dict[str, Names]


class HitView(Answer):
    """A hit of this bureau's searches, or on this bureau's records."""

    id: str
    side: str
    source: str
    state: str
    record: str
    database: str
    owner: str
    bureau: str
    actor: str
    purpose: str
    reference: str
    score: float
    reasons: list[dict[str, Any]]
    reason: str = ""
    remark: str = ""
    decided_by: str = ""
    decided_at: str | None = None
    search: str | None = None
    watch: str | None = None
    query: dict[str, Any] | None = None
    found_at: str
    owner_told_at: str | None = None


class HitPage(Schema):
    """Hits, newest first."""

    items: list[HitView]
    next: str | None


class WatchView(Answer):
    """A watch, without what is watched for."""

    id: str
    purpose: str
    reference: str
    kind: str
    databases: list[str]
    placed_at: str
    expires_at: str
    lifted_at: str | None


class WatchPage(Schema):
    """Watches, newest first."""

    items: list[WatchView]
    next: str | None


class SearchView(Answer):
    """A search, without what was searched for."""

    id: str
    at: str
    actor: str
    bureau: str
    purpose: str
    reference: str
    channel: str
    kind: str
    outcome: str
    refusal: str
    partial: bool
    queries: int
    answers: int
    databases: list[str]
    asked: list[str]
    microseconds: int
    entry: str
    commitment: str


class SearchPage(Schema):
    """Searches, newest first."""

    items: list[SearchView]
    next: str | None
