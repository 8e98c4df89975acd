"""The accounts room's door: who acts, what they may do, and the second person's word."""

from jusur.accounts.errors import ApprovalMissingError, NotSignedInError, SecondPersonNeededError
from jusur.accounts.policies import Actor, acting, require
from jusur.accounts.rules import permitted_acts
from jusur.accounts.selectors import actor_by_token, approvals_waiting, officer_by_email, officer_names, officers
from jusur.accounts.services import (
    approval_ask,
    approval_decide,
    approval_require,
    officer_create,
    officer_deactivate,
    token_issue,
    token_revoke,
)

__all__ = [
    "Actor",
    "ApprovalMissingError",
    "NotSignedInError",
    "SecondPersonNeededError",
    "acting",
    "actor_by_token",
    "approval_ask",
    "approval_decide",
    "approval_require",
    "approvals_waiting",
    "officer_by_email",
    "officer_create",
    "officer_deactivate",
    "officer_names",
    "officers",
    "permitted_acts",
    "require",
    "token_issue",
    "token_revoke",
]
