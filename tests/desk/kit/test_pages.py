"""The pages of the frame: help, appearance, language, and what is shown when something goes wrong."""

import pytest
from django.test import Client
from tests.desk.conftest import As

from jusur.kernel.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/help", "/view"])
def test_pages_of_the_kit_open_in_every_language(as_role: As, path: str, language: str) -> None:
    response = as_role("officer", language=language).get(path)
    assert response.status_code == 200
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in response.content.decode()


def test_nothing_at_an_address_is_a_page_for_people_and_a_document_for_programs(as_role: As, client: Client) -> None:
    page = as_role("officer").get("/nowhere")
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")
    assert client.get("/v1/nowhere")["Content-Type"] == "application/problem+json"


def test_the_policy_allows_nothing_inline_and_nothing_foreign(as_role: As) -> None:
    policy = as_role("officer").get("/help")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy
