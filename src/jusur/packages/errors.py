"""What can be wrong with a sealed package."""

from jusur.kernel.errors import ConflictError, InvalidInputError


class PackageError(InvalidInputError):
    """The package is not of the sealed package format, was altered, or is larger than allowed."""

    code = "package"
    title = "The evidence package was refused"


class SourceError(ConflictError):
    """The evidence to seal changed while it was read, is missing, or cannot be put into a package."""

    code = "evidence-source"
    title = "The evidence cannot be sealed"
