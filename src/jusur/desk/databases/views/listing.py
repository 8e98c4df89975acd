"""Imported lists: a file brought, its edition with exact counts, a supervisor's word where one is needed."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.databases.forms import ImportForm, ReasonForm
from jusur.desk.kit.forms import show_error
from jusur.desk.search import names
from jusur.kernel import text
from jusur.kernel.errors import JusurError
from jusur.node.context import current

SHOWN = 20
"""Refused entries that the page shows; all stand in the file."""
OWN = "own"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Editions, the newest first."""
    accounts.acting(request, "record.read")
    page = databases.editions_page(cursor=request.GET.get("cursor", ""))
    named = names.databases_named(each["edition"].database_id for each in page["items"])
    for each in page["items"]:
        each["database"] = named[each["edition"].database_id]
    return render(request, "databases/lists.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a file; the node's worker reads, compares and takes it."""
    actor = accounts.acting(request, "list.import")
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        try:
            opened = _open(form.cleaned_data, actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The file is here. It is read now; this page shows how far it is."))
            return HttpResponseRedirect(reverse("databases:edition", args=[opened.id]))
    return render(request, "databases/import.html", {"form": form}, status=422 if form.errors else 200)


def _open(given: dict[str, Any], actor: str) -> Any:
    """An edition of the uploaded file, put where the import copies it from."""
    brought = given["file"]
    with tempfile.TemporaryDirectory(dir=current().home.path, prefix=".brought-") as folder:
        target = Path(folder) / (text.shown(Path(brought.name).name, max_length=200).lstrip(".") or "list")
        with target.open("xb") as file:
            for chunk in brought.chunks():
                file.write(chunk)
        own = given["publisher"] == OWN
        return databases.list_open(
            databases.Asked(
                actor=actor,
                publisher="" if own else given["publisher"],
                database=given["database"] if own else "",
                file=target,
                format=given["format"],
                mapping=given["mapping"],
            )
        )


@require_safe
def detail(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """One edition: how far it is, its counts, what was refused."""
    accounts.acting(request, "record.read")
    return _page(request, edition_id, ReasonForm(), ReasonForm(prefix="drop"))


@require_POST
def accept(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """A person's word that a held edition is right; the worker takes it then."""
    actor = accounts.acting(request, "list.import")
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            databases.edition_accept(edition_id=edition_id, reason=form.cleaned_data["reason"], actor=actor)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Accepted. It is being taken."))
            return HttpResponseRedirect(reverse("databases:edition", args=[edition_id]))
    return _page(request, edition_id, form, ReasonForm(prefix="drop"), status=422)


@require_POST
def discard(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Drop an edition; what was held before stays."""
    actor = accounts.acting(request, "list.import")
    form = ReasonForm(request.POST, prefix="drop")
    if form.is_valid():
        try:
            databases.edition_discard(edition_id=edition_id, reason=form.cleaned_data["reason"], actor=actor)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Discarded. What was held before stays as it is."))
            return HttpResponseRedirect(reverse("databases:edition", args=[edition_id]))
    return _page(request, edition_id, ReasonForm(), form, status=422)


@require_safe
def refused(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Every refused entry with its reason, as CSV."""
    accounts.acting(request, "list.import")
    edition = databases.edition(edition_id)
    answer = HttpResponse(databases.refusals_csv(edition.id), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{edition.id}.csv"'
    return answer


def _page(
    request: HttpRequest, edition_id: UUID, accepting: ReasonForm, dropping: ReasonForm, *, status: int = 200
) -> HttpResponse:
    edition = databases.edition(edition_id)
    people = names.officers([edition.actor, edition.decided_by])
    counts = (
        (_("Read"), edition.read, ""),
        (_("New"), edition.new, ""),
        (_("Changed"), edition.changed, ""),
        (_("Unchanged"), edition.unchanged, ""),
        (_("Gone from the list"), edition.gone, "due" if edition.gone else ""),
        (_("Refused"), edition.refused, "danger" if edition.refused else ""),
    )
    context = {
        "edition": edition,
        "name": names.databases_named([edition.database_id])[edition.database_id],
        "doubt": _doubt(edition),
        "counts": counts,
        "refusals": databases.refusals(edition.id, limit=SHOWN),
        "accepting": accepting,
        "dropping": dropping,
        "actor": people.get(edition.actor, ""),
        "decider": people.get(edition.decided_by, ""),
        "under_way": edition.state in {"reading", "comparing", "taking"},
    }
    return render(request, "databases/edition.html", context, status=status)


def _doubt(edition: Any) -> str:
    """Why an edition waits for a person's word, in the reader's language where its counts tell."""
    held, gone = edition.held_before or 0, edition.gone or 0
    if edition.whole and (held - gone) * 2 < held:
        said = _("It would drop %(gone)s of %(held)s records; an edition that drops more than half waits.")
        return said % {"gone": gone, "held": held}
    if edition.whole and edition.refused * 2 > edition.read:
        said = _("%(refused)s of its %(read)s entries were refused; more than half waits.")
        return said % {"refused": edition.refused, "read": edition.read}
    return str(edition.held_for)
