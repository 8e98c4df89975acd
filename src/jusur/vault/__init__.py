"""The vault: write-once storage for sealed packages, in a local folder or on an S3 store."""

import hashlib
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from jusur.kernel.errors import InvalidInputError
from jusur.vault.base import SizedWriter, Vault, Writer
from jusur.vault.folder import FolderVault
from jusur.vault.names import MissingObjectError, VaultError, VaultFullError, WriteOnceError

__all__ = [
    "FolderVault",
    "MissingObjectError",
    "SizedWriter",
    "Vault",
    "VaultError",
    "VaultFullError",
    "WriteOnceError",
    "Writer",
    "open",
]


def open(url: str, *, staging: Path | None = None) -> Vault:  # noqa: A001 - read as vault.open
    """The vault at ``url``: ``file:///folder`` or ``s3://bucket/prefix?endpoint=…&region=…&staging=/folder``.

    An S3 vault stages what arrives in a local folder: ``staging``, else the URL's, else one under ``/var/tmp``.

    Raises:
        InvalidInputError: not such a URL.
        VaultError: the folder cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path.startswith("/"):
        return FolderVault(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        from jusur.vault.s3 import S3Vault

        named = parse_qs(parts.query).get("staging")
        mark = hashlib.sha256(url.encode()).hexdigest()[:12]
        default = Path("/var/tmp") / f"jusur-vault-{os.geteuid()}-{mark}"  # noqa: S108 - made 0700, owner checked
        return S3Vault(url, staging or (Path(named[-1]) if named else default))
    raise InvalidInputError("That is not a vault's URL.", fix="Use file:///folder or s3://bucket/prefix.")
