"""Sealing released packages and sending them: done by the worker, again from the start if it is interrupted."""

import base64
import time
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import msgspec
import structlog
from django.db import transaction

from jusur.accounts import api as accounts
from jusur.crypto import cms
from jusur.directory import api as directory
from jusur.evidence import custody_log, messages, opening, provenance, stamping, statements
from jusur.evidence.custody import Direction, PackageState
from jusur.evidence.errors import ChangedEvidenceError
from jusur.evidence.models import EvidenceItem, EvidencePackage
from jusur.evidence.rules import Side, State
from jusur.evidence.services import packages, requests
from jusur.exchange import api as exchange
from jusur.instruments import api as instruments
from jusur.kernel import canonical, clock
from jusur.kernel.errors import JusurError, UnavailableError
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger
from jusur.node import context
from jusur.packages import Contents, SealedPackage, Seals, reseal, seal
from jusur.rows.claims import claim

log = structlog.get_logger()

OFFER_LIFETIME = timedelta(days=60)
NOTED_SECONDS = 1.0


def seal_waiting() -> int:
    """Seal and send the packages that two people released; the number sealed."""
    done = 0
    for package_id in EvidencePackage.objects.filter(
        direction=Direction.OUTGOING, state=PackageState.SEALING
    ).values_list("id", flat=True)[:100]:
        with claim("evidence.seal", package_id) as ours:
            if ours:
                done += _seal_one(package_id)
    return done


def _seal_one(package_id: UUID) -> int:
    package = EvidencePackage.objects.select_related("request", "forwarded_from").get(id=package_id)
    if package.state != PackageState.SEALING:
        return 0
    try:
        accounts.approval_require(  # the state says it was released; this says by whom, and exactly this content
            act=packages.RELEASE,
            subject_type=custody_log.SUBJECT,
            subject_id=package.id,
            content_sha256=packages.release_digest(package),
        )
        if package.forwarded_from is not None:
            _reseal(package, package.forwarded_from)
        else:
            _seal(package)
    except UnavailableError as error:
        log.warning("evidence.sealing_waits", package=str(package_id), error=type(error).__name__)
        EvidencePackage.objects.filter(id=package_id).update(waits_for=str(error)[:2000])
        return 0
    except (JusurError, OSError) as error:
        log.warning("evidence.sealing_failed", package=str(package_id), error=type(error).__name__)
        _give_back(package_id, str(error))
        return 0
    return 1


def _give_back(package_id: UUID, why: str) -> None:
    """Open the package again for its officers, who see why it could not be sealed; its release is void."""
    with transaction.atomic():
        package = packages.locked(package_id)
        package.failure = why[:2000]
        packages.move(package, PackageState.COLLECTING)
        custody_log.record(package, "custody.release_denied", "node", purpose=why)


class _Packed:
    """Notes how far the packing has come, once in a while, for who watches."""

    def __init__(self, package_id: UUID) -> None:
        self._package_id = package_id
        self._due = 0.0

    def __call__(self, done: int, _total: int) -> None:
        """``done`` bytes of the files are packed."""
        if time.monotonic() >= self._due:
            EvidencePackage.objects.filter(id=self._package_id).update(packed=done)
            self._due = time.monotonic() + NOTED_SECONDS


def _seal(package: EvidencePackage) -> None:
    stamping.require()
    name = blob_name(package)
    items = list(package.items.all())
    with context.current().vault.create(name, expected_size=sum(item.size for item in items)) as writer:
        sealed = seal(
            [(Path(item.source), item.path) for item in items],
            writer,
            recipients=[directory.age_recipient(package.counterpart)],
            contents=_contents(package),
            seals=_seals(),
            chunk=context.current().settings.chunk_bytes,
            progress=_Packed(package.id),
        )
        _check_hashes(items, sealed)
        writer.commit()
    finish(package, name, sealed)


def _reseal(package: EvidencePackage, held: EvidencePackage) -> None:
    """Seal the very archive that was received, with its originator's signature inside, to another bureau."""
    name = blob_name(package)
    vault = context.current().vault
    with (
        vault.open(opening.vault_name(held)) as file,
        vault.create(name, expected_size=held.size or 0) as writer,
    ):
        sealed = reseal(
            file,
            opening.identity_for(file),
            writer,
            recipients=[directory.age_recipient(package.counterpart)],
            trust=opening.trust(),
            estimate=held.size or 0,
        )
        writer.commit()
    finish(package, name, sealed)


def blob_name(package: EvidencePackage) -> str:
    """A name for the package's sealed bytes; new at each attempt, because a vault writes once."""
    return f"{package.id}-{new_id().hex[-12:]}.tar.age"


def finish(package: EvidencePackage, name: str, sealed: SealedPackage) -> None:
    """Offer the sealed bytes called ``name`` to the receiver and announce them, in one transaction."""
    with transaction.atomic():
        fresh = packages.locked(package.id)
        fresh.statement = statements.sign(package, sealed)
        fresh.blob, fresh.size, fresh.sealed_sha256 = name, sealed.size, sealed.sha256
        fresh.sealed_at, fresh.waits_for = sealed.sealed_at, ""
        packages.move(fresh, PackageState.OFFERED)
        for kind in ("custody.sealed", "custody.offered"):
            custody_log.record(fresh, kind, "node", data={"size": str(sealed.size), "files": len(sealed.files)})
        blob = exchange.offer_blob(
            exchange.BlobDescriptor(
                name=name,
                size=sealed.size,
                chunk_size=sealed.chunk_size,
                chunk_digests_blake3=base64.b64encode(_joined(sealed)).decode(),
                sha256=sealed.sha256,
                expires_at=clock.timestamp(clock.now() + OFFER_LIFETIME),
            ),
            recipient=fresh.counterpart,
        )
        before = _fulfil(fresh)
        messages.send_package(fresh, blob, before=before, actor="node")


def _fulfil(package: EvidencePackage) -> State | None:
    if package.request_id is None:
        return None
    request = requests.locked(package.request_id)
    before = State(request.state)
    if request.side != Side.REQUESTED:
        return before
    act = "fulfil" if package.completes else "fulfil_partly"
    requests.apply_act(request, act, by=context.current().address, actor="node", data={"package": str(package.id)})
    return before


def _check_hashes(items: list[EvidenceItem], sealed: SealedPackage) -> None:
    collected = sorted((item.sha256, item.size) for item in items)
    if collected != sorted((record.sha256, record.size) for record in sealed.files):
        raise ChangedEvidenceError(
            "The evidence is not what was released: a file changed since it was collected.",
            fix="Take the file out of the package, collect it again and have the release asked for anew.",
        )


def _contents(package: EvidencePackage) -> Contents:
    ledger.integrate()
    request = package.request
    instrument = instruments.instrument_view(instruments.instrument(request.instrument)) if request else {}
    return Contents(
        package_id=str(package.id),
        request=canonical.encode(
            {
                "request": str(package.request_id) if package.request_id else None,
                "case_reference": package.case_reference,
                "purpose": package.purpose,
                "content": request.content if request else None,
            }
        ),
        legal_basis=canonical.encode(
            {"legal_basis": package.legal_basis, "instrument": msgspec.to_builtins(instrument)}
        ),
        conditions=canonical.encode(package.conditions),
        custody=custody_log.document(package.id),
        verifier=_verifier(),
        case=lambda records: provenance.case_file(package, records),
        info={
            "Source-Organization": directory.organisation(context.current().address).name.en,
            "External-Description": f"Digital evidence, case {package.case_reference}",
        },
    )


def _seals() -> Seals:
    keys = context.current().keys
    return Seals(
        sign=lambda digest: cms.sign_detached(
            digest, key=keys.seal.key, certificate=keys.seal.certificate, signing_time=clock.now()
        ),
        stamp=stamping.stamp,
        network_ca=directory.tls_ca().encode(),
        tsa_root=stamping.roots(),
    )


def _joined(sealed: SealedPackage) -> bytes:
    return b"".join(map(bytes.fromhex, sealed.chunk_digests))


def _verifier() -> bytes:
    return files("jusur.tlog.verifier").joinpath("jusur_verify.py").read_bytes()
