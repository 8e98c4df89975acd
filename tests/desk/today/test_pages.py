"""The first page by role and language, and its notifications."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.desk.conftest import As
from tests.desk.requests import samples as requests
from tests.desk.samples import Desk
from tests.desk.today import samples

from jusur.desk.today import notifying
from jusur.desk.today.models import Notification
from jusur.kernel.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_open_in_every_language(desk: Desk, as_role: As, language: str) -> None:
    requests.make(desk)
    samples.make(desk)
    browser = as_role(language=language)
    for path in samples.pages(desk):
        assert browser.get(path).status_code == 200


def test_the_first_page_leads_to_what_is_due_and_what_waits(desk: Desk, as_role: As) -> None:
    made = requests.make(desk)
    page = as_role("second_supervisor").get("/").content.decode()
    for name in ("waiting", "late", "asked", "received", "emergency"):
        assert f"/requests/{made[name].id}" in page, name
    assert "Overdue" in page
    assert "Nothing is stuck" in page


def test_the_one_who_submitted_is_not_told_to_approve_it(desk: Desk, as_role: As) -> None:
    waiting = requests.make(desk)["waiting"]
    own = requests.submitted(desk, "supervisor", case_reference="MA-2026-0500")
    page = as_role("supervisor").get("/").content.decode()
    assert f"/requests/{waiting.id}" in page
    assert f"/requests/{own.id}" not in page


@pytest.mark.parametrize("role", ["administrator", "auditor", "delegate"])
def test_who_sees_no_case_data_sees_none(desk: Desk, as_role: As, role: str) -> None:
    made = requests.make(desk)
    samples.notify(desk, role, subject_id=str(made["late"].id))
    browser = as_role(role)
    for path in ("/", "/notifications"):
        page = browser.get(path).content.decode()
        assert "MA-2026" not in page
        assert "SE-2026" not in page
        assert "/requests/01" not in page


def test_a_notification_is_marked_when_followed_and_counted_on_every_page(desk: Desk, as_role: As) -> None:
    made = requests.make(desk)
    told = samples.notify(desk, "officer", "deadline", subject_id=str(made["late"].id))
    samples.notify(desk, "officer")
    browser = as_role("officer")
    assert notifying.unseen(desk.officers["officer"].id) == 2
    assert "SE-2026-0007" in browser.get("/notifications").content.decode()
    response = browser.post(f"/notifications/{told.id}")
    assert response["Location"] == f"/requests/{made['late'].id}"
    assert notifying.unseen(desk.officers["officer"].id) == 1
    browser.post("/notifications/seen")
    assert notifying.unseen(desk.officers["officer"].id) == 0


def test_another_officers_notification_is_nobody_elses(desk: Desk, as_role: As) -> None:
    told = samples.notify(desk, "supervisor")
    assert as_role("officer").post(f"/notifications/{told.id}").status_code == 404
    told.refresh_from_db()
    assert told.seen_at is None


def test_the_number_of_queries_does_not_grow_with_the_rows(desk: Desk, as_role: As) -> None:
    requests.make(desk)
    samples.make(desk)
    browser = as_role()
    browser.get("/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get("/")
    for number in range(12):
        requests.received(**requests.content("preservation", case_reference=f"NO-{number}"))
        requests.submitted(desk, case_reference=f"MA-{number}")
        samples.notify(desk)
    with CaptureQueriesContext(connection) as many:
        browser.get("/")
    assert len(many) <= len(few), [query["sql"][:120] for query in many]
    assert len(many) <= 30


def test_notifications_are_listed_page_by_page(desk: Desk, as_role: As) -> None:
    for _number in range(60):
        samples.notify(desk, "officer")
    page = as_role("officer").get("/notifications")
    assert len(page.context["page"]["items"]) == 50
    assert Notification.objects.count() == 60
