"""Readers of tables, JSON and machine-readable zones, with invented persons."""

import io
import json
import time
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from jusur.standards.ftm import Entity, Identifier, identifiers
from jusur.standards.lists import READERS, InvalidListError, Outcome, Refused, mapped, ofac, values
from jusur.standards.lists.ftm_lines import MAX_LINE

TODAY = date(2026, 11, 22)
SDN = (
    '7,"EXAMPLE, Amal","individual","TEST] [TEST2","Minister",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 02 Mar 1971; alt. DOB '
    "1972; POB Oslo, Norway; nationality Morocco; citizen Norway; Gender Female; Passport AB123456 (Morocco) issued 02 "
    "Jan 2010 expires 02 Jan 2015; alt. Passport CD77 (Norway); National ID No. 12345 (Norway); Digital Currency "
    'Address - XBT 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2; Email Address a@b.example."\r\n'
    '8,"EXAMPLE STAR","vessel","TEST",-0- ,"ABCD","Tanker","1000","500","Norway",-0- ,"Vessel Registration '
    'Identification IMO 9074729; MMSI 257123456 (Norway)."\r\n'
    '9,"EXAMPLE TRADING",-0- ,"TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    '10,"EXAMPLE WING","aircraft","TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Aircraft Tail Number EP-ABC"\r\n'
    "11,too short\r\n"
    '12,"X","spaceship","TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    "\x1a"
)
ALT = '7,1,"aka","SAMPLE, Amal",-0- \r\n7,2,"fka","OLD, Amal",-0- \r\n\x1a'
ADD = '7,1,"1 Example Street","Rabat 10000","Morocco",-0- \r\n\x1a'


def split(outcomes: Iterable[Outcome]) -> tuple[dict[str, Entity], list[Refused]]:
    every = list(outcomes)
    return {one.id: one for one in every if isinstance(one, Entity)}, [one for one in every if isinstance(one, Refused)]


def stream(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


def test_ofac_rows_with_aliases_addresses_and_remarks() -> None:
    found, refused = split(ofac.read(stream(SDN), alternatives=stream(ALT), addresses=stream(ADD)))
    person = found["ofac-7"]

    assert (person.get("name"), person.get("alias"), person.get("previousName")) == (
        ("EXAMPLE, Amal",),
        ("SAMPLE, Amal",),
        ("OLD, Amal",),
    )
    assert (person.get("birthDate"), person.get("birthCountry")) == (("1971-03-02", "1972"), ("no",))
    assert (person.get("nationality"), person.get("citizenship")) == (("ma",), ("no",))
    assert person.get("address") == ("1 Example Street, Rabat 10000, Morocco",)
    assert found["ofac-7.listing"].get("program") == ("TEST", "TEST2")
    assert [(one.line, one.id) for one in refused] == [(5, "11"), (6, "12")]


def test_ofac_documents_are_entities_with_country_and_dates() -> None:
    found, _ = split(ofac.read(stream(SDN)))
    exact = {one for entity in found.values() for one in identifiers(entity)}

    assert {
        Identifier("passport", "AB123456", "MA"),
        Identifier("passport", "CD77", "NO"),
        Identifier("identity_document", "12345", "NO"),
        Identifier("wallet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        Identifier("email", "a@b.example"),
        Identifier("imo", "9074729"),
        Identifier("mmsi", "257123456"),
        Identifier("serial", "EP-ABC"),
    } <= exact
    passport = next(one for one in found.values() if "AB123456" in one.get("number"))
    assert (passport.first("startDate"), passport.first("endDate")) == ("2010-01-02", "2015-01-02")


def test_a_table_that_breaks_off_is_noticed() -> None:
    with pytest.raises(InvalidListError):
        list(ofac.read(stream(SDN[: SDN.index("alt. DOB")])))


@pytest.mark.parametrize("data", [b'"' + b"x" * 2_000_000, b'1,"' + b"y" * 200_000 + b'"\n', b"\xff\xfe\n"])
def test_hostile_tables_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidListError):
        list(ofac.read(io.BytesIO(data)))


MAPPING = b"""
schema = "Person"
id = "case-{number}"
datasets = ["national"]
delimiter = ";"
[properties]
name = ["{family}, {given}", "{native}"]
birthDate = "{born}"
nationality = { value = "{country}", split = "/" }
gender = "{sex}"
topics = "wanted"
"""
TABLE = (
    "number;family;given;native;born;country;sex\n"
    "1;Example;Amal;أمل مثال;03/04/1971;Morocco/NOR;F\n"
    "2;Example;;;circa 1970;;\n"
    "3;Example;Nils;;1971-02-30;Atlantis;M\n"
    "1;Twice;;;;;\n"
    "4;short\n"
    "5;;;;;;\n"
    "a b c d" + "x" * 300 + ";Long;;;;;\n"
)


def test_a_table_is_read_by_its_mapping() -> None:
    found, refused = split(mapped.read(stream(TABLE), mapped.Mapping.parse(MAPPING)))

    assert found["case-1"].get("name") == ("Example, Amal", "أمل مثال")
    assert found["case-1"].get("birthDate") == ("1971-04-03", "1971-03-04")
    assert (found["case-1"].get("nationality"), found["case-1"].get("gender")) == (("ma", "no"), ("female",))
    assert (found["case-2"].get("name"), found["case-2"].get("birthDate")) == (("Example",), ("1970",))
    assert found["case-3"].get("notes") == (
        "Left out: birthDate is not a date of the calendar.",
        "Left out: nationality is not a country's code.",
    )
    assert found["case-1"].datasets == ("national",)
    assert [one.line for one in refused] == [5, 6, 8]


def test_swapped_days_and_months_are_both_given() -> None:
    assert values.dates("03/04/1971") == ("1971-04-03", "1971-03-04")
    assert values.dates("25/04/1971") == ("1971-04-25",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1971", ("1971",)),
        ("1971-00-00", ("1971",)),
        ("1975/03/00", ("1975-03",)),
        ("Mar 1971", ("1971-03",)),
        ("2 March 1971", ("1971-03-02",)),
        ("circa 1971", ("1971",)),
        ("1969 to 1971", ("1969", "1970", "1971")),
        ("1940-1980", ("1940", "1980")),
        ("31 Feb 1971", ()),
        ("0000", ()),
        ("unknown", ()),
        ("9" * 100_000, ()),
    ],
)
def test_dates_as_lists_write_them(text: str, expected: tuple[str, ...]) -> None:
    assert values.dates(text) == expected


COUNTRIES = {
    "ma": ["Morocco", "المغرب", "Maroc", "Marruecos", "MAR", "MA"],
    "kp": ["Korea, North"],
    "cd": ["Democratic Republic of the Congo"],
    "cg": ["Congo, Republic of the"],
    "ci": ["Côte d'Ivoire"],
    "suhh": ["Soviet Union"],
    "xk": ["Kosovo"],
    "": ["Atlantis", "914", "x" * 10_000, "XX"],
}


@pytest.mark.parametrize(("name", "code"), [(name, code) for code, names in COUNTRIES.items() for name in names])
def test_countries_as_lists_write_them(name: str, code: str) -> None:
    assert values.country(name) == code


@pytest.mark.parametrize(
    "mapping",
    [
        b"x" * 70_000,
        b"schema = ",
        b'schema = "Ghost"\nid = "{a}"\n[properties]\n',
        b'schema = "Person"\n[properties]\n',
        b'schema = "Person"\nid = "{a}"\nsurprise = 1\n[properties]\n',
        b'schema = "Person"\nid = "{a}"\n[properties]\nshoe = "{a}"\n',
        b'schema = "Person"\nid = "{a}"\n[properties]\nname = 1\n',
        b'schema = "Person"\nid = "{a}"\ndelimiter = "ab"\n[properties]\n',
    ],
)
def test_a_faulty_mapping_is_refused(mapping: bytes) -> None:
    with pytest.raises(InvalidListError):
        mapped.Mapping.parse(mapping)


@pytest.mark.parametrize("table", ["", "number;number\n", "number;family\n1;x\n"])
def test_a_table_without_its_columns_is_refused(table: str) -> None:
    with pytest.raises(InvalidListError):
        list(mapped.read(stream(table), mapped.Mapping.parse(MAPPING)))


def person(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "schema": "Person", "properties": {"name": ["Amal Example"]}, "target": True, **more}


def lines(*entries: object) -> io.BytesIO:
    return stream("".join(json.dumps(one) + "\n" for one in entries))


def test_follow_the_money_lines_and_what_is_nested() -> None:
    nested = person("a")
    nested["properties"]["addressEntity"] = [{"id": "addr", "schema": "Address", "properties": {"full": ["Rabat"]}}]
    found, refused = split(
        READERS["ftm"](lines(nested, person("b"), person("a"), person("c", schema="Ghost"), person("d", x=1)))
    )

    assert set(found) == {"a", "addr", "b"}
    assert found["a"].get("addressEntity") == ("addr",)
    assert (found["a"].target, found["addr"].target) == (True, False)
    assert [(one.line, one.id) for one in refused] == [(3, "a"), (4, "c"), (5, "d")]
    assert "«x»" in refused[2].reason


def test_a_faulty_line_is_refused_and_a_cut_file_is_noticed() -> None:
    found, refused = split(READERS["ftm"](stream(json.dumps(person("a")) + '\n{"id": "b", "id": "c"}\n{]\n')))
    assert (set(found), [one.line for one in refused]) == ({"a"}, [2, 3])

    cut = lines(person("a"), person("b")).getvalue()[:-9]
    with pytest.raises(InvalidListError):
        list(READERS["ftm"](io.BytesIO(cut)))
    with pytest.raises(InvalidListError):
        list(READERS["ftm"](stream("<xml>\n")))


def test_a_line_without_end_costs_no_memory_and_is_refused() -> None:
    data = io.BytesIO(
        json.dumps(person("a")).encode()
        + b"\n"
        + b"[" * (MAX_LINE + 10)
        + b"\n"
        + json.dumps(person("b")).encode()
        + b"\n"
    )
    start = time.process_time()
    found, refused = split(READERS["ftm"](data))

    assert set(found) == {"a", "b"}
    assert [one.line for one in refused] == [2]
    assert time.process_time() - start < 2


NOTICE = {
    "entity_id": "2024/12345",
    "forename": "-",
    "name": "EXAMPLE",
    "date_of_birth": "1975/00/00",
    "nationalities": ["MA", "914", "UNK"],
    "sex_id": "F",
    "eyes_colors_id": ["BRO"],
    "height": 1.7,
    "weight": 0,
    "languages_spoken_ids": ["ARA"],
    "arrest_warrants": [{"charge": "Fraud", "issuing_country_id": "NO", "charge_translation": None}],
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(NOTICE),
        json.dumps([NOTICE]),
        json.dumps({"total": 1, "_embedded": {"notices": [NOTICE]}}),
        json.dumps(NOTICE) + "\n",
        json.dumps(NOTICE) + "\n" + json.dumps({"entity_id": "x"}) + "\n",
    ],
)
def test_notices_in_every_shape(text: str) -> None:
    found, _ = split(READERS["notices"](stream(text)))
    wanted = found["interpol-2024-12345"]

    assert wanted.get("name") == ("EXAMPLE",)
    assert (wanted.get("birthDate"), wanted.get("nationality"), wanted.get("gender")) == (
        ("1975",),
        ("ma",),
        ("female",),
    )
    assert (wanted.get("height"), wanted.get("weight"), wanted.get("topics")) == (("1.7",), (), ("wanted",))
    assert found["interpol-2024-12345.case-0"].get("offence") == ("Fraud",)


@pytest.mark.parametrize("text", ["1", '{"_embedded": 1}', "{", '{"a": 1}\n{'])
def test_what_holds_no_notices_is_refused(text: str) -> None:
    with pytest.raises(InvalidListError):
        list(READERS["notices"](stream(text)))


def test_a_notice_without_id_or_name_is_refused() -> None:
    _, refused = split(READERS["notices"](stream(json.dumps([{}, 1, {"entity_id": "2024/1", "name": None}]))))

    assert [one.id for one in refused] == ["", "", "interpol-2024-1"]


ZONES = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n\n"
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<\n"
    "P<MAREXAMPLE<<AMAL<<<<<<<<<<<<<<<<<<<<<<<<<<L898902C37MAR7408122F1204159<<<<<<<<<<<<<<04\n"
    "not a zone\n"
)


def test_zones_are_persons_with_their_documents() -> None:
    found, refused = split(READERS["mrz"](stream(ZONES)))

    assert set(found) == {"mrz-1", "mrz-1.document", "mrz-4", "mrz-4.document", "mrz-7", "mrz-7.document"}
    assert found["mrz-1"].get("name") == ("ERIKSSON, ANNA MARIA",)
    assert found["mrz-7.document"].get("country") == ("ma",)
    assert any("document number check digit" in note for note in found["mrz-7"].get("notes"))
    assert [one.line for one in refused] == [8]
