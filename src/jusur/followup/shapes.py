"""What the API answers about commitments. Fields may be added; those named here stay and keep their meaning."""

from jusur.rows.shapes import Answer, Moment, Names


class Source(Answer):
    """Where a commitment comes from."""

    kind: str
    reference: str
    place: str
    sha256: str | None


class CommitmentView(Answer):
    """A commitment in a list; dates are ISO 8601."""

    id: str
    source: Source
    texts: Names
    verification: Names
    keeper: str
    owner: str
    verifier: str
    state: str
    first_due_on: str
    due_on: str
    late: bool
    enhanced_since: str | None
    entered_at: Moment


class CommitmentPage(Answer):
    """Commitments, newest first, and the cursor of the next page."""

    items: list[CommitmentView]
    next: str | None


class VerdictView(Answer):
    """A verdict and its day."""

    on: str
    verdict: str


class CommitmentActView(Answer):
    """An act; ``counts`` is false where it was not possible where it stands in the order of acts."""

    id: str
    act: str
    by: str
    at: Moment
    text: str
    percent: int | None
    claim: str | None
    verdict: str | None
    due_on: str | None
    counts: bool


class CommitmentDetail(CommitmentView):
    """A commitment with every act and verdict, and what this bureau may do now."""

    verdicts: list[VerdictView]
    extensions: int
    next_report_on: str | None
    possible_acts: list[str]
    acts: list[CommitmentActView]


class Counts(Answer):
    """How many commitments stand in each state, are late, or are under enhanced follow-up."""

    proposed: int
    accepted: int
    declined: int
    reported_done: int
    met: int
    partly_met: int
    not_met: int
    disputed: int
    withdrawn: int
    late: int
    enhanced: int
