"""What can be wrong with a proof, a note or a stored tree."""

from jusur.kernel.errors import InvalidInputError, JusurError


class ProofError(InvalidInputError):
    """A Merkle proof does not show what it claims to show."""

    code = "log-proof-refused"
    title = "The log proof does not hold"


class NoteError(InvalidInputError):
    """A signed note or checkpoint is malformed or not signed by the key it must be signed by."""

    code = "log-note-refused"
    title = "The signed note is not acceptable"


class TileError(JusurError):
    """The stored tree lacks a tile it must have, or a tile of the wrong width."""

    code = "log-tile-missing"
    title = "The stored log is damaged"
