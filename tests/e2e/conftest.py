"""The running network that all tests of this folder share: started once, healed before and after each test."""

from collections.abc import Iterator

import pytest
from tests.e2e.network import Network, built

IN_CI = frozenset(
    {"test_demo", "test_requests", "test_packages", "test_flips", "test_hostile", "test_wires", "test_desk"}
)
ALSO_IN_CI = frozenset(
    {
        "test_every_process_is_killed_while_evidence_and_messages_cross",
        "test_a_record_reaches_whom_it_allows_and_is_corrected_and_withdrawn_there",
    }
)
"""The small version of this suite; `make test-e2e` runs all of it, every bad day included."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.xdist_group("e2e"))
            if item.path.stem not in IN_CI and item.name not in ALSO_IN_CI:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def running() -> Iterator[Network]:
    with built() as network:
        yield network


@pytest.fixture
def network(running: Network) -> Iterator[Network]:
    running.heal()
    yield running
    running.heal()
