import pytest

from jusur.kernel import languages
from jusur.kernel.errors import InvalidInputError


def test_the_four_languages_know_their_direction() -> None:
    assert [languages.direction(language) for language in languages.LANGUAGES] == ["rtl", "ltr", "ltr", "ltr"]
    assert languages.check("ar") == "ar"


@pytest.mark.parametrize("code", ["de", "AR", "", None, "ar-MA"])
def test_other_languages_are_refused(code: object) -> None:
    with pytest.raises(InvalidInputError, match="not one of the four"):
        languages.check(code)
