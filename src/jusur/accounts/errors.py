from jusur.kernel.errors import ConflictError, ForbiddenError, JusurError, NotFoundError


class NotSignedInError(JusurError):
    """No valid credentials came with the request."""

    code = "not-signed-in"
    title = "Sign-in needed"
    status = 401


class ConfirmationNeededError(JusurError):
    """The act takes a factor given within the last minutes."""

    code = "confirmation-needed"
    title = "Confirm that it is you"
    status = 403


class SecondPersonNeededError(ForbiddenError):
    """The person who asked for an act cannot be the one who approves it."""

    code = "second-person-needed"
    title = "A second person must decide"


class ApprovalMissingError(ConflictError):
    """The act takes two people and the second has not agreed to exactly this content."""

    code = "approval-missing"
    title = "Not approved"


class InvitationError(NotFoundError):
    """The invitation is unknown, used, revoked or too old."""

    code = "invitation"
    title = "The invitation cannot be used"
