import json
from typing import Any

import pytest

from jusur.instruments import shipped
from jusur.instruments.errors import InvalidInstrumentError
from jusur.instruments.schema import parse


def changed(**changes: Any) -> bytes:
    document = json.loads(shipped.documents()["bilateral"])
    return json.dumps(document | changes).encode()


def test_a_whole_document_is_read() -> None:
    instrument = parse(changed(version=7))
    assert (instrument.id, instrument.version, instrument.template) == ("bilateral", 7, True)


PARTY = {"country": "MA", "status": "party", "source": "s"}
MEASURE = {
    "id": "preservation",
    "article": "1",
    "contents": {"fields": ["facts"], "source": "s"},
    "dual_criminality": "not_required",
}
CLOCK = {"name": "answer", "duration": "P3D", "source": "s"}
NAMES = {"ar": "صك", "en": "a", "fr": "a", "es": "a"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"colour": "red"}, "unknown field `colour`"),
        ({"id": "Bad Id"}, "id"),
        ({"version": 0}, "version"),
        ({"in_force": "2026-02-30"}, "in_force"),
        ({"names": {"en": "only"}}, "names"),
        ({"names": NAMES | {"en": "a\u202eb"}}, r"U\+202E"),
        ({"parties": [PARTY, PARTY]}, "twice"),
        ({"parties": [PARTY | {"country": "XX"}]}, "not a country's code"),
        ({"parties": [PARTY | {"status": "signatory", "since": "2020-01-01"}]}, "signatory"),
        ({"parties": [PARTY | {"since": "2020-01-01", "until": "2019-01-01"}]}, "ceases"),
        ({"parties": [PARTY | {"source": ""}]}, "source"),
        ({"measures": [MEASURE, MEASURE]}, "twice"),
        ({"measures": [MEASURE | {"id": "torture"}]}, "torture"),
        ({"measures": [MEASURE | {"contents": {"fields": ["horoscope"], "source": "s"}}]}, "horoscope"),
        ({"measures": [MEASURE | {"contents": {"fields": ["facts", "facts"], "source": "s"}}]}, "twice"),
        ({"measures": [MEASURE | {"clocks": [CLOCK | {"duration": "soon"}]}]}, "not a duration"),
        ({"measures": [MEASURE | {"extensions": [CLOCK | {"clock": "answer"}]}]}, "unknown field"),
        ({"grounds": [{"id": "dislike", "source": "s"}]}, "dislike"),
        ({"universal": True, "parties": [PARTY]}, "universal"),
    ],
)
def test_a_document_that_does_not_hold_together_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInstrumentError, match=told):
        parse(changed(**changes))


def test_own_fields_and_grounds_may_be_described() -> None:
    field = {"label": NAMES, "why": NAMES}
    measure = MEASURE | {"contents": {"fields": ["horoscope"], "source": "s"}, "grounds": []}
    instrument = parse(changed(measures=[measure], fields={"horoscope": field}, ground_names={"dislike": NAMES}))
    assert instrument.measures[0].contents.fields == ("horoscope",)
    assert instrument.measures[0].grounds == ()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b'{"id":"a","id":"b"}', b"\xff", b"{" * 10_000, b" " * (512 * 1024 + 1)]
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInstrumentError):
        parse(data)
