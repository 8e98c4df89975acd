from typing import Any

from jusur.kernel.errors import ConflictError, ForbiddenError, InvalidInputError


class ContentsMissingError(InvalidInputError):
    """The request lacks something its legal instrument requires ("right first time")."""

    code = "contents-missing"
    title = "The instrument requires more"

    def __init__(self, missing: list[dict[str, Any]]) -> None:
        names = ", ".join(entry["field"] for entry in missing)
        super().__init__(f"The instrument requires: {names}.", fix="Add each to the contents; the list says why.")
        self.missing = missing

    def problem(self) -> dict[str, Any]:
        """The problem object with each missing content and why it is asked for."""
        return super().problem() | {"missing": self.missing}


class ActNotPossibleError(ConflictError):
    """The request is not in a state from which this act is possible."""

    code = "act-not-possible"
    title = "Not possible at this stage"


class DraftChangedError(ConflictError):
    """Somebody else saved the draft meanwhile."""

    code = "draft-changed"
    title = "The draft was changed meanwhile"


class MeasureNotAvailableError(InvalidInputError):
    """No instrument in force between the two countries offers the measure."""

    code = "measure-not-available"
    title = "The measure is not available between these countries"


class ConditionsForbidError(ForbiddenError):
    """The originator's conditions of use do not allow this."""

    code = "conditions-forbid"
    title = "The conditions of use forbid this"


class ChangedEvidenceError(ConflictError):
    """The files to seal are no longer those that two people released."""

    code = "evidence-changed"
    title = "The evidence changed"
