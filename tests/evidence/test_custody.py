import pytest

from jusur.evidence.custody import Direction, PackageState, may_follow


def test_only_a_released_package_is_sealed() -> None:
    assert may_follow(Direction.OUTGOING, PackageState.AWAITING_RELEASE, PackageState.SEALING)
    assert not may_follow(Direction.OUTGOING, PackageState.COLLECTING, PackageState.SEALING)


def test_only_a_verified_package_is_countersigned() -> None:
    assert may_follow(Direction.INCOMING, PackageState.VERIFIED, PackageState.COUNTERSIGNED)
    assert not may_follow(Direction.INCOMING, PackageState.RECEIVED, PackageState.COUNTERSIGNED)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_destroyed_package_never_comes_back(direction: Direction) -> None:
    assert not any(may_follow(direction, PackageState.DESTROYED, state) for state in PackageState)
