"""A throw-away PostgreSQL for the whole run, shared by its parallel workers (each has its own test database)."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from playwright.sync_api import Playwright, sync_playwright

from jusur.config.database import connection_settings
from jusur.node.postgres import temporary_postgres

_running = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    settings.SECRET_KEY = "a secret of tests"
    if hasattr(config, "workerinput") or os.environ.get("JUSUR_DATABASE_URL"):
        return
    server = _running.enter_context(temporary_postgres())
    os.environ["JUSUR_DATABASE_URL"] = server.url()
    # The settings were read before this file; nothing has connected yet.
    settings.DATABASES["default"].update(connection_settings(server.url()))


def pytest_unconfigure() -> None:
    _running.close()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; ends with its module, since a second one or asyncio cannot run beside it in a thread."""
    with sync_playwright() as running:
        yield running
