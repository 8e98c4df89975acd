"""One package: contents, conditions, custody, state and next act."""

from typing import Any
from uuid import UUID

from babel.numbers import format_percent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jusur.accounts import api as accounts
from jusur.desk.evidence import shown
from jusur.desk.evidence.forms import DossierForm
from jusur.desk.kit import language
from jusur.evidence import api as evidence

FILES = 100
"""Files on one page of the contents."""


@require_safe
def detail(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """The whole package as this bureau holds it."""
    actor = accounts.acting(request, "evidence.read")
    package = evidence.package(package_id)
    acts = accounts.permitted_acts(actor.roles)
    first = _first(request)
    totals = evidence.package_totals(package)
    files = evidence.package_files(package, first=first, limit=FILES)
    asked = evidence.release_asked(package.id) if package.state == "awaiting_release" else None
    context = (
        shown.overview(package)
        | _standing(package, totals)
        | {
            "totals": totals,
            "files": files,
            "collectors": shown.collectors(files),
            "older": first - FILES if first else None,
            "newer": first + FILES if first + FILES < totals.files and len(files) == FILES else None,
            "downloads": package.state in {"verified", "countersigned"} and "evidence.export" in acts,
            "removable": package.state == "collecting" and "evidence.acquire" in acts,
            "asked": asked,
            "acts": shown.next_acts(package, acts, totals, asked, actor.id),
            "events": shown.timeline(package, acts),
            "exports": evidence.package_exports(package.id) if package.direction == "incoming" else [],
            "checks": (package.verification or {}).get("checks", []),
            "dossier": DossierForm(initial={"language": language.current()}),
        }
    )
    return render(request, "evidence/detail.html", context)


@require_safe
def standing(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Only the state of the package, for a page that stays open meanwhile."""
    accounts.acting(request, "evidence.read")
    package = evidence.package(package_id)
    context = {"package": package} | _standing(package, evidence.package_totals(package))
    return render(request, "evidence/standing.html", context)


def _standing(package: evidence.EvidencePackage, totals: evidence.Totals) -> dict[str, Any]:
    waiting = evidence.waiting(package)
    moving = waiting in evidence.MOVING or (
        package.state == "collecting" and totals.unhashed > 0 and not package.failure
    )
    transfer = evidence.package_transfer(package) if package.state == "announced" else None
    return {
        "waiting": waiting,
        "moving": moving,
        "transfer": transfer,
        "totals": totals,
        "hashed": totals.files - totals.unhashed,
        "packed_share": _share(package.packed, totals.bytes) if package.state == "sealing" else "",
    }


def _share(done: int | None, whole: int) -> str:
    """How much of the whole is done, in per cent of the reader's language; "" where nobody knows."""
    if not done or not whole:
        return ""
    return format_percent(min(done / whole, 1.0), "#,##0%", locale=language.current())


def _first(request: HttpRequest) -> int:
    given = request.GET.get("files", "0")
    return min(int(given), 1_000_000) if given.isascii() and given.isdigit() and len(given) <= 7 else 0  # noqa: PLR2004
