from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from jusur.accounts import api as accounts
from jusur.accounts.models import Invitation, Officer
from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


def invite(email: str = "salma@ma.example") -> tuple[Officer, str]:
    return accounts.officer_invite(email=email, name="Salma", roles=["officer"], actor="test")


def test_the_secret_is_not_kept() -> None:
    officer, secret = invite()
    row = Invitation.objects.get(officer=officer)
    assert secret.encode() not in bytes(row.secret_sha256)
    assert len(row.secret_sha256) == 32


def test_it_is_accepted_once() -> None:
    officer, secret = invite()
    opened = accounts.invitation_open(secret=secret)
    assert opened.officer == officer
    assert accounts.invitation_accept(invitation_id=opened.id) == officer
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_accept(invitation_id=opened.id)
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_open(secret=secret)


def test_it_ends_after_72_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = invite()
    opened = accounts.invitation_open(secret=secret)
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(int(timedelta(hours=72, seconds=1).total_seconds())))
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_open(secret=secret)
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_accept(invitation_id=opened.id)
    assert not accounts.invitation_usable(opened.id)


def test_a_new_one_takes_the_place_of_the_old() -> None:
    officer, first = invite()
    second = accounts.invitation_issue(officer_id=officer.id, actor="test")
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_open(secret=first)
    assert accounts.invitation_open(secret=second).officer == officer


def test_a_new_one_takes_every_factor_away() -> None:
    officer, _ = invite()
    officer.set_password("a bridge over the strait")
    officer.save()
    Authenticator.objects.create(user=officer, type="totp", data={"secret": "x"})
    accounts.invitation_issue(officer_id=officer.id, actor="test")
    officer.refresh_from_db()
    assert not officer.has_usable_password()
    assert not Authenticator.objects.filter(user=officer).exists()
    assert officer.sessions_from is not None


@pytest.mark.parametrize("guess", ["", "x", "A" * 43, "é" * 1000, "\x00", "\ud800"])
def test_a_guess_opens_nothing(guess: str) -> None:
    invite()
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_open(secret=guess)


def test_closing_access_closes_the_invitation() -> None:
    officer, secret = invite()
    opened = accounts.invitation_open(secret=secret)
    accounts.officer_deactivate(officer_id=officer.id, actor="test")
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_open(secret=secret)
    with pytest.raises(accounts.InvitationError):
        accounts.invitation_accept(invitation_id=opened.id)


def test_a_system_is_not_invited() -> None:
    system = accounts.officer_create(email="s@ma.example", name="S", roles=["officer"], kind="system", actor="test")
    with pytest.raises(NotFoundError):
        accounts.invitation_issue(officer_id=system.id, actor="test")


def test_every_step_is_in_the_ledger_without_the_secret() -> None:
    officer, secret = invite()
    accounts.invitation_accept(invitation_id=accounts.invitation_open(secret=secret).id)
    events = ledger.events("officer", str(officer.id))
    assert [event.kind for event in events] == [
        "accounts.officer.created",
        "accounts.invitation.issued",
        "accounts.invitation.opened",
        "accounts.invitation.accepted",
    ]
    assert not [event for event in events if secret in str(event.data) or officer.email in str(event.data)]
