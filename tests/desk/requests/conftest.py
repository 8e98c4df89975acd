"""The register of legal instruments, which every page of requests asks."""

import pytest

from jusur.instruments import api as instruments


@pytest.fixture
def law(db: None) -> None:
    """The shipped instruments."""
    instruments.load_shipped()
