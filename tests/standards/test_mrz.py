import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.standards.mrz import MRZ, InvalidMRZError, check_digit, compose, parse

TODAY = date(2026, 11, 22)
# The specimens of ICAO Doc 9303, parts 4 to 7.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD1_LONG = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
TD2_LONG = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8"
MRV_A = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
MRV_B = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"
ALL = [
    ("TD3", TD3),
    ("TD2", TD2),
    ("TD1", TD1),
    ("TD1", TD1_LONG),
    ("TD2", TD2_LONG),
    ("MRV-A", MRV_A),
    ("MRV-B", MRV_B),
]


@pytest.mark.parametrize(("form", "text"), ALL)
def test_the_specimens_of_doc_9303_hold(form: str, text: str) -> None:
    found = parse(text, today=TODAY)

    assert found.format == form
    assert found.faults == ()
    assert not found.truncated


def test_a_passport_is_read_whole() -> None:
    found = parse(TD3, today=TODAY)

    assert (found.document_code, found.issuer, found.number) == ("P", "UTO", "L898902C3")
    assert (found.surname, found.given_names, found.name) == ("ERIKSSON", "ANNA MARIA", "ERIKSSON, ANNA MARIA")
    assert (found.birth_date, found.expiry_date, found.sex) == ("1974-08-12", "2012-04-15", "female")
    assert (found.nationality, found.optional, found.kind) == ("UTO", ("ZE184226B",), "passport")
    assert [one.name for one in found.checks] == [
        "document number",
        "birth date",
        "expiry date",
        "optional data",
        "composite",
    ]


@pytest.mark.parametrize("text", [TD1_LONG, TD2_LONG])
def test_long_numbers_go_on_in_the_optional_data(text: str) -> None:
    found = parse(text, today=TODAY)

    assert found.number == "D23145890734"
    assert found.optional == ()


def test_visas_have_no_composite_check() -> None:
    found = parse(MRV_A, today=TODAY)

    assert found.kind == "visa"
    assert found.birth_date == "1940-09-07"
    assert "composite" not in {one.name for one in found.checks}


@pytest.mark.parametrize(("form", "text"), ALL)
@pytest.mark.parametrize(
    "typed",
    [
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("\n", " "),
        lambda text: text.lower(),
        lambda text: text.replace("<<", "\u00ab"),
        lambda text: f"\n  {text}\r\n\n",
        lambda text: " ".join(text[at : at + 5] for at in range(0, len(text), 5)),
        lambda text: "\n".join(line.rstrip("<") for line in text.split("\n")),
    ],
)  # fmt: skip
def test_the_zone_is_found_however_it_was_pasted(form: str, text: str, typed: Callable[[str], str]) -> None:
    assert parse(typed(text), today=TODAY) == parse(text, today=TODAY)


@pytest.mark.parametrize(
    ("line", "at", "fault"),
    [(1, 3, "document number"), (1, 14, "birth date"), (1, 22, "expiry date"), (1, 30, "optional data")],
)
def test_a_wrong_digit_names_its_check_and_the_composite(line: int, at: int, fault: str) -> None:
    rows = TD3.split("\n")
    changed = "1" if rows[line][at] != "1" else "2"
    rows[line] = rows[line][:at] + changed + rows[line][at + 1 :]

    assert parse("\n".join(rows), today=TODAY).faults == (f"{fault} check digit", "composite check digit")


def test_a_wrong_check_says_what_stands_and_what_should() -> None:
    check = parse(TD3.replace("L898902C36", "L898902C37"), today=TODAY).checks[0]

    assert (check.name, check.given, check.expected, check.holds) == ("document number", "7", "6", False)


@pytest.mark.parametrize(
    ("birth", "today", "expected"),
    [
        ("261122", TODAY, "2026-11-22"),
        ("261123", TODAY, "1926-11-23"),
        ("27<<<<", TODAY, "1927"),
        ("26<<<<", TODAY, "2026"),
        ("7108<<", TODAY, "1971-08"),
        ("710800", TODAY, "1971-08"),
        ("<<<<<<", TODAY, ""),
        ("000101", TODAY, "2000-01-01"),
        ("991231", date(2099, 12, 31), "2099-12-31"),
    ],
)
def test_a_birth_is_never_in_the_future(birth: str, today: date, expected: str) -> None:
    zone = TD3.replace("7408122", birth + check_digit(birth))

    found = parse(zone, today=today)

    assert found.birth_date == expected
    assert "birth date" not in found.faults


@pytest.mark.parametrize(
    ("expiry", "today", "expected"),
    [("350101", TODAY, "2035-01-01"), ("960101", TODAY, "1996-01-01"), ("020101", date(2098, 1, 1), "2102-01-01")],
)
def test_an_expiry_is_the_nearest(expiry: str, today: date, expected: str) -> None:
    assert parse(TD3.replace("1204159", expiry + check_digit(expiry)), today=today).expiry_date == expected


@pytest.mark.parametrize("birth", ["740231", "741301", "7A0101", "74AA01", "<<0101"])
def test_a_date_no_calendar_has_is_a_fault(birth: str) -> None:
    assert "birth date" in parse(TD3.replace("7408122", birth + check_digit(birth)), today=TODAY).faults


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "A to Z"),
        ("P<UTO", "characters"),
        ("X" + TD3[1:], "code"),
        (TD3 + "<", "characters"),
        (TD3.replace("ANNA", "ÅNNA"), "A to Z"),
        ("<" * 10_000_000, "longer"),
        (TD1 + "\n" + "<" * 30, "characters"),
    ],
)
def test_what_is_no_zone_is_refused_with_the_reason(text: str, words: str) -> None:
    start = time.process_time()
    with pytest.raises(InvalidMRZError) as caught:
        parse(text, today=TODAY)

    assert words in str(caught.value)
    assert time.process_time() - start < 0.5


def test_names_that_fill_their_field_may_go_on() -> None:
    lines = compose(
        "TD3", document_code="P", issuer="UTO", number="A1", surname="BENNELONG WOOLOOMOOLOO WARRANDYTE",
        given_names="DINGO POTOROO", nationality="UTO", birth_date="1970", sex="", expiry_date="2030-01-01",
    )  # fmt: skip

    assert parse("\n".join(lines), today=TODAY).truncated


@pytest.mark.parametrize(
    "field",
    [{"surname": "أمل"}, {"number": "A" * 30}, {"issuer": "UTOPIA"}, {"birth_date": "12.8.1974"}, {"form": "TD9"}],
)
def test_what_does_not_fit_is_not_written(field: dict[str, str]) -> None:
    values = {
        "form": "TD3", "document_code": "P", "issuer": "UTO", "number": "A1", "surname": "A", "given_names": "B",
        "nationality": "UTO", "birth_date": "1970", "sex": "", "expiry_date": "2030-01-01",
    } | field  # fmt: skip
    with pytest.raises(InvalidMRZError):
        compose(values.pop("form"), **values)


@pytest.mark.parametrize(("form", "text"), ALL)
def test_what_was_read_can_be_written_again(form: str, text: str) -> None:
    assert _written(parse(text, today=TODAY)) == tuple(text.split("\n"))


def _written(found: MRZ) -> tuple[str, ...]:
    return compose(
        found.format,
        document_code=found.document_code,
        issuer=found.issuer,
        number=found.number,
        surname=found.surname,
        given_names=found.given_names,
        nationality=found.nationality,
        birth_date=found.birth_date,
        sex=found.sex,
        expiry_date=found.expiry_date,
        optional=next(iter(found.optional), ""),
    )


LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["TD1", "TD2", "TD3", "MRV-A", "MRV-B"]),
    LETTERS,
    LETTERS,
    st.from_regex(r"[A-Z][0-9]{3,8}", fullmatch=True),
    st.dates(date(1930, 1, 1), date(2026, 11, 22)),
    st.sampled_from(["male", "female", ""]),
)
def test_writing_and_reading_agree(form: str, surname: str, given_name: str, number: str, born: date, sex: str) -> None:
    lines = compose(
        form, document_code="V" if form.startswith("MRV") else "P", issuer="MAR", number=number, surname=surname,
        given_names=given_name, nationality="MAR", birth_date=born.isoformat(), sex=sex, expiry_date="2031-05-06",
    )  # fmt: skip
    found = parse("".join(lines), today=TODAY)

    assert (found.surname, found.given_names, found.number) == (surname, given_name, number)
    assert (found.birth_date, found.sex, found.expiry_date, found.faults) == (born.isoformat(), sex, "2031-05-06", ())


@settings(max_examples=80, deadline=None)
@given(st.text("AP<0123456789\n ", max_size=100))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        found = parse(text, today=TODAY)
    except InvalidMRZError:
        return
    assert len("".join(found.lines)) in {72, 88, 90}
