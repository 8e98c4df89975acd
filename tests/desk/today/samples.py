"""What the first page shows beside the requests: notifications of every officer, an alarm, the exchange time."""

from django.urls import reverse
from tests.desk.samples import Desk

from jusur.desk.today import figures, notifying
from jusur.desk.today.models import Notification
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.ids import new_id

KINDS = ("approval-asked", "request-received", "deadline", "delivery-refused", "returned", "package-received")


def make(desk: Desk) -> None:
    """Notifications for who holds every role, for an administrator; an alarm; the figures."""
    exchange.raise_alarm("peer-silent", peer="SE", detail="No answer for two hours.")
    notifying.read_events()
    for role in ("everything", "administrator"):
        for kind in KINDS:
            notify(desk, role, kind)
    figures.reckon()


def notify(desk: Desk, role: str = "everything", kind: str = "approval-asked", **values: object) -> Notification:
    """One notification of the officer of ``role``."""
    given: dict[str, object] = {
        "officer": desk.officers[role],
        "kind": kind,
        "event": new_id(),
        "subject_type": "evidence.request",
        "subject_id": str(new_id()),
        "partner": "NO",
        "percent": 80 if kind == "deadline" else None,
        "at": clock.now(),
    }
    return Notification.objects.create(**(given | values))


def pages(desk: Desk) -> list[str]:
    """Their addresses."""
    return [reverse("today:index"), reverse("today:notifications")]
