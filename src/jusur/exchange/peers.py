"""What the exchange must know of itself and of others, apart from where it comes from.

The protocol (``envelope``, ``receipt``) is written against these; ``jusur.exchange.own`` fills them from the node's
key store and the directory, tests from plain keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from jusur.crypto.keys import SealingKey, SealingPublicKey, SigningKey, VerifyKey
from jusur.tlog.note import NoteVerifier


@dataclass(frozen=True, slots=True)
class Own:
    """This node's address and the private keys the exchange uses; of ``sealing`` keys the present one comes first."""

    address: str
    signing: SigningKey
    sealing: tuple[SealingKey, ...]
    max_envelope_bytes: int = 4 * 1024 * 1024


class PeerBook(Protocol):
    """What the current directory says of other organisations.

    Every method raises a ``JusurError`` for an address the directory does not know.
    """

    def current(self) -> tuple[int, str]:
        """Version and digest (hex) of the directory in use."""
        ...

    def assert_usable(self) -> None:
        """Return if the directory may be relied on now; raise what is wrong with it otherwise."""
        ...

    def exchanges(self, address: str) -> bool:
        """Whether the organisation takes part now: joined, neither suspended nor withdrawn."""
        ...

    def signing_keys(self, address: str) -> Mapping[str, VerifyKey]:
        """Keys whose signatures count for the organisation now, by key id."""
        ...

    def sealing_key(self, address: str) -> SealingPublicKey:
        """Key to seal to the organisation with."""
        ...

    def log_verifier(self, address: str) -> NoteVerifier:
        """Key that signs the checkpoints of the organisation's log."""
        ...

    def allows(self, sender: str, recipient: str, kind: str, classification: str) -> bool:
        """Whether the limits of both organisations let ``sender`` send this to ``recipient``."""
        ...

    def route(self, address: str) -> str:
        """Where envelopes for the organisation go next: itself, or the relay it is reached through ("" if nowhere)."""
        ...

    def relays_for(self, address: str) -> bool:
        """Whether this node is the one that passes envelopes on to the organisation."""
        ...

    def gossip(self, peer: str, version: int, digest: str) -> None:
        """Take note of the directory ``peer`` says it uses."""
        ...
