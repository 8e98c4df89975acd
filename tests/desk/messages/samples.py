"""Messages of the sample desk: Rabat writes to Oslo and others; Oslo's and Paris's words have come."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.desk.messages.peers import Peer, receipt_of
from tests.desk.samples import Desk

from jusur.exchange import api as exchange
from jusur.exchange.models import Delivery
from jusur.kernel.clock import now, timestamp
from jusur.kernel.ids import new_id

PURPOSE = "Investigation of a scam centre, case 2026/117"
BASIS = "Constitution of the organisation, Article 2"
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def make(desk: Desk) -> dict[str, Any]:
    """Conversations in every state, a warning, a draft that waits, and something not sent yet."""
    actor = desk.actor("officer").reference
    made = {
        "answered": _answered(actor),
        "received": _received(),
        "waiting": _say(actor, ["FR"], "Vehicle on the ferry from Tanger Med", priority="urgent"),
        "draft": _say(actor, ["ES"], "Meeting of liaison officers", draft=True),
        "warning": _warned(actor),
        "hostile": _hostile(),
    }
    unsent = new_id()
    exchange.written_keep(
        unsent, officer=desk.officers["everything"].id, fields={"subject": "Questions on the ferry", "to": ["FR"]}
    )
    return made | {"unsent": unsent}


def pages(desk: Desk) -> list[str]:
    """The pages to be looked at."""
    made = desk.made["messages"]
    warning = made["warning"]
    answered = made["answered"]
    return [
        "/messages/",
        "/messages/?view=unread",
        f"/messages/{answered['conversation']}",
        f"/messages/{answered['conversation']}/{answered['id']}/receipts/NO",
        f"/messages/{made['received']}",
        f"/messages/{made['draft']['conversation']}",
        f"/messages/{warning['conversation']}",
        f"/messages/{warning['conversation']}/{warning['id']}/recipients",
        "/messages/new?to=NO",
        f"/messages/unsent/{made['unsent']}",
        "/messages/unsent",
        "/messages/warn",
    ]


def _say(actor: str, to: list[str], subject: str, **more: Any) -> dict[str, Any]:
    text = more.pop("text", "We ask you to look for the vehicle described in the attached file.\n\nThank you.")
    return exchange.message_send(
        to=to, subject=subject, text=text, purpose=PURPOSE, legal_basis=BASIS, actor=actor, **more
    )


def _answered(actor: str) -> dict[str, Any]:
    sent = _say(
        actor,
        ["NO"],
        "Payments to three accounts in Oslo",
        topic="assistance",
        opened=[exchange.OpenFile("قائمة الحسابات.csv", io.BytesIO(b"account,bank\n1,2\n" * 500))],
    )
    settle(UUID(sent["id"]), "NO", read=True)
    Peer("NO").say(
        "Re: Payments to three accounts in Oslo",
        "Two of the three are known to us. The files follow by the fast track.",
        conversation=sent["conversation"],
        sequence=1,
    )
    return sent


def _received() -> str:
    return Peer("FR").say(
        "طلب معلومات عن مركبة",
        "السلام عليكم،\nنرجو إفادتنا بما لديكم عن المركبة المذكورة في الملف.\nمع التقدير.",
        language="ar",
        priority="urgent",
        file=("مركبة.pdf", b"%PDF-1.7 sample"),
    )


def _hostile() -> str:
    return Peer("NO").say(HOSTILE, f"{HOSTILE}\n=cmd|' /C calc'!A0", file=("..evil.html", HOSTILE.encode()))


def _warned(actor: str) -> dict[str, Any]:
    sent = exchange.warning_send(
        to=[],
        subject="Modified drones over stadiums",
        text="Two modified drones were found on 20 November near a stadium. Look for the pictured release mechanism.",
        language="en",
        threat="drones",
        severity="serious",
        purpose="Protection of public events",
        legal_basis=BASIS,
        actor=actor,
    )
    settle(UUID(sent["id"]), "NO", read=True)
    settle(UUID(sent["id"]), "FR")
    return sent


def settle(message: UUID, recipient: str, *, read: bool = False) -> None:
    """The recipient gives its signed receipt, and says that the message was read there."""
    row = Delivery.objects.get(message=message, recipient=recipient)
    exchange.apply_receipts([receipt_of(row)])
    if read:
        Peer(recipient).acknowledge(message, timestamp(now() + timedelta(seconds=1)))
