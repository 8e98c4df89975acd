"""The pages of messages open to whoever may read them, in every language, and to nobody else."""

from typing import Any

import pytest
from tests.desk import samples
from tests.desk.conftest import As
from tests.desk.messages import samples as rows

from jusur.kernel.languages import LANGUAGES


@pytest.fixture
def made(desk: samples.Desk) -> dict[str, Any]:
    found: dict[str, Any] = rows.make(desk)
    desk.made["messages"] = found
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
def test_messages_are_no_business_of(as_role: As, desk: samples.Desk, made: dict[str, Any], role: str) -> None:
    browser = as_role(role)
    for path in rows.pages(desk):
        assert browser.get(path).status_code == 403, path


def test_an_examiner_reads_and_does_not_write(as_role: As, made: dict[str, Any]) -> None:
    browser = as_role("examiner")
    conversation = f"/messages/{made['received']}"
    page = browser.get(conversation)
    assert page.status_code == 200
    assert 'name="in_reply_to"' not in page.content.decode()
    assert browser.get("/messages/new").status_code == 403
    assert browser.post(conversation, {"text": "x"}).status_code == 403
