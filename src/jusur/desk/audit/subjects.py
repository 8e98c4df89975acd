"""What events are about: the types of subjects, where each is shown on the desk, and how a filter names one."""

from collections.abc import Mapping
from typing import Final

from django.urls import NoReverseMatch, reverse

PAGES: Final[Mapping[str, str]] = {
    "exchange.conversation": "messages:conversation",
    "evidence.request": "requests:detail",
    "evidence.package": "evidence:detail",
}
"""Types of subjects that have a page of their own, by its name."""
TYPES: Final = (
    "directory",
    "directory.alarm",
    "directory.invitation",
    "directory.join-request",
    "directory.key",
    "directory.organisation",
    "evidence.package",
    "evidence.request",
    "evidence.upload",
    "exchange.alarm",
    "exchange.blob",
    "exchange.conversation",
    "exchange.envelope",
    "exchange.message",
    "exchange.peer",
    "exchange.transfer",
    "instruments.instrument",
    "ledger",
    "ledger.event",
    "ledger.peer",
    "ledger.trail",
    "officer",
    "webhook",
)
"""Every type of subject that events of this node have."""


def parse(text: str) -> tuple[str, str]:
    """The type and identifier in what was typed: ``type:identifier``, or an identifier alone."""
    given = text.strip()
    kind, colon, identifier = given.partition(":")
    return (kind, identifier) if colon and kind in TYPES else ("", given)


def page_of(subject_type: str, subject_id: str) -> str:
    """Where the subject is shown on the desk, or ""."""
    name = PAGES.get(subject_type, "")
    try:
        return reverse(name, args=[subject_id]) if name else ""
    except NoReverseMatch:
        return ""
