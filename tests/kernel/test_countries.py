import pytest

from jusur.kernel import countries
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES


def test_countries_have_codes_and_names_in_four_languages() -> None:
    morocco = countries.country("MA")
    assert (morocco.alpha_2, morocco.alpha_3, morocco.numeric) == ("MA", "MAR", "504")
    assert countries.country("NOR").alpha_2 == "NO"
    assert countries.names("MA") == {"ar": "المغرب", "en": "Morocco", "fr": "Maroc", "es": "Marruecos"}


def test_every_country_is_named_in_every_language() -> None:
    assert len(countries.codes()) == 249
    for code in countries.codes():
        assert all(countries.names(code)[language].strip() for language in LANGUAGES)


@pytest.mark.parametrize("code", ["XK", "ma", "MAR", "", "914", "ZZ", None, 504, "EU"])
def test_what_iso_does_not_assign_is_refused(code: object) -> None:
    assert not countries.is_country(code)
    with pytest.raises(InvalidInputError, match="is not a country's code"):
        countries.check(code)


def test_regions_are_the_four_of_the_organisation() -> None:
    assert countries.REGIONS == ("africa", "americas", "asia", "europe")
    assert {frozenset(names) for names in countries.REGION_NAMES.values()} == {frozenset(LANGUAGES)}
