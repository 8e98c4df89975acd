"""A held package examined while the officer looks: the page is sent piece by piece as the checks are made."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_http_methods

from jusur.accounts import api as accounts
from jusur.desk.evidence import shown
from jusur.desk.kit import faults
from jusur.evidence import api as evidence
from jusur.kernel.errors import JusurError

MARK = "<!-- checks -->"


@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, package_id: UUID) -> HttpResponseBase:
    """What was found on arrival; or (POST) every check made again now."""
    actor = accounts.acting(request, "evidence.read")
    package = evidence.package(package_id)
    context = shown.overview(package) | {
        "running": request.method == "POST",
        "found": package.verification or {},
        "checks": (package.verification or {}).get("checks", []),
        "possible": package.direction == "incoming" and package.state in {"verified", "countersigned", "rejected"},
    }
    if request.method != "POST":
        return render(request, "evidence/verification.html", context)
    head, _mark, tail = render_to_string("evidence/verification.html", context, request).partition(MARK)
    pieces = _run(package, actor.reference, translation.get_language() or "en")
    response = StreamingHttpResponse(_between(head, pieces, tail))
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"
    return response


def _between(head: str, pieces: Iterator[str], tail: str) -> Iterator[str]:
    yield head
    yield from pieces
    yield tail


def _run(package: evidence.EvidencePackage, actor: str, language: str) -> Iterator[str]:
    checks = []
    try:
        for told in evidence.package_examine(package, actor=actor):
            if not isinstance(told, evidence.Progress):
                checks.append(told)
            yield _piece(told, language)
    except JusurError as error:
        with translation.override(language):
            yield render_to_string("evidence/refused.html", {"problem": faults.shown(error)})
        return
    verdict = {"damaged": evidence.package_damage(checks), "passed": all(check.ok for check in checks)}
    with translation.override(language):
        yield render_to_string("evidence/verdict.html", verdict)


def _piece(told: object, language: str) -> str:
    with translation.override(language):
        if isinstance(told, evidence.Progress):
            return render_to_string("evidence/progress.html", {"told": told})
        return render_to_string("evidence/check.html", {"check": told})
