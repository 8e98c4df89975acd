"""The secretariat's side of joining: invite, receive the request, compare fingerprints, admit or refuse."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from jusur.crypto import fingerprints
from jusur.directory import ceremony, requests
from jusur.directory.ceremony import InvitationPaper
from jusur.directory.errors import FingerprintError, JoinRefusedError
from jusur.directory.keys import public_digest
from jusur.directory.models import Invitation, JoinRequest, OrganisationKey
from jusur.directory.requests import Asked, KeyRequest
from jusur.directory.rules import SKEW
from jusur.directory.services import membership
from jusur.directory.services.authority import Authority
from jusur.directory.services.publication import directory_publish
from jusur.directory.services.welcome import bundle_write
from jusur.kernel import clock, ids, text
from jusur.kernel.errors import ConflictError, NotFoundError
from jusur.ledger import api as ledger

INVITATION_LIFETIME: Final = timedelta(days=14)
WELCOME_LIFETIME: Final = timedelta(days=30)
"""How long after its decision a welcome may be fetched with the invitation's token."""


class Standing(NamedTuple):
    """What became of a request to join."""

    state: str
    reason: str
    bundle: bytes | None


@transaction.atomic
def invitation_issue(
    *,
    address: str,
    authority: Authority,
    actor: str,
    join_url: str = "",
    lifetime: timedelta = INVITATION_LIFETIME,
) -> InvitationPaper:
    """A one-time invitation for an organisation that has not joined. Earlier ones of it end.

    Raises:
        UnknownOrganisationError: nobody has this address; add the organisation first.
        ConflictError: it has joined.
    """
    row = membership.organisation_locked(address)
    if row.status in {"active", "suspended"}:
        raise ConflictError(f"{address} has joined already.", fix="To change its keys, rotate or replace them.")
    now, token = clock.now(), secrets.token_urlsafe(ceremony.TOKEN_BYTES)
    Invitation.objects.filter(organisation=row, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    invitation = Invitation.objects.create(
        organisation=row,
        token_sha256=hashlib.sha256(token.encode("utf-8", "replace")).digest(),
        issued_by=actor,
        issued_at=now,
        expires_at=now + lifetime,
    )
    _record("directory.invitation.issued", "invitation", invitation.id, actor, {"address": address})
    return InvitationPaper(
        format=ceremony.INVITATION_FORMAT,
        id=str(invitation.id),
        address=address,
        token=token,
        join_url=join_url,
        directory_fingerprint=fingerprints.fingerprint(public_digest(authority.directory_keys[0].public)),
        expires_at=clock.timestamp(invitation.expires_at),
    )


def join_request_receive(*, token: str, envelope: bytes) -> JoinRequest:
    """Take a request to join, to be compared and decided by an operator.

    The same request sent again (its answer was lost) is answered again.

    Raises:
        JoinRefusedError: no such invitation, or used, or expired, or not for this organisation; a proof of possession
            fails; a key that is or was in the directory.
        ConflictError: another request of the organisation waits.
        DirectoryDocumentError, CanonicalJSONError: malformed.
    """
    asked = requests.open_request(envelope)
    try:
        with transaction.atomic():
            return _receive(token, envelope, asked)
    except IntegrityError:
        raise ConflictError(
            "Another request of this organisation waits for a decision.", fix="Ask the secretariat to refuse it."
        ) from None


def _receive(token: str, envelope: bytes, asked: Asked) -> JoinRequest:
    now, request = clock.now(), asked.request
    hashed = hashlib.sha256(token.encode("utf-8", "replace")).digest()
    invitation = Invitation.objects.select_for_update().filter(token_sha256=hashed).first()
    if invitation is None or str(invitation.id) != request.invitation:
        raise JoinRefusedError("There is no such invitation.", fix="Ask the secretariat for an invitation.")
    if invitation.used_at is not None:
        known = JoinRequest.objects.filter(invitation=invitation, digest=asked.digest).first()
        if known is not None:
            return known
        raise JoinRefusedError("The invitation has been used.", fix="Ask the secretariat who used it, and for another.")
    _check_request(request, invitation, now)
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    row = JoinRequest.objects.create(
        id=ids.parse_id(request.id),
        invitation=invitation,
        address=request.address,
        digest=asked.digest,
        document=envelope,
        state="received",
        made_at=now,
    )
    data = {"address": request.address, "digest": asked.digest, "invitation": request.invitation}
    _record("directory.join.received", "join-request", row.id, request.address, data)
    return row


def _check_request(request: KeyRequest, invitation: Invitation, now: datetime) -> None:
    if request.act != "join" or request.address != invitation.organisation_id:
        raise JoinRefusedError("The invitation is not for this organisation.")
    if now >= invitation.expires_at:
        raise JoinRefusedError("The invitation has expired.", fix="Ask the secretariat for another.")
    made = clock.parse_timestamp(request.created_at)
    if not invitation.issued_at - SKEW <= made <= now + SKEW:
        raise JoinRefusedError("The request was not made after the invitation.", fix="Check the new node's clock.")
    if OrganisationKey.objects.filter(keyid__in=[key.keyid for key in request.keys]).exists():
        raise JoinRefusedError("A key in the request is or was in the directory.", fix="Make new keys.")


@transaction.atomic
def join_request_admit(*, request_id: UUID, fingerprint: str, authority: Authority, actor: str) -> bytes:
    """Admit an organisation: certify its keys, publish them, sign its welcome.

    Args:
        request_id: the request received.
        fingerprint: of the request, as a person of the organisation read it out, in words or groups.
        authority: the secretariat's keys.
        actor: the operator who compared.

    Returns:
        The welcome and the new directory, for the new node.

    Raises:
        NotFoundError: no such request.
        ConflictError: somebody decided it already.
        FingerprintError: the fingerprint is not the request's.
        JoinRefusedError, CertificateError: a key or a certificate request is refused.
    """
    row = _undecided(request_id)
    if not fingerprints.matches(fingerprint, bytes.fromhex(row.digest)):
        raise FingerprintError(
            "What was read out is not this request's fingerprint.",
            fix="Compare again on a number you know. If it differs, somebody else made the request: refuse it.",
        )
    request = requests.open_request(bytes(row.document)).request
    organisation = membership.organisation_locked(row.address)
    if organisation.status in {"active", "suspended"}:
        raise ConflictError(f"{row.address} has joined already.")
    membership.install_keys(row=organisation, request=request, authority=authority, overlap=timedelta(0))
    organisation.status, organisation.status_reason = "active", ""
    organisation.save(update_fields=["status", "status_reason"])
    data = {"address": row.address, "digest": row.digest}
    _record("directory.join.admitted", "join-request", row.id, actor, data)
    version = directory_publish(authority=authority, actor=actor)
    row.welcome = bundle_write(asked=Asked(request, row.digest, ()), authority=authority, version=version)
    _decide(row, "admitted", actor)
    return row.welcome


@transaction.atomic
def join_request_refuse(*, request_id: UUID, reason: str, actor: str) -> JoinRequest:
    """Refuse a request, saying why; the organisation needs another invitation.

    Raises:
        NotFoundError: no such request.
        ConflictError: somebody decided it already.
        TextError: no reason.
    """
    row = _undecided(request_id)
    row.reason = text.line(reason, max_length=1000, field="reason")
    _decide(row, "refused", actor)
    data = {"address": row.address, "digest": row.digest, "reason": row.reason}
    _record("directory.join.refused", "join-request", row.id, actor, data)
    return row


def join_standing(*, request_id: UUID, token: str) -> Standing:
    """What became of a request, for whoever holds the invitation's token.

    Raises:
        NotFoundError: no such request, another token, or decided too long ago (the answer is the same for all).
    """
    row = JoinRequest.objects.select_related("invitation").filter(id=request_id).first()
    expected = bytes(row.invitation.token_sha256) if row is not None and row.invitation is not None else b""
    given = hashlib.sha256(token.encode("utf-8", "replace")).digest()
    late = row is not None and row.decided_at is not None and clock.now() > row.decided_at + WELCOME_LIFETIME
    if row is None or late or not hmac.compare_digest(given, expected):
        raise NotFoundError("There is no such request for this invitation.", fix="Ask the secretariat.")
    return Standing(row.state, row.reason, None if row.welcome is None else bytes(row.welcome))


def _undecided(request_id: UUID) -> JoinRequest:
    row = JoinRequest.objects.select_for_update().filter(id=request_id).exclude(state="made").first()
    if row is None:
        raise NotFoundError("There is no such request to join.")
    if row.state != "received":
        raise ConflictError(f"The request is {row.state} already, by {row.decided_by}.")
    return row


def _decide(row: JoinRequest, state: str, actor: str) -> None:
    row.state, row.decided_at, row.decided_by = state, clock.now(), actor
    row.save(update_fields=["state", "decided_at", "decided_by", "reason", "welcome"])


def _record(kind: str, subject: str, subject_id: UUID, actor: str, data: Mapping[str, Any]) -> None:
    ledger.record(kind, subject_type=f"directory.{subject}", subject_id=str(subject_id), actor=actor, data=dict(data))
