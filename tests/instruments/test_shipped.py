import json
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from jusur.instruments import shipped
from jusur.instruments.durations import Duration
from jusur.instruments.schema import Instrument, catalogue
from jusur.kernel import countries

START = datetime(2026, 1, 1, tzinfo=UTC)
EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905 - a list of codes
)


def by_id(instrument_id: str) -> Instrument:
    return next(one for one in shipped.instruments() if one.id == instrument_id)


def test_each_file_is_named_after_its_instrument() -> None:
    assert list(shipped.documents()) == [one.id for one in shipped.instruments()]
    assert set(shipped.documents()) >= {
        "bilateral",
        "budapest-2001",
        "budapest-2ap-2022",
        "classic-mla",
        "eio-2014-41",
        "eu-2023-1543",
        "eu-2023-977",
        "icpo-rpd",
        "un-cybercrime-2024",
        "un-toc-2000",
    }


@pytest.mark.parametrize("instrument", shipped.instruments(), ids=lambda one: one.id)
def test_each_instrument_answers_the_questions_asked_of_it(instrument: Instrument) -> None:
    assert instrument.measures
    assert instrument.grounds
    for measure in instrument.measures:
        assert measure.id in catalogue().measures
        for clock in measure.clocks:
            assert Duration.parse(clock.duration).after(START) > START
            assert clock.name in catalogue().clocks
    assert all(countries.is_country(party.country) for party in instrument.parties)


def test_clocks_end_with_a_general_one_unless_the_measure_is_for_emergencies() -> None:
    for instrument in shipped.instruments():
        for measure in instrument.measures:
            answers = [clock for clock in measure.clocks if clock.name == "answer"]
            if answers and measure.id != "emergency":
                assert not answers[-1].urgency
                assert answers[-1].directly_accessible is None


def test_parties_are_those_recorded() -> None:
    assert {party.country for party in by_id("eu-2023-1543").parties} == EU - {"DK"}
    assert {party.country for party in by_id("eio-2014-41").parties} == EU - {"DK", "IE"}
    assert {party.country for party in by_id("eu-2023-977").parties} == EU | {"IS", "LI", "NO", "CH"}
    ratified = {party.country for party in by_id("budapest-2ap-2022").parties if party.status == "party"}
    assert ratified == {"HU", "JP", "RS"}
    assert all(party.status == "signatory" for party in by_id("un-cybercrime-2024").parties)
    members = json.loads(files("jusur").joinpath("directory", "data", "members.json").read_text("utf-8"))["members"]
    assert {party.country for party in by_id("icpo-rpd").parties} == {member["code"] for member in members}


def test_nothing_recalled_is_passed_off_as_read() -> None:
    for instrument in shipped.instruments():
        for fact in (instrument, *instrument.parties, *instrument.grounds):
            assert fact.source
            assert not (fact.verified_on and fact.source.endswith("recalled"))


def test_every_shared_text_is_used() -> None:
    fields = {
        field
        for instrument in shipped.instruments()
        for measure in instrument.measures
        for field in (*measure.contents.fields, *measure.contents.urgent_fields)
    }
    unused = set(catalogue().fields) - fields
    assert unused <= {"confidentiality", "person"}, unused
