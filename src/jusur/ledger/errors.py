"""What can go wrong with this node's log, or with a peer's."""

from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError, NotFoundError


class EventError(InvalidInputError):
    """The event cannot be recorded as it was given."""

    code = "ledger-event-invalid"
    title = "The event cannot be recorded"


class EventNotFoundError(NotFoundError):
    """The log has no such event, or the event is not in a signed checkpoint yet."""

    code = "ledger-event-not-found"
    title = "No such event in the log"


class EventForgottenError(ConflictError):
    """The event's data was forgotten already."""

    code = "ledger-event-forgotten"
    title = "The event's data was forgotten"


class LedgerDamagedError(JusurError):
    """The log's tables contradict each other: nothing may be signed until a person has looked."""

    code = "ledger-damaged"
    title = "The log is damaged"


class LedgerAlarmError(ConflictError):
    """A peer's log contradicts what that peer signed before; the alarm is already stored."""

    code = "ledger-peer-alarm"
    title = "A peer's log contradicts itself"
