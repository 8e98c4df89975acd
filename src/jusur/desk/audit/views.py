"""The trail: who saw or did what and why; each event with its proof, checked in front of the reader."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jusur import tlog
from jusur.accounts import api as accounts
from jusur.crypto.keys import VerifyKey
from jusur.desk.audit import subjects
from jusur.desk.audit.forms import TrailForm
from jusur.desk.kit import words
from jusur.directory import api as directory
from jusur.kernel.clock import timestamp
from jusur.kernel.errors import JusurError
from jusur.ledger import api as ledger
from jusur.node.context import current
from jusur.tlog.note import NoteVerifier

OFFICER = "officer:"
MOST_ROWS = 100_000
"""Events in one CSV file."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheet programs take for the beginning of a formula."""
COLUMNS = ("place", "time", "kind", "what", "actor", "name", "subject_type", "subject", "purpose", "event")
VERIFIER = Path(tlog.__file__).parent / "verifier" / "jusur_verify.py"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The trail, the newest place of the log first."""
    accounts.acting(request, "audit.read")
    form, people = TrailForm(request.GET or None), request.GET.get("view", "") != "all"
    page = ledger.trail(form.wanted(people=people), cursor=request.GET.get("cursor", ""))
    context = {
        "form": form,
        "people": people,
        "page": page | {"items": _shown(page["items"])},
        "filtered": form.is_bound and form.is_valid() and any(form.cleaned_data.values()),
        "export": f"{reverse('audit:export')}?{request.GET.urlencode()}",
    }
    return render(request, "audit/index.html", context)


@require_safe
def subject(request: HttpRequest, subject_type: str, subject_id: str) -> HttpResponse:
    """The trail of one subject: everything that happened to it, whoever did it."""
    accounts.acting(request, "audit.read")
    query = urlencode({"view": "all", "subject": f"{subject_type}:{subject_id}"})
    return HttpResponseRedirect(f"{reverse('audit:index')}?{query}")


@require_safe
def event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """One event, without its content, and its proof: computed anew, step by step, for this page."""
    accounts.acting(request, "audit.read")
    entry = ledger.trail_entry(event_id)
    examined = ledger.examine(event_id)
    context = {
        "event": _shown([entry])[0],
        "examined": examined,
        "address": current().address,
        "log_name": examined.log_key.partition("+")[0],
    }
    return render(request, "audit/event.html", context)


@require_safe
def bundle(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """The event's proof with the offline verifier, as a zip file."""
    accounts.acting(request, "audit.read")
    proof, address = ledger.event_document(event_id), current().address
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("event.custody.json", proof)
        archive.writestr("jusur_verify.py", VERIFIER.read_bytes())
        archive.writestr(f"{address}-log.pem", _log_pem())
        archive.writestr("README.txt", _read_me(address))
    response = HttpResponse(buffer.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="proof-{event_id}.zip"'
    return response


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """How the log and the peers' logs stand."""
    accounts.acting(request, "audit.read")
    return render(request, "audit/log.html", {"standing": ledger.standing(), "address": current().address})


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered trail as a CSV file. That it was taken is an event itself."""
    actor = accounts.acting(request, "audit.read")
    form, people = TrailForm(request.GET or None), request.GET.get("view", "") != "all"
    wanted = form.wanted(people=people)
    ledger.record(
        "ledger.trail.exported",
        subject_type="ledger.trail",
        subject_id=current().address,
        actor=actor.reference,
        data={"filters": sorted(name for name, value in request.GET.items() if value)},
    )
    names = {one.id: one.name for one in accounts.officers()}
    response = StreamingHttpResponse(
        _lines(ledger.trail_every(wanted, limit=MOST_ROWS), names), content_type="text/csv"
    )
    response["Content-Disposition"] = f'attachment; filename="trail-{current().address}.csv"'
    return response


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet program takes for a formula (OWASP, CSV injection)."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _lines(entries: Iterable[ledger.TrailEntry], names: dict[UUID, str]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield "\ufeff" + buffer.getvalue()
    for entry in entries:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([cell(value) for value in _row(entry, names)])
        yield buffer.getvalue()


def _row(entry: ledger.TrailEntry, names: dict[UUID, str]) -> tuple[object, ...]:
    return (
        entry.leaf_index,
        timestamp(entry.occurred_at),
        entry.kind,
        words.word("event", entry.kind),
        entry.actor,
        names.get(_officer(entry.actor) or UUID(int=0), ""),
        entry.subject_type,
        entry.subject_id,
        entry.purpose,
        entry.id,
    )


def _shown(entries: list[ledger.TrailEntry]) -> list[dict[str, Any]]:
    """Entries as a page shows them: the officers by name, the subjects with their pages."""
    ids = {found for entry in entries if (found := _officer(entry.actor))}
    names = accounts.officer_names(ids) if ids else {}
    return [
        {
            "entry": entry,
            "officer": names.get(_officer(entry.actor) or UUID(int=0), ""),
            "by": _by(entry.actor),
            "subject": f"{entry.subject_type}:{entry.subject_id}",
            "page": subjects.page_of(entry.subject_type, entry.subject_id),
        }
        for entry in entries
    ]


def _by(actor: str) -> str:
    """What kind of actor it was: officer, node, console, organisation or other."""
    if actor.startswith(OFFICER):
        return "officer"
    if actor == "node":
        return "node"
    if actor.startswith("administrator"):
        return "console"
    try:
        directory.organisation(actor)
    except JusurError:
        return "other"
    return "organisation"


def _officer(actor: str) -> UUID | None:
    try:
        return UUID(actor.removeprefix(OFFICER)) if actor.startswith(OFFICER) else None
    except ValueError:
        return None


def _log_pem() -> str:
    return VerifyKey.from_raw(NoteVerifier.parse(ledger.log_key()).public_bytes).pem()


def _read_me(address: str) -> str:
    command = f"python3 jusur_verify.py event.custody.json --key {address}={address}-log.pem"
    how = _("Check this proof without the node (Python 3.11 and the package cryptography):")
    trust = _("The key in this folder comes from the node itself. Compare it with the one the organisation gave you.")
    return f"{how}\n\n    {command}\n\n{trust}\n"
