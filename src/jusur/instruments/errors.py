"""What can be wrong with an instrument or a question about one."""

from jusur.kernel.errors import ConflictError, InvalidInputError, NotFoundError


class InstrumentNotFoundError(NotFoundError):
    """No such instrument is in the register."""

    code = "instrument-not-found"
    title = "No such legal instrument"


class MeasureNotAvailableError(InvalidInputError):
    """The instrument does not provide the measure asked for."""

    code = "measure-not-available"
    title = "The instrument does not provide this measure"


class InvalidInstrumentError(InvalidInputError):
    """An instrument's document does not have the form it must have, or contradicts itself."""

    code = "invalid-instrument"
    title = "The instrument is not valid"


class InstrumentVersionError(ConflictError):
    """The version exists already, or is not the next one."""

    code = "instrument-version"
    title = "The instrument's version does not follow"
