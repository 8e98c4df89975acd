import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.matching.identifiers import InvalidIdentifierError
from jusur.matching.recognise import KINDS, MAX_TEXT, recognise

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("أحمد بن محمد", "name", "أحمد بن محمد"),
        ("  Иванов   Иван ", "name", "Иванов Иван"),
        ("김철수", "name", "김철수"),
        ("O'Neill, Seán", "name", "O'Neill, Seán"),
        ("Al-Masri", "name", "Al-Masri"),
        ("J. R. Example Jr.", "name", "J. R. Example Jr."),
        (TD3, "mrz", TD3),
        (TD3.replace("\n", " "), "mrz", TD3),
        (TD3.replace("\n", "").lower(), "mrz", TD3),
        ("MA64 0115 1900 0001 2050 0053 4921", "iban", "MA64011519000001205000534921"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "wallet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "wallet", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        ("+212 5 37 71 71 71", "phone", "+212537717171"),
        ("00212537717171", "phone", "+212537717171"),
        ("0537-717171", "phone", "+212537717171"),
        ("٠٥٣٧٧١٧١٧١", "phone", "+212537717171"),
        ("Amal Example <amal@example.org>", "email", "amal@example.org"),
        ("amal[@]example[.]org", "email", "amal@example.org"),
        ("bad-shop[.]example", "domain", "bad-shop.example"),
        ("https://bad.example/login?x=1", "url", "bad.example/login?x=1"),
        ("1M8GDM9AXKP042788", "vin", "1M8GDM9AXKP042788"),
        ("WVWZZZ1JZ3W386752", "vin", "WVWZZZ1JZ3W386752"),
        ("IMO 9074729", "imo", "9074729"),
        ("490154203237518", "imei", "490154203237518"),
        ("IMEI: 49-015420-323751-8", "imei", "490154203237518"),
        ("12345-أ-6", "plate", "12345ا6"),
        ("А 123 ВС 77", "plate", "A123BC77"),
        ("AB1234567", "document", "AB1234567"),
        ("passport no: 1234567", "document", "1234567"),
        ("جواز سفر AB123456", "document", "AB123456"),
        ("plaque AB-123-CD", "plate", "AB123CD"),
    ],
)
def test_what_was_pasted_is_recognised(text: str, kind: str, value: str) -> None:
    best = recognise(text, region="MA")[0]

    assert (best.kind, best.value) == (kind, value)
    assert best.why


def test_a_text_that_may_be_several_things_is_told_as_all_of_them() -> None:
    kinds = [one.kind for one in recognise("9074729", region="MA")]

    assert kinds[0] == "imo"
    assert "document" in kinds


def test_a_wrong_check_digit_does_not_hide_what_it_is() -> None:
    best = recognise("MA64 0115 1900 0001 2050 0053 4922")[0]

    assert (best.kind, best.why) == ("iban", "check-digit-wrong")
    assert best.detail["faults"] == "its check digits do not fit"


def test_a_zone_with_faults_is_still_a_zone() -> None:
    best = recognise(TD3.replace("L898902C36", "L898902C37"))[0]

    assert best.kind == "mrz"
    assert best.detail["faults"] == "document number check digit, composite check digit"


def test_a_web_address_also_tells_its_domain() -> None:
    assert {one.kind: one.value for one in recognise("hxxps://bad[.]example/a")} == {
        "url": "bad.example/a",
        "domain": "bad.example",
    }


@pytest.mark.parametrize("text", ["", " ", "\n", "?", "…"])
def test_nothing_is_nothing(text: str) -> None:
    assert recognise(text) == ()


@pytest.mark.parametrize("text", ["x" * (MAX_TEXT + 1), "ا" * 10_000_000, "Amal\u202eExample", "Amal\u2060Example"])
def test_what_cannot_be_shown_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifierError):
        recognise(text)


@pytest.mark.parametrize("unit", ["a", "1", "a.", "a@", "<", "<a", "- ", "0x", "+1", "1 ", "أ", "://", "xn--a."])
def test_no_text_takes_long(unit: str) -> None:
    start = time.process_time()
    recognise((unit * MAX_TEXT)[:MAX_TEXT], region="MA")

    assert time.process_time() - start < 0.5


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = recognise(text, region="MA")
    except InvalidIdentifierError:
        return
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.kind for one in found} <= set(KINDS)
