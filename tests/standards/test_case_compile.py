import json
from pathlib import Path

import pytest

from jusur.standards.case import compile as compiler
from jusur.standards.case.queries import QUERIES


@pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")  # in case-utils
def test_the_shipped_table_is_that_of_the_bundled_ontology() -> None:
    assert compiler.TABLE.read_text(encoding="utf-8") == compiler.compile_ontology()


def test_every_query_of_the_ontology_has_its_function() -> None:
    assert set(compiler.QUERIES.values()) == set(QUERIES)


def test_the_table_names_its_source() -> None:
    table = json.loads(Path(compiler.TABLE).read_text(encoding="utf-8"))
    assert table["case_version"] == "1.5.0"
    assert len(table["ontology_sha256"]) == 64
    assert len(table["shapes"]) > 400
