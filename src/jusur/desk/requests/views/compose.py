"""Composing in three pages: whom and what; the contents beside the law; the check before submitting."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.kit import faults, language, moments
from jusur.desk.kit.forms import show_error
from jusur.desk.requests import comparing, drafts, law, reading
from jusur.desk.requests.forms import DraftForm, StartForm
from jusur.evidence import api as evidence
from jusur.kernel.errors import ConflictError, JusurError
from jusur.node import context as node

ACT = "request.draft"


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Page 1: whom, what, how urgent, which case. The bureau chosen, it shows what may be asked of it."""
    actor = accounts.acting(request, ACT)
    own = node.current().address
    given = request.POST if request.method == "POST" else request.GET
    partners = law.bureaus(own)
    to = given.get("to", "") if given.get("to", "") in dict(partners) else ""
    offers = law.offers(own, to) if to else []
    initial = {"to": to} | {name: given[name] for name in ("measure", "related", "case_reference") if given.get(name)}
    bound = request.POST if request.method == "POST" else None
    form = StartForm(bound, partners=partners, offers=offers, initial={"urgency": "routine"} | initial)
    if bound is not None and form.is_valid():
        chosen = next(offer for offer in offers if offer.measure == form.cleaned_data["measure"])
        content = drafts.begin(
            form.cleaned_data, chosen.first.instrument, language.current(), drafts.last_content(actor.id)
        )
        try:
            drafted = evidence.request_draft(to=to, content=content, actor=actor, unfinished=True)
        except JusurError as error:
            show_error(form, error)
        else:
            return HttpResponseRedirect(reverse("requests:edit", args=[drafted.id]))
    return render(request, "requests/start.html", {"form": form, "to": to, "offers": offers})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Page 2: the contents that the instrument requires, beside the law."""
    actor = accounts.acting(request, ACT)
    draft = own_draft(request_id)
    if request.method == "POST" and request.POST.get("instrument"):
        return _change_instrument(request, draft, actor)
    form = _form(draft, request.POST if request.method == "POST" else None)
    other: evidence.EvidenceRequest | None = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(form, draft, actor)
        except evidence.DraftChangedError:
            other = evidence.request(request_id)
        except JusurError as error:
            show_error(form, error)
        else:
            if "check" not in request.POST:
                messages.success(request, _("Saved. Nothing has been sent."))
                return HttpResponseRedirect(reverse("requests:edit", args=[request_id]))
            form.name_missing(evidence.missing_contents(saved.content))
            if form.is_valid():
                return HttpResponseRedirect(reverse("requests:check", args=[request_id]))
            form = _renumbered(form, saved)
    context = _beside(draft) | {"form": form}
    if other is not None:
        context |= _conflict(form, draft, other)
    return render(request, "requests/edit.html", context, status=409 if other is not None else 200)


@require_POST
def save(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Keep what was typed so far; asked by the page itself every few seconds."""
    actor = accounts.acting(request, ACT)
    draft = own_draft(request_id)
    form = _form(draft, request.POST)
    if not form.is_valid():
        return JsonResponse({"said": _("Not saved yet: see the marked fields.")}, status=422)
    try:
        saved = _save(form, draft, actor)
    except evidence.DraftChangedError:
        return JsonResponse({"said": _("Somebody else saved this draft while you wrote. Save to compare.")}, status=409)
    except JusurError as error:
        return JsonResponse({"said": faults.shown(error)["detail"]}, status=error.status)
    at = moments.absolute(saved.saved_at)[-5:] if saved.saved_at else ""
    return JsonResponse({"said": _("Saved %(time)s") % {"time": at}, "revision": saved.revision})


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Page 3: the request as the other bureau will read it; submitted from here."""
    actor = accounts.acting(request, ACT)
    draft = own_draft(request_id)
    missing = evidence.missing_contents(draft.content)
    problem: dict[str, str] | None = None
    if request.method == "POST":
        try:
            evidence.request_submit(request_id=request_id, actor=actor)
        except JusurError as error:
            problem = faults.shown(error)
        else:
            messages.success(request, _("Submitted. A second officer must approve it before it is sent."))
            return HttpResponseRedirect(reverse("requests:detail", args=[request_id]))
    context = _beside(draft) | {
        "parts": reading.parts(draft.content),
        "conditions": reading.conditions(draft.content),
        "missing": [one.label.get(language.current()) for one in missing],
        "problem": problem,
        "approvers": reading.approvers(actor.id),
        "changes": comparing.since_submitted(draft),
    }
    return render(request, "requests/check.html", context)


@require_http_methods(["GET", "POST"])
def basics(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Page 1 again, for a draft there is: what, how urgent, which case. The bureau stays."""
    actor = accounts.acting(request, ACT)
    draft = own_draft(request_id)
    own, content = node.current().address, draft.content
    offers = law.offers(own, draft.counterpart)
    initial = {name: content[name] for name in ("measure", "urgency", "case_reference")}
    bound = request.POST.copy() if request.method == "POST" else None
    if bound is not None:
        bound["to"] = draft.counterpart
    form = StartForm(
        bound,
        partners=[pair for pair in law.bureaus(own) if pair[0] == draft.counterpart],
        offers=offers,
        initial=initial | {"to": draft.counterpart},
    )
    if bound is not None and form.is_valid():
        chosen = next(offer for offer in offers if offer.measure == form.cleaned_data["measure"])
        kept = [option.instrument for option in chosen.options if option.instrument == draft.instrument]
        changed = {name: form.cleaned_data[name] for name in initial}
        content = dict(content) | changed | {"instrument": kept[0] if kept else chosen.first.instrument}
        try:
            evidence.request_correct(request_id=request_id, content=content, actor=actor, unfinished=True)
        except JusurError as error:
            show_error(form, error)
        else:
            return HttpResponseRedirect(reverse("requests:edit", args=[request_id]))
    return render(
        request, "requests/start.html", {"form": form, "to": draft.counterpart, "offers": offers, "draft": draft}
    )


def own_draft(request_id: UUID) -> evidence.EvidenceRequest:
    """The draft to be written on.

    Raises:
        NotFoundError: this bureau has no such request.
        ConflictError: it is a draft no more.
    """
    draft = evidence.request(request_id)
    if draft.state != evidence.State.DRAFTED or draft.side != evidence.Side.REQUESTING:
        raise ConflictError(_("This request is no longer a draft."), fix=_("Open it to see where it stands."))
    return draft


def _form(draft: evidence.EvidenceRequest, bound: Mapping[str, Any] | None) -> DraftForm:
    return DraftForm(
        bound,
        needed=drafts.needed(draft.content),
        organisations=reading.organisations(node.current().address),
        initial=drafts.initial(draft.content) | {"revision": draft.revision},
    )


def _save(form: DraftForm, draft: evidence.EvidenceRequest, actor: accounts.Actor) -> evidence.EvidenceRequest:
    return evidence.request_correct(
        request_id=draft.id,
        content=drafts.merged(draft.content, form.cleaned_data),
        actor=actor,
        revision=form.cleaned_data["revision"],
        unfinished=True,
    )


def _renumbered(form: DraftForm, saved: evidence.EvidenceRequest) -> DraftForm:
    """The same form, now written on the revision just saved."""
    _number(form, saved.revision)
    return form


def _number(form: DraftForm, revision: int) -> None:
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["revision"] = str(revision)
    form.data = data


def _change_instrument(request: HttpRequest, draft: evidence.EvidenceRequest, actor: accounts.Actor) -> HttpResponse:
    """What was written is kept; the new instrument may ask for more."""
    form = _form(draft, request.POST)
    content = drafts.merged(draft.content, form.cleaned_data) if form.is_valid() else dict(draft.content)
    content["instrument"] = request.POST["instrument"]
    evidence.request_correct(
        request_id=draft.id,
        content=content,
        actor=actor,
        revision=form.cleaned_data.get("revision", draft.revision),
        unfinished=True,
    )
    return HttpResponseRedirect(reverse("requests:edit", args=[draft.id]))


def _beside(draft: evidence.EvidenceRequest) -> dict[str, Any]:
    offers = law.offers(node.current().address, draft.counterpart, draft.content["urgency"])
    options = next((offer.options for offer in offers if offer.measure == draft.measure), ())
    return {
        "draft": draft,
        "law": law.beside(draft.instrument, draft.measure, draft.urgency),
        "others": [option for option in options if option.instrument != draft.instrument],
    }


def _conflict(form: DraftForm, draft: evidence.EvidenceRequest, other: evidence.EvidenceRequest) -> dict[str, Any]:
    """Both versions side by side; saving again then replaces the other one."""
    mine = drafts.merged(draft.content, form.cleaned_data)
    _number(form, other.revision)
    names = accounts.officer_names({other.saved_by} if other.saved_by else set())
    return {
        "conflict": comparing.rows(other.content, mine),
        "other": other,
        "other_name": next(iter(names.values()), ""),
    }
