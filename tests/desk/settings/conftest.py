import pytest
from tests.desk import samples
from tests.desk.settings import samples as rows


@pytest.fixture
def shown(desk: samples.Desk) -> samples.Desk:
    """The desk with the rows of the settings."""
    desk.made["settings"] = rows.make(desk)
    return desk
