"""The secretariat's writing of a new version: the tables as a document, signed, checked as every node will."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, cast

from cryptography import x509
from django.db import transaction

from jusur.crypto import dsse
from jusur.crypto.certificates import load_certificate
from jusur.crypto.keys import SigningKey
from jusur.crypto.revocations import Revocation
from jusur.directory import document as wire
from jusur.directory import rules
from jusur.directory.keys import CERTIFICATE_USES, ED25519_USES
from jusur.directory.models import DirectoryVersion, Organisation, OrganisationKey
from jusur.directory.schema import (
    FORMAT,
    PAYLOAD_TYPE,
    DirectoryKey,
    Document,
    Endpoint,
    Key,
    KeyState,
    KeyUse,
    Kind,
    Limits,
    Names,
    Status,
)
from jusur.directory.schema import Organisation as Entry
from jusur.directory.services import acceptance
from jusur.directory.services.authority import Authority
from jusur.kernel import clock

CRL_GRACE: Final = timedelta(days=7)
"""How much longer than the directory its revocation list is good, so that a late refresh cuts no TLS connection."""
_KEPT_WHEN_RETIRED: Final = ED25519_USES | {"seal"}
"""Retired keys that stay listed, because what they signed must still be checked."""


@transaction.atomic
def directory_publish(
    *,
    authority: Authority,
    actor: str,
    lifetime: timedelta = rules.LIFETIME,
    directory_keys: tuple[DirectoryKey, ...] | None = None,
) -> DirectoryVersion:
    """Sign and hold a new version that says what the tables say.

    Args:
        authority: the secretariat's keys; every directory key given signs.
        actor: who publishes.
        lifetime: how long the version is good.
        directory_keys: the directory keys it lists (None: as before).

    Raises:
        DirectoryDocumentError: the tables hold something the format does not allow.
        DirectoryRefusedError: nodes would refuse this version; nothing is published.
    """
    acceptance.hold_lock()
    previous = acceptance.held() if DirectoryVersion.objects.exists() else None
    now = clock.now() if previous is None else max(clock.now(), previous.document.issued)
    listed = directory_keys or (previous.document.directory_keys if previous else _first_keys(authority, now))
    version = 1 if previous is None else previous.document.version + 1
    document = Document(
        format=FORMAT,
        version=version,
        previous="" if previous is None else previous.digest,
        issued_at=clock.timestamp(now),
        expires_at=clock.timestamp(now + lifetime),
        directory_keys=tuple(sorted(listed, key=lambda key: key.keyid)),
        network_ca=authority.certificate(),
        crl=authority.revocation_list(_revoked(), number=version, at=now, validity=lifetime + CRL_GRACE),
        organisations=tuple(entries()),
    )
    envelope = dsse.sign(PAYLOAD_TYPE, wire.encode(document), authority.directory_keys)
    pinned = rules.pinned_keys(document if previous is None else previous.document)
    signed = rules.open_signed(envelope, pinned, first=previous is None)
    if previous is not None:
        rules.check_successor(signed, previous, clock.now())
    return acceptance.directory_store(
        signed=signed, envelope=envelope, actor=actor, event="directory.published", project=False
    )


def directory_reissue(*, authority: Authority, actor: str = "node", now: datetime | None = None) -> bool:
    """Publish a fresh version where the last is a day old, so that none goes stale. For the secretariat's worker.

    Raises:
        NoDirectoryError: no version was ever published.
    """
    issued = acceptance.held().document.issued
    if (now or clock.now()) - issued < rules.REISSUE_AFTER:
        return False
    directory_publish(authority=authority, actor=actor)
    return True


def entries() -> Iterator[Entry]:
    """What the tables say of each organisation, by address."""
    rows = Organisation.objects.prefetch_related("keys")
    for row in sorted(rows, key=lambda row: row.address):
        yield Entry(
            address=row.address,
            kind=cast("Kind", row.kind),
            name=Names(**row.name),
            country=row.country,
            region=row.region,
            status=cast("Status", row.status),
            limits=Limits(tuple(sorted(row.sends)), tuple(sorted(row.receives)), tuple(sorted(row.classifications))),
            endpoints=tuple(sorted((Endpoint(**e) for e in row.endpoints), key=lambda e: (e.priority, e.gate_url))),
            relay=row.relay,
            keys=tuple(sorted(_keys(row), key=lambda key: (key.use, key.keyid))),
        )


def _keys(row: Organisation) -> Iterator[Key]:
    for key in row.keys.all():
        if key.state != "retired" or key.use in _KEPT_WHEN_RETIRED:
            yield Key(
                use=cast("KeyUse", key.use),
                keyid=key.keyid,
                public=key.public,
                state=cast("KeyState", key.state),
                not_before=clock.timestamp(key.not_before),
                not_after=None if key.not_after is None else clock.timestamp(key.not_after),
                revoked_at=None if key.revoked_at is None else clock.timestamp(key.revoked_at),
            )


def _revoked() -> Iterator[Revocation]:
    rows = OrganisationKey.objects.filter(use__in=CERTIFICATE_USES, state="revoked").order_by("keyid")
    for row in rows:
        if row.revoked_at is not None:
            serial = load_certificate(row.public).serial_number
            yield Revocation(serial, row.revoked_at, x509.ReasonFlags.key_compromise)


def _first_keys(authority: Authority, now: datetime) -> tuple[DirectoryKey, ...]:
    return tuple(directory_key(key, now) for key in authority.directory_keys)


def directory_key(key: SigningKey, now: datetime) -> DirectoryKey:
    """``key`` as the directory lists it."""
    return DirectoryKey(keyid=key.keyid, public=key.public.pem(), state="active", not_before=clock.timestamp(now))
