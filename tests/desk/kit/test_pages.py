"""The pages of the frame: help, appearance, language, and what is shown when something goes wrong."""

import pytest
from django.db import OperationalError
from django.test import Client
from tests.desk.conftest import As
from tests.desk.samples import Desk

from jusur.accounts import api as accounts
from jusur.directory import api as directory
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


def test_without_its_database_a_page_says_come_again(as_role: As, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("the database system is shutting down")

    browser = as_role("officer", language="fr")
    browser.raise_request_exception = False
    monkeypatch.setattr(accounts, "acting", away)
    response = browser.get("/requests/")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "La base de données du nœud ne répond pas." in response.content.decode()


def test_the_policy_allows_nothing_inline_and_nothing_foreign(as_role: As) -> None:
    policy = as_role("officer").get("/help")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_the_node_is_named_in_the_reader_s_script(as_role: As, desk: Desk) -> None:
    pages = {code: as_role("officer", language=code).get("/help").content.decode() for code in ("ar", "fr")}
    arabic = directory.organisation("MA").name.ar
    assert f"<bdi>{arabic}</bdi>" in pages["ar"]
    assert "<bdi>NCB Rabat</bdi>" not in pages["ar"]
    assert "<bdi>NCB Rabat</bdi>" in pages["fr"]


def test_filters_say_nothing_of_being_optional_and_fold_on_a_phone(as_role: As, desk: Desk) -> None:
    page = as_role("officer").get("/requests/").content.decode()
    assert 'class="optional"' not in page
    assert '<details class="fold">' in page
    assert '<details class="fold" open>' in as_role("officer").get("/requests/?partner=NO").content.decode()
