"""The node this process belongs to: its settings, keys and vault, each opened once when first needed."""

import os
from functools import cache, cached_property
from pathlib import Path

from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore
from jusur.node.settings import NodeSettings, load
from jusur.vault import Vault
from jusur.vault import open as open_vault

PASSPHRASE_VARIABLE = "JUSUR_KEYS_PASSPHRASE_FILE"  # noqa: S105 - names a variable, holds no secret
"""Environment variable naming the file whose content unlocks the private keys, where they are locked."""


class Node:
    """One node's settings, keys and vault."""

    def __init__(self, home: NodeHome) -> None:
        self.home = home

    @cached_property
    def settings(self) -> NodeSettings:
        """The node's settings."""
        return load(self.home)

    @property
    def address(self) -> str:
        """The organisation's address in the directory."""
        return self.settings.address

    @cached_property
    def keys(self) -> Keystore:
        """The node's private keys."""
        file = os.environ.get(PASSPHRASE_VARIABLE)
        return Keystore(self.home.keys, Path(file).read_bytes().strip() if file else None)

    @cached_property
    def vault(self) -> Vault:
        """The store of sealed packages."""
        return open_vault(self.settings.vault_location)


@cache
def current() -> Node:
    """The node that ``JUSUR_HOME`` names. ``current.cache_clear()`` forgets it (tests change homes)."""
    return Node(NodeHome.find())
