"""The first page, and the officer's notifications."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit import moments
from jusur.desk.today import figures, notifying, waiting
from jusur.desk.today.models import Notification
from jusur.evidence import api as evidence
from jusur.exchange import api as exchange
from jusur.kernel.errors import NotFoundError
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page

ACT = "account.own"
SHOWN = 8
_PLACES = {"evidence.request": "/requests/", "evidence.package": "/evidence/", "hit": "/search/hits/"}
"""Where what a notification is about stands, by the ledger's word for it."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is due, what waits, what came in, what is stuck; without case data for who sees none."""
    actor = accounts.acting(request, ACT)
    held = accounts.permitted_acts(actor.roles)
    context: dict[str, Any] = {
        "alarms": exchange.open_alarms()[:SHOWN] if held & {"alarm.dismiss", "message.read"} else None
    }
    if "indicators.read" in held:
        context |= _time()
    if "request.read" in held:
        context |= _casework(actor, held)
        return render(request, "today/index.html", context)
    context["recent"] = list(notifying.notifications(actor.id).order_by("-id")[:SHOWN])
    return render(request, "today/other.html", context)


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """All that the officer was told, newest first."""
    actor = accounts.acting(request, ACT)
    held = accounts.permitted_acts(actor.roles)
    shown = page(notifying.notifications(actor.id), _row, cursor=request.GET.get("cursor", ""))
    if "request.read" in held:
        _name_cases(shown["items"])
    return render(request, "today/notifications.html", {"page": shown, "unseen": notifying.unseen(actor.id)})


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark all notifications as seen."""
    actor = accounts.acting(request, ACT)
    notifying.mark_seen(actor.id)
    return HttpResponseRedirect(reverse("today:notifications"))


@require_POST
def follow(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Mark a notification as seen and go where it leads.

    Raises:
        NotFoundError: it is not one of this officer's.
    """
    actor = accounts.acting(request, ACT)
    found = notifying.notifications(actor.id).filter(id=notification_id).first()
    if found is None:
        raise NotFoundError("There is no such notification.")
    notifying.mark_seen(actor.id, notification_id)
    return HttpResponseRedirect(_url(found))


def _casework(actor: accounts.Actor, held: frozenset[str]) -> dict[str, Any]:
    asked = waiting.approvals(actor, held)
    countersign = []
    if "evidence.read" in held:
        countersign = list(evidence.packages(state="verified", direction="incoming").order_by("id")[:SHOWN])
    return {
        "counts": evidence.request_counts(),
        "due": list(evidence.due_requests().defer("content")[:SHOWN]),
        "approvals": asked[:SHOWN],
        "approvals_count": len(asked),
        "unseen": list(evidence.unseen_requests().defer("content")[:SHOWN]),
        "countersign": countersign,
        "mine": list(waiting.drafts(actor)[:SHOWN]) if "request.draft" in held else [],
        "questions": list(waiting.questions()[:SHOWN]),
    }


def _time() -> dict[str, Any]:
    known, target = figures.exchange_time(), figures.target()
    return {
        "time": known,
        "median": _span(known.median if known else None),
        "p90": _span(known.p90 if known else None),
        "target": target,
        "target_span": _span(target.seconds),
        "kept": known is not None and known.median is not None and known.median <= target.seconds,
        "share": _share(known.median if known else None, target.seconds),
    }


def _span(seconds: float | None) -> str:
    return "" if seconds is None else moments.span(timedelta(seconds=seconds))


def _share(seconds: float | None, whole: float) -> int:
    return 0 if seconds is None else min(100, round(100 * seconds / whole))


def _row(one: Notification) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "at": one.at,
        "partner": one.partner,
        "percent": one.percent,
        "new": one.seen_at is None,
        "state": "new" if one.seen_at is None else "seen",
        "url": _url(one),
        "subject_type": one.subject_type,
        "subject_id": one.subject_id,
        "case": "",
    }


def _url(one: Notification) -> str:
    prefix = _PLACES.get(one.subject_type)
    if prefix:
        return prefix + one.subject_id
    if one.kind == "way-in-changed":
        return reverse("signin:account")
    return "/messages/"


def _name_cases(rows: Iterable[dict[str, Any]]) -> None:
    """Put the case references beside what concerns a request; two queries at most."""
    found = list(rows)
    for kind, finder in (("evidence.request", evidence.request_list()), ("evidence.package", evidence.packages())):
        ids = [parse_id(row["subject_id"]) for row in found if row["subject_type"] == kind]
        if ids:
            cases = {str(one): case for one, case in finder.filter(id__in=ids).values_list("id", "case_reference")}
            for row in found:
                row["case"] = cases.get(row["subject_id"], row["case"])
