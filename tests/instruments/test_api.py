import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jusur.instruments import api, shipped
from jusur.instruments.errors import InstrumentNotFoundError, InstrumentVersionError
from jusur.instruments.models import InstrumentVersion
from jusur.instruments.services import instrument_version_add, load_shipped

pytestmark = pytest.mark.django_db

PARTIES = [{"country": code, "status": "party", "since": "2026-01-01", "source": "agreement"} for code in ("MA", "NO")]


def fast_track(**changes: Any) -> bytes:
    document = json.loads(shipped.documents()["bilateral"])
    own = {"id": "ma-no-2026", "template": False, "in_force": "2026-01-01", "parties": PARTIES}
    return json.dumps(document | own | changes).encode()


def test_migration_brings_the_shipped_instruments_and_loading_again_changes_nothing() -> None:
    assert [one.id for one in api.instruments()] == list(shipped.documents())
    before = list(InstrumentVersion.objects.values_list("pk", flat=True))
    assert load_shipped() == 0
    assert list(InstrumentVersion.objects.values_list("pk", flat=True)) == before
    assert api.instruments() == shipped.instruments()


def test_a_bilateral_fast_track_becomes_available_once_registered() -> None:
    assert "ma-no-2026" not in api.measures("MA", "NO")
    instrument_version_add(document=fast_track(), actor="legal adviser")
    assert {measure.id for measure in api.measures("MA", "NO")["ma-no-2026"]} >= {"stop_payment", "stored_content"}
    assert "ma-no-2026" not in api.measures("MA", "NO", date(2025, 12, 31))
    assert "ma-no-2026" not in api.measures("MA", "SE")
    start = datetime(2026, 11, 21, tzinfo=UTC)
    deadline = api.deadline(
        "ma-no-2026", "subscriber_information", started_at=start, urgency="urgent", directly_accessible=True
    )
    assert deadline
    assert deadline.due == start + timedelta(hours=8)
    assert api.deadline("ma-no-2026", "subscriber_information", started_at=start, name="serve") is None


def test_a_case_keeps_the_version_it_was_opened_under() -> None:
    instrument_version_add(document=fast_track(), actor="legal adviser")
    cited = api.digest("ma-no-2026")
    measure = json.loads(fast_track())["measures"][0]
    instrument_version_add(document=fast_track(version=2, measures=[measure]), actor="legal adviser")
    assert api.instrument("ma-no-2026").version == 2
    assert len(api.instrument("ma-no-2026").measures) == 1
    assert len(api.instrument("ma-no-2026", digest=cited).measures) == 7
    assert api.check_contents("ma-no-2026", "stop_payment", {}, digest=cited)
    assert api.grounds("ma-no-2026", "stop_payment", digest=cited)


def test_versions_follow_one_another() -> None:
    for version in (2, 99):
        with pytest.raises(InstrumentVersionError, match="Number it 1"):
            instrument_version_add(document=fast_track(version=version), actor="x")
    instrument_version_add(document=fast_track(), actor="x")
    with pytest.raises(InstrumentVersionError, match="Number it 2"):
        instrument_version_add(document=fast_track(), actor="x")


def test_the_organisations_own_version_outlives_a_new_shipped_one(monkeypatch: pytest.MonkeyPatch) -> None:
    own = json.loads(shipped.documents()["budapest-2001"]) | {"citation": "as confirmed by our legal adviser"}
    instrument_version_add(document=json.dumps(own).encode(), actor="legal adviser")
    newer = {
        name: json.dumps(json.loads(document) | {"version": 2}).encode()
        for name, document in shipped.documents().items()
    }
    monkeypatch.setattr(shipped, "documents", lambda: newer)
    assert load_shipped() == len(newer)
    assert api.instrument("budapest-2001").citation == "as confirmed by our legal adviser"
    assert api.instrument("un-toc-2000").version == 2


def test_a_shipped_document_that_changed_without_a_new_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    altered = json.loads(shipped.documents()["classic-mla"]) | {"citation": "altered"}
    monkeypatch.setattr(shipped, "documents", lambda: {"classic-mla": json.dumps(altered).encode()})
    with pytest.raises(InstrumentVersionError, match="Raise the version"):
        load_shipped()


def test_the_database_allows_one_active_version() -> None:
    row = InstrumentVersion.objects.get(instrument_id="classic-mla")
    row.pk, row.version, row._state.adding = None, 2, True
    row.pk = InstrumentVersion._meta.pk.get_default()
    with pytest.raises(IntegrityError, match="instrument_one_active_version"), transaction.atomic():
        row.save(force_insert=True)


def test_unknown_instruments_are_not_found() -> None:
    for question in (api.instrument, api.digest):
        with pytest.raises(InstrumentNotFoundError):
            question("magna-carta")
    with pytest.raises(InstrumentNotFoundError):
        api.instrument("budapest-2001", digest="0" * 64)


def test_contents_are_checked_against_the_register() -> None:
    required = api.required_contents("budapest-2001", "preservation", urgency="urgent")
    assert "urgency_reason" in [one.id for one in required]
    missing = api.check_contents("budapest-2001", "preservation", {one.id: "x" for one in required}, urgency="urgent")
    assert missing == ()


def test_answers_are_read_once_and_kept(django_assert_max_num_queries: Any) -> None:
    api.between("MA", "NO")
    with django_assert_max_num_queries(1):
        api.between("MA", "NO")
    assert connection.in_atomic_block


def test_views_show_source_and_verification_of_every_fact() -> None:
    view = json.loads(json.dumps(api.instrument_view(api.instrument("eu-2023-977"))))
    clocks = view["measures"][0]["clocks"]
    assert [clock["verified_on"] for clock in clocks] == ["2026-11-21", "2026-11-21", None]
    assert all(clock["source"] for clock in clocks)
    basis = json.loads(json.dumps(api.basis_view(api.between("MA", "NO")[0])))
    assert basis["assumed"] is True
    assert {"id", "label", "why", "when", "source", "verified_on"} == set(basis["measures"][0]["contents"][0])
