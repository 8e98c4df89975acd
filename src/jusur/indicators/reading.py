"""The reading that is kept: advanced from event to event, and compared with the whole log on demand."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Final

import numpy as np
from django.db import connection, transaction

from jusur.indicators.cases import GROUPINGS, WIDTH, Kind, Sheet, kind_of, moments_of, sheet
from jusur.indicators.models import KeptAnswer, KeptCase, KeptKind, Reading
from jusur.indicators.stages import ANSWERS, CLOSING, EVENT_KINDS, STAGES, Timeline, request_of, timelines
from jusur.ledger import api as ledger

WINDOW: Final = 20_000
"""Places of the log taken in at once."""
SUBJECTS: Final = ("evidence.request", "evidence.package")
FORGETTING: Final = ("ledger.event.forgotten", "ledger.events.forgotten")
WANTED: Final = EVENT_KINDS.union(FORGETTING)
FORGETTING_TAKES: Final = timedelta(hours=1)
"""The longest that a purge may take from marking the events to recording that it did."""
DEFINITION: Final = hashlib.sha256(repr((STAGES, GROUPINGS, sorted(CLOSING), sorted(ANSWERS), 1)).encode()).hexdigest()
"""By what the kept cases were reckoned: where it changes, they are reckoned anew."""
_LOAD: Final = """
    SELECT string_agg(int4send(kind_id::int) || moments, ''::bytea) FROM indicators_keptcase WHERE request <> ALL(%s)
"""
_ROW: Final = np.dtype([("kind", ">i4"), ("moments", "<f8", (WIDTH,))])


def standing() -> tuple[int, int]:
    """Up to which place the log has been read (-1: not at all), and how many requests were found in it."""
    row = Reading.objects.filter(definition=DEFINITION).values_list("position", "cases").first()
    return row or (-1, 0)


def advance() -> bool:
    """Read on in the log, ``WINDOW`` places at most; whether there was anything to read."""
    with transaction.atomic():
        return _read_on(_locked())


def rebuild() -> int:
    """Forget the reading and its answers and read the whole log anew; how many requests it knows of.

    Readers see the old one until the new one is whole.
    """
    with transaction.atomic():
        reading = _locked()
        _empty(reading)
        while _read_on(reading):
            pass
        return reading.cases


def differences() -> list[str]:
    """The requests of which the kept reading says something else than the whole log; none if it is right."""
    with transaction.atomic():
        reading = _locked()
        kinds = _kinds()
        kept = {
            row.request: (kinds[row.kind_id], bytes(row.moments), set(row.packages))
            for row in KeptCase.objects.iterator()
        }
        read = {
            one.request: (kind_of(one), moments_of(one), one.packages)
            for one in timelines(_events(reading.position, EVENT_KINDS)).values()
        }
        return sorted(name for name in kept.keys() | read.keys() if kept.get(name) != read.get(name))


def kept_sheet() -> Sheet:
    """Every request as the kept reading has it."""
    return _load(())


def present_sheet() -> Sheet:
    """Every request as the whole log has it now: the kept reading, and what was recorded since."""
    position, _cases = standing()
    last = ledger.size() - 1
    events = [*_events(last, WANTED, after=position), *ledger.waiting(WANTED)]
    if position < 0:
        return sheet(timelines(step for step in events if step.kind in EVENT_KINDS).values())
    touched, found = _touched(events, last, with_waiting=True)
    return _joined(_load(touched), sheet(found.values()))


def _read_on(reading: Reading) -> bool:
    if reading.definition != DEFINITION:
        _empty(reading)
    last = min(reading.position + WINDOW, ledger.size() - 1)
    if last <= reading.position:
        return False
    touched, found = _touched(ledger.window(reading.position, last, WANTED), last)
    KeptCase.objects.filter(request__in=touched - found.keys()).delete()
    _keep(found.values())
    reading.position = last
    if touched:
        reading.cases = KeptCase.objects.count()
    reading.save()
    return True


def _touched(
    events: Iterable[ledger.Step], last: int, *, with_waiting: bool = False
) -> tuple[set[str], dict[str, Timeline]]:
    """Of which requests ``events`` say something new, and what the log has of each of them; nothing, if forgotten."""
    requests: set[str] = set()
    subjects: set[str] = set()
    for step in events:
        if step.kind in FORGETTING:
            forgotten = ledger.forgotten(step.occurred_at - FORGETTING_TAKES, step.occurred_at + FORGETTING_TAKES)
            requests.update(_requests_of(forgotten))
        elif (request := request_of(step)) is not None:
            requests.add(request)
            subjects.add(step.subject_id)
    for packages in KeptCase.objects.filter(request__in=requests).values_list("packages", flat=True):
        subjects.update(packages)
    found = timelines(
        ledger.of_subjects(SUBJECTS, requests | subjects, EVENT_KINDS, last=last, with_waiting=with_waiting)
    )
    return requests, {name: timeline for name, timeline in found.items() if name in requests}


def _requests_of(subjects: list[str]) -> Iterator[str]:
    """The known requests among ``subjects``, and those that a package among them answers."""
    yield from KeptCase.objects.filter(request__in=subjects).values_list("request", flat=True)
    yield from KeptCase.objects.filter(packages__overlap=subjects).values_list("request", flat=True)


def _events(last: int, kinds: Collection[str], *, after: int = -1) -> Iterator[ledger.Step]:
    while after < last:
        end = min(after + WINDOW, last)
        yield from ledger.window(after, end, kinds)
        after = end


def _keep(found: Iterable[Timeline]) -> None:
    numbers = {kind: number for number, kind in _kinds().items()}
    rows = []
    for timeline in found:
        kind = kind_of(timeline)
        if kind not in numbers:
            numbers[kind] = KeptKind.objects.create(
                groups=kind.groups, grounds=kind.grounds, fulfilled=kind.fulfilled, late=kind.late
            ).pk
        packages, moments = sorted(timeline.packages), moments_of(timeline)
        rows.append(KeptCase(request=timeline.request, packages=packages, kind_id=numbers[kind], moments=moments))
    KeptCase.objects.bulk_create(
        rows,
        batch_size=5_000,
        update_conflicts=True,
        unique_fields=["request"],
        update_fields=["packages", "kind", "moments"],
    )


def _kinds() -> dict[int, Kind]:
    return {
        row.pk: Kind(tuple(row.groups), tuple(row.grounds), row.fulfilled, row.late) for row in KeptKind.objects.all()
    }


def _load(without: Iterable[str]) -> Sheet:
    kinds = _kinds()
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [list(without)])
        rows = np.frombuffer(bytes(cursor.fetchone()[0] or b""), dtype=_ROW)
    numbers = np.array(sorted(kinds), dtype=np.int64)
    return Sheet(
        [kinds[number] for number in numbers.tolist()],
        np.searchsorted(numbers, rows["kind"]).astype(np.int32),
        np.ascontiguousarray(rows["moments"], dtype=np.float64),
    )


def _joined(first: Sheet, second: Sheet) -> Sheet:
    kinds = list(dict.fromkeys((*first.kinds, *second.kinds)))
    number = {kind: place for place, kind in enumerate(kinds)}
    renumbered = np.array([number[kind] for kind in second.kinds], dtype=np.int32)
    return Sheet(
        kinds,
        np.concatenate((first.kind, renumbered[second.kind])),
        np.concatenate((first.moments, second.moments)),
    )


def _locked() -> Reading:
    Reading.objects.get_or_create(pk=1, defaults={"definition": DEFINITION})
    return Reading.objects.select_for_update().get(pk=1)


def _empty(reading: Reading) -> None:
    KeptAnswer.objects.all().delete()
    KeptCase.objects.all().delete()
    KeptKind.objects.all().delete()
    reading.definition, reading.position, reading.cases = DEFINITION, -1, 0
    reading.save()
