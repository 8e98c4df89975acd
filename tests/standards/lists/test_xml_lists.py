# ruff: noqa: E501, RUF001 - lists in their publishers' own forms
"""Readers of XML lists, with invented persons in the publishers' own forms."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest

from jusur.standards.ftm import Entity, Identifier, identifiers
from jusur.standards.lists import READERS, InvalidListError, Outcome, Refused, eu, ofac_xml, un
from jusur.standards.lists.xml import MAX_RECORD

UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:00Z"><INDIVIDUALS>
<INDIVIDUAL>
  <DATAID>1</DATAID><FIRST_NAME>AMAL</FIRST_NAME><SECOND_NAME>BEN</SECOND_NAME><THIRD_NAME>EXAMPLE</THIRD_NAME>
  <NAME_ORIGINAL_SCRIPT>أمل بن مثال</NAME_ORIGINAL_SCRIPT><NAME_ORIGINAL_SCRIPT>ا�ل</NAME_ORIGINAL_SCRIPT>
  <UN_LIST_TYPE>TEST</UN_LIST_TYPE><REFERENCE_NUMBER>TEi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>
  <GENDER>Female</GENDER><COMMENTS1>Invented.</COMMENTS1><TITLE><VALUE/></TITLE>
  <NATIONALITY><VALUE>Morocco</VALUE></NATIONALITY><NATIONALITY><VALUE>Atlantis</VALUE></NATIONALITY>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Amal Sample</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Sample</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Old Sample</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ADDRESS><CITY>Rabat</CITY><COUNTRY>Morocco</COUNTRY></INDIVIDUAL_ADDRESS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-03-02</DATE></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1969</FROM_YEAR><TO_YEAR>1971</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-02-30</DATE></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_PLACE_OF_BIRTH><CITY>Oslo</CITY><COUNTRY>Norway</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Número de pasaporte</TYPE_OF_DOCUMENT><NUMBER>AB 123456 (expired)</NUMBER><ISSUING_COUNTRY>Morocco</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification Number</TYPE_OF_DOCUMENT><NUMBER>C77</NUMBER></INDIVIDUAL_DOCUMENT>
  <INDIVIDUAL_DOCUMENT/>
</INDIVIDUAL>
<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>TWICE</FIRST_NAME></INDIVIDUAL>
<INDIVIDUAL><DATAID>2</DATAID></INDIVIDUAL>
</INDIVIDUALS><ENTITIES>
<ENTITY><DATAID>3</DATAID><FIRST_NAME>EXAMPLE TRADING</FIRST_NAME><ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>ET</ALIAS_NAME></ENTITY_ALIAS></ENTITY>
</ENTITIES></CONSOLIDATED_LIST>"""

OFAC = """<?xml version="1.0"?>
<sdnList xmlns="http://tempuri.org/sdnList.xsd"><publshInformation><Record_Count>2</Record_Count></publshInformation>
<sdnEntry><uid>7</uid><firstName>Amal</firstName><lastName>EXAMPLE</lastName><sdnType>Individual</sdnType>
 <programList><program>TEST</program></programList>
 <idList><id><uid>1</uid><idType>Passport</idType><idNumber>AB123456</idNumber><idCountry>Morocco</idCountry></id>
  <id><uid>2</uid><idType>Gender</idType><idNumber>Female</idNumber></id>
  <id><uid>3</uid><idType>Digital Currency Address - XBT</idType><idNumber>1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2</idNumber></id></idList>
 <akaList><aka><uid>4</uid><type>a.k.a.</type><category>weak</category><lastName>SAMPLE</lastName></aka>
  <aka><uid>5</uid><type>f.k.a.</type><category>strong</category><lastName>OLD</lastName><firstName>Amal</firstName></aka></akaList>
 <dateOfBirthList><dateOfBirthItem><dateOfBirth>circa 1971</dateOfBirth></dateOfBirthItem></dateOfBirthList>
 <placeOfBirthList><placeOfBirthItem><placeOfBirth>Oslo, Norway</placeOfBirth></placeOfBirthItem></placeOfBirthList>
 <nationalityList><nationality><country>Morocco</country></nationality></nationalityList>
</sdnEntry>
<sdnEntry><uid>8</uid><lastName>EXAMPLE STAR</lastName><sdnType>Vessel</sdnType>
 <idList><id><idType>Vessel Registration Identification</idType><idNumber>IMO 9074729</idNumber></id></idList>
 <vesselInfo><vesselFlag>Norway</vesselFlag></vesselInfo></sdnEntry>
<sdnEntry><uid>x</uid><lastName>EXAMPLE</lastName><sdnType>Individual</sdnType></sdnEntry>
</sdnList>"""

EU = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-20">
<sanctionEntity designationDate="2012-12-31" unitedNationId="" euReferenceNumber="EU.1.23" logicalId="1">
 <regulation programme="TEST" publicationDate="2013-01-02"><publicationUrl>https://example.eu/1</publicationUrl></regulation>
 <subjectType code="person" classificationCode="P"/>
 <nameAlias firstName="Amal" lastName="Example" wholeName="Amal Example" gender="F" strong="true" title="" function="none"/>
 <nameAlias wholeName="أمل مثال" nameLanguage="AR" strong="true"/>
 <nameAlias wholeName="Sample" strong="false"/>
 <citizenship countryIso2Code="MA"/><citizenship countryIso2Code="00"/>
 <birthdate calendarType="GREGORIAN" year="1971" monthOfYear="3" dayOfMonth="" city="Oslo" countryIso2Code="NO"/>
 <birthdate calendarType="GREGORIAN" birthdate="1971-03-02" countryIso2Code="00"/>
 <identification identificationTypeCode="passport" number="AB123456" countryIso2Code="MA"/>
 <address city="Rabat" countryIso2Code="MA"/>
</sanctionEntity>
<sanctionEntity euReferenceNumber="EU.2.1"><subjectType code="enterprise"/><nameAlias wholeName="Example Trading"/></sanctionEntity>
<sanctionEntity euReferenceNumber="EU.3.1"><subjectType code="enterprise"/></sanctionEntity>
</export>"""

XML: list[tuple[Callable[[BinaryIO], Iterator[Outcome]], str]] = [(un.read, UN), (ofac_xml.read, OFAC), (eu.read, EU)]


def entities(reader: Callable[[BinaryIO], Iterator[Outcome]], text: str) -> dict[str, Entity]:
    return {found.id: found for found in reader(io.BytesIO(text.encode())) if isinstance(found, Entity)}


def refused(reader: Callable[[BinaryIO], Iterator[Outcome]], text: str) -> list[Refused]:
    return [found for found in reader(io.BytesIO(text.encode())) if isinstance(found, Refused)]


def test_un_persons_come_whole() -> None:
    found = entities(un.read, UN)
    person = found["unsc-1"]

    assert person.target
    assert person.get("name") == ("AMAL BEN EXAMPLE", "أمل بن مثال")
    assert (person.get("alias"), person.get("weakAlias"), person.get("previousName")) == (
        ("Amal Sample",),
        ("The Sample",),
        ("Old Sample",),
    )
    assert person.get("birthDate") == ("1971-03-02", "1969", "1970", "1971")
    assert (person.get("nationality"), person.get("birthCountry"), person.get("gender")) == (
        ("ma",),
        ("no",),
        ("female",),
    )
    assert "Nationality: Atlantis" in person.get("notes")
    assert "Date of birth: 1971-02-30" in person.get("notes")
    assert any(note.startswith("Left out: name holds U+FFFD") for note in person.get("notes"))


def test_un_documents_carry_their_country_and_holder() -> None:
    found = entities(un.read, UN)
    passport = found["unsc-1.document-0"]

    assert (passport.schema, passport.get("holder"), passport.target) == ("Passport", ("unsc-1",), False)
    assert list(identifiers(passport)) == [Identifier("passport", "AB 123456", "MA")]
    assert passport.get("summary") == ("(expired)",)
    assert list(identifiers(found["unsc-1.document-1"])) == [Identifier("identity_document", "C77", "")]
    assert found["unsc-1.listing"].get("unscId") == ("TEi.001",)


def test_un_counts_are_exact_and_refusals_say_why() -> None:
    found = entities(un.read, UN)

    assert sum(one.target for one in found.values()) == 2
    assert [(one.id, one.line) for one in refused(un.read, UN)] == [("unsc-1", 21), ("2", 22)]
    assert [one.reason for one in refused(un.read, UN)] == [
        "The list has this id twice. Keep one of the two.",
        "The entry has no DATAID or no name.",
    ]


def test_ofac_xml_persons_and_vessels() -> None:
    found = entities(ofac_xml.read, OFAC)
    person, vessel = found["ofac-7"], found["ofac-8"]

    assert (person.get("name"), person.get("weakAlias"), person.get("previousName")) == (
        ("EXAMPLE, Amal",),
        ("SAMPLE",),
        ("OLD, Amal",),
    )
    assert (person.get("birthDate"), person.get("birthCountry"), person.get("gender")) == (
        ("1971",),
        ("no",),
        ("female",),
    )
    assert found["ofac-7.document-0"].get("country") == ("ma",)
    assert found["ofac-7.wallet-2"].get("currencySymbol") == ("XBT",)
    assert (vessel.schema, vessel.get("imoNumber"), vessel.get("flag")) == ("Vessel", ("9074729",), ("no",))
    assert [one.id for one in refused(ofac_xml.read, OFAC)] == ["x"]


def test_eu_persons_and_enterprises() -> None:
    found = entities(eu.read, EU)
    person = found["eu-fsf-eu.1.23"]

    assert (person.get("name"), person.get("alias"), person.get("weakAlias")) == (
        ("Amal Example",),
        ("أمل مثال",),
        ("Sample",),
    )
    assert person.get("birthDate") == ("1971-03", "1971-03-02")
    assert (person.get("nationality"), person.get("country"), person.get("gender")) == (("ma",), ("ma",), ("female",))
    assert list(identifiers(found["eu-fsf-eu.1.23.document-0"])) == [Identifier("passport", "AB123456", "MA")]
    assert found["eu-fsf-eu.2.1"].schema == "Organization"
    assert [one.reason for one in refused(eu.read, EU)] == ["The entity has no name."]


@pytest.mark.parametrize(("reader", "text"), XML)
def test_half_a_file_is_never_taken_for_a_whole_one(reader: Callable[[BinaryIO], Iterator[Outcome]], text: str) -> None:
    for cut in (len(text) // 3, len(text) // 2, len(text) - 8):
        with pytest.raises(InvalidListError):
            list(reader(io.BytesIO(text[:cut].encode())))


@pytest.mark.parametrize(("reader", "text"), XML)
def test_document_types_and_entities_are_refused(reader: Callable[[BinaryIO], Iterator[Outcome]], text: str) -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    )
    head, _, body = text.partition("?>")
    for hostile in (f"{head}?>{bomb}{body}", f"{head}?>{' ' * 70_000}<!DOCTYPE x>{body}"):
        with pytest.raises(InvalidListError, match="document type"):
            list(reader(io.BytesIO(hostile.encode())))


@pytest.mark.parametrize(
    ("reader", "root"), [(un.read, "CONSOLIDATED_LIST"), (ofac_xml.read, "sdnList"), (eu.read, "export")]
)
def test_hostile_xml_is_refused(reader: Callable[[BinaryIO], Iterator[Outcome]], root: str) -> None:
    record = {"export": "sanctionEntity", "sdnList": "sdnEntry", "CONSOLIDATED_LIST": "INDIVIDUAL"}[root]
    for body, words in [
        (f"<{root}>" + "<a>" * 10_000, "nests deeper"),
        (f"<{root}><{record}>" + "x" * (MAX_RECORD + 1), "characters"),
        (f"<{root}><{record} a='" + "x" * (MAX_RECORD + 1) + "'>", "characters"),
        ("<html></html>", "another kind"),
        ("", "breaks off"),
        ("{}", "breaks off"),
        (f"<?xml version='1.0' encoding='none-such'?><{root}/>", "encoding"),
        (f"<?xml version='1.0' encoding='utf-7'?><{root}/>", "encoding"),
        (f"<{root}>&undefined;</{root}>", "breaks off"),
    ]:
        with pytest.raises(InvalidListError, match=words):
            list(reader(io.BytesIO(body.encode())))


@pytest.mark.parametrize("name", ["un", "ofac-xml", "eu"])
def test_an_empty_list_is_empty(name: str) -> None:
    root = {"un": "CONSOLIDATED_LIST", "ofac-xml": "sdnList", "eu": "export"}[name]

    assert list(READERS[name](io.BytesIO(f"<{root}/>".encode()))) == []
