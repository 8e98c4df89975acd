"""What the API answers about notices. Fields may be added; those named here stay and keep their meaning."""

from typing import Any

from jusur.rows.shapes import Answer, Moment, Names


class ConditionView(Answer):
    """One condition of a type; ``assumed`` where nobody verified its source yet."""

    id: str
    article: str
    text: Names
    fields: list[str]
    source: str
    assumed: bool


class NoticeTypeView(Answer):
    """One type of notice."""

    code: str
    names: Names
    purpose: Names
    forms: list[str]
    sections: list[str]
    optional: list[str]
    public: str
    retention_months: int
    warning: bool
    source: str
    assumed: bool
    conditions: list[ConditionView]


class NoticeTypes(Answer):
    """Every type this node knows."""

    items: list[NoticeTypeView]


class NoticeSummary(Answer):
    """A notice in a list."""

    id: str
    form: str
    type: str
    side: str
    state: str
    reference: str
    originator: str
    title: str
    names: list[str]
    urgency: str
    classification: str
    version: int
    revision: int
    in_force: bool
    end_reason: str
    created_at: Moment | None
    submitted_at: Moment | None
    published_at: Moment | None
    expires_at: Moment | None
    ended_at: Moment | None
    acknowledged_at: Moment | None
    source_asked_at: Moment | None


class NoticePage(Answer):
    """Notices, newest first, and the cursor of the next page."""

    items: list[NoticeSummary]
    next: str | None


class NoticeDetail(NoticeSummary):
    """A notice with content, acts and what may be done next."""

    content: dict[str, Any]
    content_sha256: str
    recipients: list[str]
    excluded: list[str]
    possible_acts: list[str]
    acts: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    distribution: list[dict[str, Any]]
    information: list[dict[str, Any]]


class ConditionsChecked(Answer):
    """Every unmet condition of a draft; none: it may be submitted."""

    unmet: list[ConditionView]


class NoticeStanding(Answer):
    """How a notice stands."""

    id: str
    reference: str
    type: str
    state: str
    in_force: bool
    version: int
    revision: int
    content_sha256: str
    expires_at: Moment | None
    ended_at: Moment | None


class PaperVerified(NoticeStanding):
    """How a notice stands, and whether the paper still says so: ``current``, ``changed`` or ``over``."""

    verdict: str


class ReviewView(Answer):
    """A review as its reviewers see it."""

    notice: str
    assigned_to: str | None
    findings: list[dict[str, Any]]
    opinion: dict[str, Any] | None
    status_noted: bool
    status_confirmed: bool


class PhotographWritten(Answer):
    """A photograph written anew, to be put into a content."""

    sha256: str
    data: str
    good: bool
    caption: str


class PilotEvaluation(Answer):
    """The figures of a pilot's evaluation."""

    notices: int
    replies: int
    assets_located: int
    notices_answered: int
    bureaus_replying: int
    value_minor: dict[str, int]
    shares: dict[str, int]
    share_of_each: int | None
    quota: int | None
    hours_to_first_reply: float | None


PDF_FILE: dict[str, Any] = {
    "responses": {200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
}
