import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.kernel.errors import InvalidInputError
from jusur.standards.ftm import SCHEMAS, Entity, Identifier, InvalidEntityError, UnknownSchemaError, identifiers, schema

PERSON = {
    "id": "list-1.a",
    "schema": "Person",
    "properties": {
        "name": ["Amal Example", "أمل مثال"],
        "alias": ["A. Example"],
        "birthDate": ["1971-03"],
        "nationality": ["ma"],
        "passportNumber": ["AB123456"],
    },
    "datasets": ["list-test"],
    "target": True,
}


def test_an_entity_keeps_what_it_was_given() -> None:
    entity = Entity.parse(PERSON)

    assert entity.names() == ("Amal Example", "أمل مثال", "A. Example")
    assert entity.caption == "Amal Example"
    assert Entity.parse(entity.to_dict()) == entity
    assert json.dumps(entity.to_dict())


def test_schemata_inherit_as_follow_the_money_says() -> None:
    assert schema("Company").is_a("LegalEntity")
    assert schema("Company").is_a("Asset")
    assert schema("Vessel").properties["registrationNumber"].type == "identifier"
    assert schema("Person").properties["birthDate"].type == "date"
    assert "name" in schema("Firearm").properties


NEW = ["Case", "PhoneLine", "EmailAddress", "Domain", "Device", "Premises", "BiometricRecord", "TravelDocument"]


@pytest.mark.parametrize("name", [*NEW, "AdministrativeDocument", "Firearm", "WorkOfArt"])
def test_the_extension_adds_what_police_records_need(name: str) -> None:
    assert schema(name).ours
    assert not schema("Person").ours


def test_an_extension_adds_to_a_schema_without_replacing_it() -> None:
    vehicle = schema("Vehicle").properties

    assert vehicle["vin"].ours
    assert not vehicle["registrationNumber"].ours
    assert "vin" in schema("Vessel").properties


def test_every_entity_property_points_to_a_schema_that_exists() -> None:
    for found in SCHEMAS.values():
        for one in found.properties.values():
            assert not one.range or one.range in SCHEMAS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": ""}, "id"),
        ({"id": "a b"}, "id"),
        ({"schema": "Ghost"}, "schema"),
        ({"schema": "Thing"}, "abstract"),
        ({"surprise": 1}, "«surprise»"),
        ({"properties": []}, "properties"),
        ({"properties": {"shoeSize": ["42"]}}, "«shoeSize»"),
        ({"properties": {"name": "Amal"}}, "not a list"),
        ({"properties": {"name": [1]}}, "not text"),
        ({"properties": {"name": ["x"] * 1025}}, "1024"),
        ({"properties": {"name": ["x" * 10_000_000]}}, "longer"),
        ({"properties": {"name": ["A" + " " * 10_000_000 + "B"]}}, "longer"),
        ({"properties": {"notes": [f"{at}" + "x" * 64_000 for at in range(20)]}}, "1,000,000"),
        ({"properties": {"name": ["ab\u202ecd"]}}, "U+202E"),
        ({"properties": {"name": ["ab\u2060cd"]}}, "U+2060"),
        ({"properties": {"birthDate": ["1971-02-30"]}}, "birthDate"),
        ({"properties": {"birthDate": ["30/02/1971"]}}, "birthDate"),
        ({"properties": {"nationality": ["MA"]}}, "nationality"),
        ({"properties": {"nationality": ["qq"]}}, "nationality"),
        ({"properties": {"gender": ["m"]}}, "gender"),
        ({"properties": {"sourceUrl": ["javascript:alert(1)"]}}, "sourceUrl"),
        ({"datasets": "x"}, "datasets"),
        ({"datasets": ["../x"]}, "datasets"),
        ({"first_seen": "yesterday"}, "first_seen"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Entity.parse(PERSON | change)

    assert words in str(caught.value)


def test_an_error_never_repeats_what_it_was_given() -> None:
    with pytest.raises(InvalidEntityError) as caught:
        Entity.parse(PERSON | {"<script>alert(1)</script>": 1})

    assert "script" not in str(caught.value)


def test_direction_marks_and_white_space_change_nothing_a_reader_sees() -> None:
    entity = Entity.parse(
        PERSON | {"properties": {"name": ["\u200fأمل\u00a0 \t مثال\u200e", "أمل مثال", "\ufeff"[:0] + "B"]}}
    )

    assert entity.get("name") == ("أمل مثال", "B")


def test_nested_entities_become_their_ids() -> None:
    entity = Entity.parse(
        {"id": "s", "schema": "Sanction", "properties": {"entity": [{"id": "p", "schema": "Person"}], "program": ["X"]}}
    )

    assert entity.get("entity") == ("p",)


@pytest.mark.parametrize("value", [None, [], "x", 1, {"id": "x"}])
def test_what_is_no_entity_is_refused(value: object) -> None:
    with pytest.raises(InvalidInputError):
        Entity.parse(value)


@pytest.mark.parametrize("country", ["ma", "suhh", "yucs", "xk", "eu", "gb-nir", "zz", "su"])
def test_countries_of_today_and_of_before(country: str) -> None:
    assert Entity.make("a", "Person", {"birthCountry": [country]}).get("birthCountry") == (country,)


def test_make_leaves_out_what_is_empty() -> None:
    entity = Entity.make("a", "Person", {"name": ["", "B", "B"], "alias": []})

    assert entity.properties == {"name": ("B",)}


def test_unknown_schema_has_an_error_of_its_own() -> None:
    with pytest.raises(UnknownSchemaError):
        schema(None)


@pytest.mark.parametrize(
    ("name", "properties", "expected"),
    [
        ("Person", {"passportNumber": ["A1"], "phone": ["+212 5"]}, {("passport", "A1", ""), ("phone", "+212 5", "")}),
        ("Passport", {"number": ["A1"], "country": ["ma"]}, {("passport", "A1", "MA")}),
        ("Passport", {"number": ["A1"], "country": ["ma", "no"]}, {("passport", "A1", "MA"), ("passport", "A1", "NO")}),
        ("Identification", {"number": ["A1"], "type": ["Driving licence"]}, {("driving_licence", "A1", "")}),
        ("Identification", {"number": ["A1"], "type": ["Passeport"], "country": ["ma"]}, {("passport", "A1", "MA")}),
        ("Identification", {"number": ["A1"]}, {("identity_document", "A1", "")}),
        ("TravelDocument", {"number": ["A1"], "country": ["zz"]}, {("passport", "A1", "")}),
        ("TravelDocument", {"number": ["A1"], "type": ["Visa"]}, {("visa", "A1", "")}),
        ("Vehicle", {"registrationNumber": ["1-A-1"], "country": ["ma"]}, {("plate", "1-A-1", "MA")}),
        ("Vehicle", {"vin": ["V"], "country": ["ma"]}, {("vin", "V", "")}),
        ("Vessel", {"imoNumber": ["9074729"], "mmsi": ["1"]}, {("imo", "9074729", ""), ("mmsi", "1", "")}),
        ("Vessel", {"registrationNumber": ["R"]}, {("serial", "R", "")}),
        ("CryptoWallet", {"publicKey": ["x"]}, {("wallet", "x", "")}),
        ("Domain", {"domainName": ["x.example"]}, {("domain", "x.example", "")}),
        ("Company", {"website": ["https://x.example"]}, {("url", "https://x.example", "")}),
        ("Address", {"full": ["x"]}, set()),
    ],
)  # fmt: skip
def test_identifiers_come_with_kind_and_country(
    name: str, properties: dict[str, list[str]], expected: set[tuple[str, str, str]]
) -> None:
    found = list(identifiers(Entity.make("a", name, properties)))

    assert set(found) == {Identifier(*one) for one in expected}
    assert len(found) == len(expected)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=20) | st.integers(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
        max_leaves=10,
    )
)
def test_no_json_breaks_the_parser(value: object) -> None:
    for given_value in (value, PERSON | {"properties": value}, PERSON | {"properties": {"name": value}}):
        try:
            entity = Entity.parse(given_value)
        except InvalidInputError:
            continue
        assert Entity.parse(entity.to_dict()) == entity
