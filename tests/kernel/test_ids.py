from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import new_id, parse_id


def test_identifiers_are_version_seven_and_sort_by_time() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(value.version, value.variant) for value in made} == {(7, "specified in RFC 4122")}


def test_threads_never_make_the_same_identifier() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(5_000)))
    assert len(set(made)) == len(made)


def test_one_identifier_has_one_spelling() -> None:
    value = new_id()
    assert parse_id(str(value)) == value
    for spelling in (str(value).upper(), value.hex, f"{{{value}}}", f"urn:uuid:{value}", "", "x" * 36):
        with pytest.raises(InvalidInputError, match="not an identifier"):
            parse_id(spelling)


def test_the_layout_of_rfc_9562() -> None:
    value = UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")  # RFC 9562, appendix A.6
    assert parse_id(str(value)).version == 7
