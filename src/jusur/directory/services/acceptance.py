"""Accepting a directory, refusing one with an alarm, and listening to what peers say of theirs."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from jusur.crypto import fingerprints
from jusur.directory import document as wire
from jusur.directory import envelopes, rules, selectors
from jusur.directory.errors import (
    DirectoryDocumentError,
    DirectoryRefusedError,
    FingerprintError,
    NoDirectoryError,
)
from jusur.directory.keys import public_digest
from jusur.directory.models import DirectoryAlarm, DirectoryVersion, Organisation, OrganisationKey
from jusur.directory.rules import Signed
from jusur.directory.schema import Document
from jusur.directory.schema import Organisation as Entry
from jusur.kernel import clock, text
from jusur.kernel.errors import ConflictError, JusurError, NotFoundError
from jusur.ledger import api as ledger

LOCK: Final = 0x4A55_5355_5244_4952
"""Key of the advisory lock under which the directory changes ("JUSURDIR")."""
MAX_STEPS: Final = 1000
"""Most versions fetched in one refresh; a node that was away longer refreshes again."""

_REPEATED_FIELDS: Final = (
    *("kind", "name", "country", "region", "status"),
    *("sends", "receives", "classifications", "endpoints", "relay"),
)

Gossip = Literal["same", "behind", "newer", "contradicts"]
Fetch = Callable[[int | None], bytes]
"""Fetches the signed envelope of a version, or the current one for None."""


def hold_lock() -> None:
    """Wait for, and hold until the transaction ends, the right to change the directory."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def held() -> Signed:
    """The version this node holds, read under the lock or for checks.

    Raises:
        NoDirectoryError: there is none.
    """
    row = DirectoryVersion.objects.order_by("-version").first()
    if row is None:
        raise NoDirectoryError("This node holds no directory.", fix="Join a network first (jusur join request).")
    return Signed(wire.decode(envelopes.payload(bytes(row.document))), row.digest, ())


def has_directory() -> bool:
    """Whether this node holds a directory."""
    return DirectoryVersion.objects.exists()


def directory_pin(*, envelope: bytes, fingerprint: str, actor: str) -> DirectoryVersion:
    """Hold a first directory: the one signed by the directory key whose fingerprint two people compared.

    Args:
        envelope: the signed directory.
        fingerprint: of the directory key, as read out by the secretariat, in words or in groups.
        actor: who confirmed it.

    Raises:
        ConflictError: this node holds a directory already.
        FingerprintError: no directory key in the document has this fingerprint.
        DirectoryRefusedError, DirectoryDocumentError: forged, from the future, stale or malformed.
    """
    parsed = envelopes.read(envelope)
    claimed = wire.decode(envelopes.unverified_payload(parsed))
    keys = [key for key in rules.pinned_keys(claimed).values() if fingerprints.matches(fingerprint, public_digest(key))]
    if not keys:
        raise FingerprintError(
            "The directory key in this directory does not have the fingerprint you were told.",
            fix="Do not go on. Call the secretariat on a number you know, and compare again.",
        )
    signed = rules.open_signed(parsed, {keys[0].keyid: keys[0]}, first=True)
    rules.check_time(signed.document, clock.now())
    with transaction.atomic():
        hold_lock()
        if has_directory():
            raise ConflictError("This node holds a directory already.", fix="Use jusur directory refresh.")
        return directory_store(signed=signed, envelope=parsed, actor=actor, event="directory.pinned")


def directory_accept(*, envelope: bytes, actor: str = "node", step: bool = False) -> bool:
    """Take ``envelope`` as the directory, or refuse it and tell the operator.

    Args:
        envelope: the signed directory as received.
        actor: who brought it.
        step: a later version follows at once, so this one may have expired meanwhile.

    Returns:
        True for a new version, False for the one held already.

    Raises:
        NoDirectoryError: this node has not joined.
        DirectoryRefusedError: forged, rolled back, forked, stale, from the future (each raises an alarm), or not the
            next version.
        DirectoryDocumentError: not a directory at all (an alarm too, of kind forged).
    """
    with transaction.atomic():
        hold_lock()
        refused = _try_accept(envelope, actor=actor, step=step)
        if isinstance(refused, JusurError):
            _alarm_for(refused, envelope)
    if isinstance(refused, JusurError):
        raise refused
    return refused


def _try_accept(envelope: bytes, *, actor: str, step: bool) -> bool | JusurError:
    present = held()
    try:
        parsed = envelopes.read(envelope)
        signed = rules.open_signed(parsed, rules.pinned_keys(present.document))
        if not rules.check_successor(signed, present, clock.now(), step=step):
            return False
    except JusurError as error:
        return error
    directory_store(signed=signed, envelope=parsed, actor=actor, event="directory.accepted")
    return True


def _alarm_for(refused: JusurError, envelope: bytes) -> None:
    kind = refused.alarm if isinstance(refused, DirectoryRefusedError) else "forged"
    if not kind:
        return
    subject = wire.digest(envelope) if kind == "fork" else ""
    alarm_raise(kind=kind, detail=refused.detail, subject=subject, evidence=envelope if kind == "fork" else None)


def directory_store(
    *, signed: Signed, envelope: dict[str, object], actor: str, event: str, project: bool = True
) -> DirectoryVersion:
    """Keep a checked version in the caller's transaction and record it. ``project`` repeats it in the tables."""
    document = signed.document
    row = DirectoryVersion.objects.create(
        version=document.version,
        digest=signed.digest,
        document=envelopes.write(envelope),
        issued_at=document.issued,
        expires_at=document.expires,
        accepted_at=clock.now(),
    )
    if project:
        _project(document)
    DirectoryAlarm.objects.filter(kind="stale", closed_at__isnull=True).update(
        closed_at=row.accepted_at, closed_by="node", closing=f"Version {row.version} was accepted."
    )
    ledger.record(
        event,
        subject_type="directory",
        subject_id=str(row.version),
        actor=actor,
        data={"version": row.version, "digest": row.digest, "previous": document.previous},
    )
    selectors.forget()
    transaction.on_commit(selectors.forget)
    return row


def _project(document: Document) -> None:
    """Make the tables repeat ``document``."""
    rows = [_organisation_row(entry) for entry in document.organisations]
    Organisation.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["address"], update_fields=_REPEATED_FIELDS
    )
    OrganisationKey.objects.all().delete()
    OrganisationKey.objects.bulk_create(
        OrganisationKey(
            keyid=key.keyid,
            organisation_id=entry.address,
            use=key.use,
            public=key.public,
            state=key.state,
            not_before=clock.parse_timestamp(key.not_before),
            not_after=_maybe(key.not_after),
            revoked_at=_maybe(key.revoked_at),
        )
        for entry in document.organisations
        for key in entry.keys
    )


def _organisation_row(entry: Entry) -> Organisation:
    return Organisation(
        address=entry.address,
        kind=entry.kind,
        name={"ar": entry.name.ar, "en": entry.name.en, "fr": entry.name.fr, "es": entry.name.es},
        country=entry.country,
        region=entry.region,
        status=entry.status,
        sends=list(entry.limits.sends),
        receives=list(entry.limits.receives),
        classifications=list(entry.limits.classifications),
        endpoints=[{"gate_url": e.gate_url, "priority": e.priority} for e in entry.endpoints],
        relay=entry.relay,
    )


def _maybe(moment: str | None) -> datetime | None:
    return None if moment is None else clock.parse_timestamp(moment)


def directory_refresh(*, fetch: Fetch, actor: str = "node") -> int:
    """Fetch the current directory, and those between where this node missed some; the version then held.

    Args:
        fetch: brings the signed envelope of a version (None: the current one).
        actor: who asked.

    Raises:
        NoDirectoryError: this node has not joined.
        DirectoryRefusedError, DirectoryDocumentError: what came was refused; the version held stays.
        JusurError: whatever ``fetch`` raises.
    """
    newest = fetch(None)
    target = claimed_version(newest)
    version = held().document.version
    for missing in range(version + 1, min(target, version + 1 + MAX_STEPS)):
        directory_accept(envelope=fetch(missing), actor=actor, step=True)
    if target <= version + 1 + MAX_STEPS:
        directory_accept(envelope=newest, actor=actor)
    return held().document.version


def claimed_version(envelope: bytes) -> int:
    """The version ``envelope`` claims; 0 where it is no directory (accepting it will then refuse it)."""
    try:
        return wire.decode(envelopes.unverified_payload(envelopes.read(envelope))).version
    except JusurError:
        return 0


def gossip_check(*, peer: str, version: int, digest: str) -> Gossip:
    """What a peer's envelope says of its directory, against ours.

    Returns:
        ``same``; ``behind`` (the peer holds an older one of ours); ``newer`` (refresh); ``contradicts`` (an alarm
        was raised: fetch the peer's document and hand it to `fork_examine`).

    Raises:
        NoDirectoryError: this node has not joined.
    """
    current = selectors.current()
    if version > current.version:
        return "newer"
    known = current.digest if version == current.version else selectors.digest_of(version)
    if known in {digest, ""}:  # "": from before this node joined
        return "same" if version == current.version else "behind"
    detail = f"{text.shown(peer, max_length=20)} holds another version {version} of the directory than this node."
    alarm_raise(kind="gossip", detail=detail, subject=text.shown(peer, max_length=64))
    return "contradicts"


def fork_examine(*, peer: str, envelope: bytes) -> bool:
    """Whether the directory that ``peer`` holds proves a fork: rightly signed, but contradicting ours.

    A proven fork raises the alarm that stops the exchange until an operator closes it; the envelope is the proof.

    Raises:
        NoDirectoryError: this node has not joined.
    """
    with transaction.atomic():
        hold_lock()
        present = held()
        try:
            other = _open_by_any_held_key(envelope)
        except JusurError:
            return False
        known = selectors.digest_of(other.document.version)
        if known in {"", other.digest} or other.document.version > present.document.version:
            return False
        version = other.document.version
        detail = f"{peer} holds another version {version} of the directory, rightly signed."
        alarm_raise(kind="fork", detail=detail, subject=wire.digest(envelope), evidence=envelope)
    return True


def _open_by_any_held_key(envelope: bytes) -> Signed:
    """The document in ``envelope``, signed by a directory key that was pinned when its version was due."""
    parsed = envelopes.read(envelope)
    version = claimed_version(envelope)
    before = DirectoryVersion.objects.filter(version__in=[version - 1, version]).order_by("version").first()
    if before is None:
        raise DirectoryDocumentError("This node never held a version near this one.")
    near = wire.decode(envelopes.payload(bytes(before.document)))
    return rules.open_signed(parsed, rules.pinned_keys(near))


def stale_watch(now: datetime | None = None) -> bool:
    """Whether the directory held has expired; raises the alarm if so. Called by the worker.

    Raises:
        NoDirectoryError: this node has not joined.
    """
    view = selectors.view()
    moment = now or clock.now()
    if moment < view.expires:
        return False
    alarm_raise(
        kind="stale",
        detail=f"Version {view.current.version} of the directory has expired; nothing is sent.",
        subject="",
    )
    return True


@transaction.atomic
def alarm_raise(*, kind: str, detail: str, subject: str, evidence: bytes | None = None) -> DirectoryAlarm:
    """An open alarm of this kind about ``subject``: a new one, or the open one counted once more."""
    now = clock.now()
    alarm, new = DirectoryAlarm.objects.get_or_create(
        kind=kind,
        subject=subject,
        closed_at=None,
        defaults={"detail": detail[:1000], "evidence": evidence, "raised_at": now, "last_at": now},
    )
    if not new:
        DirectoryAlarm.objects.filter(id=alarm.id).update(count=F("count") + 1, last_at=now)
        return alarm
    ledger.record(
        "directory.alarm.raised",
        subject_type="directory.alarm",
        subject_id=str(alarm.id),
        actor="node",
        data={"kind": kind, "detail": alarm.detail},
    )
    selectors.forget()
    transaction.on_commit(selectors.forget)
    return alarm


@transaction.atomic
def alarm_close(*, alarm_id: UUID, reason: str, actor: str) -> DirectoryAlarm:
    """Close an alarm, saying why. Closing a fork's lets the exchange go on.

    Raises:
        NotFoundError: no such alarm.
        ConflictError: it is closed already.
        TextError: no reason.
    """
    alarm = DirectoryAlarm.objects.select_for_update().filter(id=alarm_id).first()
    if alarm is None:
        raise NotFoundError("There is no such alarm.", fix="See jusur directory alarms.")
    if alarm.closed_at is not None:
        raise ConflictError("The alarm is closed already.")
    alarm.closing = text.line(reason, max_length=1000, field="reason")
    alarm.closed_at, alarm.closed_by = clock.now(), actor
    alarm.save(update_fields=["closing", "closed_at", "closed_by"])
    ledger.record(
        "directory.alarm.closed",
        subject_type="directory.alarm",
        subject_id=str(alarm.id),
        actor=actor,
        data={"kind": alarm.kind, "reason": alarm.closing},
    )
    selectors.forget()
    transaction.on_commit(selectors.forget)
    return alarm
