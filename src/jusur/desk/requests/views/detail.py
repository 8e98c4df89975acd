"""One request beside the law: where it stands, what can be done, what happened."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit import words
from jusur.desk.kit.forms import show_error
from jusur.desk.requests import acts, comparing, law, reading, timeline
from jusur.desk.requests.forms import ActForm, ReasonForm, ReturnForm
from jusur.desk.requests.words import OURS, next_act
from jusur.evidence import api as evidence
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.errors import JusurError, NotFoundError


@require_safe
def detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The request."""
    actor = accounts.acting(request, "request.read")
    return _page(request, evidence.request(request_id), actor)


@require_POST
def approve(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The second officer agrees: the request is sent."""
    actor = accounts.acting(request, "request.approve")
    form = ReasonForm(request.POST, prefix="send")
    if _decided(form, request_id, actor, granted=True):
        messages.success(request, _("Approved. The request is on its way; its receipt will show below."))
        return _back(request_id)
    return _page(request, evidence.request(request_id), actor, approval=form, status=409)


@require_POST
def give_back(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The second officer declines: the draft goes back to its drafter."""
    actor = accounts.acting(request, "request.approve")
    form = ReturnForm(request.POST, prefix="return")
    if _decided(form, request_id, actor, granted=False):
        messages.success(request, _("Returned. The drafter sees what you wrote."))
        return _back(request_id)
    return _page(request, evidence.request(request_id), actor, returning=form, status=422)


def _decided(form: ReasonForm | ReturnForm, request_id: UUID, actor: accounts.Actor, *, granted: bool) -> bool:
    """Whether the decision stands; where it was refused, the form says why."""
    if not form.is_valid():
        return False
    try:
        evidence.request_approve(
            request_id=request_id, granted=granted, reason=form.cleaned_data["reason"], actor=actor
        )
    except JusurError as error:
        show_error(form, error)
        return False
    return True


@require_POST
def act(request: HttpRequest, request_id: UUID, code: str) -> HttpResponse:
    """One act on a request under way.

    Raises:
        NotFoundError: there is no such act.
    """
    if code not in evidence.PERMISSIONS:
        raise NotFoundError(_("There is no such act."), fix=_("Go back to the request."))
    actor = accounts.acting(request, evidence.PERMISSIONS[code])
    found = evidence.request(request_id)
    form = acts.form_of(code, found, request.POST)
    if form.is_valid():
        try:
            evidence.request_act(request_id=request_id, act=code, data=_data(form), actor=actor)
        except JusurError as error:
            show_error(form, error)
        else:
            said = words.word("request-done", code)
            messages.success(request, str(said))
            return _back(request_id)
    return _page(request, evidence.request(request_id), actor, failed=form, failed_act=code, status=422)


def _data(form: ActForm) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    if "until" in data:
        data["until"] = clock.timestamp(data["until"])
    return data


def _back(request_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("requests:detail", args=[request_id]))


def _page(
    request: HttpRequest,
    found: evidence.EvidenceRequest,
    actor: accounts.Actor,
    *,
    approval: ReasonForm | None = None,
    returning: ReturnForm | None = None,
    failed: ActForm | None = None,
    failed_act: str = "",
    status: int = 200,
) -> HttpResponse:
    standing = (found.side, found.state)
    held = accounts.permitted_acts(actor.roles)
    done = list(found.acts.all())
    traces = exchange.traces(found.id, found.counterpart)
    context = {
        "request_": found,
        "parts": reading.parts(found.content),
        "conditions": reading.conditions(found.content),
        "law": law.beside(found.instrument, found.measure, found.urgency),
        "possible": acts.possible(found, actor, failed=failed, failed_act=failed_act),
        "next": next_act(found.side, found.state, found.measure),
        "ours": standing in OURS,
        "started_at": found.received_at or found.sent_at,
        "running": found.state in evidence.OPEN,
        "stops": evidence.clock_stops((one.act, one.at) for one in done),
        "alarms": evidence.alarm_moments(found) if found.state in evidence.OPEN else [],
        "events": timeline.entries(found, traces, proofs="audit.read" in held),
        "conversation": timeline.conversation(found),
        "packages": list(found.packages.order_by("created_at")) if "evidence.read" in held else [],
        "letters": sum(trace.kind.startswith("message.") for trace in traces) if "message.read" in held else 0,
        "write_url": _write_url(found) if "message.write" in held else "",
        "ask_url": _ask_url(found) if "request.draft" in held else "",
        "related": found.related,
    }
    if found.state == evidence.State.AWAITING_APPROVAL:
        context |= _approval(found, actor, held, approval, returning)
    elif found.state == evidence.State.DRAFTED:
        context["changes"] = comparing.since_submitted(found)
        context["returned"] = next((one for one in reversed(done) if one.act == "return"), None)
    return render(request, "requests/detail.html", context, status=status)


def _approval(
    found: evidence.EvidenceRequest,
    actor: accounts.Actor,
    held: frozenset[str],
    approval: ReasonForm | None,
    returning: ReturnForm | None,
) -> dict[str, Any]:
    waiting = accounts.approvals_waiting().filter(subject_type="evidence.request", subject_id=found.id)
    asked = waiting.select_related("asked_by").first()
    own = asked is not None and asked.asked_by_id == actor.id
    return {
        "asked": asked,
        "own": own,
        "may_approve": "request.approve" in held and not own,
        "approvers": reading.approvers(asked.asked_by_id if asked else actor.id),
        "changes": comparing.since_submitted(found),
        "approval": approval or ReasonForm(prefix="send"),
        "returning": returning or ReturnForm(prefix="return"),
    }


def _write_url(found: evidence.EvidenceRequest) -> str:
    try:
        return f"{reverse('messages:new')}?to={found.counterpart}&conversation={found.id}"
    except NoReverseMatch:
        return ""


def _ask_url(found: evidence.EvidenceRequest) -> str:
    """To ask for the data that were preserved."""
    kept = found.measure == evidence.Measure.PRESERVATION and found.side == evidence.Side.REQUESTING
    if not kept or found.state not in {evidence.State.FULFILLED, evidence.State.CONFIRMED}:
        return ""
    return f"{reverse('requests:new')}?to={found.counterpart}&related={found.id}&case_reference={found.case_reference}"
