"""A year of requests as the ledger has them: sent and received, answered, refused, late and still open."""

import random
from datetime import datetime, timedelta
from typing import Any, Final

from tests.desk.samples import Desk

from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

PARTNERS: Final = ("NO", "FR", "ES", "SE")
INSTRUMENTS: Final = ("budapest-2001", "un-cybercrime-2024", "budapest-second-protocol-2022")
MEASURES: Final = ("stored_content", "traffic_data", "subscriber_information")
URGENCIES: Final = ("emergency", "urgent", "routine")
GROUNDS: Final = ("sovereignty", "dual_criminality", "political_offence")
HOURS: Final = {"emergency": 5.0, "urgent": 60.0, "routine": 260.0}
COUNT: Final = 72


def make(desk: Desk) -> int:
    """Record the events of ``COUNT`` requests; how many."""
    del desk
    chance = random.Random(93)
    return sum(_request(chance, number) for number in range(COUNT))


def pages(desk: Desk) -> list[str]:
    """The page, narrowed and not, and the definitions."""
    del desk
    return [
        "/indicators/",
        "/indicators/?stage=answer&by=urgency&period=365",
        "/indicators/?partner=FR&by=instrument",
        "/indicators/definitions",
    ]


def _request(chance: random.Random, number: int) -> int:
    urgency = URGENCIES[number % 3]
    request, package = str(new_id()), str(new_id())
    about = {
        "partner": chance.choice(PARTNERS),
        "instrument": chance.choice(INSTRUMENTS),
        "measure": chance.choice(MEASURES),
        "urgency": urgency,
        "side": "requesting" if number % 5 else "requested",
    }
    pace = HOURS[urgency] * chance.lognormvariate(0, 0.6)
    began = clock.now() - timedelta(days=chance.uniform(1, 360))
    asking = about["side"] == "requesting"
    steps: list[tuple[str, str, float, dict[str, Any]]] = [
        ("evidence.request.submitted", request, 0.0, {}),
        ("evidence.request.sent", request, chance.uniform(0.2, 3), {}),
        ("evidence.request.acknowledged", request, 4 + pace * 0.1, {}),
    ]
    if not asking:
        steps[:2] = [("evidence.request.received", request, 0.0, {})]
    if number % 9 == 0:
        steps.append(("evidence.request.refused", request, 4 + pace, {"ground": chance.choice(GROUNDS)}))
    elif number % 7:
        due = clock.timestamp(began + timedelta(hours=HOURS[urgency] * 1.6))
        end = 4 + pace
        steps += [
            ("evidence.request.fulfilled", request, end, {"due_at": due}),
            ("custody.announced", package, end + 0.1, {"request": request}),
            ("custody.received", package, end + chance.uniform(0.2, 2), {"request": request}),
            ("custody.verified", package, end + 2.1, {"request": request}),
        ]
    for kind, subject, hours, data in steps:
        _record(kind, subject, began + timedelta(hours=hours), about | data)
    return 1


def _record(kind: str, subject: str, moment: datetime, data: dict[str, Any]) -> None:
    ledger.record(
        kind,
        subject_type="evidence.package" if kind.startswith("custody.") else "evidence.request",
        subject_id=subject,
        actor="node",
        data=data,
        occurred_at=moment,
    )
