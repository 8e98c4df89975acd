from jusur.kernel.errors import ConflictError, NotFoundError


class CommitmentNotFoundError(NotFoundError):
    """This node holds no such commitment."""

    code = "no-such-commitment"
    title = "No such commitment"


class ActNotPossibleError(ConflictError):
    """The act is not this bureau's, or not possible where the commitment stands."""

    code = "commitment-act-not-possible"
    title = "Not possible at this stage of the commitment"
