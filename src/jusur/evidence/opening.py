"""Opening sealed packages of the vault with this bureau's keys."""

from pathlib import Path

from jusur.crypto.certificates import load_certificate
from jusur.directory import api as directory
from jusur.evidence import stamping
from jusur.evidence.models import EvidencePackage
from jusur.node import context
from jusur.packages import Report
from jusur.packages import extract as unpack
from jusur.packages import verify as check


def verify(package: EvidencePackage) -> Report:
    """Check every digest, signature and time-stamp of ``package`` without writing any of its content.

    Raises:
        jusur.kernel.errors.JusurError: it cannot be opened at all.
    """
    node = context.current()
    with node.vault.open(package.blob) as file:
        return check(
            file,
            node.keys.evidence_identities,
            network_roots=[load_certificate(directory.tls_ca())],
            tsa_roots=stamping.load_roots(),
        )


def extract(package: EvidencePackage, folder: Path) -> tuple[int, int]:
    """Unpack ``package`` into the new ``folder``; the number of payload files and their bytes.

    Raises:
        jusur.kernel.errors.JusurError: it does not verify, or the folder exists.
    """
    node = context.current()
    with node.vault.open(package.blob) as file:
        found = unpack(file, node.keys.evidence_identities, folder)
    return found.files, found.bytes
