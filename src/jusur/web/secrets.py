"""Secrets of webhooks at rest: sealed to the node's own sealing key, so that a copy of the database reveals none.

They open with the keys in the node's home, old sealing keys included, so that rotating keys loses no webhook. Each is
bound to its webhook: in another row it does not open.
"""

from typing import Final
from uuid import UUID

from jusur.crypto import hpke
from jusur.crypto.errors import SealError
from jusur.kernel.errors import UnavailableError
from jusur.node.keystore import Keystore

INFO: Final = b"jusur-webhook-secret-v1"


def seal(keys: Keystore, webhook_id: UUID, secret: str) -> bytes:
    """``secret`` of the webhook, to be kept in the database."""
    return hpke.seal(keys.sealing.public, secret.encode(), aad=webhook_id.bytes, info=INFO)


def open_sealed(keys: Keystore, webhook_id: UUID, sealed: bytes) -> str:
    """The webhook's secret.

    Raises:
        UnavailableError: no key of this node opens it.
    """
    for key in keys.sealing_keys.values():
        try:
            return hpke.open(key, sealed, aad=webhook_id.bytes, info=INFO).decode()
        except SealError:
            continue
    raise UnavailableError(
        "No key of this node opens the webhook's secret.",
        fix="Restore the node's keys folder from the backup the database came from, or make the webhook anew.",
    )
