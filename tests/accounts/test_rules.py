import pytest

from jusur.accounts.rules import ACTS, ROLES, may, permitted_acts

CASE_ACTS = {
    act for act in ACTS if act.startswith(("request.", "evidence.", "message.", "record.", "search.", "hit.", "list."))
}


def test_an_administrator_sees_no_case_data() -> None:
    assert not permitted_acts(["administrator"]) & CASE_ACTS


def test_an_auditor_sees_the_trail_and_no_content() -> None:
    assert "audit.read" in permitted_acts(["auditor"])
    assert not permitted_acts(["auditor"]) & CASE_ACTS


def test_an_unknown_role_carries_nothing() -> None:
    assert permitted_acts(["chief"]) == frozenset()


def test_a_token_narrows_and_never_widens() -> None:
    assert may(["officer"], None, "request.draft")
    assert not may(["officer"], ["request.read"], "request.draft")
    assert not may(["auditor"], ["request.draft"], "request.draft")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_carries_known_acts_only(role: str) -> None:
    assert ROLES[role] <= ACTS
