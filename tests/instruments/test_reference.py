import re
from pathlib import Path
from typing import get_args

from jusur.instruments import rules, shipped
from jusur.instruments.schema import MeasureId, catalogue
from jusur.kernel import text

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_names_every_instrument_reason_measure_and_field() -> None:
    named = set(re.findall(r"`([a-z0-9_-]+)`", (DOCS / "reference" / "instruments.md").read_text("utf-8")))
    assert named >= {instrument.id for instrument in shipped.instruments()}
    assert named >= set(get_args(rules.Reason)) - {"available"}
    assert named >= set(get_args(MeasureId))
    assert named >= set(catalogue().fields)


def test_the_glossary_gives_every_term_in_four_languages_once() -> None:
    rows = [line.split("|") for line in (DOCS / "glossary.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    terms = [[cell.strip() for cell in row[1:-1]] for row in rows if row[1].strip() != "English"]
    assert len(terms) > 100
    assert len({term[0] for term in terms}) == len(terms)
    for term in terms:
        assert len(term) == 5
        for cell in term:
            assert text.line(cell, max_length=120, field="term") == cell
        assert re.search(r"[\u0600-\u06ff]", term[1])
