import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError
from psycopg import errors

from jusur.evidence import work
from jusur.exchange import api as exchange
from jusur.rows import duties
from jusur.rows.duties import FAILURES_BEFORE_ALARM, DatabaseAwayError, Duty, database_away


def caused(kind: type[Exception], cause: psycopg.Error) -> Exception:
    """Django's error as it comes from psycopg's."""
    made = kind("x")
    made.__cause__ = cause
    return made


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (InterfaceError("closed"), True),
        (caused(OperationalError, psycopg.OperationalError("connection refused")), True),
        (caused(OperationalError, errors.AdminShutdown()), True),
        (caused(OperationalError, errors.TooManyConnections()), True),
        (caused(OperationalError, errors.DeadlockDetected()), False),
        (caused(OperationalError, errors.QueryCanceled()), False),
        (caused(OperationalError, errors.DiskFull()), False),
        (ProgrammingError("no such column"), False),
        (IntegrityError("twice"), False),
        (ValueError("x"), False),
    ],
)
def test_a_database_that_is_away_is_told_from_one_asked_something_wrong(error: Exception, away: bool) -> None:
    assert database_away(error) is away


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock of duties, to be set."""
    at = [1000.0]
    monkeypatch.setattr("jusur.rows.duties.time.monotonic", lambda: at[0])
    return at


class Told:
    """A duty whose acts end as told, and what it told the operator."""

    def __init__(self) -> None:
        self.ends: Exception | int = 0
        self.alarms: list[tuple[str, str]] = []
        self.over: list[str] = []
        self.duty = Duty("seal", self.act, alarm=lambda *a: self.alarms.append(a), over=self.over.append)

    def act(self) -> int:
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


def test_a_duty_that_fails_pauses_longer_each_time(clock: list[float]) -> None:
    told = Told()
    told.ends = ValueError("a bug")
    pauses = []
    for _ in range(12):
        assert told.duty.turn() == 0
        before, failures = clock[0], told.duty.failures
        while told.duty.failures == failures:
            clock[0] += 1
            told.duty.turn()
        pauses.append(clock[0] - before)
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == duties.LONGEST_PAUSE_SECONDS


def test_the_operator_is_told_when_it_lasts_and_when_it_is_over(clock: list[float]) -> None:
    told = Told()
    told.ends = ProgrammingError("a bug")
    for number in range(1, FAILURES_BEFORE_ALARM + 1):
        assert told.alarms == []
        assert (told.duty.turn(), told.duty.failures) == (0, number)
        clock[0] += 1000
    assert told.alarms == [("seal", "The duty seal has failed 5 times in a row (ProgrammingError).")]
    told.ends = 3
    assert (told.duty.turn(), told.duty.failures, told.over) == (3, 0, ["seal"])


def test_a_database_that_is_away_is_no_failure_of_the_duty(clock: list[float]) -> None:
    told = Told()
    told.ends = InterfaceError("closed")
    for _ in range(10):
        with pytest.raises(DatabaseAwayError):
            told.duty.turn()
    assert (told.duty.failures, told.alarms) == (0, [])


class Quiet:
    """A listener that hears nothing and does not wait."""

    def __init__(self, *channels: str) -> None:
        pass

    def wait(self, seconds: float, stop: threading.Event) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.mark.django_db(transaction=True)
def test_one_failing_duty_delays_no_other_and_raises_an_alarm(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    stop, rounds = threading.Event(), []

    def fails() -> int:
        raise ProgrammingError("a bug")

    def works() -> int:
        clock[0] += 1000
        rounds.append(1)
        if len(rounds) == FAILURES_BEFORE_ALARM:
            stop.set()
        return 0

    loop(monkeypatch, {"seal": fails, "verify": works})
    work.run(stop)
    assert len(rounds) == FAILURES_BEFORE_ALARM
    (alarm,) = exchange.open_alarms()
    assert (alarm["kind"], alarm["subject"]) == ("duty-failing", "evidence.seal")
    assert "ProgrammingError" in alarm["detail"]
    stop.clear()
    rounds.clear()
    monkeypatch.setattr(duties, "FAILURES_BEFORE_ALARM", 0)
    loop(monkeypatch, {"seal": lambda: 0, "verify": works})
    work.run(stop)
    assert exchange.open_alarms() == []


def loop(monkeypatch: pytest.MonkeyPatch, acts: dict[str, Callable[[], int]]) -> None:
    monkeypatch.setattr(work, "_DUTIES", acts)
    monkeypatch.setattr(exchange, "Listener", Quiet)
