"""Signed statements on packages: the sealing bureau's, and the receiver's countersignature.

Both are DSSE documents a court can keep beside the package; docs/reference/sealed-package.md tells how to check them.
"""

from typing import Annotated, Any, Final, Literal

import msgspec

from jusur.crypto import dsse
from jusur.evidence.models import EvidencePackage
from jusur.kernel import canonical, clock
from jusur.kernel.errors import InvalidInputError
from jusur.node import context

PAYLOAD_TYPE: Final = "application/vnd.jusur.package+json"
COUNTERSIGNATURE_TYPE: Final = "application/vnd.jusur.countersignature+json"
MAX_BYTES: Final = 2 * 1024 * 1024

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class SealedStatement(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the sealing bureau says of a package: whose, for whom, for what request, exactly which bytes."""

    v: Literal[1]
    package: str
    request: str | None
    sender: str = msgspec.field(name="from")
    to: str
    sealed_at: str
    sealed_sha256: Digest
    size: Annotated[int, msgspec.Meta(ge=1)]
    chunk_size: Annotated[int, msgspec.Meta(ge=1)]
    chunks_sha256: Digest
    tagmanifest_sha256: Digest
    files: Annotated[int, msgspec.Meta(ge=1)]
    bytes: Annotated[int, msgspec.Meta(ge=0)]
    conditions: dict[str, Any]


def parse(payload: bytes) -> SealedStatement:
    """The statement in a verified DSSE payload.

    Raises:
        InvalidInputError: it is not of this form.
    """
    try:
        return msgspec.convert(canonical.decode(payload, max_bytes=MAX_BYTES), SealedStatement)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"The package's statement is not valid: {error}.") from None


def sign(statement: SealedStatement) -> dict[str, Any]:
    """``statement`` signed with this bureau's key."""
    payload = canonical.encode(msgspec.to_builtins(statement))
    return dsse.sign(PAYLOAD_TYPE, payload, [context.current().keys.signing])


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
