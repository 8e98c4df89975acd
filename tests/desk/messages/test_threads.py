"""What a conversation shows, what opening it leaves behind, and what hostile content cannot do."""

from typing import Any
from uuid import UUID

import pytest
from tests.desk import samples
from tests.desk.conftest import As
from tests.desk.messages import samples as rows
from tests.desk.messages.peers import Peer

from jusur.exchange.models import Delivery, InboundMessage, OutboundMessage
from jusur.ledger import api as ledger


@pytest.fixture
def made(desk: samples.Desk) -> dict[str, Any]:
    return rows.make(desk)


def messages_of(conversation: str) -> list[InboundMessage]:
    return list(InboundMessage.objects.filter(inbound_conversation__conversation=conversation, kind="message.text"))


def test_opening_is_noted_for_each_officer_and_told_once_without_a_name(
    as_role: As, desk: samples.Desk, made: dict[str, Any]
) -> None:
    [message] = messages_of(made["received"])
    for role in ("officer", "examiner", "officer"):
        assert as_role(role).get(f"/messages/{made['received']}").status_code == 200
    read = [event for event in ledger.events("exchange.message", str(message.message_id)) if "read" in event.kind]
    assert [event.actor for event in read] == [desk.actor(role).reference for role in ("officer", "examiner")]
    assert {event.purpose for event in read} == {rows.PURPOSE}
    told = OutboundMessage.objects.filter(kind="exchange.acknowledgement", body__message=str(message.message_id))
    assert [set(one.body) for one in told] == [{"message", "read_at"}]


def test_unread_is_each_officers_own(as_role: As, made: dict[str, Any]) -> None:
    def unread(role: str) -> set[str]:
        items = as_role(role).get("/messages/?view=unread").context["page"]["items"]
        return {one["id"] for one in items}

    assert made["received"] in unread("officer")
    as_role("officer").get(f"/messages/{made['received']}")
    assert made["received"] not in unread("officer")
    assert made["received"] in unread("examiner")
    assert as_role("examiner").post("/messages/read").status_code == 302
    assert unread("examiner") == set()
    Peer("NO").say("Another word", "On the same matter.", conversation=made["received"])
    assert unread("examiner") == {made["received"]}


def test_nothing_hostile_becomes_markup(as_role: As, made: dict[str, Any]) -> None:
    browser = as_role()
    for path in ("/messages/", f"/messages/{made['hostile']}"):
        page = browser.get(path).content.decode()
        assert "<script>alert" not in page
        assert "onerror=alert(1)>" not in page
        assert "&lt;script&gt;alert" in page


def test_a_file_is_kept_and_never_shown(as_role: As, desk: samples.Desk, made: dict[str, Any]) -> None:
    [message] = messages_of(made["hostile"])
    answer = as_role("officer").get(f"/messages/{made['hostile']}/{message.message_id}/files/0")
    assert b"".join(answer.streaming_content) == rows.HOSTILE.encode()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    kinds = [(event.kind, event.actor) for event in ledger.events("exchange.message", str(message.message_id))]
    assert ("exchange.attachment.opened", desk.actor("officer").reference) in kinds


def test_what_was_sent_can_be_read_here_too(as_role: As, made: dict[str, Any]) -> None:
    sent = made["answered"]
    answer = as_role("officer").get(f"/messages/{sent['conversation']}/{sent['id']}/files/0")
    assert b"".join(answer.streaming_content).startswith(b"account,bank")  # type: ignore[attr-defined]
    assert "filename*=UTF-8''%D9%82" in answer["Content-Disposition"]


def test_a_file_is_found_in_its_own_conversation_only(as_role: As, made: dict[str, Any]) -> None:
    [message] = messages_of(made["hostile"])
    browser = as_role("officer")
    for path in (
        f"/messages/{made['received']}/{message.message_id}/files/0",
        f"/messages/{made['hostile']}/{message.message_id}/files/1",
        f"/messages/{made['received']}/{made['answered']['id']}/files/0",
        f"/messages/{made['received']}/{made['answered']['id']}/receipts/NO",
        f"/messages/{made['received']}/{made['warning']['id']}/recipients",
    ):
        assert browser.get(path).status_code == 404, path


def test_an_answer_goes_under_the_terms_of_what_it_answers(as_role: As, made: dict[str, Any]) -> None:
    [message] = messages_of(made["received"])
    answer = as_role("officer").post(
        f"/messages/{made['received']}", {"text": "وصلت رسالتكم.", "in_reply_to": str(message.message_id)}
    )
    assert answer.status_code == 302
    sent = OutboundMessage.objects.get(conversation=made["received"], kind="message.text")
    assert sent.recipients == ["FR"]
    assert sent.purpose == rows.PURPOSE
    assert sent.handling["classification"] == "restricted"
    assert sent.body["in_reply_to"] == str(message.message_id)
    assert sent.body["subject"].startswith("Re: ")


def test_a_draft_is_approved_by_another_officer(as_role: As, made: dict[str, Any]) -> None:
    draft = made["draft"]
    path = f"/messages/{draft['conversation']}/{draft['id']}/approval"
    assert as_role("officer").post(path).status_code == 409
    assert Delivery.objects.get(message=UUID(draft["id"])).state == "drafted"
    assert as_role("supervisor").post(path).status_code == 302
    assert Delivery.objects.get(message=UUID(draft["id"])).state == "queued"


def test_the_board_counts_who_has_received_and_read(as_role: As, made: dict[str, Any]) -> None:
    warning = made["warning"]
    page = as_role("officer").get(f"/messages/{warning['conversation']}/{warning['id']}/recipients")
    assert page.context["figures"] == {"all": 4, "received": 2, "read": 1, "waiting": 2, "failed": 0}


def test_a_receipt_is_checked_anew(as_role: As, made: dict[str, Any]) -> None:
    sent = made["answered"]
    path = f"/messages/{sent['conversation']}/{sent['id']}/receipts/NO"
    browser = as_role("officer")
    assert browser.get(path).context["found"]["holds"] is True
    Delivery.objects.filter(message=UUID(sent["id"])).update(digest="0" * 64)
    assert browser.get(path).context["found"]["holds"] is False
    assert browser.get(f"{path}/file").json()["payloadType"] == "application/vnd.jusur.receipt+json"
