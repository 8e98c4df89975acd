from datetime import UTC, datetime, timedelta

import pytest

from jusur.instruments.durations import Duration
from jusur.kernel.errors import InvalidInputError

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("PT8H", NOON + timedelta(hours=8)),
        ("PT90M", NOON + timedelta(minutes=90)),
        ("P3D", NOON + timedelta(days=3)),
        ("P1DT12H", NOON + timedelta(days=1, hours=12)),
        ("P1M", datetime(2026, 2, 28, 12, tzinfo=UTC)),
        ("P6M", datetime(2026, 7, 31, 12, tzinfo=UTC)),
        ("P2Y1M", datetime(2028, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_durations_end_when_the_calendar_says(text: str, end: datetime) -> None:
    assert Duration.parse(text).after(NOON) == end


@pytest.mark.parametrize("text", ["", "P", "PT", "P3", "3D", "P-3D", "P3DT", "PT0H", "P3W", "p3d", "P3D ", "P99999D"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="not a duration"):
        Duration.parse(text)
