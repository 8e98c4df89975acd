"""One tree of errors that explain themselves to a person.

Every error says what is wrong (``detail``) and, where there is one, what to do (``fix``). The HTTP form is
RFC 9457 (problem details).
"""

from typing import Any, ClassVar


class JusurError(Exception):
    """Base of every error Jusur raises on purpose.

    Subclasses set ``code`` (stable, kebab-case), ``title`` (the kind of problem) and ``status`` (HTTP).
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "The request could not be carried out"
    status: ClassVar[int] = 500

    def __init__(self, detail: str, *, fix: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.detail} {self.fix}".strip()

    def problem(self) -> dict[str, Any]:
        """The error as an RFC 9457 problem object."""
        body: dict[str, Any] = {
            "type": f"urn:jusur:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.fix:
            body["fix"] = self.fix
        return body


class InvalidInputError(JusurError):
    """Something from outside does not have the form it must have."""

    code = "invalid-input"
    title = "The input is not valid"
    status = 422


class NotFoundError(JusurError):
    """What was asked for does not exist, or is not the asker's to see."""

    code = "not-found"
    title = "Not found"
    status = 404


class ForbiddenError(JusurError):
    """The actor may not do this (deny by default)."""

    code = "forbidden"
    title = "Not allowed"
    status = 403


class ConflictError(JusurError):
    """The act does not fit the present state, or somebody else acted first."""

    code = "conflict"
    title = "The state does not allow this"
    status = 409


class UnavailableError(JusurError):
    """Something this node depends on does not answer now; trying again may help."""

    code = "unavailable"
    title = "Temporarily unavailable"
    status = 503
