import pytest

from jusur.accounts import api as accounts
from jusur.accounts.models import Officer
from jusur.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


def officer(email: str, *roles: str) -> Officer:
    return accounts.officer_create(email=f"{email}@ma.example", name=email, roles=roles, actor="test")


def reference(of: Officer) -> str:
    return f"officer:{of.id}"


def test_nobody_changes_their_own_roles() -> None:
    hind = officer("hind", "administrator")
    with pytest.raises(accounts.SecondPersonNeededError):
        accounts.officer_roles_set(officer_id=hind.id, roles=["administrator", "officer"], actor=reference(hind))
    hind.refresh_from_db()
    assert hind.roles == ["administrator"]


def test_another_administrator_changes_them() -> None:
    hind, amina = officer("hind", "administrator"), officer("amina", "administrator")
    accounts.officer_roles_set(officer_id=hind.id, roles=["officer", "officer"], actor=reference(amina))
    hind.refresh_from_db()
    assert hind.roles == ["officer"]
    event = ledger.events("officer", str(hind.id))[-1]
    assert (event.kind, event.data) == (
        "accounts.officer.roles",
        {"before": ["administrator"], "after": ["officer"]},
    )


def test_an_unknown_role_is_refused() -> None:
    hind = officer("hind", "administrator")
    with pytest.raises(InvalidInputError, match="Unknown role"):
        accounts.officer_roles_set(officer_id=hind.id, roles=["chief"], actor="test")


def test_the_last_administrator_stays() -> None:
    hind, salma = officer("hind", "administrator"), officer("salma", "officer")
    with pytest.raises(ConflictError):
        accounts.officer_roles_set(officer_id=hind.id, roles=["officer"], actor=reference(salma))
    with pytest.raises(ConflictError):
        accounts.officer_deactivate(officer_id=hind.id, actor=reference(hind))


def test_the_console_may_take_the_last_administrator_away() -> None:
    hind = officer("hind", "administrator")
    accounts.officer_deactivate(officer_id=hind.id, actor="administrator:console")
    hind.refresh_from_db()
    assert not hind.is_active


def test_what_is_closed_stays_closed() -> None:
    salma = officer("salma", "officer")
    accounts.officer_deactivate(officer_id=salma.id, actor="test")
    for again in (
        lambda: accounts.officer_deactivate(officer_id=salma.id, actor="test"),
        lambda: accounts.officer_sessions_end(officer_id=salma.id, actor="test"),
        lambda: accounts.officer_roles_set(officer_id=salma.id, roles=["officer"], actor="test"),
    ):
        with pytest.raises(NotFoundError):
            again()
