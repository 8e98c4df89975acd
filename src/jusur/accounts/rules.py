"""Who may do what: the acts of the house and the roles that carry them (deny by default).

Roles are the field's: an officer prepares, a supervisor approves and releases, a legal adviser judges grounds, an
examiner handles evidence and comparisons, an administrator keeps the node and sees no case data, an auditor sees the
trail and no content, a delegate sits in the assembly.
"""

from collections.abc import Iterable
from typing import Final

ACTS: Final = frozenset(
    {
        "account.own",
        "alarm.dismiss",
        "assembly.manage",
        "assembly.read",
        "assembly.take_part",
        "audit.read",
        "commitment.manage",
        "commitment.read",
        "commitment.report",
        "database.manage",
        "directory.manage",
        "directory.read",
        "evidence.acquire",
        "evidence.export",
        "evidence.read",
        "evidence.release",
        "hit.confirm",
        "indicators.read",
        "instruments.read",
        "list.import",
        "message.read",
        "message.write",
        "notice.acknowledge",
        "notice.approve",
        "notice.decide",
        "notice.draft",
        "notice.inform",
        "notice.read",
        "notice.review",
        "officer.manage",
        "record.read",
        "record.withdraw",
        "record.write",
        "request.answer",
        "request.approve",
        "request.draft",
        "request.read",
        "request.refuse",
        "search.batch",
        "search.do",
        "settings.manage",
        "webhook.manage",
    }
)

SENSITIVE: Final = frozenset(
    {
        "database.manage",
        "directory.manage",
        "evidence.release",
        "notice.approve",
        "notice.decide",
        "officer.manage",
        "request.approve",
        "settings.manage",
        "webhook.manage",
    }
)
"""Acts that a signed-in person confirms anew before doing them (OWASP ASVS 4.0.3, 3.7.1)."""

CASE_ROLES: Final = frozenset({"officer", "supervisor", "legal_adviser", "examiner"})
"""Roles that open case data."""

_EVERYBODY: Final = frozenset({"account.own", "assembly.read", "commitment.read", "directory.read", "instruments.read"})
_CASE_READER: Final = _EVERYBODY | {
    "evidence.read",
    "indicators.read",
    "message.read",
    "notice.read",
    "record.read",
    "request.read",
}

ROLES: Final[dict[str, frozenset[str]]] = {
    "officer": _CASE_READER
    | {
        "commitment.report",
        "evidence.acquire",
        "evidence.export",
        "hit.confirm",
        "message.write",
        "notice.acknowledge",
        "notice.draft",
        "notice.inform",
        "record.write",
        "request.answer",
        "request.draft",
        "search.batch",
        "search.do",
    },
    "supervisor": _CASE_READER
    | {
        "alarm.dismiss",
        "assembly.manage",
        "commitment.manage",
        "commitment.report",
        "evidence.export",
        "evidence.release",
        "hit.confirm",
        "list.import",
        "message.write",
        "notice.acknowledge",
        "notice.approve",
        "notice.decide",
        "notice.draft",
        "notice.inform",
        "record.withdraw",
        "record.write",
        "request.answer",
        "request.approve",
        "request.draft",
        "request.refuse",
        "search.batch",
        "search.do",
    },
    "legal_adviser": _CASE_READER | {"notice.review", "request.approve", "request.refuse", "search.do"},
    "examiner": _CASE_READER | {"evidence.acquire", "evidence.export", "search.do"},
    "administrator": _EVERYBODY
    | {
        "alarm.dismiss",
        "database.manage",
        "directory.manage",
        "officer.manage",
        "settings.manage",
        "webhook.manage",
    },
    "auditor": _EVERYBODY | {"audit.read", "indicators.read"},
    "delegate": _EVERYBODY | {"assembly.take_part"},
}


def permitted_acts(roles: Iterable[str]) -> frozenset[str]:
    """The acts that a holder of ``roles`` may do; an unknown role carries none."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))


def may(roles: Iterable[str], scopes: Iterable[str] | None, act: str) -> bool:
    """Whether a holder of ``roles``, by a token limited to ``scopes`` (``None``: no limit), may do ``act``."""
    return act in permitted_acts(roles) and (scopes is None or act in scopes)
