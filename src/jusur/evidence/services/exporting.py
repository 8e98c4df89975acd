"""Opening held packages into folders, as asked: done by the worker, once each."""

from uuid import UUID

from django.db import transaction

from jusur.evidence import custody_log, opening
from jusur.evidence.models import EvidenceExport
from jusur.evidence.services import holdings, packages
from jusur.kernel import clock
from jusur.kernel.errors import JusurError
from jusur.node import context
from jusur.rows.claims import claim


def export_waiting() -> int:
    """Do the exports that were asked for; the number done or failed."""
    done = 0
    for export_id in EvidenceExport.objects.filter(state="waiting").order_by("asked_at").values_list("id", flat=True):
        with claim("evidence.export", export_id) as ours:
            if ours:
                done += _export(export_id)
    return done


def _export(export_id: UUID) -> int:
    export = EvidenceExport.objects.select_related("package").get(id=export_id)
    if export.state != "waiting":
        return 0
    folder = context.current().home.path / "exports" / export.folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        report = opening.extract(export.package, folder)
    except (JusurError, OSError) as error:
        EvidenceExport.objects.filter(id=export_id).update(
            state="failed", failure=str(error)[:2000], done_at=clock.now()
        )
        return 1
    with transaction.atomic():
        package = packages.locked(export.package_id)
        export.state, export.done_at = "done", clock.now()
        export.files, export.bytes = len(report.files), report.payload_bytes
        export.save()
        custody_log.record(
            package,
            "custody.exported",
            export.actor,
            purpose=export.purpose,
            data={"files": export.files, "bytes": str(export.bytes)},
        )
        holdings.tell_sender(package, "exported", export.actor, purpose=export.purpose)
    return 1
