"""What the API answers about the assembly. Fields may be added; those named here stay and keep their meaning."""

from typing import Any

from jusur.rows.shapes import Answer, Digest, Moment, Names


class RulesView(Answer):
    """The rulebook a session is held under."""

    profile: str
    version: int
    sha256: Digest


class DueDay(Answer):
    """A statutory date: the last day in time."""

    id: str
    last_day: str


class SessionView(Answer):
    """A session of the assembly."""

    id: str
    number: int
    year: int
    host: str
    place: Names
    opens_on: str
    closes_on: str
    state: str
    rules: RulesView
    agenda_adopted: bool
    texts_adopted: int
    dates: list[DueDay]


class SessionPage(Answer):
    """Sessions, newest first, and the cursor of the next page."""

    items: list[SessionView]
    next: str | None


class MemberView(Answer):
    """A member's standing under Article 52."""

    country: str
    unmet_years: list[int]
    appeal_made_on: str | None
    appeal_granted: bool | None
    may_vote: bool
    may_stand: bool


class DelegationView(Answer):
    """A delegation; ``barred`` says what keeps it from voting now."""

    id: str
    party: str
    observer: bool
    credentials: str
    reason: str
    voter: str | None
    barred: str | None


class Delegations(Answer):
    """Every delegation of a session, by party."""

    items: list[DelegationView]


class DelegateView(Answer):
    """A delegate."""

    id: str
    serial: int
    name: str
    function: str
    party: str
    head: bool
    present: bool
    withdrawn: bool


class AgendaItemView(Answer):
    """An item of the agenda."""

    id: str
    place: int | None
    titles: Names
    proposed_by: str
    proposed_on: str
    late: bool
    state: str
    speakers_closed: bool


class SpeechView(Answer):
    """A place on the list of speakers."""

    id: str
    party: str
    kind: str
    state: str


class FloorView(Answer):
    """Who has the floor now; null when nobody waited."""

    speaking: SpeechView | None


class DraftView(Answer):
    """A draft as it stands; amounts are in the currency's smallest unit."""

    id: str
    item: str
    decision: str
    titles: Names
    state: str
    sponsors: list[str]
    paragraphs: list[dict[str, Any]]
    budget: list[dict[str, Any]]
    budget_totals: dict[str, int]
    distributed: dict[str, Moment]
    missing_versions: list[str]
    amendments: list[dict[str, Any]]


class PollView(Answer):
    """A vote; ``votes`` by country once it is closed, null for hands."""

    id: str
    draft: str
    amendment: str | None
    part: str | None
    decision: str
    method: str
    state: str
    members: int
    quorum: int
    present: int
    base: int | None
    needed: int | None
    carried: bool | None
    voted: int | None = None
    abstentions: int | None
    votes: dict[str, str] | None
    opened_at: Moment
    closed_at: Moment | None


class Hall(Answer):
    """The screen in the hall."""

    session: SessionView
    members: int
    present: int
    quorum: int
    has_quorum: bool
    agenda: list[AgendaItemView]
    speakers: list[dict[str, str]]
    vote: PollView | None


class DelegatePage(Answer):
    """A delegate's page."""

    session: SessionView
    delegate: str
    party: str
    credentials: str
    voter: bool
    present: bool
    barred: str | None
    vote: PollView | None
    may_vote: bool
    voted: bool


class VoteTaken(Answer):
    """The vote as it was taken."""

    country: str
    choice: str


class TextView(Answer):
    """An adopted text."""

    id: str
    number: str
    decision: str
    titles: Names
    paragraphs: list[dict[str, Any]]
    budget: list[dict[str, Any]]
    budget_totals: dict[str, int]
    sha256: Digest
    poll: str
    adopted_at: Moment


class TextPage(Answer):
    """Adopted texts, newest first, and the cursor of the next page."""

    items: list[TextView]
    next: str | None


class Minutes(Answer):
    """The minutes in their order."""

    items: list[dict[str, Any]]


PDF_FILE: dict[str, Any] = {
    "responses": {200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
}
