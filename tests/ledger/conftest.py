from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jusur.ledger import api
from jusur.tlog.note import NoteSigner


def signer_of(address: str, seed: int = 1) -> NoteSigner:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return NoteSigner(f"jusur.int/log/{address}", key, key.public_key().public_bytes_raw())


@pytest.fixture(autouse=True)
def signer() -> Iterator[NoteSigner]:
    signer = signer_of("NO")
    api.configure(lambda: signer)
    yield signer
    api.configure(None)
