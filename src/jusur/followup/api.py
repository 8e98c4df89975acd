"""The follow-up room's door: commitments, their acts, what is late."""

from jusur.followup.errors import ActNotPossibleError, CommitmentNotFoundError
from jusur.followup.models import Commitment, CommitmentAct
from jusur.followup.rules import ACTS, CLOSED, Claim, Part, Standing, State, Verdict
from jusur.followup.selectors import commitment, commitments, counts, detail, standing, view
from jusur.followup.services import PERMISSIONS, commitment_act, commitment_enter, watch_late

__all__ = [
    "ACTS",
    "CLOSED",
    "PERMISSIONS",
    "ActNotPossibleError",
    "Claim",
    "Commitment",
    "CommitmentAct",
    "CommitmentNotFoundError",
    "Part",
    "Standing",
    "State",
    "Verdict",
    "commitment",
    "commitment_act",
    "commitment_enter",
    "commitments",
    "counts",
    "detail",
    "standing",
    "view",
    "watch_late",
]
