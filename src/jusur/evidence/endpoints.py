"""Evidence requests, packages and custody over HTTP. Each view finds out who acts and hands over to a service."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.evidence import custody_log, dossiers, presenters, selectors, shapes
from jusur.evidence.services import holdings, packages, requests
from jusur.evidence.upload_endpoints import router as uploads
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page

router = Router(tags=["evidence"])
router.add_router("/uploads", uploads)

Text = Annotated[str, Field(max_length=16000)]
Code = Annotated[str, Field(max_length=64)]
Limit = Annotated[int, Field(ge=1, le=200)]


class Body(Schema):
    """A strict JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Draft(Body):
    """A request to draft: for whom, and its content (docs/reference/evidence-requests.md)."""

    to: Code
    content: dict[str, Any]


class Correction(Body):
    """A draft's new content."""

    content: dict[str, Any]


class Decision(Body):
    """The second person's decision."""

    granted: bool = True
    reason: Text = ""


class Act(Body):
    """One act on a request under way."""

    act: Code
    text: Text = ""
    ground: Code = ""
    until: Code = ""


class NewPackage(Body):
    """A package to collect into: for a request, or spontaneous."""

    request: Code | None = None
    to: Code = ""
    case_reference: Code = ""
    purpose: Text = ""
    legal_basis: Text = ""
    conditions: dict[str, Any] | None = None
    completes: bool = True


class Collection(Body):
    """What to take from the intake, and how it was acquired."""

    name: Annotated[str, Field(max_length=1024)]
    method: Annotated[str, Field(max_length=200)]
    tool: Annotated[str, Field(max_length=200)]


class Removal(Body):
    """What to take out of the package: a path as the package lists it."""

    path: Annotated[str, Field(min_length=1, max_length=1024)]


class Use(Body):
    """Why held evidence is opened, copied or ended; to whom or where it goes."""

    purpose: Text
    folder: Annotated[str, Field(max_length=200)] = ""
    to: Code = ""


@router.get("/requests", summary="Requests, newest first", response=shapes.RequestPage)
def list_requests(
    request: HttpRequest,
    state: Code = "",
    partner: Code = "",
    side: Code = "",
    case_reference: Code = "",
    cursor: Code = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """Requests made and received, narrowed by what is given."""
    accounts.acting(request, "request.read")
    rows = selectors.requests(state=state, partner=partner, side=side, case_reference=case_reference)
    return page(rows, presenters.request_summary, cursor=cursor, limit=limit)


@router.post("/requests", summary="Draft a request", response={201: shapes.RequestDetail})
def draft(request: HttpRequest, body: Draft) -> Status[dict[str, Any]]:
    """Keep a new request as a draft."""
    actor = accounts.acting(request, "request.draft")
    drafted = requests.request_draft(to=body.to, content=body.content, actor=actor)
    return Status(201, presenters.request_detail(drafted))


@router.get(
    "/requests/{request_id}", summary="One request, its acts and what may be done next", response=shapes.RequestDetail
)
def show_request(request: HttpRequest, request_id: Code) -> dict[str, Any]:
    """The whole request as this bureau holds it."""
    accounts.acting(request, "request.read")
    return presenters.request_detail(selectors.request(parse_id(request_id)))


@router.put("/requests/{request_id}", summary="Correct a draft", response=shapes.RequestDetail)
def correct(request: HttpRequest, request_id: Code, body: Correction) -> dict[str, Any]:
    """Replace a draft's content."""
    actor = accounts.acting(request, "request.draft")
    return presenters.request_detail(
        requests.request_correct(request_id=parse_id(request_id), content=body.content, actor=actor)
    )


@router.post(
    "/requests/{request_id}/submit", summary="Ask a second officer to approve the draft", response=shapes.RequestDetail
)
def submit(request: HttpRequest, request_id: Code) -> dict[str, Any]:
    """Check that the request holds all its instrument requires, and ask for approval."""
    actor = accounts.acting(request, "request.draft")
    return presenters.request_detail(requests.request_submit(request_id=parse_id(request_id), actor=actor))


@router.post(
    "/requests/{request_id}/approval",
    summary="Approve and send, or return to the drafter",
    response=shapes.RequestDetail,
)
def approve(request: HttpRequest, request_id: Code, body: Decision) -> dict[str, Any]:
    """The second officer's decision."""
    actor = accounts.acting(request, "request.approve")
    return presenters.request_detail(
        requests.request_approve(request_id=parse_id(request_id), granted=body.granted, reason=body.reason, actor=actor)
    )


@router.post("/requests/{request_id}/acts", summary="Act on a request under way", response=shapes.RequestDetail)
def act(request: HttpRequest, request_id: Code, body: Act) -> dict[str, Any]:
    """Acknowledge, accept, ask or answer, extend, confirm preservation, refuse, withdraw."""
    actor = accounts.acting(request, "request.read")
    data = {"text": body.text, "ground": body.ground, "until": body.until}
    return presenters.request_detail(
        requests.request_act(request_id=parse_id(request_id), act=body.act, data=data, actor=actor)
    )


@router.get("/packages", summary="Packages sent and received, newest first", response=shapes.PackagePage)
def list_packages(
    request: HttpRequest,
    state: Code = "",
    partner: Code = "",
    direction: Literal["", "incoming", "outgoing"] = "",
    cursor: Code = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """Packages, narrowed by what is given."""
    accounts.acting(request, "evidence.read")
    rows = selectors.packages(state=state, partner=partner, direction=direction)
    return page(rows, presenters.package_summary, cursor=cursor, limit=limit)


@router.post("/packages", summary="Open a package to collect evidence into", response={201: shapes.PackageDetail})
def open_package(request: HttpRequest, body: NewPackage) -> Status[dict[str, Any]]:
    """A new package in answer to a request, or of spontaneous information."""
    actor = accounts.acting(request, "evidence.acquire")
    package = packages.package_open(
        actor=actor,
        request_id=parse_id(body.request, field="request") if body.request else None,
        to=body.to,
        case_reference=body.case_reference,
        purpose=body.purpose,
        legal_basis=body.legal_basis,
        conditions=body.conditions,
        completes=body.completes,
    )
    return Status(201, presenters.package_detail(package))


@router.get("/packages/{package_id}", summary="One package", response=shapes.PackageDetail)
def show_package(request: HttpRequest, package_id: Code) -> dict[str, Any]:
    """The package with its files, conditions, statement and verification."""
    accounts.acting(request, "evidence.read")
    return presenters.package_detail(selectors.package(parse_id(package_id)))


@router.post(
    "/packages/{package_id}/items", summary="Take files of the intake into the package", response=shapes.Collected
)
def collect(request: HttpRequest, package_id: Code, body: Collection) -> dict[str, Any]:
    """The files are hashed by the worker; release waits for that."""
    actor = accounts.acting(request, "evidence.acquire")
    items = packages.items_collect(
        package_id=parse_id(package_id), name=body.name, method=body.method, tool=body.tool, actor=actor
    )
    return {"collected": len(items), "bytes": sum(item.size for item in items)}


@router.post("/packages/{package_id}/items-removal", summary="Take files out of the package", response=shapes.Removed)
def remove(request: HttpRequest, package_id: Code, body: Removal) -> dict[str, Any]:
    """Take out a file, or all below a folder, while the package still collects."""
    actor = accounts.acting(request, "evidence.acquire")
    return {"removed": packages.items_remove(package_id=parse_id(package_id), path=body.path, actor=actor)}


@router.post(
    "/packages/{package_id}/release",
    summary="Ask a second person to release the package",
    response=shapes.PackageDetail,
)
def ask_release(request: HttpRequest, package_id: Code) -> dict[str, Any]:
    """Ask for the release of exactly these files under these conditions."""
    actor = accounts.acting(request, "evidence.acquire")
    return presenters.package_detail(packages.release_ask(package_id=parse_id(package_id), actor=actor))


@router.post(
    "/packages/{package_id}/release-decision",
    summary="Release the package, or decline to",
    response=shapes.PackageDetail,
)
def decide_release(request: HttpRequest, package_id: Code, body: Decision) -> dict[str, Any]:
    """The second person's decision; once granted the package is sealed and sent."""
    actor = accounts.acting(request, "evidence.release")
    return presenters.package_detail(
        packages.release_decide(package_id=parse_id(package_id), granted=body.granted, reason=body.reason, actor=actor)
    )


@router.post(
    "/packages/{package_id}/countersignature", summary="Countersign a verified package", response=shapes.PackageDetail
)
def countersign(request: HttpRequest, package_id: Code) -> dict[str, Any]:
    """Give the sender this bureau's signed word that the package arrived whole."""
    actor = accounts.acting(request, "request.approve")
    return presenters.package_detail(holdings.package_countersign(package_id=parse_id(package_id), actor=actor))


@router.post(
    "/packages/{package_id}/exports",
    summary="Open a package into a folder of the exports",
    response={202: shapes.Export},
)
def export(request: HttpRequest, package_id: Code, body: Use) -> Status[dict[str, Any]]:
    """Have it decrypted and unpacked, for a purpose that the conditions of use allow."""
    actor = accounts.acting(request, "evidence.export")
    asked = holdings.package_export(
        package_id=parse_id(package_id), folder=body.folder, purpose=body.purpose, actor=actor
    )
    return Status(202, presenters.export_detail(asked))


@router.get("/packages/{package_id}/exports", summary="The exports of a package", response=shapes.Exports)
def exports(request: HttpRequest, package_id: Code) -> dict[str, Any]:
    """Every export asked for, and how far it is."""
    accounts.acting(request, "evidence.read")
    package = selectors.package(parse_id(package_id))
    return {"items": [presenters.export_detail(export) for export in package.exports.order_by("asked_at")]}


@router.post(
    "/packages/{package_id}/forwarding",
    summary="Pass a package on, where its originator allows it",
    response=shapes.PackageDetail,
)
def forward(request: HttpRequest, package_id: Code, body: Use) -> dict[str, Any]:
    """Ask for the release of a copy to another bureau; a second person releases it."""
    actor = accounts.acting(request, "evidence.acquire")
    return presenters.package_detail(
        holdings.package_forward(package_id=parse_id(package_id), to=body.to, purpose=body.purpose, actor=actor)
    )


@router.post(
    "/packages/{package_id}/return", summary="Give a package back to its sender", response=shapes.PackageDetail
)
def give_back(request: HttpRequest, package_id: Code, body: Use) -> dict[str, Any]:
    """Ask for the release of the package back to the bureau that sent it; a second person releases it."""
    actor = accounts.acting(request, "evidence.acquire")
    return presenters.package_detail(
        holdings.package_return(package_id=parse_id(package_id), purpose=body.purpose, actor=actor)
    )


@router.post("/packages/{package_id}/destruction", summary="Destroy this bureau's copy", response=shapes.PackageDetail)
def destroy(request: HttpRequest, package_id: Code, body: Use) -> dict[str, Any]:
    """Delete the sealed bytes for good; the proofs stay."""
    actor = accounts.acting(request, "evidence.release")
    return presenters.package_detail(
        holdings.package_destroy(package_id=parse_id(package_id), purpose=body.purpose, actor=actor)
    )


@router.get("/packages/{package_id}/custody", summary="The chain of custody", response=shapes.Custody)
def custody(request: HttpRequest, package_id: Code) -> dict[str, Any]:
    """Every event of custody at this bureau, oldest first."""
    accounts.acting(request, "evidence.read")
    package = selectors.package(parse_id(package_id))
    return {"package": str(package.id), "events": [presenters.custody_event(e) for e in custody_log.chain(package.id)]}


@router.get(
    "/packages/{package_id}/custody-proof",
    summary="The chain of custody with its log proofs",
    openapi_extra=shapes.CUSTODY_FILE,
)
def custody_proof(request: HttpRequest, package_id: Code) -> HttpResponse:
    """The file that the offline verifier checks."""
    accounts.acting(request, "evidence.read")
    package = selectors.package(parse_id(package_id))
    return HttpResponse(custody_log.document(package.id), content_type="application/json")


@router.get("/packages/{package_id}/dossier", summary="The dossier as PDF", openapi_extra=shapes.PDF_FILE)
def dossier(request: HttpRequest, package_id: Code, language: Literal["ar", "en", "fr", "es"] = "en") -> HttpResponse:
    """Request, contents, custody and verification on paper, in one of the four languages."""
    actor = accounts.acting(request, "evidence.read")
    package = selectors.package(parse_id(package_id))
    return HttpResponse(dossiers.pdf(package, language, actor.reference), content_type="application/pdf")
