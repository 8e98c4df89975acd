from jusur.kernel.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UnavailableError


class RecordInvalidError(InvalidInputError):
    """A record does not have the form its database asks for."""

    code = "record-invalid"
    title = "The record is not valid"


class NotTheOwnerError(ForbiddenError):
    """Only the organisation that entered a record changes it, from its own node."""

    code = "not-the-owner"
    title = "The record belongs to another organisation"


class MayNotWriteError(ForbiddenError):
    """The database's rule does not let this organisation write this record."""

    code = "may-not-write"
    title = "This organisation may not write this record"


class RecordNotFoundError(NotFoundError):
    """No such record, or not one that the reader may see."""

    code = "record-not-found"
    title = "No such record"


class DatabaseNotFoundError(NotFoundError):
    """No such database is known here."""

    code = "database-not-found"
    title = "No such database"


class RecordGoneError(ConflictError):
    """The record was withdrawn, or its time is over."""

    code = "record-gone"
    title = "The record is no longer held"


class RecordChangedError(ConflictError):
    """Somebody else corrected the record meanwhile."""

    code = "record-changed"
    title = "The record was changed meanwhile"


class ReferenceTakenError(ConflictError):
    """The owner has another record with this reference in the database."""

    code = "reference-taken"
    title = "The reference is taken"


class EditionStateError(ConflictError):
    """The edition's state does not allow this."""

    code = "edition-state"
    title = "Not possible at this stage of the import"


class ListUnreadableError(InvalidInputError):
    """The file is not a list of the format it was said to be."""

    code = "list-unreadable"
    title = "The list cannot be read"


class IndexBuildingError(UnavailableError):
    """The node's index is not ready yet: an empty answer would be a false one."""

    code = "index-building"
    title = "The index is being built"
