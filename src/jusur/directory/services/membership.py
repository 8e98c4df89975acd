"""The secretariat's decisions on members: limits, suspension, rotation, revocation, emergency replacement of keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from jusur.crypto import fingerprints
from jusur.crypto.keys import VerifyKey
from jusur.directory import form, requests, rules
from jusur.directory.errors import FingerprintError, JoinRefusedError, NoSuchKeyError, UnknownOrganisationError
from jusur.directory.models import DirectoryVersion, Organisation, OrganisationKey
from jusur.directory.requests import Asked, KeyRequest, NewKey
from jusur.directory.schema import REQUIRED_USES, Endpoint, KeyUse, Limits
from jusur.directory.services import acceptance
from jusur.directory.services.authority import Authority
from jusur.directory.services.publication import directory_key, directory_publish
from jusur.directory.services.welcome import bundle_write
from jusur.kernel import clock, text
from jusur.kernel.errors import ConflictError
from jusur.ledger import api as ledger

OVERLAP: Final = timedelta(days=1)
"""How long a rotated key still counts, for what is under way."""
REQUEST_AGE: Final = timedelta(days=14)
"""Oldest key request taken."""
_WITHOUT_KEYS: Final = "A required key was revoked."


@transaction.atomic
def organisation_limit(
    *,
    address: str,
    sends: Sequence[str],
    receives: Sequence[str],
    classifications: Sequence[str],
    authority: Authority,
    actor: str,
) -> DirectoryVersion:
    """Set what an organisation may send and receive, and publish it. Empty is nothing.

    Raises:
        UnknownOrganisationError: nobody has this address.
        DirectoryDocumentError: a pattern or classification is not valid.
    """
    row = organisation_locked(address)
    row.sends, row.receives = sorted(set(sends)), sorted(set(receives))
    row.classifications = sorted(set(classifications))
    form.check_limits(Limits(tuple(row.sends), tuple(row.receives), tuple(row.classifications)), address)
    row.save(update_fields=["sends", "receives", "classifications"])
    data = {"sends": row.sends, "receives": row.receives, "classifications": row.classifications}
    return _publish("directory.organisation.limited", row, authority, actor, data)


def organisation_suspend(*, address: str, reason: str, authority: Authority, actor: str) -> DirectoryVersion:
    """Suspend an active organisation and publish it: nothing is sent to it or taken from it until it is restored.

    Raises:
        UnknownOrganisationError: nobody has this address.
        ConflictError: it is not active.
    """
    return _set_status(address, ("active",), "suspended", reason, authority, actor)


def organisation_restore(*, address: str, reason: str, authority: Authority, actor: str) -> DirectoryVersion:
    """Make a suspended organisation active again and publish it.

    Raises:
        UnknownOrganisationError: nobody has this address.
        ConflictError: it is not suspended.
        DirectoryDocumentError: it lacks a key it needs; replace it first.
    """
    return _set_status(address, ("suspended",), "active", reason, authority, actor)


def organisation_withdraw(*, address: str, reason: str, authority: Authority, actor: str) -> DirectoryVersion:
    """Record that an organisation has left the network, and publish it. Its keys stay listed for old signatures.

    Raises:
        UnknownOrganisationError: nobody has this address.
        ConflictError: it has withdrawn already.
    """
    return _set_status(address, ("not-joined", "active", "suspended"), "withdrawn", reason, authority, actor)


@transaction.atomic
def key_revoke(
    *, keyid: str, reason: str, authority: Authority, actor: str, revoked_at: datetime | None = None
) -> DirectoryVersion:
    """Revoke a key for compromise, from ``revoked_at`` (default: now), and publish it with a new revocation list.

    An organisation left without a key it needs is suspended in the same version.

    Raises:
        NoSuchKeyError: nobody has this key.
        ConflictError: it is revoked from that moment or an earlier one already.
    """
    acceptance.hold_lock()
    key = OrganisationKey.objects.select_for_update().filter(keyid=keyid).select_related("organisation").first()
    if key is None:
        raise NoSuchKeyError("No organisation has this key.", fix="See jusur directory show for keyids.")
    now = clock.now()
    moment = min(revoked_at or now, now)
    if key.revoked_at is not None and key.revoked_at <= moment:
        raise ConflictError("The key is revoked already.")
    key.state, key.revoked_at = "revoked", moment
    key.reason = text.line(reason, max_length=200, field="reason")
    key.save(update_fields=["state", "revoked_at", "reason"])
    row = key.organisation
    if row.status == "active" and not _has_required_keys(row):
        row.status, row.status_reason = "suspended", _WITHOUT_KEYS
        row.save(update_fields=["status", "status_reason"])
    data = {"keyid": keyid, "use": key.use, "revoked_at": clock.timestamp(moment), "status": row.status}
    return _publish("directory.key.revoked", row, authority, actor, data)


@transaction.atomic
def key_rotate(*, envelope: bytes, authority: Authority, actor: str, overlap: timedelta = OVERLAP) -> bytes:
    """Put new keys in the place of an organisation's, asked for by its signing key; publish them.

    Args:
        envelope: the signed key request (act ``rotate``).
        authority: the secretariat's keys.
        actor: who takes it.
        overlap: how long the keys replaced still count.

    Returns:
        The welcome and the new directory, for the organisation's node.

    Raises:
        UnknownOrganisationError: nobody has the request's address.
        JoinRefusedError: not signed by the organisation's signing key, too old, or a key that was there before.
        ConflictError: the organisation is not active.
    """
    acceptance.hold_lock()
    row = organisation_locked(_address_in(envelope))
    if row.status != "active":
        raise ConflictError(f"{row.address} is not active.", fix="Use an emergency replacement, or restore it first.")
    asked = _vouched(envelope, "rotate", _vouchers(row, "signing"), row)
    install_keys(row=row, request=asked.request, authority=authority, overlap=overlap)
    version = _publish("directory.key.rotated", row, authority, actor, _digest(asked))
    return bundle_write(asked=asked, authority=authority, version=version)


@transaction.atomic
def emergency_key_replacement(
    *, envelope: bytes, authority: Authority, actor: str, fingerprint: str = "", reason: str
) -> bytes:
    """Replace keys that were lost or stolen, revoking those replaced from now on; publish them.

    The request (act ``replace``) is signed by the recovery key the organisation registered, or, where it has none or
    lost that too, confirmed out of band: ``fingerprint`` as a person of the organisation, known to the operator, read
    it out. An organisation that was suspended for want of keys becomes active again.

    Raises:
        UnknownOrganisationError: nobody has the request's address.
        JoinRefusedError: neither signed by the recovery key nor confirmed, too old, or a key that was there before.
        FingerprintError: the fingerprint is not the request's.
    """
    acceptance.hold_lock()
    row = organisation_locked(_address_in(envelope))
    if row.status not in {"active", "suspended"}:
        raise ConflictError(f"{row.address} has no keys to replace.", fix="Invite it to join.")
    asked = _vouched(envelope, "replace", _vouchers(row, "recovery"), row, confirmed=bool(fingerprint))
    if fingerprint and not fingerprints.matches(fingerprint, bytes.fromhex(asked.digest)):
        raise FingerprintError("The fingerprint is not this request's.", fix="Call the organisation again.")
    install_keys(row=row, request=asked.request, authority=authority, overlap=None, reason=reason)
    if row.status == "suspended" and row.status_reason == _WITHOUT_KEYS and _has_required_keys(row):
        row.status, row.status_reason = "active", ""
        row.save(update_fields=["status", "status_reason"])
    data = {**_digest(asked), "confirmed": "fingerprint" if fingerprint else "recovery key", "reason": reason}
    version = _publish("directory.key.replaced", row, authority, actor, data)
    return bundle_write(asked=asked, authority=authority, version=version)


@transaction.atomic
def directory_key_announce(*, authority: Authority, actor: str) -> DirectoryVersion:
    """Publish a version that lists every directory key of ``authority``: a new one among them is pinned by all nodes.

    Raises:
        DirectoryRefusedError: none of the keys is one that nodes trust now.
    """
    acceptance.hold_lock()
    listed = {key.keyid: key for key in acceptance.held().document.directory_keys}
    now = clock.now()
    new = {key.keyid: directory_key(key, now) for key in authority.directory_keys if key.keyid not in listed}
    for keyid in new:
        _record_directory_key("directory.key.announced", keyid, actor)
    return directory_publish(authority=authority, actor=actor, directory_keys=(*listed.values(), *new.values()))


@transaction.atomic
def directory_key_retire(*, keyid: str, authority: Authority, actor: str, revoke: bool = False) -> DirectoryVersion:
    """Publish a version, signed by the other directory keys, that lists this one as retired (or revoked).

    Raises:
        NoSuchKeyError: no such directory key is active.
        DirectoryDocumentError: it is the only one.
    """
    acceptance.hold_lock()
    listed = {key.keyid: key for key in acceptance.held().document.directory_keys}
    if keyid not in listed or listed[keyid].state != "active":
        raise NoSuchKeyError("No active directory key has this keyid.")
    old = listed[keyid]
    listed[keyid] = type(old)(old.keyid, old.public, "revoked" if revoke else "retired", old.not_before)
    _record_directory_key("directory.key.retired", keyid, actor, state=listed[keyid].state)
    others = Authority(tuple(k for k in authority.directory_keys if k.keyid != keyid), authority.network)
    return directory_publish(authority=others, actor=actor, directory_keys=tuple(listed.values()))


def _record_directory_key(kind: str, keyid: str, actor: str, **data: str) -> None:
    ledger.record(kind, subject_type="directory.key", subject_id=keyid, actor=actor, data=dict(data))


def install_keys(
    *, row: Organisation, request: KeyRequest, authority: Authority, overlap: timedelta | None, reason: str = ""
) -> None:
    """Make the request's keys the organisation's active ones; those replaced retire after ``overlap`` (None: revoked).

    Raises:
        JoinRefusedError: one of the keys is or was somebody's.
    """
    known = OrganisationKey.objects.filter(keyid__in=[key.keyid for key in request.keys])
    if known.exists():
        raise JoinRefusedError("A key in the request is or was in the directory.", fix="Make new keys.")
    now = clock.now()
    earlier = OrganisationKey.objects.filter(organisation=row, use__in=[key.use for key in request.keys])
    if overlap is None:  # also those rotated out just before, which would still count for a while
        counting = Q(state="active") | Q(state="retired", not_after__gt=now)
        earlier.filter(counting).update(state="revoked", revoked_at=now, reason=reason[:200])
    else:
        earlier.filter(state="active").update(state="retired", not_after=now + overlap)
    for key in request.keys:
        public = _certified(row, request, key, authority, now)
        OrganisationKey.objects.create(
            keyid=key.keyid, organisation=row, use=key.use, public=public, not_before=now - rules.SKEW
        )
    if request.endpoints or request.act == "join":
        row.endpoints = [{"gate_url": e.gate_url, "priority": e.priority} for e in request.endpoints]
    if request.relay or request.act == "join":
        row.relay = request.relay
    row.save(update_fields=["endpoints", "relay"])


def organisation_locked(address: str) -> Organisation:
    """The organisation's row, locked until the transaction ends.

    Raises:
        UnknownOrganisationError: nobody has this address.
    """
    acceptance.hold_lock()
    row = Organisation.objects.select_for_update().filter(address=address).first()
    if row is None:
        raise UnknownOrganisationError("The directory has no organisation at this address.")
    return row


def _certified(row: Organisation, request: KeyRequest, key: NewKey, authority: Authority, now: datetime) -> str:
    """The key as the directory will list it: a certificate issued now for tls and seal."""
    name = row.name["en"]
    if key.use == "tls":
        endpoints = request.endpoints or tuple(Endpoint(**endpoint) for endpoint in row.endpoints)
        return authority.issue_tls(key.public, address=row.address, name=name, endpoints=endpoints, at=now)
    if key.use == "seal":
        return authority.issue_seal(key.public, address=row.address, name=name, at=now)
    return key.public


@transaction.atomic
def _set_status(
    address: str, allowed: tuple[str, ...], status: str, reason: str, authority: Authority, actor: str
) -> DirectoryVersion:
    acceptance.hold_lock()
    row = organisation_locked(address)
    if row.status not in allowed:
        raise ConflictError(f"{address} is {row.status}; it cannot become {status}.")
    row.status, row.status_reason = status, text.line(reason, max_length=1000, field="reason")
    row.save(update_fields=["status", "status_reason"])
    data = {"status": status, "reason": row.status_reason}
    return _publish("directory.organisation.status", row, authority, actor, data)


def _publish(
    kind: str, row: Organisation, authority: Authority, actor: str, data: Mapping[str, Any]
) -> DirectoryVersion:
    ledger.record(kind, subject_type="directory.organisation", subject_id=row.address, actor=actor, data=dict(data))
    return directory_publish(authority=authority, actor=actor)


def _has_required_keys(row: Organisation) -> bool:
    active = set(OrganisationKey.objects.filter(organisation=row, state="active").values_list("use", flat=True))
    return set(REQUIRED_USES) <= active


def _vouchers(row: Organisation, use: KeyUse) -> dict[str, VerifyKey]:
    keys = OrganisationKey.objects.filter(organisation=row, use=use, state="active")
    return {key.keyid: VerifyKey.from_pem(key.public) for key in keys}


def _vouched(
    envelope: bytes, act: str, vouchers: dict[str, VerifyKey], row: Organisation, *, confirmed: bool = False
) -> Asked:
    asked = requests.open_request(envelope, vouchers=vouchers)
    if asked.request.act != act or asked.request.address != row.address:
        raise JoinRefusedError(f"The request is not one to {act} keys of {row.address}.")
    if not confirmed and not set(asked.signers) & set(vouchers):
        raise JoinRefusedError(
            f"The request is not signed by a key of {row.address} that may ask for this.",
            fix="Sign it with the key in the directory, or confirm its fingerprint out of band.",
        )
    age = clock.now() - clock.parse_timestamp(asked.request.created_at)
    if not -rules.SKEW <= age <= REQUEST_AGE:
        raise JoinRefusedError("The request is too old, or from the future.", fix="Make a new one; check the clocks.")
    return asked


def _address_in(envelope: bytes) -> str:
    return requests.peek(envelope).address


def _digest(asked: Asked) -> dict[str, object]:
    return {"request": asked.request.id, "digest": asked.digest, "keys": [k.keyid for k in asked.request.keys]}
