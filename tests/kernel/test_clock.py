from datetime import UTC, datetime, timedelta, timezone

import pytest

from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError


def test_a_moment_has_one_form() -> None:
    moment = datetime(2026, 11, 21, 20, 5, 6, 123456, tzinfo=timezone(timedelta(hours=1)))
    assert clock.timestamp(moment) == "2026-11-21T19:05:06.123456Z"
    assert clock.parse_timestamp("2026-11-21T19:05:06.123456Z") == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21",
        "2026-11-21T20:05:06",
        "2026-11-21T20:05:06+00:00",
        "2026-13-21T20:05:06Z",
        "2026-02-30T20:05:06Z",
        "2026-11-21T20:05:06.1234567Z",
        "2026-11-21T25:05:06Z",
        "٢٠٢٦-11-21T20:05:06Z",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="not a time"):
        clock.parse_timestamp(text)


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock.timestamp(datetime(2026, 11, 21))  # noqa: DTZ001 - that is the mistake


def test_the_clock_can_be_set_wrong_for_a_rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "-3600")
    assert clock.now() < datetime.now(UTC) - timedelta(minutes=59)
