"""What can be wrong with a directory, an organisation in it, or a request to join it."""

from jusur.kernel.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UnavailableError


class DirectoryDocumentError(InvalidInputError):
    """The directory document does not have the form it must have."""

    code = "invalid-directory"
    title = "The directory document is not valid"


class DirectoryRefusedError(ConflictError):
    """A directory document was refused; ``alarm`` is the kind of alarm the operator gets ("" for none)."""

    code = "directory-refused"
    title = "The directory was refused"
    alarm = ""


class ForgedDirectoryError(DirectoryRefusedError):
    """The document is not signed by a directory key this node trusts."""

    code = "directory-forged"
    title = "The directory's signature was refused"
    alarm = "forged"


class RolledBackDirectoryError(DirectoryRefusedError):
    """The document is older than the one this node holds."""

    code = "directory-rollback"
    title = "The directory is older than the one held"
    alarm = "rollback"


class ForkedDirectoryError(DirectoryRefusedError):
    """Two documents, both rightly signed, contradict each other."""

    code = "directory-fork"
    title = "The directory contradicts another one"
    alarm = "fork"


class StaleDirectoryError(DirectoryRefusedError, UnavailableError):
    """The directory's ``expires_at`` has passed: keys in it may have been revoked since."""

    code = "directory-stale"
    title = "The directory is out of date"
    status = 503
    alarm = "stale"


class FutureDirectoryError(DirectoryRefusedError):
    """The document was issued later than this node's clock allows."""

    code = "directory-future"
    title = "The directory is from the future"
    alarm = "clock"


class MissingVersionsError(DirectoryRefusedError):
    """The document does not follow the one held; those between must be fetched first."""

    code = "directory-gap"
    title = "Directory versions are missing"


class NoDirectoryError(UnavailableError):
    """This node holds no directory: it has not joined a network."""

    code = "no-directory"
    title = "This node has not joined a network"


class UnknownOrganisationError(NotFoundError):
    """No organisation has this address."""

    code = "unknown-organisation"
    title = "The organisation is not in the directory"


class OrganisationNotActiveError(ForbiddenError):
    """The organisation has not joined, is suspended, or has withdrawn."""

    code = "organisation-not-active"
    title = "The organisation cannot exchange now"


class NoSuchKeyError(NotFoundError):
    """The organisation has no key for this use now."""

    code = "no-key"
    title = "The organisation has no such key"


class JoinRefusedError(ForbiddenError):
    """The invitation, its token, or the proof of possession of keys was refused."""

    code = "join-refused"
    title = "The request to join was refused"


class FingerprintError(ForbiddenError):
    """The fingerprint read out by the other side is not the one computed here."""

    code = "fingerprint-mismatch"
    title = "The fingerprints differ"
