"""The decision table: every condition of every type, met, unmet and at its boundary."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import msgspec
import pytest
from tests.notices.samples import CONTENTS, PHOTO, person, red, sentence

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES
from jusur.notices import conditions, content, types

TODAY = date(2026, 11, 22)


def unmet(code: str, value: dict[str, Any], form: types.Form = "notice") -> list[str]:
    found = types.unmet(types.shipped()[code], content.parse(value), TODAY, form)
    return [each.id for each in found]


def changed(code: str, **paths: Any) -> dict[str, Any]:
    """The sample of ``code`` with values at dotted paths (``__``); ``None`` takes the field out."""
    value = deepcopy(CONTENTS[code])
    for path, new in paths.items():
        *heads, last = path.split("__")
        place: Any = value
        for head in heads:
            place = place[int(head)] if head.isdigit() else place.setdefault(head, {})
        if new is None:
            place.pop(last)
        else:
            place[last] = new
    return value


@pytest.mark.parametrize("code", sorted(types.shipped()))
def test_a_complete_content_meets_every_condition(code: str) -> None:
    assert unmet(code, CONTENTS[code]) == []


@pytest.mark.parametrize("code", sorted(types.shipped()))
def test_an_empty_content_is_told_every_article(code: str) -> None:
    kind = types.shipped()[code]
    found = types.unmet(kind, content.parse({}), TODAY)
    assert found
    for each in found:
        assert each.article
        assert all(each.text.say(language) for language in LANGUAGES)


ROWS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("red", red(case={"private_matter": True}), ["serious-crime"]),
    ("red", red(case={"private_matter": True, "organised_crime": True}), []),
    ("red", red(case={"basis": ""}), ["penalty-threshold"]),
    ("red", sentence(), []),
    ("red", sentence(sentence="P5M29D"), ["penalty-threshold"]),
    ("red", sentence(sentence="P2Y", sentence_remaining="P180D"), ["sentence-remaining"]),
    ("red", sentence(sentence="P2Y", sentence_remaining="P181D"), []),
    ("red", sentence(sentence="life", sentence_remaining="life"), []),
    ("red", changed("red", assurances__international_interest="  "), ["international-interest"]),
    ("red", red(persons=[person(date_of_birth="1980")]), []),
    ("red", red(persons=[person(date_of_birth="")]), ["identification"]),
    ("red", red(persons=[person(sex="unknown")]), ["identification"]),
    ("red", red(persons=[person(description="")]), ["identification"]),
    ("red", red(persons=[person(description="", dna=True)]), []),
    ("red", red(persons=[person(description="", fingerprints=True)]), []),
    ("red", red(persons=[{"photographs": [PHOTO]}]), ["identification"]),
    ("red", red(persons=[{"photographs": [PHOTO], "further_data": "Seen at the port"}]), []),
    ("red", red(persons=[{"photographs": [PHOTO | {"good": False}], "further_data": "x"}]), ["identification"]),
    ("red", red(persons=[person(), {"names": [{"name": "X"}]}]), ["identification"]),
    ("red", red(persons=[]), ["identification"]),
    ("red", changed("red", case__facts_date=None), ["judicial-data"]),
    ("red", changed("red", case__facts_place=""), ["judicial-data"]),
    ("red", changed("red", case__charges__0__law=""), ["judicial-data"]),
    ("red", changed("red", case__warrant=None), ["judicial-data"]),
    ("red", changed("red", case__warrant__valid_until="2026-11-21"), ["judicial-data"]),
    ("red", changed("red", case__warrant__valid_until="2026-11-22"), []),
    ("red", changed("red", case__warrant__valid_until="2026-11"), []),
    ("red", changed("red", assurances__extradition_sought=False), ["extradition-assurance"]),
    ("red", changed("red", case__facts_date="2026-11-23"), ["dates-consistent"]),
    ("red", changed("red", request=""), ["request-stated"]),
    ("red", red(threat={"summary": "x"}), ["data-minimisation"]),
    ("blue", changed("blue", persons__0__status=""), ["status-stated"]),
    ("blue", changed("blue", case__facts=""), ["useful-facts"]),
    ("blue", changed("blue", persons=[{"status": "suspect"}]), ["identifiers"]),
    ("blue", changed("blue", persons=[{"status": "suspect", "photographs": [PHOTO]}]), []),
    ("green", changed("green", assurances__national_assessment=""), ["national-assessment"]),
    ("green", changed("green", case__convictions=""), ["convictions-or-grounds"]),
    ("green", changed("green", case={"reasonable_grounds": "Three investigations."}), []),
    ("yellow", changed("yellow", case__police_record=""), ["police-record"]),
    ("yellow", changed("yellow", case__recorded_on="2027"), ["police-record"]),
    ("yellow", changed("yellow", persons__0__status="victim"), ["missing-status"]),
    ("yellow", changed("yellow", persons__0__status="unidentified"), []),
    ("black", changed("black", body__dna=False), ["body-identifiers"]),
    ("black", changed("black", body__dna=False, body__fingerprints=True), []),
    ("black", changed("black", body__found_on=""), ["body-identifiers"]),
    ("purple", changed("purple", manner__occurrences=1), ["serious-or-repeated"]),
    ("purple", changed("purple", manner__occurrences=1, manner__serious=True), []),
    ("purple", changed("purple", persons=[person()]), ["no-personal-data"]),
    ("purple", changed("purple", persons=[person()], manner__personal_data_needed="Names the maker."), []),
    ("orange", changed("orange", threat__urgency="information"), ["imminent-threat"]),
    ("orange", changed("orange", threat__urgency="serious"), []),
    ("un-special", changed("un-special", sanction__reference="QD.432"), ["un-reference"]),
    ("un-special", changed("un-special", sanction__reference="CDe.0012"), []),
    ("un-special", changed("un-special", sanction__resolution=""), ["un-reference"]),
    ("silver", changed("silver", assets=[]), ["assets-named"]),
    ("silver", changed("silver", persons=[]), ["assets-tied"]),
    ("silver", changed("silver", persons=[], assets__0__holder="A company"), []),
    ("silver", changed("silver", assurances__no_coercive_measure=False), ["no-coercive-measure"]),
]


@pytest.mark.parametrize(("code", "value", "expected"), ROWS)
def test_each_condition_at_its_boundary(code: str, value: dict[str, Any], expected: list[str]) -> None:
    assert unmet(code, value) == expected


@pytest.mark.parametrize(
    ("penalty", "met"),
    [("P2Y", True), ("P1Y11M30D", False), ("P729D", False), ("P730D", True), ("P24M", True), ("life", True)],
)
def test_two_years_less_a_day_are_not_two_years(penalty: str, met: bool) -> None:
    found = unmet("red", changed("red", case__charges__0__maximum_penalty=penalty))
    assert ("penalty-threshold" not in found) is met


def test_every_condition_has_a_row_that_fails_it() -> None:
    failed = {(code, name) for code, _, expected in ROWS for name in expected}
    shared = {
        "identifiers",
        "dates-consistent",
        "request-stated",
        "police-record",
        "international-interest",
        "national-assessment",
    }
    for code, kind in types.shipped().items():
        for condition in kind.conditions:
            assert (code, condition.id) in failed or condition.id in shared | {"penalty-threshold"}, (
                code,
                condition.id,
            )
    assert shared <= {name for _, name in failed}


def test_a_diffusion_of_a_type_that_is_not_diffused_is_told_so() -> None:
    assert unmet("un-special", CONTENTS["un-special"], "diffusion") == ["form"]


def test_every_source_is_named_and_doubt_is_shown() -> None:
    for kind in types.shipped().values():
        assert kind.source
        assert all(condition.source for condition in kind.conditions)
    assumed = [c.id for c in types.shipped()["red"].conditions if c.verified_on is None]
    assert "sentence-remaining" in assumed
    assert "penalty-threshold" not in assumed


def test_a_new_type_needs_no_code() -> None:
    plain = msgspec.to_builtins(types.shipped()["blue"])
    plain |= {"code": "stolen-art", "sections": ["further"], "optional": []}
    plain["conditions"] = [
        plain["conditions"][0] | {"id": "inventory", "check": {"present": "further.inventory_number"}}
    ]
    made = types.read(json.dumps([plain], default=str).encode())["stolen-art"]
    lacking = types.unmet(made, content.parse({"further": {"title": "Vase"}}), TODAY)
    assert [each.id for each in lacking] == ["inventory"]
    assert types.unmet(made, content.parse({"further": {"inventory_number": "A1"}}), TODAY) == ()


@pytest.mark.parametrize(
    "expression",
    [
        {"eval": "x"},
        {"all": [{"nothing": 1}]},
        {"present": "a", "is": ["b", 1]},
        {"like": ["a", "(a+)+b"]},
        {"span_at_least": ["a"]},
        {"each": ["a", {"x": 1}]},
    ],
)
def test_a_condition_outside_the_language_is_refused(expression: dict[str, Any]) -> None:
    plain = msgspec.to_builtins(types.shipped()["blue"])
    plain["conditions"] = [plain["conditions"][0] | {"check": expression}]
    with pytest.raises(InvalidInputError):
        types.read(json.dumps([plain], default=str).encode())


@pytest.mark.parametrize(
    "value",
    [
        {"unknown": 1},
        {"persons": [{"date_of_birth": "1980-13"}]},
        {"persons": [{"date_of_birth": "1980-02-30"}]},
        {"persons": [{"nationalities": ["XX"]}]},
        {"title": "a\u202eb"},
        {"case": {"sentence": "P"}},
        {"request": "x" * 8001},
    ],
)
def test_hostile_contents_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        content.parse(value)


def test_a_quota_is_shared_equally() -> None:
    pilot = types.shipped()["silver"].pilot
    assert pilot is not None
    assert pilot.share() == 9
    assert msgspec.structs.replace(pilot, participants=("MA", "NO"), quota=7).share() == 3


def test_spans_are_compared_by_days() -> None:
    assert conditions.span_days("P6M") == 181
    assert conditions.span_days("P1Y6M") == 546
