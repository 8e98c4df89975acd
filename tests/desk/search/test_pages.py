"""The pages of search open to whoever may search, in every language, and to nobody else."""

from typing import Any

import pytest
from tests.desk import samples
from tests.desk.conftest import As
from tests.desk.search import samples as rows

from jusur.kernel.languages import LANGUAGES


@pytest.fixture
def made(desk: samples.Desk) -> dict[str, Any]:
    found: dict[str, Any] = rows.make(desk)
    desk.made["search"] = found
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(
    as_role: As, desk: samples.Desk, made: dict[str, Any], language: str
) -> None:
    browser = as_role(language=language)
    for path in rows.pages(desk):
        response = browser.get(path)
        assert response.status_code == 200, path


@pytest.mark.parametrize("role", ["administrator", "auditor", "delegate"])
def test_searches_are_no_business_of(as_role: As, desk: samples.Desk, made: dict[str, Any], role: str) -> None:
    browser = as_role(role)
    for path in rows.pages(desk):
        assert browser.get(path).status_code == 403, path


def test_an_answer_opens_for_whoever_asked_alone(as_role: As, made: dict[str, Any]) -> None:
    assert as_role("supervisor").get(f"/search/{made['search']}").status_code == 404
    page = as_role().get(f"/search/{made['search']}").content.decode()
    assert rows.HOSTILE not in page
    assert rows.NAME in page
