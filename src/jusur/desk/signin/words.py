"""Roles, acts and problems of sign-in in words."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "role",
    {
        "officer": _("Officer: prepares requests and answers"),
        "supervisor": _("Supervisor: approves and releases"),
        "legal_adviser": _("Legal adviser: judges grounds"),
        "examiner": _("Examiner: handles evidence"),
        "administrator": _("Administrator: keeps the node, sees no case data"),
        "auditor": _("Auditor: sees the trail, no content"),
        "delegate": _("Delegate: sits in the assembly"),
    },
)
words.register(
    "role-name",
    {
        "officer": _("Officer"),
        "supervisor": _("Supervisor"),
        "legal_adviser": _("Legal adviser"),
        "examiner": _("Examiner"),
        "administrator": _("Administrator"),
        "auditor": _("Auditor"),
        "delegate": _("Delegate"),
    },
)

SENTENCES = (
    _("This invitation cannot be used any more."),
    _("Ask your administrator for a new one."),
    _("An officer with this e-mail address exists, or the kind is unknown."),
    _("Nobody changes their own roles."),
    _("Let another administrator do it, or the node's console."),
    _("Nobody would be left to administer this node."),
    _("Make another officer administrator first."),
    _("There is no such active officer."),
    _("There is no such officer."),
    _("The passkey could not be checked."),
    _("The passkey did not verify you."),
    _("Use one with a PIN, a fingerprint or another unlock."),
    _("There is no such passkey."),
    _("There is no authenticator app."),
    _("This is your last second factor."),
    _("Add another one first."),
    _("These requests come too fast."),
    _("Wait as long as Retry-After says."),
    _("Try again."),
)
"""What the services below say in their errors, so that the catalogues hold it."""
