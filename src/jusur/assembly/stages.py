"""The stages of what an assembly deals with."""

from enum import StrEnum


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """The values of ``kind`` in Django's form."""
    return [(value, value) for value in kind]


class SessionState(StrEnum):
    """A session is convened, sits, and is closed."""

    CONVENED = "convened"
    SITTING = "sitting"
    CLOSED = "closed"


class Credentials(StrEnum):
    """A delegation presents its credentials; the committee recommends; the assembly accepts or refuses."""

    PRESENTED = "presented"
    RECOMMENDED = "recommended"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Gender(StrEnum):
    """As the delegate states it, for the share of women; not stating it is a right."""

    WOMAN = "woman"
    MAN = "man"
    NOT_STATED = "not_stated"


class ItemState(StrEnum):
    """An item is proposed, stands on the provisional agenda, and is adopted or left out."""

    PROPOSED = "proposed"
    PROVISIONAL = "provisional"
    ADOPTED = "adopted"
    LEFT_OUT = "left_out"


class SpeechKind(StrEnum):
    """A point of order comes before a right of reply, and both before a statement."""

    POINT_OF_ORDER = "point_of_order"
    RIGHT_OF_REPLY = "right_of_reply"
    STATEMENT = "statement"


class SpeechState(StrEnum):
    """Where a speaker stands on the list."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class DraftState(StrEnum):
    """Where a draft stands."""

    SUBMITTED = "submitted"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AmendmentState(StrEnum):
    """Where an amendment stands; ``fallen``: another's adoption implied its rejection."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    FALLEN = "fallen"
    WITHDRAWN = "withdrawn"


class Method(StrEnum):
    """How an open vote is taken: hands are counted by tellers, the other two record each member's vote."""

    HANDS = "hands"
    ROLL_CALL = "roll_call"
    ELECTRONIC = "electronic"


class PollState(StrEnum):
    """Whether a vote still runs."""

    OPEN = "open"
    CLOSED = "closed"
    ANNULLED = "annulled"
