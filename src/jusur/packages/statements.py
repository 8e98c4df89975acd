"""The statement about a sealed package that the exchange signs (DSSE) and the receiver countersigns."""

from collections.abc import Mapping, Sequence
from typing import Any

from jusur.kernel import canonical, clock
from jusur.packages import layout
from jusur.packages.errors import PackageError
from jusur.packages.sealing import SealedPackage
from jusur.packages.verification import Report

STATEMENT_TYPE = "application/vnd.jusur.package+json"
VERSION = 1


def statement(
    package: SealedPackage,
    *,
    request: str,
    sender: str,
    receivers: Sequence[str],
    conditions: Mapping[str, Any],
) -> dict[str, Any]:
    """What the sealing bureau states of the sealed file, as a value with a canonical JSON form.

    ``chunks_blake3`` is the BLAKE3-256 of the chunks' BLAKE3-256 digests (32 bytes each) one after another: the digests
    themselves, up to half a mebibyte, travel in the transfer's descriptor.

    Args:
        package: as :func:`seal` returned it.
        request: the id of the evidence request that it answers.
        sender: the sealing organisation's address.
        receivers: the addresses it is sealed to.
        conditions: the conditions of use, the same as in ``metadata/conditions.json``.
    """
    value = {
        "v": VERSION,
        "format": layout.FORMAT,
        "id": package.package_id,
        "request": request,
        "from": sender,
        "to": list(receivers),
        "sealed": {
            "size": package.size,
            "sha256": package.sha256,
            "chunk_size": package.chunk_size,
            "chunks_blake3": layout.chunks_blake3(bytes.fromhex("".join(package.chunk_digests))),
        },
        "tagmanifest_sha256": package.tagmanifest_sha256,
        "payload": {"files": len(package.files), "bytes": package.payload_bytes},
        "conditions": dict(conditions),
        "sealed_at": clock.timestamp(package.sealed_at),
    }
    canonical.encode(value)
    return value


def check_statement(value: Mapping[str, Any], report: Report) -> None:
    """Refuse a package that is not the one that the (already verified) statement is about.

    Raises:
        PackageError: a size, digest or id differs, or the statement lacks it.
    """
    try:
        stated = {
            "id": value["id"],
            "size": value["sealed"]["size"],
            "digest": value["sealed"]["sha256"],
            "tag manifest": value["tagmanifest_sha256"],
            "number of bytes": value["payload"]["bytes"],
            "number of files": value["payload"]["files"],
            "format": value["format"],
        }
    except (KeyError, TypeError):
        raise PackageError("The statement about the package is incomplete.") from None
    found = (
        report.package_id,
        report.sealed_size,
        report.sealed_sha256,
        report.tagmanifest_sha256,
        report.payload_bytes,
        len(report.files),
        layout.FORMAT,
    )
    for (name, stated_value), found_value in zip(stated.items(), found, strict=True):
        if stated_value != found_value:
            raise PackageError(f"The package's {name} is not what its sender stated.")
