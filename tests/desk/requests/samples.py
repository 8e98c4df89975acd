"""Requests in every state, made and received, by the services of the evidence room."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from tests.desk.samples import Desk

from jusur.evidence import api as evidence
from jusur.evidence.messages import ActBody, RequestBody
from jusur.evidence.services import receiving
from jusur.exchange import api as exchange
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

PURPOSE = "Investigation of organised fraud by a scam centre; evidence for the criminal court."
CONTENTS = {
    "authority": "المديرية العامة للأمن الوطني، الفرقة الوطنية للشرطة القضائية",
    "facts": "Between 1 and 20 September 2026 victims in two countries were led to pay into mule accounts.",
    "legal_provisions": "Articles 540 and 574-1 of the Criminal Code.",
    "data_sought": "Contents of the virtual server srv-93.sample.example: chats, account lists, access logs.",
    "data_relation": "The server holds the chats with the victims and the list of accounts.",
    "custodian": "Sample Hosting AS, Oslo",
    "period": "2026-09-01 to 2026-09-20",
    "necessity": "The data are the only record of who controlled the accounts.",
    "judicial_order": "Order 2026/93 of the investigating judge, Rabat.",
    "urgency_reason": "The hosting contract ends in three days and the data will then be erased.",
    "intention_to_request": "A request for mutual assistance follows within 60 days.",
    "account_identifier": "user4711@mail.example, 20 September 2026, 14:03 UTC",
    "emergency_facts": "The caller threatens to kill the person tonight.",
    "information": "Three phone numbers used by a scam centre.",
    "handling_conditions": "For this investigation only.",
}


def content(measure: str = "stored_content", urgency: str = "urgent", **changes: Any) -> dict[str, Any]:
    """The content of a sample request."""
    instrument = "icpo-rpd" if measure == "emergency" else "budapest-2001"
    asked = {one.id for one in instruments.required_contents(instrument, measure, urgency="urgent")}
    made = {
        "measure": measure,
        "instrument": instrument,
        "urgency": urgency,
        "case_reference": "MA-2026-0093",
        "purpose": PURPOSE,
        "offence": {"description": "Organised fraud by means of a computer system.", "iccs": "0701"},
        "contents": {name: said for name, said in CONTENTS.items() if name in asked},
        "conditions": {"purposes": [PURPOSE], "retention_days": 1826, "text": "Not to be used for another purpose."},
    }
    return made | changes


def draft(desk: Desk, role: str = "officer", to: str = "NO", **changes: Any) -> evidence.EvidenceRequest:
    """A draft of the officer of ``role``."""
    return evidence.request_draft(to=to, content=content(**changes), actor=desk.actor(role))


def submitted(desk: Desk, role: str = "officer", **changes: Any) -> evidence.EvidenceRequest:
    """A request that waits for the second officer."""
    return evidence.request_submit(request_id=draft(desk, role, **changes).id, actor=desk.actor(role))


def sent(desk: Desk, **changes: Any) -> evidence.EvidenceRequest:
    """A request that was approved and sent."""
    return evidence.request_approve(request_id=submitted(desk, **changes).id, actor=desk.actor("supervisor"))


def received(sender: str = "NO", ago: timedelta = timedelta(hours=2), **changes: Any) -> evidence.EvidenceRequest:
    """A request of another bureau, ``ago``."""
    moment = clock.now() - ago
    request_id = new_id()
    body = RequestBody(
        request=str(request_id),
        content=evidence_content(content(case_reference=f"{sender}-2026-0417") | changes),
        sent_at=clock.timestamp(moment),
        actor=f"officer:{new_id()}",
    )
    receiving.receive_request(message(body, sender, request_id, moment, kind="evidence.request"))
    return evidence.request(request_id)


def answered(request: evidence.EvidenceRequest, act: str, **data: str) -> evidence.EvidenceRequest:
    """``request`` after an act of the other bureau."""
    body = ActBody(
        request=str(request.id),
        act=act,
        before=evidence.State(request.state),
        at=clock.timestamp(clock.now()),
        actor=f"officer:{new_id()}",
        data=data,
    )
    receiving.receive_act(message(body, request.counterpart, request.id, clock.now(), kind="evidence.act"))
    return evidence.request(request.id)


def evidence_content(value: dict[str, Any]) -> Any:
    """``value`` as the message carries it."""
    from jusur.evidence.content import parse

    return parse(value)


def message(body: Any, sender: str, conversation: Any, moment: Any, *, kind: str) -> exchange.ReceivedMessage:
    """A message as its handler gets it."""
    return exchange.ReceivedMessage(
        id=new_id(),
        envelope_id=new_id(),
        kind=kind,
        sender=sender,
        recipients=("MA",),
        conversation=conversation,
        sequence=1,
        priority="urgent",
        created_at=moment,
        received_at=moment,
        handling=exchange.for_recipients(["MA"], classification="restricted", retention_days=1826),
        purpose=PURPOSE,
        legal_basis="budapest-2001",
        body=body,
        attachments=(),
    )


def make(desk: Desk) -> dict[str, evidence.EvidenceRequest]:
    """Requests in the states that the pages show differently."""
    instruments.load_shipped()
    officer, supervisor = desk.actor("officer"), desk.actor("supervisor")
    made: dict[str, evidence.EvidenceRequest] = {}
    unfinished = content(case_reference="MA-2026-0101", purpose="", offence={"description": ""}, contents={})
    made["draft"] = evidence.request_draft(to="NO", content=unfinished, actor=officer, unfinished=True)
    returned = submitted(desk, case_reference="MA-2026-0099")
    evidence.request_approve(
        request_id=returned.id, granted=False, reason="The period is missing its year.", actor=supervisor
    )
    evidence.request_correct(
        request_id=returned.id,
        content=content(
            case_reference="MA-2026-0099", contents=content()["contents"] | {"period": "1 to 20 September 2026, UTC"}
        ),
        actor=officer,
    )
    made["waiting"] = evidence.request_submit(request_id=returned.id, actor=officer)
    made["returned"] = submitted(desk, case_reference="MA-2026-0103", measure="preservation")
    evidence.request_approve(
        request_id=made["returned"].id, granted=False, reason="Say why it is urgent.", actor=supervisor
    )
    made["sent"] = sent(desk, measure="preservation", case_reference="MA-2026-0090")
    asked = answered(sent(desk, to="FR", case_reference="MA-2026-0088"), "acknowledge")
    made["asked"] = answered(
        asked, "ask_clarification", text="أي الخادمين هو المقصود؟ Which of the two servers is meant?"
    )
    kept = answered(sent(desk, measure="preservation", case_reference="MA-2026-0071", to="ES"), "acknowledge")
    until = clock.timestamp(clock.now() + timedelta(days=60))
    made["kept"] = answered(kept, "confirm_preservation", until=until, text="Kept by the provider.")
    made["received"] = received()
    made["emergency"] = received(
        "ES", timedelta(hours=6), **content("emergency", "emergency", case_reference="ES-2026-0031")
    )
    taken = received("FR", timedelta(days=2), **content("preservation", case_reference="FR-2026-1188"))
    evidence.request_act(request_id=taken.id, act="acknowledge", data={}, actor=officer)
    made["accepted"] = evidence.request_act(request_id=taken.id, act="accept", data={}, actor=officer)
    late = received("SE", timedelta(days=9), **content("preservation", "routine", case_reference="SE-2026-0007"))
    made["late"] = evidence.request_act(request_id=late.id, act="acknowledge", data={}, actor=officer)
    refused = received("SE", timedelta(days=3), **content("traffic_data", "routine", case_reference="SE-2026-0003"))
    data = {"ground": "dual_criminality", "text": "Not an offence here."}
    made["refused"] = evidence.request_act(request_id=refused.id, act="refuse", data=data, actor=supervisor)
    evidence.raise_alarms()
    return made


def prove() -> None:
    """Let the log hold all that happened; outside any transaction."""
    ledger.integrate()


def pages(desk: Desk) -> list[str]:
    """Their addresses."""
    made = desk.made["requests"]
    return [
        reverse("requests:index"),
        f"{reverse('requests:index')}?side=requested&due=overdue",
        f"{reverse('requests:index')}?case=none",
        reverse("requests:new"),
        f"{reverse('requests:new')}?to=NO",
        reverse("requests:emergency"),
        reverse("requests:edit", args=[made["draft"].id]),
        reverse("requests:basics", args=[made["draft"].id]),
        reverse("requests:check", args=[made["returned"].id]),
        *(reverse("requests:detail", args=[one.id]) for one in made.values()),
    ]
