"""A package and its chain of custody as its pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jusur.accounts import api as accounts
from jusur.desk.kit import words
from jusur.evidence import api as evidence

_KEPT: Final = frozenset({"destroyed", "sealing", "awaiting_release", "announced", "received"})
"""States from which nothing is destroyed."""
GROUPED: Final = "custody.collected"
"""Events that come by the thousand are told once, with their number."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done with a package now: its name, where it is done, its sign."""

    label: str
    url: str
    icon: str
    main: bool = False
    posts: bool = False
    tone: str = ""


def timeline(package: evidence.EvidencePackage, acts: frozenset[str]) -> list[dict[str, Any]]:
    """The chain of custody, oldest first: what, who, why, when, and where it is proved."""
    events = [event for event in evidence.custody_chain(package.id) if event.kind.startswith("custody.")]
    names = accounts.officer_names(set(filter(None, (officer_of(event.actor) for event in events))))
    proved = "audit.read" in acts
    found: list[dict[str, Any]] = []
    for event in events:
        if event.kind == GROUPED and found and _same(found[-1], event):
            found[-1]["count"] += 1
            found[-1]["at"] = event.occurred_at
            continue
        found.append(_entry(package, event, names, proved=proved))
    for entry in found:
        if entry["count"] > 1:
            entry["mark"] = ngettext("%(count)s file", "%(count)s files", entry["count"]) % {"count": entry["count"]}
    return found


def _same(entry: dict[str, Any], event: Any) -> bool:
    return bool(entry["kind"] == GROUPED and entry["actor"] == event.actor and entry["how"] == _how(event))


def _entry(package: evidence.EvidencePackage, event: Any, names: dict[UUID, str], *, proved: bool) -> dict[str, Any]:
    known = words.entry("custody-event", event.kind)
    return {
        "kind": event.kind,
        "actor": event.actor,
        "how": _how(event),
        "count": 1,
        "at": event.occurred_at,
        "title": known.label,
        "tone": known.tone,
        "icon": known.icon,
        "by": who(event.actor, names),
        "text": _text(package, event),
        "proof_url": proof_url(event.id) if proved else "",
    }


def _how(event: Any) -> tuple[str, str]:
    data = event.data or {}
    return str(data.get("method", "")), str(data.get("tool", ""))


def _text(package: evidence.EvidencePackage, event: Any) -> str:
    """Why, where it is not the package's own purpose, and how it was acquired."""
    method, tool = _how(event)
    data = event.data or {}
    parts = [method, tool] if event.kind == GROUPED else []
    if event.purpose and not package.purpose.startswith(event.purpose):
        parts.append(event.purpose)
    if isinstance(data.get("why"), str):
        parts.append(data["why"])
    if isinstance(data.get("to"), str):
        parts.append(data["to"])
    return " · ".join(filter(None, parts))


def officer_of(actor: str) -> UUID | None:
    """The officer whom the ledger's ``actor`` names, if it is one."""
    kind, _separator, name = actor.partition(":")
    try:
        return UUID(name) if kind == "officer" else None
    except ValueError:
        return None


def who(actor: str, names: dict[UUID, str]) -> str:
    """The ledger's ``actor`` as people say it."""
    officer = officer_of(actor)
    if officer is not None:
        return names.get(officer, _("an officer"))
    kind, _separator, name = actor.partition(":")
    if kind == "node":
        return _("this node")
    return _("bureau %(address)s") % {"address": name} if kind == "bureau" else name or actor


def proof_url(event_id: UUID) -> str:
    """Where an event's proof is shown, "" where this desk shows none."""
    try:
        return reverse("audit:event", args=[event_id])
    except NoReverseMatch:
        return ""


def request_url(package: evidence.EvidencePackage) -> str:
    """Where the request that the package answers is shown, or ""."""
    if package.request_id is None:
        return ""
    try:
        return reverse("requests:detail", args=[package.request_id])
    except NoReverseMatch:
        return ""


def conditions(package: evidence.EvidencePackage) -> dict[str, Any]:
    """The conditions of use, and when the time of keeping ends."""
    said: dict[str, Any] = package.conditions
    received = package.received_at
    return said | {
        "ends": received + timedelta(days=said["retention_days"]) if received else None,
        "incoming": package.direction == evidence.Direction.INCOMING,
    }


def next_acts(
    package: evidence.EvidencePackage, acts: frozenset[str], totals: evidence.Totals, asked: Any, reader: UUID
) -> list[Act]:
    """What the reader may do with the package now, the main act first."""
    state = package.state
    if package.direction == evidence.Direction.OUTGOING:
        found = _outgoing(package, acts, totals, asked, reader)
    else:
        found = _incoming(package, acts)
    if "evidence.release" in acts and state not in _KEPT:
        found.append(Act(_("Destroy"), _url("destroy", package), "trash", tone="danger"))
    return [*sorted(found, key=lambda act: not act.main)]


def _outgoing(
    package: evidence.EvidencePackage, acts: frozenset[str], totals: evidence.Totals, asked: Any, reader: UUID
) -> list[Act]:
    if package.state == "collecting" and "evidence.acquire" in acts:
        ready = totals.files > 0 and totals.unhashed == 0 and not package.failure
        ask = Act(_("Ask for release"), _url("ask-release", package), "two-people", main=True, posts=True)
        collect = Act(_("Take evidence in"), _url("collect", package), "upload", main=not ready)
        return [ask, collect] if ready else [collect]
    if package.state == "awaiting_release" and asked is not None:
        mine = asked.asked_by_id == reader
        if "evidence.release" in acts and not mine:
            return [Act(_("See what leaves, and decide"), _url("release", package), "two-people", main=True)]
        return [Act(_("See what leaves"), _url("release", package), "eye")]
    return []


def _incoming(package: evidence.EvidencePackage, acts: frozenset[str]) -> list[Act]:
    if package.state not in {"verified", "countersigned"}:
        return []
    found = []
    if package.state == "verified" and "request.approve" in acts:
        found.append(Act(_("Countersign"), _url("countersign", package), "seal", main=True, posts=True))
    if "evidence.export" in acts:
        found.append(Act(_("Open the package"), _url("export", package), "external"))
    if "evidence.acquire" in acts:
        if package.conditions["forwarding"]:
            found.append(Act(_("Pass on"), _url("forward", package), "arrow"))
        found.append(Act(_("Give back"), _url("return", package), "reply"))
    return found


def _url(name: str, package: evidence.EvidencePackage) -> str:
    return reverse(f"evidence:{name}", args=[package.id])


def overview(package: evidence.EvidencePackage) -> dict[str, Any]:
    """What the head of every page of a package shows."""
    return {"package": package, "conditions": conditions(package), "request_url": request_url(package)}


def row(package: evidence.EvidencePackage) -> dict[str, Any]:
    """A package in the list."""
    return {"package": package, "waiting": evidence.waiting(package)}


def collectors(files: Iterable[evidence.FileEntry]) -> dict[UUID, str]:
    """The names of those who collected ``files``."""
    return accounts.officer_names({entry.collected_by for entry in files if entry.collected_by is not None})
