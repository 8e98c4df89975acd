"""Each test begins with nobody counted: no wrong codes, no asking too fast."""

import pytest
from django.core.cache import cache

from jusur.desk.signin import pace


@pytest.fixture(autouse=True)
def _afresh() -> None:
    cache.clear()
    pace.forget()
