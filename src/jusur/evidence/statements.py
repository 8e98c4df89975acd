"""Signed statements on packages: the sealing bureau's, and the receiver's countersignature.

Both are DSSE documents a court can keep beside the package; docs/reference/sealed-package.md tells how to check them.
"""

from collections.abc import Mapping
from typing import Any, Final

from jusur.crypto import dsse
from jusur.directory import api as directory
from jusur.evidence.models import EvidencePackage
from jusur.kernel import canonical, clock
from jusur.node import context
from jusur.packages import STATEMENT_TYPE, SealedPackage, statement

COUNTERSIGNATURE_TYPE: Final = "application/vnd.jusur.countersignature+json"
MAX_BYTES: Final = 256 * 1024


def sign(package: EvidencePackage, sealed: SealedPackage) -> dict[str, Any]:
    """This bureau's signed statement on what it sealed: whose, for whom, for what request, exactly which bytes."""
    value = statement(
        sealed,
        request=str(package.request_id or ""),
        sender=context.current().address,
        receivers=[package.counterpart],
        conditions=package.conditions,
    )
    return dsse.sign(STATEMENT_TYPE, canonical.encode(value), [context.current().keys.signing])


def read(document: Mapping[str, Any], sender: str) -> dict[str, Any]:
    """The statement in ``document``, if ``sender`` signed it.

    Raises:
        SignatureError, CanonicalJSONError: it did not, or it is not JSON.
    """
    return _read(document, sender, STATEMENT_TYPE)


def countersign(package: EvidencePackage, event: str, actor: str) -> dict[str, Any]:
    """This bureau's signed word on what it did with ``package``."""
    payload = {
        "v": 1,
        "package": str(package.id),
        "event": event,
        "sealed_sha256": package.sealed_sha256,
        "by": context.current().address,
        "actor": actor,
        "at": clock.timestamp(clock.now()),
    }
    return dsse.sign(COUNTERSIGNATURE_TYPE, canonical.encode(payload), [context.current().keys.signing])


def read_countersignature(document: Mapping[str, Any], receiver: str) -> dict[str, Any]:
    """The countersignature in ``document``, if ``receiver`` signed it.

    Raises:
        SignatureError, CanonicalJSONError: it did not, or it is not JSON.
    """
    return _read(document, receiver, COUNTERSIGNATURE_TYPE)


def _read(document: Mapping[str, Any], signer: str, payload_type: str) -> dict[str, Any]:
    keys = directory.verify_keys(signer)
    verified = dsse.verify(document, keys, payload_type=payload_type, max_bytes=MAX_BYTES)
    value = canonical.decode(verified.payload, max_bytes=MAX_BYTES)
    return value if isinstance(value, dict) else {}
