"""Opening sealed packages of the vault with this bureau's keys."""

from pathlib import Path
from typing import BinaryIO

from jusur.crypto.age import AgeError, AgeIdentity, AgeReader
from jusur.crypto.certificates import load_certificate
from jusur.directory import api as directory
from jusur.evidence import stamping
from jusur.evidence.casechecking import CaseTaker
from jusur.evidence.custody import Direction
from jusur.evidence.models import EvidencePackage
from jusur.exchange import api as exchange
from jusur.node import context
from jusur.packages import Check, Report, Trust
from jusur.packages import extract as unpack
from jusur.packages.verification import examine


def vault_name(package: EvidencePackage) -> str:
    """The name under which this bureau's vault holds the sealed bytes."""
    if package.direction == Direction.INCOMING:
        return exchange.stored_name(package.counterpart, package.blob)
    return package.blob


def verify(package: EvidencePackage) -> tuple[Report, Check]:
    """Check every digest, signature and time-stamp of ``package``, and its CASE file, writing none of its content."""
    case = CaseTaker()
    with context.current().vault.open(vault_name(package)) as file:
        report = examine(file, identity_for(file), trust=trust(), limits=None, progress=None, sink=case)
    return report, case.verdict(report)


def extract(package: EvidencePackage, folder: Path) -> Report:
    """Unpack ``package`` into ``folder/<its identifier>``.

    Raises:
        PackageError: it does not verify.
        ConflictError: it has been unpacked there.
    """
    with context.current().vault.open(vault_name(package)) as file:
        return unpack(file, identity_for(file), folder, trust=trust())


def identity_for(file: BinaryIO) -> AgeIdentity:
    """The identity that opens ``file``: the present one, or one that was rotated away since it was sealed."""
    present, *old = context.current().keys.evidence_identities
    for identity in (present, *old):
        try:
            AgeReader(file, identity)
        except AgeError:
            continue
        finally:
            file.seek(0)
        return identity
    return present


def trust() -> Trust:
    """The authorities this bureau trusts for seals and time-stamps."""
    return Trust(network=[load_certificate(directory.tls_ca())], timestamps=stamping.load_roots())
