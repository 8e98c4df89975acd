"""What happened with a request at both bureaus: events of the ledger and signed receipts of the messages, merged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from jusur.accounts import api as accounts
from jusur.desk.kit import words
from jusur.desk.kit.context import organisation_name
from jusur.desk.requests import law
from jusur.evidence import api as evidence
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.node import context as node

OFFICER: Final = "officer:"
BUREAU: Final = "bureau:"
SAME: Final = {
    "accounts.approval.asked": "evidence.request.submitted",
    "accounts.approval.granted": "evidence.request.sent",
    "accounts.approval.denied": "evidence.request.returned",
}
"""Events that another one already tells."""
KINDS: Final = {"evidence.request", "evidence.act", "evidence.package", "evidence.custody"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline, as ``kit/timeline.html`` shows it."""

    at: datetime
    title: str
    text: str = ""
    by: str = ""
    tone: str = "neutral"
    icon: str = "dot"
    mark: str = ""
    mark_tone: str = "neutral"
    proof_url: str = ""


def entries(request: evidence.EvidenceRequest, traces: Iterable[exchange.Trace], *, proofs: bool) -> list[Entry]:
    """The timeline of ``request`` with the receipts of its messages, newest first.

    Args:
        request: the request.
        traces: the messages of its conversation.
        proofs: whether the reader may open the trail.
    """
    events = ledger.events("evidence.request", str(request.id))
    told = {event.kind for event in events}
    events = [event for event in events if SAME.get(event.kind) not in told]
    said = _said(request)
    names = _names(event.actor for event in events)
    found = [_event(event, names, said, proofs=proofs) for event in events]
    found += [_receipt(trace) for trace in traces if trace.kind in KINDS]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _event(
    event: ledger.LedgerEvent,
    names: dict[UUID, str],
    said: dict[tuple[str, datetime], str],
    *,
    proofs: bool,
) -> Entry:
    entry = words.entry("request-event", event.kind)
    percent = (event.data or {}).get("percent")
    text = said.get((event.kind, event.occurred_at), "")
    if percent is not None:
        text = _("%(percent)s per cent of the time is used.") % {"percent": percent}
    return Entry(
        at=event.occurred_at,
        title=str(entry.label),
        text=text,
        by=who(event.actor, names),
        tone=entry.tone,
        icon=entry.icon,
        mark="" if event.leaf_index is None else _("Log entry %(number)s") % {"number": event.leaf_index},
        proof_url=_proof(event.id) if proofs else "",
    )


def _receipt(trace: exchange.Trace) -> Entry:
    state = words.entry("delivery-state", trace.state)
    kind = words.word("message-of-request", trace.kind)
    mark = "" if trace.log_index is None else _("Log entry %(number)s") % {"number": trace.log_index}
    by = organisation_name(trace.peer) or trace.peer
    if trace.outgoing:
        title = _("%(what)s to %(bureau)s: %(state)s") % {"what": kind, "bureau": by, "state": state.label}
    else:
        title = _("%(what)s from %(bureau)s: %(state)s") % {"what": kind, "bureau": by, "state": state.label}
    return Entry(
        at=trace.receipted_at or trace.at,
        title=title,
        text=trace.refusal,
        tone=state.tone,
        icon="stamp" if trace.receipted_at else "send",
        mark=mark,
    )


def who(actor: str, names: dict[UUID, str]) -> str:
    """Who acted, by name where this bureau knows it."""
    if actor.startswith(OFFICER):
        return names.get(UUID(actor.removeprefix(OFFICER)), _("An officer"))
    address = actor.removeprefix(BUREAU)
    if actor == "node":
        return _("This node")
    return organisation_name(address) or address


def _names(actors: Iterable[str]) -> dict[UUID, str]:
    ids = {UUID(actor.removeprefix(OFFICER)) for actor in actors if actor.startswith(OFFICER)}
    return accounts.officer_names(ids) if ids else {}


def _said(request: evidence.EvidenceRequest) -> dict[tuple[str, datetime], str]:
    """What was said with each act, by the event that tells of it."""
    kinds = evidence.EVENTS
    return {(f"evidence.request.{kinds[act.act]}", act.at): _words_of(act, request) for act in request.acts.all()}


def _words_of(act: evidence.RequestAct, request: evidence.EvidenceRequest) -> str:
    data: dict[str, Any] = act.data
    found = []
    if ground := data.get("ground"):
        labels = dict(law.grounds(request.instrument, request.measure))
        found.append(_("Ground: %(ground)s") % {"ground": labels.get(ground, ground)})
    if until := data.get("until"):
        found.append(_("Until %(time)s UTC") % {"time": clock.parse_timestamp(until).strftime("%Y-%m-%d %H:%M")})
    found += [data[name] for name in ("text", "reason") if data.get(name)]
    return " · ".join(found)


def _proof(event_id: UUID) -> str:
    try:
        return reverse("audit:event", args=[event_id])
    except NoReverseMatch:
        return ""


def conversation(request: evidence.EvidenceRequest) -> list[dict[str, Any]]:
    """What both bureaus said to each other by acts, oldest first."""
    own = node.current().address
    return [
        {
            "act": act.act,
            "by": act.by,
            "ours": act.by == own,
            "at": act.at,
            "text": act.data["text"],
            "person": act.actor,
        }
        for act in request.acts.all()
        if act.data.get("text")
    ]
