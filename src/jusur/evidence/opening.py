"""Opening sealed packages of the vault with this bureau's keys."""

from pathlib import Path

from jusur.crypto.certificates import load_certificate
from jusur.directory import api as directory
from jusur.evidence import stamping
from jusur.evidence.models import EvidencePackage
from jusur.node import context
from jusur.packages import Report, Trust
from jusur.packages import extract as unpack
from jusur.packages import verify as examine


def verify(package: EvidencePackage) -> Report:
    """Check every digest, signature and time-stamp of ``package`` without writing any of its content."""
    node = context.current()
    with node.vault.open(package.blob) as file:
        return examine(file, node.keys.evidence_identity, trust=trust())


def extract(package: EvidencePackage, folder: Path) -> Report:
    """Unpack ``package`` into ``folder/<its identifier>``.

    Raises:
        PackageError: it does not verify.
        ConflictError: it has been unpacked there.
    """
    node = context.current()
    with node.vault.open(package.blob) as file:
        return unpack(file, node.keys.evidence_identity, folder, trust=trust())


def trust() -> Trust:
    """The authorities this bureau trusts for seals and time-stamps."""
    return Trust(network=[load_certificate(directory.tls_ca())], timestamps=stamping.load_roots())
