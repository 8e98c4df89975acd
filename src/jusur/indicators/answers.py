"""What was asked of the indicators, and what was found: on a large node kept, so that nobody waits for it twice."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from jusur.indicators import reading
from jusur.indicators.cases import Narrowing, Sheet
from jusur.indicators.models import KeptAnswer
from jusur.kernel import canonical, clock

MANY: Final = 2_000
"""From so many requests on, answers are kept and reckoned anew by the worker; a smaller node reckons each time."""
SHEET_SECONDS: Final = 300.0
"""How long a process uses the requests it has loaded, for questions that nobody has asked before."""
ASKED_LATELY: Final = timedelta(days=7)
"""A question that nobody has asked for so long is not reckoned any more."""
MOST_KEPT: Final = 200
"""Of the questions asked lately, how many are reckoned anew, the latest first."""
NOTED_EVERY: Final = timedelta(hours=1)
LONGEST_KEY: Final = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: ``exchange`` (``of``: a grouping or ""), ``curve`` (``of`` a stage) or ``groups``."""

    what: str
    of: str
    narrowing: Narrowing

    @property
    def key(self) -> str:
        """The question as text, the same for the same question."""
        said = {
            name: clock.timestamp(value) if isinstance(value, datetime) else value
            for name, value in asdict(self.narrowing).items()
            if value
        }
        return canonical.encode([self.what, self.of, said]).decode()

    @classmethod
    def parse(cls, key: str) -> "Question":
        """The question of a key."""
        what, of, said = canonical.decode(key.encode(), max_bytes=LONGEST_KEY)
        since, until = (clock.parse_timestamp(said.pop(name)) if name in said else None for name in ("since", "until"))
        return cls(what, of, Narrowing(**said, since=since, until=until))


STANDARD: Final = (
    Question("exchange", "", Narrowing()),
    Question("exchange", "partner", Narrowing()),
    Question("curve", "evidence_exchange", Narrowing()),
    Question("groups", "", Narrowing()),
)
"""What the page of indicators asks before anybody narrows it."""
Reckon = Callable[[Question, Sheet], Any]


class Memory:
    """The requests as this process loaded them last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sheet: Sheet | None = None
        self._until = 0.0

    def sheet(self) -> Sheet:
        """The kept requests, loaded now or lately."""
        with self._lock:
            if self._sheet is None or time.monotonic() >= self._until:
                self._sheet, self._until = reading.kept_sheet(), time.monotonic() + SHEET_SECONDS
            return self._sheet


_memory = Memory()


def answer(question: Question, reckon: Reckon) -> Any:
    """What ``reckon`` finds in every request the ledger knows of; on a large node as it was found last."""
    _position, cases = reading.standing()
    if cases < MANY:
        return reckon(question, reading.present_sheet())
    kept = KeptAnswer.objects.filter(question=question.key).first()
    if kept is None:
        return keep(question, reckon(question, _memory.sheet()), asked_at=clock.now())
    if kept.asked_at < clock.now() - NOTED_EVERY:
        KeptAnswer.objects.filter(question=question.key).update(asked_at=clock.now())
    return kept.answer


def keep(question: Question, found: Any, *, asked_at: datetime) -> Any:
    """Keep what was found, where the question is short enough to be one that people ask."""
    position, _cases = reading.standing()
    if len(question.key) <= LONGEST_KEY:
        KeptAnswer.objects.update_or_create(
            question=question.key,
            defaults={"answer": found, "position": position, "reckoned_at": clock.now()},
            create_defaults={
                "answer": found,
                "position": position,
                "reckoned_at": clock.now(),
                "asked_at": asked_at,
            },
        )
    return found


def refresh(reckon: Reckon) -> int:
    """Reckon anew what is always asked and what was asked lately, from the kept reading; how many answers."""
    if reading.standing()[1] < MANY:
        KeptAnswer.objects.all().delete()
        return 0
    lately = clock.now() - ASKED_LATELY
    standard = {question.key for question in STANDARD}
    KeptAnswer.objects.filter(asked_at__lt=lately).exclude(question__in=standard).delete()
    asked = KeptAnswer.objects.order_by("-asked_at").values_list("question", flat=True)[:MOST_KEPT]
    questions = [*STANDARD, *(Question.parse(key) for key in asked if key not in standard)]
    sheet = reading.kept_sheet()
    for question in questions:
        keep(question, reckon(question, sheet), asked_at=clock.now())
    return len(questions)
