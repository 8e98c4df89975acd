"""The kept reading says what the whole log says, however it came about."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.indicators.conftest import exchange, happens

from jusur.indicators import reading
from jusur.indicators.cases import Sheet
from jusur.indicators.models import KeptCase
from jusur.indicators.stages import EVENT_KINDS
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


def read_on() -> None:
    ledger.integrate()
    while reading.advance():
        pass


def said(sheet: Sheet) -> list[Any]:
    """The requests of a sheet, whatever their order."""
    return sorted(
        (sheet.kinds[kind].groups, sheet.kinds[kind].fulfilled, np.nan_to_num(row).tolist())
        for kind, row in zip(sheet.kind.tolist(), sheet.moments, strict=True)
    )


def test_nothing_is_read_twice() -> None:
    exchange(1)
    ledger.integrate()
    assert reading.advance()
    assert not reading.advance()
    assert reading.standing()[1] == 1


def test_it_is_the_same_in_small_steps_and_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        exchange(number, partner=["NO", "FR"][number % 2])
    monkeypatch.setattr(reading, "WINDOW", 3)
    read_on()
    in_steps = said(reading.kept_sheet())
    assert reading.differences() == []
    monkeypatch.undo()
    assert reading.rebuild() == 5
    assert said(reading.kept_sheet()) == in_steps


def test_what_waits_for_its_place_counts_at_once() -> None:
    exchange(1)
    read_on()
    happens("evidence.request.sent", "request-2", 0, partner="FR")
    happens("evidence.request.refused", "request-1", 20, ground="sovereignty")
    present = reading.present_sheet()
    assert {kind.groups[0] for kind, _count in present.counts()} == {"NO", "FR"}
    assert {kind.grounds for kind, _count in present.counts()} == {("sovereignty",), ()}
    assert len(reading.kept_sheet()) == 1


def test_what_is_forgotten_is_forgotten_here_too() -> None:
    exchange(1)
    exchange(2)
    read_on()
    ledger.forget_many([("evidence.request", "request-1"), ("evidence.package", "package-1")], actor="node", reason="")
    read_on()
    kept = KeptCase.objects.select_related("kind").get(request="request-1")
    assert kept.packages == []
    assert kept.kind.groups == ["unknown"] * 5
    assert KeptCase.objects.get(request="request-2").packages == ["package-2"]
    assert reading.differences() == []


def test_a_single_event_that_is_forgotten_counts_no_longer_for_its_request() -> None:
    event = happens("custody.verified", "package-1", 0, request="request-1")
    read_on()
    assert reading.standing()[1] == 1
    ledger.forget(event.id)
    read_on()
    assert reading.standing()[1] == 0
    assert reading.differences() == []


def test_a_reading_that_was_tampered_with_is_found_and_made_anew() -> None:
    exchange(1)
    exchange(2)
    read_on()
    KeptCase.objects.filter(request="request-2").update(packages=["another"])
    assert reading.differences() == ["request-2"]
    reading.rebuild()
    assert reading.differences() == []


def test_another_definition_of_the_stages_makes_it_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange(1)
    read_on()
    monkeypatch.setattr(reading, "DEFINITION", "another")
    assert reading.standing() == (-1, 0)
    read_on()
    assert reading.standing() == (ledger.size() - 1, 1)


_happenings = st.lists(
    st.tuples(
        st.sampled_from(sorted(EVENT_KINDS)), st.integers(0, 3), st.integers(0, 3), st.sampled_from(["", "NO", "FR"])
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_happenings, after=_happenings)
def test_whatever_happens_it_says_what_the_log_says(before: list[Any], after: list[Any]) -> None:
    for part in (before, after):
        for minutes, (kind, request, package, partner) in enumerate(part):
            data = {"request": f"request-{request}"} if kind.startswith("custody.") and package else {}
            data |= {"partner": partner} if partner else {}
            subject = f"package-{package}" if kind.startswith("custody.") else f"request-{request}"
            happens(kind, subject, minutes, **data)
        present = said(reading.present_sheet())
        read_on()
        assert reading.differences() == []
        assert said(reading.kept_sheet()) == present
