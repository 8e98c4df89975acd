from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from jusur.accounts import api as accounts
from jusur.accounts.models import ApiToken, Approval, Officer
from jusur.accounts.policies import Actor
from jusur.accounts.selectors import actor_of
from jusur.kernel import clock
from jusur.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


def officer(email: str, *roles: str, kind: str = "person") -> Officer:
    return accounts.officer_create(email=email, name=email.partition("@")[0], roles=roles, kind=kind, actor="test")


def actor(email: str, *roles: str, kind: str = "person") -> Actor:
    return actor_of(officer(email, *roles, kind=kind))


def ask(by: Actor, subject: UUID, digest: str = "a" * 64) -> Approval:
    return accounts.approval_ask(
        act="evidence.request.send",
        subject_type="evidence.request",
        subject_id=subject,
        content_sha256=digest,
        actor=by,
    )


def decide(by: Actor, subject: UUID, digest: str = "a" * 64, *, granted: bool = True) -> Approval:
    return accounts.approval_decide(
        act="evidence.request.send",
        subject_type="evidence.request",
        subject_id=subject,
        content_sha256=digest,
        granted=granted,
        actor=by,
    )


def test_a_token_works_until_it_is_revoked() -> None:
    salma = officer("salma@ma.example", "officer")
    token, secret = accounts.token_issue(officer_id=salma.id, name="desk", actor="test")
    assert accounts.actor_by_token(secret).id == salma.id
    accounts.token_revoke(token_id=token.id, actor="test")
    with pytest.raises(accounts.NotSignedInError):
        accounts.actor_by_token(secret)


def test_a_token_secret_is_not_kept() -> None:
    salma = officer("salma@ma.example", "officer")
    token, secret = accounts.token_issue(officer_id=salma.id, name="desk", actor="test")
    row = ApiToken.objects.get(id=token.id)
    assert secret.encode() not in bytes(row.secret_sha256)
    assert len(row.secret_sha256) == 32


def test_an_expired_token_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    salma = officer("salma@ma.example", "officer")
    _, secret = accounts.token_issue(officer_id=salma.id, name="desk", lifetime=timedelta(minutes=1), actor="test")
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "120")
    with pytest.raises(accounts.NotSignedInError):
        accounts.actor_by_token(secret)


def test_a_deactivated_officer_is_out_at_once() -> None:
    salma = officer("salma@ma.example", "officer")
    _, secret = accounts.token_issue(officer_id=salma.id, name="desk", actor="test")
    accounts.officer_deactivate(officer_id=salma.id, actor="test")
    with pytest.raises(accounts.NotSignedInError):
        accounts.actor_by_token(secret)


def test_unknown_roles_and_scopes_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="Unknown role"):
        officer("x@ma.example", "chief")
    salma = officer("salma@ma.example", "officer")
    with pytest.raises(InvalidInputError, match="Unknown scope"):
        accounts.token_issue(officer_id=salma.id, name="desk", scopes=["everything"], actor="test")


def test_an_address_belongs_to_one_officer() -> None:
    officer("salma@ma.example", "officer")
    with pytest.raises(ConflictError):
        officer("Salma@MA.example", "officer")


def test_the_asker_cannot_decide() -> None:
    salma, subject = actor("salma@ma.example", "supervisor"), new_id()
    ask(salma, subject)
    with pytest.raises(accounts.SecondPersonNeededError):
        decide(salma, subject)


def test_a_system_cannot_be_the_second_person() -> None:
    salma, subject = actor("salma@ma.example", "supervisor"), new_id()
    ask(salma, subject)
    with pytest.raises(accounts.SecondPersonNeededError):
        decide(actor("system@ma.example", "supervisor", kind="system"), subject)


def test_the_database_itself_refuses_one_person_for_two() -> None:
    salma, subject = actor("salma@ma.example", "supervisor"), new_id()
    approval = ask(salma, subject)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(id=approval.id).update(decided_by_id=salma.id, decided_at=clock.now(), granted=True)


def test_approval_is_of_exactly_this_content() -> None:
    salma, karim, subject = actor("salma@ma.example", "officer"), actor("karim@ma.example", "supervisor"), new_id()
    ask(salma, subject)
    with pytest.raises(ConflictError, match="changed"):
        decide(karim, subject, "b" * 64)
    decide(karim, subject)
    require = partial(
        accounts.approval_require, act="evidence.request.send", subject_type="evidence.request", subject_id=subject
    )
    assert require(content_sha256="a" * 64).granted
    with pytest.raises(accounts.ApprovalMissingError):
        require(content_sha256="b" * 64)


def test_a_decision_is_made_once() -> None:
    salma, karim, subject = actor("salma@ma.example", "officer"), actor("karim@ma.example", "supervisor"), new_id()
    ask(salma, subject)
    decide(karim, subject, granted=False)
    with pytest.raises(NotFoundError):
        decide(karim, subject)


def test_every_act_is_in_the_ledger() -> None:
    salma = officer("salma@ma.example", "officer")
    kinds = [event.kind for event in ledger.events("officer", str(salma.id))]
    assert kinds == ["accounts.officer.created"]
