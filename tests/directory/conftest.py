from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.directory.network import Nodes, gates, new_authority, new_material

from jusur.directory import selectors
from jusur.directory.services.founding import bootstrap_secretariat
from jusur.ledger import api as ledger
from jusur.tlog.note import NoteSigner


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    key = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
    signer = NoteSigner("jusur.int/log/GS", key, key.public_key().public_bytes_raw())
    ledger.configure(lambda: signer)
    selectors.forget()
    yield
    ledger.configure(None)
    selectors.forget()


@pytest.fixture
def nodes(db: None) -> Nodes:
    """A network just founded; the database is the secretariat's."""
    authority, own = new_authority(), new_material()
    bootstrap_secretariat(
        authority=authority, material=own, endpoints=gates("https://gs.example.org:8443"), actor="founder"
    )
    return Nodes(authority, own)
