from datetime import date
from typing import get_args

import pytest

from jusur.instruments import rules, shipped
from jusur.instruments.errors import MeasureNotAvailableError
from jusur.instruments.rules import Basis
from jusur.instruments.schema import Clock, Contents, Instrument, Measure, Names, Party, catalogue
from jusur.kernel.errors import InvalidInputError

TODAY = date(2026, 11, 21)
NAME = Names(ar="صك", en="Treaty", fr="Traité", es="Tratado")


def answer(instrument_id: str, a: str, b: str, on_date: date = TODAY) -> Basis:
    bases = rules.available_between(shipped.instruments(), a, b, on_date)
    return next(basis for basis in bases if basis.instrument.id == instrument_id)


def treaty(*parties: Party, in_force: date | None = date(2000, 1, 1)) -> Instrument:
    measure = Measure(
        id="preservation",
        article="1",
        contents=Contents(fields=("facts",), source="test"),
        dual_criminality="not_required",
        clocks=(Clock(name="answer", duration="P1D", source="test"),),
    )
    return Instrument(
        id="treaty",
        version=1,
        kind="multilateral",
        names=NAME,
        citation="test",
        in_force=in_force,
        parties=parties,
        measures=(measure,),
        source="test",
        verified_on=TODAY,
    )


def party(country: str, **facts: object) -> Party:
    return Party(country=country, source="test", **({"status": "party", "verified_on": TODAY} | facts))  # type: ignore[arg-type]


def only(instrument: Instrument, on_date: date = TODAY) -> Basis:
    return rules.available_between([instrument], "MA", "NO", on_date)[0]


def test_morocco_and_norway_have_the_budapest_convention_since_the_later_of_them() -> None:
    basis = answer("budapest-2001", "MA", "NO")
    assert basis.available
    assert basis.since == date(2018, 10, 1)
    assert basis.assumed
    assert {measure.id for measure in basis.measures} >= {"preservation", "traffic_data", "stored_content"}
    assert not answer("budapest-2001", "MA", "NO", date(2018, 9, 30)).available


def test_what_is_not_in_force_is_said_plainly() -> None:
    protocol = answer("budapest-2ap-2022", "MA", "NO")
    assert (protocol.available, protocol.reason, protocol.measures) == (False, "not-in-force", ())
    convention = answer("un-cybercrime-2024", "MA", "VN")
    assert (convention.available, convention.reason) == (False, "not-in-force")
    assert convention.instrument.note
    assert "40th ratification" in convention.instrument.note.en


def test_european_instruments_know_who_stays_out() -> None:
    assert answer("eu-2023-977", "DE", "FR").available
    assert answer("eu-2023-1543", "DE", "FR").available
    assert not answer("eu-2023-1543", "DE", "FR", date(2026, 8, 17)).available
    assert answer("eu-2023-1543", "DK", "FR").country == "DK"
    assert answer("eio-2014-41", "FR", "IE").country == "IE"
    assert answer("eu-2023-977", "FR", "MA").explanation().fr == "Maroc : pas enregistré comme partie"


def test_comity_is_open_to_all_and_comes_last_a_model_to_none() -> None:
    bases = rules.available_between(shipped.instruments(), "TV", "MA", TODAY)
    assert [basis.instrument.id for basis in bases if basis.available] == ["classic-mla"]
    assert answer("bilateral", "MA", "NO").reason == "template"
    assert [basis.available for basis in bases] == sorted((basis.available for basis in bases), reverse=True)


def test_every_member_may_use_the_organisation() -> None:
    for other in ("PW", "PS", "VA", "CW", "KI"):
        assert answer("icpo-rpd", "MA", other).available


@pytest.mark.parametrize(
    ("instrument", "reason", "country"),
    [
        (treaty(party("MA"), party("NO")), "available", None),
        (treaty(party("MA")), "not-party", "NO"),
        (treaty(party("MA", status="signatory"), party("NO")), "signatory-only", "MA"),
        (treaty(party("MA"), party("NO", since=date(2026, 11, 22))), "not-yet-bound", "NO"),
        (treaty(party("MA", until=TODAY), party("NO")), "no-longer-bound", "MA"),
        (treaty(party("MA", excluded=("preservation",)), party("NO")), "measures-excluded", None),
        (treaty(party("MA"), party("NO"), in_force=None), "not-in-force", None),
        (treaty(party("MA"), party("NO"), in_force=date(2027, 1, 1)), "not-in-force", None),
    ],
)
def test_each_obstacle_has_its_reason(instrument: Instrument, reason: str, country: str | None) -> None:
    basis = only(instrument)
    assert (basis.reason, basis.country, basis.available) == (reason, country, reason == "available")
    for language in ("ar", "en", "fr", "es"):
        assert "{" not in basis.explanation().get(language)


def test_every_reason_is_worded() -> None:
    assert set(catalogue().reasons) == set(get_args(rules.Reason))


def test_one_assumed_party_makes_the_answer_assumed_and_an_unknown_date_stays_unknown() -> None:
    assert not only(treaty(party("MA", since=date(2001, 1, 1)), party("NO", since=date(2002, 1, 1)))).assumed
    assert only(treaty(party("MA"), party("NO", verified_on=None))).assumed
    assert only(treaty(party("MA", since=date(2001, 1, 1)), party("NO"))).since is None
    assert only(treaty(party("MA", since=date(1999, 1, 1)), party("NO", since=date(1999, 1, 1)))).since == date(
        2000, 1, 1
    )


@pytest.mark.parametrize(("a", "b"), [("MA", "MA"), ("MA", "XX"), ("ma", "NO"), ("GS", "GS")])
def test_only_two_different_countries_are_answered(a: str, b: str) -> None:
    with pytest.raises(InvalidInputError):
        rules.available_between(shipped.instruments(), a, b, TODAY)


def budapest() -> Instrument:
    return next(one for one in shipped.instruments() if one.id == "budapest-2001")


def test_a_preservation_request_under_article_29_names_what_the_treaty_asks() -> None:
    required = rules.required_contents(budapest(), "preservation")
    assert [requirement.id for requirement in required] == [
        "authority",
        "offence",
        "facts",
        "data_sought",
        "data_relation",
        "custodian",
        "necessity",
        "intention_to_request",
    ]
    assert not required[0].assumed
    assert required[0].source == "Budapest Convention, Article 29(2)"


def test_what_is_missing_is_told_with_its_reason() -> None:
    contents = {
        "authority": "Judicial police, Rabat",
        "offence": "Fraud",
        "facts": "  ",
        "data_sought": ["mailbox"],
        "data_relation": [],
        "custodian": "Provider",
        "necessity": None,
        "intention_to_request": False,
    }
    missing = rules.missing_contents(budapest(), "preservation", contents)
    assert [one.id for one in missing] == ["facts", "data_relation", "necessity", "intention_to_request"]
    assert missing[0].label.en == "Summary of the facts"
    assert missing[0].why.en == "So that the authority can judge the request without asking back"
    complete = {requirement.id: "x" for requirement in rules.required_contents(budapest(), "preservation")}
    assert rules.missing_contents(budapest(), "preservation", complete) == ()
    urgent = rules.missing_contents(budapest(), "preservation", complete, urgency="emergency")
    assert [one.id for one in urgent] == ["urgency_reason"]


def test_grounds_are_those_of_the_measure_or_else_of_the_instrument() -> None:
    own = {ground.id for ground in rules.refusal_grounds(budapest(), "preservation")}
    assert own == {"political_offence", "sovereignty"}
    assert "dual_criminality" in {ground.id for ground in rules.refusal_grounds(budapest(), "stored_content")}
    assert all(ground.label.ar for ground in rules.refusal_grounds(budapest(), "stored_content"))


def test_a_measure_the_instrument_lacks_is_refused_with_those_it_has() -> None:
    for question in (rules.required_contents, rules.refusal_grounds):
        with pytest.raises(MeasureNotAvailableError, match="preservation"):
            question(budapest(), "stop_payment")
