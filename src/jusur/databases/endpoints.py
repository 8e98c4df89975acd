"""Databases, records and lists over HTTP. Each view finds out who acts and hands over to a service."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.databases import presenters, selectors, shapes, walls
from jusur.databases.lists import editions
from jusur.databases.models import Record
from jusur.databases.rules import Mode
from jusur.databases.services import describing, records
from jusur.kernel.ids import parse_id
from jusur.node import context
from jusur.rows.pages import page

databases = Router(tags=["databases"])
recorded = Router(tags=["records"])
lists = Router(tags=["lists"])

Code = Annotated[str, Field(max_length=64)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Limit = Annotated[int, Field(ge=1, le=200)]


class Body(Schema):
    """A strict JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Sharing(Body):
    """A database to host here, and exactly whom it is shared with."""

    key: Code
    recipients: Annotated[list[Code], Field(max_length=256)]
    mode: Literal["replicated", "remote"] = "replicated"


class NewRecord(Body):
    """A record to enter (docs/reference/records.md), and where."""

    database: Code
    reference: Annotated[str, Field(max_length=255)] = ""
    record: dict[str, Any]


class RecordCorrection(Body):
    """A record's new content, why, and the version it was written on."""

    record: dict[str, Any]
    reason: Reason
    version: Annotated[int, Field(ge=1)] | None = None


class Why(Body):
    """Why it is done."""

    reason: Reason


@databases.get("", summary="The databases known here", response=shapes.DatabaseList)
def list_databases(request: HttpRequest, key: Code = "", host: Code = "", closed: bool = False) -> dict[str, Any]:
    """Those that this node hosts, and those that others share with it."""
    _managing(request)
    found = selectors.databases(key=key, host=host, open_only=not closed)
    return {"items": [presenters.database_view(each) for each in found]}


@databases.post("", summary="Host a database and share it", response=shapes.DatabaseDetail)
def share(request: HttpRequest, body: Sharing) -> dict[str, Any]:
    """Host a database of this key, shared with exactly these organisations; again to change either."""
    actor = accounts.acting(request, "database.manage")
    shared = describing.database_share(key=body.key, recipients=body.recipients, mode=Mode(body.mode), actor=actor)
    return presenters.database_detail(shared)


@databases.get("/{database_id}", summary="One database and who follows it", response=shapes.DatabaseDetail)
def show_database(request: HttpRequest, database_id: Code) -> dict[str, Any]:
    """What it holds, who may write, whom it is shared with, and how far each node is."""
    _managing(request)
    return presenters.database_detail(selectors.database(database_id))


@databases.post("/{key}/closing", summary="Close a database hosted here", response=shapes.DatabaseDetail)
def close_database(request: HttpRequest, key: Code) -> dict[str, Any]:
    """Share it with nobody any longer and take no more records."""
    actor = accounts.acting(request, "database.manage")
    return presenters.database_detail(describing.database_close(key=key, actor=actor))


@recorded.get("", summary="This bureau's own records, newest first", response=shapes.RecordPage)
def list_records(request: HttpRequest, database: Code = "", cursor: Code = "", limit: Limit = 50) -> dict[str, Any]:
    """Others' records are found by searching, never listed."""
    accounts.acting(request, "record.read")
    with walls.reading(context.current().address):
        rows = Record.objects.filter(originator=context.current().address)
        if database:
            rows = rows.filter(database=selectors.database(database).id)
        return page(rows, presenters.record_row, cursor=cursor, limit=limit)


@recorded.post("", summary="Enter a record", response={201: shapes.RecordDetail})
def add_record(request: HttpRequest, body: NewRecord) -> Status[dict[str, Any]]:
    """A record of this bureau, in a database that it hosts or that is shared with it."""
    actor = accounts.acting(request, "record.write")
    created = records.record_create(database=body.database, draft=body.record, reference=body.reference, actor=actor)
    return Status(201, presenters.record_row(created))


@recorded.get("/{record_id}", summary="One record", response=shapes.RecordDetail)
def show_record(request: HttpRequest, record_id: Code, purpose: Code = "") -> dict[str, Any]:
    """This bureau's own, or, for a purpose that the record permits, another's that this bureau may see."""
    actor = accounts.acting(request, "record.read")
    return presenters.record_detail(records.record_read(record_id=parse_id(record_id), purpose=purpose, actor=actor))


@recorded.put("/{record_id}", summary="Correct a record", response=shapes.RecordDetail)
def correct_record(request: HttpRequest, record_id: Code, body: RecordCorrection) -> dict[str, Any]:
    """A new version; the one before is kept."""
    actor = accounts.acting(request, "record.write")
    corrected = records.record_correct(
        record_id=parse_id(record_id), draft=body.record, reason=body.reason, version=body.version, actor=actor
    )
    return presenters.record_row(corrected)


@recorded.post("/{record_id}/withdrawal", summary="Withdraw a record", response=shapes.Withdrawn)
def withdraw_record(request: HttpRequest, record_id: Code, body: Why) -> dict[str, Any]:
    """It is found no more, here and wherever it was copied."""
    actor = accounts.acting(request, "record.withdraw")
    gone = records.record_withdraw(record_id=parse_id(record_id), reason=body.reason, actor=actor)
    return {"id": str(gone.id), "state": str(gone.state), "version": gone.version}


@recorded.get("/{record_id}/versions", summary="Earlier versions of an own record", response=shapes.Versions)
def versions(request: HttpRequest, record_id: Code) -> dict[str, Any]:
    """What was corrected, by whom and why."""
    accounts.acting(request, "record.read")
    found = selectors.versions(parse_id(record_id))
    return {"items": [presenters.version_view(each) for each in found]}


@lists.get("/editions", summary="Editions of imported lists, newest first", response=shapes.EditionPage)
def list_editions(request: HttpRequest, database: Code = "", cursor: Code = "", limit: Limit = 50) -> dict[str, Any]:
    """How far each is, with exact counts."""
    accounts.acting(request, "record.read")
    name = selectors.database(database).id if database else ""
    with walls.duty():
        return page(selectors.editions(database=name), presenters.edition_view, cursor=cursor, limit=limit)


@lists.get("/editions/{edition_id}", summary="One edition", response=shapes.EditionView)
def show_edition(request: HttpRequest, edition_id: Code) -> dict[str, Any]:
    """How far it is, with exact counts."""
    accounts.acting(request, "record.read")
    return presenters.edition_view(selectors.edition(parse_id(edition_id)))


@lists.get("/editions/{edition_id}/refusals", summary="What was refused, and why", response=shapes.RefusalPage)
def list_refusals(
    request: HttpRequest,
    edition_id: Code,
    after: Annotated[int, Field(ge=-1, le=2**53)] = -1,
    limit: Annotated[int, Field(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """In the order of the file."""
    accounts.acting(request, "list.import")
    edition = selectors.edition(parse_id(edition_id))
    return presenters.refusals_page(edition.id, after=after, limit=limit)


@lists.get(
    "/editions/{edition_id}/refusals-file", summary="What was refused, as CSV", openapi_extra=shapes.REFUSALS_FILE
)
def refusals_file(request: HttpRequest, edition_id: Code) -> HttpResponse:
    """Every refused entry with its line, identifier and reason."""
    accounts.acting(request, "list.import")
    edition = selectors.edition(parse_id(edition_id))
    answer = HttpResponse(presenters.refusals_csv(edition.id), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{edition.id}.csv"'
    return answer


@lists.post("/editions/{edition_id}/acceptance", summary="Take a held edition", response=shapes.EditionView)
def accept_edition(request: HttpRequest, edition_id: Code, body: Why) -> dict[str, Any]:
    """A person's word that it is right; the worker takes it then."""
    actor = accounts.acting(request, "list.import")
    return presenters.edition_view(
        editions.edition_accept(edition_id=parse_id(edition_id), reason=body.reason, actor=actor)
    )


@lists.post("/editions/{edition_id}/discarding", summary="Drop an edition", response=shapes.EditionView)
def discard_edition(request: HttpRequest, edition_id: Code, body: Why) -> dict[str, Any]:
    """What was held before stays as it is."""
    actor = accounts.acting(request, "list.import")
    return presenters.edition_view(
        editions.edition_discard(edition_id=parse_id(edition_id), reason=body.reason, actor=actor)
    )


def _managing(request: HttpRequest) -> None:
    """Databases are looked at by who keeps them and by who reads records."""
    actor = getattr(request, "auth", None)
    held = accounts.permitted_acts(actor.roles) if isinstance(actor, accounts.Actor) else frozenset()
    accounts.acting(request, "database.manage" if "database.manage" in held else "record.read")
