"""The trail finds events by a part of their purpose, whatever the script, without reading them all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jusur.ledger import api, trail
from jusur.ledger.trail import Wanted

pytestmark = pytest.mark.django_db

PURPOSES = ("Investigation of a scam centre", "التحقيق في شبكة احتيال", "Enquête 100 % sûre_1", "ab")


@pytest.fixture(autouse=True)
def _events() -> None:
    for number, purpose in enumerate((*PURPOSES, "")):
        api.record("a.b", subject_type="x", subject_id=str(number), actor="officer:1", data={}, purpose=purpose)
    api.integrate()


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("SCAM", PURPOSES[0]),
        ("vestigation of", PURPOSES[0]),
        ("تحقيق", PURPOSES[1]),
        ("100 %", PURPOSES[2]),
        ("SÛRE_", PURPOSES[2]),
        ("b", PURPOSES[3]),
        ("ab", PURPOSES[3]),
    ],
)
def test_a_part_is_found_in_any_script_and_case(part: str, found: str) -> None:
    assert found in {entry.purpose for entry in api.trail(Wanted(purpose=part))["items"]}


@pytest.mark.parametrize("part", ["centre scam", "sûreX1", "1000", "%%%", "' OR 1=1"])
def test_what_no_purpose_contains_is_not_found(part: str) -> None:
    assert api.trail(Wanted(purpose=part))["items"] == []


def test_the_newest_come_first_whether_near_or_by_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    for near in (0, 1, 2, trail.NEAR):
        monkeypatch.setattr(trail, "NEAR", near)
        page = api.trail(Wanted(purpose="tion of"), limit=1)
        assert [entry.purpose for entry in page["items"]] == [PURPOSES[0]]
        assert [entry.subject_id for entry in api.trail_every(Wanted(purpose="tion of"), limit=9)] == ["0"]


def test_a_rare_part_is_found_by_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    new = [
        api.NewEvent(kind="a.b", subject_type="x", subject_id="1", actor="node", data={}, purpose=f"Case {number}")
        for number in range(3_000)
    ]
    api.record_many(new)
    api.integrate()
    monkeypatch.setattr(trail, "NEAR", 10)
    with CaptureQueriesContext(connection) as made, connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('ledger_event_purpose_parts')")
        cursor.execute("SET LOCAL enable_bitmapscan = on")  # what integrating set stands until the test's end
        cursor.execute("ANALYZE ledger_event")
        assert len(api.trail(Wanted(purpose="scam centre"))["items"]) == 1
        cursor.execute(f"EXPLAIN {made[-1]['sql']}")
        assert "ledger_event_purpose_parts" in str(cursor.fetchall())
