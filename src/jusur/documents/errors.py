"""Errors of the documents room."""

from jusur.kernel.errors import JusurError


class DocumentError(JusurError):
    """A document could not be set."""

    code = "document-failed"
    title = "The document could not be made"
