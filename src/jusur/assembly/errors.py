from jusur.kernel.errors import ConflictError, ForbiddenError, NotFoundError


class NotOfAssemblyError(NotFoundError):
    """The assembly has nothing of this identifier."""

    code = "not-of-assembly"
    title = "Not known to the assembly"


class StageError(ConflictError):
    """The session, the draft or the vote is not at a stage that allows the act."""

    code = "assembly-stage"
    title = "Not possible at this stage of the session"


class NotEntitledError(ForbiddenError):
    """The delegate may not vote: no accepted credentials, in arrears, not the voting delegate, or not on the roll."""

    code = "not-entitled-to-vote"
    title = "Not entitled to vote"


class AlreadyVotedError(ConflictError):
    """The member has voted in this vote."""

    code = "already-voted"
    title = "The member has voted"


class NoQuorumError(ConflictError):
    """Fewer members are present than the rules ask for."""

    code = "no-quorum"
    title = "The assembly has no quorum"


class VersionsMissingError(ConflictError):
    """A text has not been distributed in every language."""

    code = "versions-missing"
    title = "A language version is missing"


class NoticeError(ConflictError):
    """A statutory period was not kept."""

    code = "notice-not-kept"
    title = "The period of notice was not kept"
