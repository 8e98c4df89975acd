"""The accounts room's door: who acts, what they may do, their sessions, and the second person's word."""

from jusur.accounts.actors import Actor
from jusur.accounts.errors import (
    ApprovalMissingError,
    ConfirmationNeededError,
    InvitationError,
    NotSignedInError,
    SecondPersonNeededError,
)
from jusur.accounts.invitations import (
    invitation_accept,
    invitation_issue,
    invitation_open,
    invitation_usable,
    officer_invite,
)
from jusur.accounts.models import Officer
from jusur.accounts.officers import (
    officer_deactivate,
    officer_language_set,
    officer_roles_set,
    officer_sessions_end,
)
from jusur.accounts.policies import acting, require
from jusur.accounts.records import record as officer_record
from jusur.accounts.rules import CASE_ROLES, ROLES, SENSITIVE, permitted_acts
from jusur.accounts.selectors import (
    TokenUse,
    actor_by_id,
    actor_by_token,
    approval_asked_by,
    approvals_waiting,
    officer,
    officer_by_email,
    officer_names,
    officers,
    open_invitations,
    systems,
    token_use,
    tokens,
    with_second_factor,
)
from jusur.accounts.services import (
    approval_ask,
    approval_decide,
    approval_require,
    officer_create,
    token_issue,
    token_revoke,
)
from jusur.accounts.sessions import SignedIn, recently_confirmed, require_confirmed, signed_in
from jusur.accounts.sessions import begin as session_begin
from jusur.accounts.sessions import confirm as session_confirm

__all__ = [
    "CASE_ROLES",
    "ROLES",
    "SENSITIVE",
    "Actor",
    "ApprovalMissingError",
    "ConfirmationNeededError",
    "InvitationError",
    "NotSignedInError",
    "Officer",
    "SecondPersonNeededError",
    "SignedIn",
    "TokenUse",
    "acting",
    "actor_by_id",
    "actor_by_token",
    "approval_ask",
    "approval_asked_by",
    "approval_decide",
    "approval_require",
    "approvals_waiting",
    "invitation_accept",
    "invitation_issue",
    "invitation_open",
    "invitation_usable",
    "officer",
    "officer_by_email",
    "officer_create",
    "officer_deactivate",
    "officer_invite",
    "officer_language_set",
    "officer_names",
    "officer_record",
    "officer_roles_set",
    "officer_sessions_end",
    "officers",
    "open_invitations",
    "permitted_acts",
    "recently_confirmed",
    "require",
    "require_confirmed",
    "session_begin",
    "session_confirm",
    "signed_in",
    "systems",
    "token_issue",
    "token_revoke",
    "token_use",
    "tokens",
    "with_second_factor",
]
