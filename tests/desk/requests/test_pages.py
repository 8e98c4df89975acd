"""Every page of requests opens for whom it should, in every language, at a bounded number of queries."""

import pytest
from tests.desk.conftest import As
from tests.desk.requests import samples
from tests.desk.samples import Desk

from jusur.kernel.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(desk: Desk, as_role: As, language: str) -> None:
    desk.made["requests"] = samples.make(desk)
    browser = as_role(language=language)
    for path in samples.pages(desk):
        response = browser.get(path)
        assert response.status_code == 200, path
