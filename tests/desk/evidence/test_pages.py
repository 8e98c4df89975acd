"""Every page of packages, by state and role."""

import pytest
from tests.desk.conftest import As
from tests.desk.evidence import samples
from tests.desk.samples import Desk


@pytest.fixture
def made(desk: Desk) -> samples.Made:
    desk.made["evidence"] = samples.make(desk)
    return desk.made["evidence"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es"])
def test_every_page_opens(desk: Desk, made: samples.Made, as_role: As, language: str) -> None:
    client = as_role(language=language)
    for path in samples.pages(desk):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert b"<style" not in answer.content
        assert b" style=" not in answer.content
