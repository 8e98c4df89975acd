"""Writing a request in three pages; keeping what is typed; two officers at once; the emergency in one."""

from typing import Any

import pytest
from tests.desk.conftest import As
from tests.desk.requests import samples
from tests.desk.samples import Desk

from jusur.evidence import api as evidence
from jusur.ledger import api as ledger

pytestmark = pytest.mark.usefixtures("law")

START = {"to": "NO", "measure": "preservation", "urgency": "urgent", "case_reference": "MA-2026-0200"}


def form(draft: evidence.EvidenceRequest, **changes: Any) -> dict[str, Any]:
    """The form of page 2, filled for a preservation."""
    contents = samples.content("preservation")["contents"]
    given = {f"c_{name}": text for name, text in contents.items()}
    given |= {
        "revision": str(evidence.request(draft.id).revision),
        "purpose": samples.PURPOSE,
        "offence": "Organised fraud.",
        "classification": "restricted",
        "retention_days": "1826",
        "at_end": "destroy",
        "language": "en",
    }
    return given | changes


@pytest.fixture
def draft(desk: Desk, as_role: As) -> evidence.EvidenceRequest:
    """A draft that page 1 began."""
    response = as_role("officer").post("/requests/new", START)
    assert response.status_code == 302, response.content.decode()
    return evidence.request_list(state="drafted").get()


def test_three_pages_write_a_whole_request(desk: Desk, as_role: As, draft: evidence.EvidenceRequest) -> None:
    browser = as_role("officer")
    response = browser.post(f"/requests/{draft.id}/edit", form(draft, check="1"))
    assert response["Location"] == f"/requests/{draft.id}/check"
    page = browser.get(response["Location"]).content.decode()
    assert samples.CONTENTS["data_sought"] in page
    assert "يوسف العلوي" in page
    submitted = browser.post(f"/requests/{draft.id}/check")
    assert submitted["Location"] == f"/requests/{draft.id}"
    assert evidence.request(draft.id).state == "awaiting_approval"
    assert len(evidence.versions(draft.id)) == 1


def test_what_is_missing_is_named_at_its_field_and_the_rest_is_kept(
    desk: Desk, as_role: As, draft: evidence.EvidenceRequest
) -> None:
    browser = as_role("officer")
    response = browser.post(f"/requests/{draft.id}/edit", form(draft, check="1", c_necessity="", purpose=""))
    assert response.status_code == 200
    assert {"c_necessity"} <= set(response.context["form"].errors)
    kept = evidence.request(draft.id)
    assert kept.content["contents"]["custodian"] == samples.CONTENTS["custodian"]
    again = form(draft, check="1")
    assert browser.post(f"/requests/{draft.id}/edit", again).status_code == 302


def test_submitting_too_early_is_refused_with_what_lacks(
    desk: Desk, as_role: As, draft: evidence.EvidenceRequest
) -> None:
    response = as_role("officer").post(f"/requests/{draft.id}/check")
    assert response.status_code == 200
    assert "Necessity of the measure" in response.content.decode()
    assert evidence.request(draft.id).state == "drafted"


def test_typing_is_kept_without_an_event_for_every_few_seconds(
    desk: Desk, as_role: As, draft: evidence.EvidenceRequest
) -> None:
    browser = as_role("officer")
    for number in range(4):
        answer = browser.post(f"/requests/{draft.id}/save", form(draft, purpose=f"Purpose {number}"))
        assert answer.status_code == 200
        assert answer.json()["revision"] == number + 1
        assert answer.json()["said"].startswith("Saved ")
    assert evidence.request(draft.id).content["purpose"] == "Purpose 3"
    kinds = [event.kind for event in ledger.events("evidence.request", str(draft.id))]
    assert kinds == ["evidence.request.drafted"]
    as_role("supervisor").post(f"/requests/{draft.id}/save", form(draft, purpose="By another hand"))
    kinds = [event.kind for event in ledger.events("evidence.request", str(draft.id))]
    assert kinds == ["evidence.request.drafted", "evidence.request.corrected"]


def test_the_second_of_two_officers_is_shown_both_versions(
    desk: Desk, as_role: As, draft: evidence.EvidenceRequest
) -> None:
    first, second = as_role("officer"), as_role("supervisor")
    mine, theirs = form(draft, purpose="Of the first."), form(draft, purpose="Of the second.")
    assert first.post(f"/requests/{draft.id}/edit", mine).status_code == 302
    assert second.post(f"/requests/{draft.id}/save", theirs).status_code == 409
    conflict = second.post(f"/requests/{draft.id}/edit", theirs)
    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Two officers wrote at once" in page
    assert "<del>Of the first.</del>" in page
    assert "<ins>Of the second.</ins>" in page
    assert evidence.request(draft.id).content["purpose"] == "Of the first."
    deliberate = theirs | {"revision": str(evidence.request(draft.id).revision)}
    assert second.post(f"/requests/{draft.id}/edit", deliberate).status_code == 302
    assert evidence.request(draft.id).content["purpose"] == "Of the second."


def test_another_legal_basis_keeps_what_was_written(desk: Desk, as_role: As, draft: evidence.EvidenceRequest) -> None:
    response = as_role("officer").post(f"/requests/{draft.id}/edit", form(draft, instrument="icpo-rpd"))
    assert response.status_code == 302
    kept = evidence.request(draft.id)
    assert kept.instrument == "icpo-rpd"
    assert kept.content["contents"]["custodian"] == samples.CONTENTS["custodian"]


def test_the_start_can_be_changed(desk: Desk, as_role: As, draft: evidence.EvidenceRequest) -> None:
    changed = START | {"measure": "traffic_data", "urgency": "routine"}
    assert as_role("officer").post(f"/requests/{draft.id}/basics", changed).status_code == 302
    assert evidence.request(draft.id).measure == "traffic_data"


@pytest.mark.parametrize(
    "wrong", [{"to": "XX"}, {"to": "MA"}, {"measure": ""}, {"measure": "nonsense"}, {"case_reference": "a\u202eb"}]
)
def test_a_wrong_start_drafts_nothing(desk: Desk, as_role: As, wrong: dict[str, str]) -> None:
    assert as_role("officer").post("/requests/new", START | wrong).status_code == 200
    assert not evidence.request_list().exists()


def test_deceiving_characters_are_refused_at_the_form(desk: Desk, as_role: As, draft: evidence.EvidenceRequest) -> None:
    browser = as_role("officer")
    response = browser.post(f"/requests/{draft.id}/edit", form(draft, purpose="pay \u202etxt.exe"))
    assert response.status_code == 200
    assert response.context["form"].errors
    assert browser.post(f"/requests/{draft.id}/save", form(draft, purpose="pay \u202etxt.exe")).status_code == 422
    assert evidence.request(draft.id).content["purpose"] == ""


def test_a_sent_request_is_no_draft(desk: Desk, as_role: As) -> None:
    gone = samples.sent(desk)
    browser = as_role("officer")
    for path in ("edit", "check", "basics"):
        assert browser.get(f"/requests/{gone.id}/{path}").status_code == 409
    assert browser.post(f"/requests/{gone.id}/save", form(gone)).status_code == 409


def emergency(**changes: str) -> dict[str, str]:
    """The emergency form, filled."""
    given = {f"c_{name}": samples.CONTENTS[name] for name in ("authority", "facts", "emergency_facts", "data_sought")}
    given |= {f"c_{name}": samples.CONTENTS[name] for name in ("custodian", "urgency_reason")}
    given |= {"to": "NO", "purpose": "To find a kidnapped person alive.", "offence": "Kidnapping."}
    return given | {"case_reference": "MA-2026-0140"} | changes


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_emergency_takes_one_page(desk: Desk, as_role: As, language: str) -> None:
    browser = as_role("officer", language=language)
    assert browser.get("/requests/emergency").status_code == 200
    response = browser.post("/requests/emergency", emergency())
    made = evidence.request_list().get()
    assert response["Location"] == f"/requests/{made.id}"
    assert (made.state, made.urgency, made.measure) == ("awaiting_approval", "emergency", "emergency")
    assert made.content["language"] == language


def test_an_emergency_names_what_lacks_and_drafts_nothing(desk: Desk, as_role: As) -> None:
    response = as_role("officer").post("/requests/emergency", emergency(c_emergency_facts="", to=""))
    assert response.status_code == 200
    assert {"to", "c_emergency_facts"} <= set(response.context["form"].errors)
    assert not evidence.request_list().exists()


def test_data_that_were_preserved_are_asked_for_next(desk: Desk, as_role: As) -> None:
    kept = samples.make(desk)["kept"]
    browser = as_role("officer")
    assert "Ask for the data now" in browser.get(f"/requests/{kept.id}").content.decode()
    data = START | {"to": "ES", "measure": "stored_content", "related": str(kept.id)}
    browser.post("/requests/new", data)
    assert evidence.request_list(partner="ES", state="drafted").get().related_id == kept.id
