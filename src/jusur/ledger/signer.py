"""The key that signs this node's checkpoints: injected, or the log key of the node this process belongs to."""

from collections.abc import Callable

from jusur.tlog.checkpoint import origin
from jusur.tlog.note import NoteSigner

_provider: Callable[[], NoteSigner] | None = None
_signer: NoteSigner | None = None


def configure(provider: Callable[[], NoteSigner] | None) -> None:
    """Take the log's signer from ``provider``, called once when first needed; None returns to the node's keystore."""
    global _provider, _signer
    _provider, _signer = provider, None


def signer() -> NoteSigner:
    """The signer of this node's log.

    Raises:
        jusur.kernel.errors.JusurError: the node's home or keys cannot be read.
    """
    global _signer  # noqa: PLW0603 - opened once
    if _signer is None:
        _signer = (_provider or _node_signer)()
    return _signer


def _node_signer() -> NoteSigner:
    from jusur.node.context import current

    node = current()
    key = node.keys.log
    return NoteSigner(origin(node.address), key, key.public.raw())
