"""A log of its own for each test, and requests in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from tests.ledger.conftest import signer_of

from jusur.indicators import answers
from jusur.ledger import api as ledger

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _signer() -> Iterator[None]:
    ledger.configure(lambda: signer_of("MA"))
    yield
    ledger.configure(None)


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_memory", answers.Memory())


def happens(kind: str, subject: str, minutes: float, **data: Any) -> ledger.LedgerEvent:
    """Record one event, so many minutes after noon."""
    return ledger.record(
        kind,
        subject_type="evidence.package" if kind.startswith("custody.") else "evidence.request",
        subject_id=subject,
        actor="node",
        data=data,
        occurred_at=NOON + timedelta(minutes=minutes),
    )


def exchange(number: int, *, partner: str = "NO") -> None:
    """A request that is answered with a package."""
    request, package = f"request-{number}", f"package-{number}"
    happens("evidence.request.sent", request, number, partner=partner, urgency="urgent")
    happens("evidence.request.acknowledged", request, number + 2)
    happens("custody.announced", package, number + 4, request=request)
    happens("custody.received", package, number + 5, request=request)
    happens("custody.verified", package, number + 6, request=request)
    happens("evidence.request.fulfilled", request, number + 7)
