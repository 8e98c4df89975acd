"""What the HTTP side refuses before a view sees it (RFC 9110, section 15.5; RFC 6585)."""

from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError


class MethodNotAllowedError(JusurError):
    """The resource is there, but not for this method."""

    code = "method-not-allowed"
    title = "The method is not allowed here"
    status = 405


class LengthRequiredError(JusurError):
    """A body of unknown length."""

    code = "length-required"
    title = "The length of the body is missing"
    status = 411


class TooLargeError(JusurError):
    """The body is larger than what is accepted here."""

    code = "too-large"
    title = "The request is too large"
    status = 413


class UnsupportedTypeError(JusurError):
    """The body is not of a type that is understood here."""

    code = "unsupported-type"
    title = "The type of the body is not supported"
    status = 415


class TooManyRequestsError(JusurError):
    """The caller asks faster than this node answers anyone."""

    code = "too-many-requests"
    title = "Too many requests"
    status = 429

    def __init__(self, detail: str, *, fix: str = "", wait_seconds: int = 1) -> None:
        super().__init__(detail, fix=fix)
        self.wait_seconds = wait_seconds


class KeyReusedError(InvalidInputError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency-key-reused"
    title = "The Idempotency-Key belongs to another request"


class StillRunningError(ConflictError):
    """The first request with this Idempotency-Key has not ended yet."""

    code = "idempotency-key-busy"
    title = "The same request is still being carried out"
