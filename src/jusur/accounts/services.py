"""Writes of the accounts room: officers, tokens, approvals."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from jusur.accounts import rules
from jusur.accounts.actors import Actor
from jusur.accounts.errors import ApprovalMissingError, SecondPersonNeededError
from jusur.accounts.models import ApiToken, Approval, Officer
from jusur.accounts.officers import checked_roles
from jusur.accounts.records import record
from jusur.kernel import clock, text
from jusur.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from jusur.ledger import api as ledger

TOKEN_PREFIX = "jusur_"  # noqa: S105 - lets secret scanners recognise a leaked token
TOKEN_LIFETIME = timedelta(days=90)


@transaction.atomic
def officer_create(
    *, email: str, name: str, roles: Collection[str], kind: str = Officer.PERSON, language: str = "en", actor: str
) -> Officer:
    """A new officer (or national system) holding ``roles``.

    Raises:
        InvalidInputError: an unknown role or kind, or a name with characters that deceive.
        ConflictError: the e-mail address is taken.
    """
    officer = Officer(
        email=text.line(email, max_length=254, field="email").lower(),
        name=text.line(name, max_length=200, field="name"),
        roles=checked_roles(roles),
        kind=kind,
        language=language,
        created_at=clock.now(),
    )
    officer.set_unusable_password()
    try:
        with transaction.atomic():
            officer.save(force_insert=True)
    except IntegrityError:
        raise ConflictError("An officer with this e-mail address exists, or the kind is unknown.") from None
    record("accounts.officer.created", officer.id, actor, {"roles": officer.roles, "kind": kind})
    return officer


@transaction.atomic
def token_issue(
    *,
    officer_id: UUID,
    name: str,
    scopes: Collection[str] | None = None,
    lifetime: timedelta = TOKEN_LIFETIME,
    actor: str,
) -> tuple[ApiToken, str]:
    """A new token for the officer, and its secret, which is shown this once and never kept.

    Args:
        officer_id: whose token.
        name: what it is for.
        scopes: the acts it is limited to; ``None`` for all that the officer's roles carry.
        lifetime: how long it lives.
        actor: who issues it, as the ledger names people.

    Raises:
        NotFoundError: no such active officer.
        InvalidInputError: an unknown scope.
    """
    officer = Officer.objects.filter(id=officer_id, is_active=True).first()
    if officer is None:
        raise NotFoundError("There is no such active officer.")
    unknown = sorted(set(scopes or ()) - rules.ACTS)
    if unknown:
        raise InvalidInputError(f"Unknown scope: {unknown[0]}.", fix=f"Choose among {', '.join(sorted(rules.ACTS))}.")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    token = ApiToken.objects.create(
        officer=officer,
        name=text.line(name, max_length=100, field="name"),
        secret_sha256=hashlib.sha256(secret.encode()).digest(),
        scopes=None if scopes is None else sorted(set(scopes)),
        created_at=now,
        expires_at=now + lifetime,
    )
    record("accounts.token.issued", officer.id, actor, {"token": str(token.id), "scopes": token.scopes})
    return token, secret


@transaction.atomic
def token_revoke(*, token_id: UUID, actor: str) -> None:
    """End a token now.

    Raises:
        NotFoundError: no such live token.
    """
    token = ApiToken.objects.select_for_update().filter(id=token_id, revoked_at__isnull=True).first()
    if token is None:
        raise NotFoundError("There is no such live token.")
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    record("accounts.token.revoked", token.officer_id, actor, {"token": str(token.id)})


@transaction.atomic
def approval_ask(*, act: str, subject_type: str, subject_id: UUID, content_sha256: str, actor: Actor) -> Approval:
    """Ask a second person to agree to ``act`` on exactly this content, in place of any older open question."""
    Approval.objects.filter(act=act, subject_type=subject_type, subject_id=subject_id, decided_at__isnull=True).delete()
    approval = Approval.objects.create(
        act=act,
        subject_type=subject_type,
        subject_id=subject_id,
        content_sha256=content_sha256,
        asked_by_id=actor.id,
        asked_at=clock.now(),
    )
    _record_approval("accounts.approval.asked", approval, actor)
    return approval


@transaction.atomic
def approval_decide(
    *, act: str, subject_type: str, subject_id: UUID, content_sha256: str, granted: bool, reason: str = "", actor: Actor
) -> Approval:
    """The second person's decision on the open question.

    Raises:
        NotFoundError: nothing waits for a decision.
        SecondPersonNeededError: the person who asked, or a system, tries to decide.
        ConflictError: the content changed since the question was asked.
    """
    approval = (
        Approval.objects.select_for_update()
        .filter(act=act, subject_type=subject_type, subject_id=subject_id, decided_at__isnull=True)
        .first()
    )
    if approval is None:
        raise NotFoundError("Nothing waits for this decision.", fix="It may have been decided already: look again.")
    if actor.kind != Officer.PERSON or approval.asked_by_id == actor.id:
        raise SecondPersonNeededError(
            "This act takes two people.", fix="Let another officer who may approve it decide."
        )
    if approval.content_sha256 != content_sha256:
        raise ConflictError("The content changed after approval was asked for.", fix="Ask for approval again.")
    approval.decided_by_id = actor.id
    approval.decided_at = clock.now()
    approval.granted = granted
    approval.reason = text.paragraph(reason, max_length=4000, field="reason", required=False)
    approval.save()
    _record_approval("accounts.approval.granted" if granted else "accounts.approval.denied", approval, actor)
    return approval


def approval_require(*, act: str, subject_type: str, subject_id: UUID, content_sha256: str) -> Approval:
    """The granted approval of ``act`` on exactly this content.

    Raises:
        ApprovalMissingError: nobody else agreed to it.
    """
    approval = (
        Approval.objects.filter(
            act=act, subject_type=subject_type, subject_id=subject_id, content_sha256=content_sha256, granted=True
        )
        .order_by("-decided_at")
        .first()
    )
    if approval is None:
        raise ApprovalMissingError(
            "This act takes two people and has not been approved.", fix="Let a second officer approve it first."
        )
    return approval


def _record_approval(kind: str, approval: Approval, actor: Actor) -> None:
    ledger.record(
        kind,
        subject_type=approval.subject_type,
        subject_id=str(approval.subject_id),
        actor=actor.reference,
        purpose="four-eyes approval",
        data={"act": approval.act, "approval": str(approval.id), "content_sha256": approval.content_sha256},
    )
