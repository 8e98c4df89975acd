"""All acts by the pages: approving, returning, answering, refusing, extending, withdrawing; who may and who not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.desk.conftest import As
from tests.desk.requests import samples
from tests.desk.samples import Desk
from tests.desk.signin.sessions import AGENT, sign_in

from jusur.evidence import api as evidence

pytestmark = pytest.mark.usefixtures("law")


def state(request: evidence.EvidenceRequest) -> str:
    """Where ``request`` stands now."""
    return str(evidence.request(request.id).state)


def test_a_second_officer_approves_and_the_request_goes(desk: Desk, as_role: As) -> None:
    waiting = samples.submitted(desk)
    page = as_role("supervisor").get(f"/requests/{waiting.id}").content.decode()
    assert "Approve and send" in page
    assert "Exactly this will be sent" in page
    response = as_role("supervisor").post(f"/requests/{waiting.id}/approval", {"send-reason": "Necessary."})
    assert response.status_code == 302
    assert state(waiting) == "sent"


def test_who_submitted_sees_why_the_button_is_not_theirs(desk: Desk, as_role: As) -> None:
    waiting = samples.submitted(desk, "supervisor")
    browser = as_role("supervisor")
    page = browser.get(f"/requests/{waiting.id}").content.decode()
    assert "You submitted it, so somebody else approves it" in page
    assert "Approve and send" not in page
    assert "Rachid Ouazzani" in page
    refused = browser.post(f"/requests/{waiting.id}/approval", {"send-reason": ""})
    assert refused.status_code == 409
    assert "This act takes two people." in refused.content.decode()
    assert state(waiting) == "awaiting_approval"


def test_approving_takes_a_recent_confirmation(desk: Desk) -> None:
    waiting = samples.submitted(desk)
    browser = sign_in(
        Client(headers={"user-agent": AGENT}), desk.officers["supervisor"], confirmed_ago=timedelta(hours=1)
    )
    response = browser.post(f"/requests/{waiting.id}/approval", {"send-reason": ""})
    assert response.status_code == 302
    assert "/account/confirm" in response["Location"] or "confirm" in response["Location"]
    assert state(waiting) == "awaiting_approval"


def test_what_changed_since_it_was_returned_is_shown(desk: Desk, as_role: As) -> None:
    waiting = samples.submitted(desk)
    as_role("supervisor").post(f"/requests/{waiting.id}/return", {"return-reason": "Which year?"})
    assert state(waiting) == "drafted"
    assert "Which year?" in as_role("officer").get(f"/requests/{waiting.id}").content.decode()
    changed = samples.content(purpose="Another purpose entirely.")
    evidence.request_correct(request_id=waiting.id, content=changed, actor=desk.actor("officer"))
    evidence.request_submit(request_id=waiting.id, actor=desk.actor("officer"))
    page = as_role("supervisor").get(f"/requests/{waiting.id}").content.decode()
    assert "<ins>Another purpose entirely.</ins>" in page
    assert f"<del>{samples.PURPOSE}</del>" in page


def test_returning_needs_a_reason(desk: Desk, as_role: As) -> None:
    waiting = samples.submitted(desk)
    response = as_role("supervisor").post(f"/requests/{waiting.id}/return", {"return-reason": ""})
    assert response.status_code == 422
    assert state(waiting) == "awaiting_approval"


@pytest.mark.parametrize(
    ("role", "code", "data", "after"),
    [
        ("officer", "acknowledge", {}, "acknowledged"),
        ("officer", "accept", {}, "in_execution"),
        ("officer", "ask_clarification", {"ask_clarification-text": "Which server?"}, "clarification_asked"),
        ("officer", "extend", {"extend-until": "2035-01-31T12:00", "extend-text": "The provider is slow."}, "sent"),
        ("supervisor", "refuse", {"refuse-ground": "political_offence", "refuse-text": "No."}, "refused"),
    ],
)
def test_the_requested_bureau_acts(
    desk: Desk, as_role: As, role: str, code: str, data: dict[str, str], after: str
) -> None:
    request = samples.received()
    grounds = [one for one, _label in _grounds(request)]
    if code == "refuse":
        data = data | {"refuse-ground": grounds[0]}
    response = as_role(role).post(f"/requests/{request.id}/acts/{code}", data)
    assert response.status_code == 302
    assert state(request) == after
    assert as_role(role).get(f"/requests/{request.id}").status_code == 200


def _grounds(request: evidence.EvidenceRequest) -> list[tuple[str, str]]:
    from jusur.desk.requests import law

    return law.grounds(request.instrument, request.measure)


def test_preservation_is_confirmed_until_a_day(desk: Desk, as_role: As) -> None:
    request = samples.received(**samples.content("preservation"))
    browser = as_role("officer")
    browser.post(f"/requests/{request.id}/acts/acknowledge")
    data = {"confirm_preservation-until": "2035-01-31T12:00", "confirm_preservation-text": ""}
    assert browser.post(f"/requests/{request.id}/acts/confirm_preservation", data).status_code == 302
    assert state(request) == "fulfilled"


def test_the_requesting_bureau_answers_and_withdraws(desk: Desk, as_role: As) -> None:
    asked = samples.answered(samples.sent(desk), "ask_clarification", text="Which server?")
    browser = as_role("officer")
    assert "Clock stands still" in browser.get(f"/requests/{asked.id}").content.decode()
    browser.post(f"/requests/{asked.id}/acts/answer_clarification", {"answer_clarification-text": "The second."})
    assert state(asked) == "in_execution"
    empty = browser.post(f"/requests/{asked.id}/acts/withdraw", {"withdraw-text": ""})
    assert empty.status_code == 422
    browser.post(f"/requests/{asked.id}/acts/withdraw", {"withdraw-text": "Solved."})
    assert state(asked) == "withdrawn"


def test_refusing_is_not_the_officers_act(desk: Desk, as_role: As) -> None:
    request = samples.received()
    browser = as_role("officer")
    page = browser.get(f"/requests/{request.id}").content.decode()
    assert "This takes one of the roles: Supervisor, Legal adviser." in page
    data = {"refuse-ground": _grounds(request)[0][0], "refuse-text": "No."}
    assert browser.post(f"/requests/{request.id}/acts/refuse", data).status_code == 403
    assert state(request) == "sent"


@pytest.mark.parametrize("ground", ["", "invented"])
def test_only_a_listed_ground_refuses(desk: Desk, as_role: As, ground: str) -> None:
    request = samples.received()
    data = {"refuse-ground": ground, "refuse-text": "No."}
    assert as_role("supervisor").post(f"/requests/{request.id}/acts/refuse", data).status_code == 422
    assert state(request) == "sent"


def test_an_act_out_of_turn_is_refused_with_its_reason(desk: Desk, as_role: As) -> None:
    request = samples.received()
    browser = as_role("officer")
    browser.post(f"/requests/{request.id}/acts/acknowledge")
    assert browser.post(f"/requests/{request.id}/acts/acknowledge").status_code == 422
    assert browser.post(f"/requests/{request.id}/acts/nonsense").status_code == 404


@pytest.mark.parametrize("role", ["administrator", "auditor", "delegate"])
def test_who_sees_no_case_data_opens_no_request(desk: Desk, as_role: As, role: str) -> None:
    request = samples.received()
    browser = as_role(role)
    for path in ("/requests/", f"/requests/{request.id}", "/requests/new", "/requests/emergency"):
        assert browser.get(path).status_code == 403, path
    for path in ("acts/acknowledge", "approval", "return", "save"):
        assert browser.post(f"/requests/{request.id}/{path}").status_code == 403, path


def test_nobody_acts_without_signing_in_or_without_the_forms_proof(desk: Desk, as_role: As, client: Client) -> None:
    request = samples.received()
    assert client.get("/requests/")["Location"].startswith("/sign-in")
    refused = as_role("officer", csrf=True).post(f"/requests/{request.id}/acts/acknowledge")
    assert refused.status_code == 403
    assert state(request) == "sent"


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }} ${7*7}"


def test_no_text_of_the_other_bureau_becomes_markup(desk: Desk, as_role: As) -> None:
    content = samples.content(case_reference=HOSTILE[:90], purpose=HOSTILE, offence={"description": HOSTILE})
    content["contents"] = dict.fromkeys(content["contents"], HOSTILE)
    content["conditions"] = {"purposes": [HOSTILE], "text": HOSTILE}
    request = samples.answered(samples.received(**content), "withdraw", text=HOSTILE)
    own = samples.answered(samples.sent(desk, purpose=HOSTILE), "ask_clarification", text=HOSTILE)
    browser = as_role()
    for path in (f"/requests/{request.id}", f"/requests/{own.id}", "/requests/", "/"):
        page = browser.get(path).content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "49" not in page.partition("alert(2)")[2][:20]


def test_the_list_asks_as_many_questions_for_fifty_rows_as_for_five(desk: Desk, as_role: As) -> None:
    browser = as_role("officer")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/requests/").status_code == 200
        return len(asked)

    for number in range(5):
        samples.received(case_reference=f"NO-{number}")
    few = queries()
    for number in range(50):
        samples.received(case_reference=f"NO-X{number}")
    assert queries() <= few <= 10


def test_the_list_narrows(desk: Desk, as_role: As) -> None:
    made = samples.make(desk)
    browser = as_role("officer")

    def shown(query: str) -> set[str]:
        page = browser.get(f"/requests/?{query}").content.decode()
        return {name for name, one in made.items() if f"/requests/{one.id}" in page}

    assert shown("side=requested") == {"received", "emergency", "accepted", "late", "refused"}
    assert shown("state=awaiting_approval") == {"waiting"}
    assert shown("due=overdue") == {"late"}
    assert shown("partner=ES") == {"kept", "emergency"}
    assert shown("urgency=emergency") == {"emergency"}
    assert shown("case=MA-2026-00") == {"waiting", "sent", "asked", "kept"}
    assert shown("state=closed") == {"kept", "refused"}
    assert shown("state=%00&partner=nonsense") == set(made)
