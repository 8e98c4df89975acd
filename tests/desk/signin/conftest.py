"""Each test begins with nobody counted: no wrong codes, no asking too fast."""

import pytest
from django.core.cache import cache
from pytest_django import Settings

from jusur.desk.signin import pace


@pytest.fixture(autouse=True)
def _afresh(settings: Settings) -> None:
    settings.ZEAL_ALLOWLIST = [{"model": "sessions.Session"}]  # Django reads a session once more to end it
    cache.clear()
    pace.forget()
