"""What a subject may hold."""

from typing import Any

import pytest

from jusur.matching.subject import InvalidSubjectError, Subject


def test_a_subject_keeps_what_it_was_given() -> None:
    subject = Subject(names=("محمد بن علي",), birth_dates=("1971", "1971-03"), countries=("MA",), sex="male")
    assert subject.names == ("محمد بن علي",)
    assert subject.kind == "person"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "robot"},
        {"sex": "M"},
        {"birth_dates": ("1971-02-30",)},
        {"birth_dates": ("1971-13",)},
        {"birth_dates": ("71",)},
        {"birth_dates": ("١٩٧١",)},
        {"birth_dates": ("0000",)},
        {"birth_dates": ("1971",) * 33},
        {"countries": ("ma",)},
        {"countries": ("MAR",)},
        {"names": ("x" * 513,)},
        {"names": ("x",) * 65},
        {"places": ("x" * 513,)},
    ],
)
def test_a_subject_refuses_what_cannot_be_compared(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSubjectError):
        Subject(**wrong)
