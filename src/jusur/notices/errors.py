from typing import Any

from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.notices.types import Unmet


class ConditionsUnmetError(InvalidInputError):
    """The draft does not meet every condition of its type; each is explained with its article."""

    code = "conditions-unmet"
    title = "The conditions of this type are not met"

    def __init__(self, unmet: tuple[Unmet, ...]) -> None:
        named = ", ".join(f"{each.id} ({each.article})" for each in unmet)
        super().__init__(f"Not met: {named}.", fix="The list says what each condition asks for.")
        self.unmet = unmet

    def problem(self) -> dict[str, Any]:
        """The problem object with each unmet condition."""
        return super().problem() | {"unmet": [each.told() for each in self.unmet]}


class NoticeActError(ConflictError):
    """The notice is not in a state from which this act is possible, or the act is not this node's."""

    code = "notice-act-not-possible"
    title = "Not possible at this stage"


class QuotaUsedError(ConflictError):
    """The pilot's share of this country is used, or the pilot is over."""

    code = "pilot-quota-used"
    title = "The pilot does not allow another notice"
