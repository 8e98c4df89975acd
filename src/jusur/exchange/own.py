"""This node as the exchange sees it: its keys from the key store, the others from the directory."""

import threading
from collections.abc import Mapping

from jusur.crypto.keys import SealingPublicKey, VerifyKey
from jusur.directory import api as directory
from jusur.exchange.peers import Own, PeerBook
from jusur.tlog.checkpoint import origin
from jusur.tlog.note import NoteVerifier
from jusur.vault import Vault

_lock = threading.Lock()
_own: Own | None = None
_book: PeerBook | None = None
_vault: Vault | None = None


def own() -> Own:
    """This node's address and keys, from the node home, opened on first use.

    Raises:
        jusur.kernel.errors.JusurError: the home or a key is missing.
    """
    global _own  # noqa: PLW0603 - keys are loaded once a process
    with _lock:
        if _own is None:
            from jusur.node.context import current

            node = current()
            present = node.keys.sealing
            older = [key for key in node.keys.sealing_keys.values() if key.keyid != present.keyid]
            _own = Own(node.address, node.keys.signing, (present, *older), node.settings.max_envelope_bytes)
        return _own


def book() -> PeerBook:
    """What the directory in use says of others."""
    return _book or _DIRECTORY


def vault() -> Vault:
    """The store of sealed bytes."""
    if _vault is not None:
        return _vault
    from jusur.node.context import current

    return current().vault


def configure(identity: Own | None, peers: PeerBook | None, store: Vault | None = None) -> None:
    """Use these instead of the node's own (``None``: as usual again). For tests and tools."""
    global _own, _book, _vault
    with _lock:
        _own, _book, _vault = identity, peers, store


class DirectoryBook:
    """A `PeerBook` over the directory this node holds (which keeps its answers in memory, by version)."""

    def current(self) -> tuple[int, str]:
        """As `PeerBook.current`."""
        held = directory.current()
        return held.version, held.digest

    def assert_usable(self) -> None:
        """As `PeerBook.assert_usable`."""
        directory.assert_usable()

    def exchanges(self, address: str) -> bool:
        """As `PeerBook.exchanges`."""
        return directory.organisation(address).status == "active"

    def signing_keys(self, address: str) -> Mapping[str, VerifyKey]:
        """As `PeerBook.signing_keys`."""
        return directory.verify_keys(address)

    def sealing_key(self, address: str) -> SealingPublicKey:
        """As `PeerBook.sealing_key`."""
        return directory.sealing_key(address)

    def log_verifier(self, address: str) -> NoteVerifier:
        """As `PeerBook.log_verifier`."""
        return NoteVerifier(origin(address), directory.log_key(address).raw())

    def allows(self, sender: str, recipient: str, kind: str, classification: str) -> bool:
        """As `PeerBook.allows`."""
        sends, receives = directory.may_send, directory.may_receive
        return sends(sender, kind, classification) and receives(recipient, kind, classification)

    def route(self, address: str) -> str:
        """As `PeerBook.route`."""
        return address if directory.gate_url(address) else directory.relay(address)

    def relays_for(self, address: str) -> bool:
        """As `PeerBook.relays_for`."""
        return directory.relay(address) == own().address

    def gossip(self, peer: str, version: int, digest: str) -> None:
        """As `PeerBook.gossip`."""
        directory.gossip_check(peer=peer, version=version, digest=digest)


_DIRECTORY = DirectoryBook()
