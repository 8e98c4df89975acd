"""What the files of the keystore hold, and how they are read: private to their owner or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import x25519

from jusur.crypto import age, certificates
from jusur.crypto.errors import KeyFormatError
from jusur.crypto.keys import SealingKey, SigningKey, load_private_pem, private_pem
from jusur.kernel.errors import JusurError

NODE_USES = ("signing", "sealing", "evidence", "log", "tls", "seal")
"""The keys every node has."""
CURVE_USES = frozenset({"tls", "seal", "tsa", "network-ca"})
"""The keys for which there is a certificate."""
USES = (*NODE_USES, "directory", "directory-next", "recovery", "network-ca", "tsa")
MAX_FILE_SIZE = 65_536
_OTHERS = 0o077
MIN_PASSPHRASE_SIZE = 16
"""PKCS#8 as OpenSSL writes it stretches a passphrase by 2,048 rounds only: a short one would be guessed."""
_PKCS8 = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


class KeystoreError(JusurError):
    """The folder of keys, or a file in it, cannot be used as it is."""

    code = "keystore"
    title = "The node's keys cannot be used"
    status = 500


def read_private(path: Path) -> bytes:
    """The content of a file that nobody but its owner can read.

    Raises:
        KeystoreError: unreadable, a link, no file, too large, or open to other users.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise KeystoreError(f"{path} cannot be read: {error.strerror}.", fix="Restore it from a backup.") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise KeystoreError(f"{path} is not a file.", fix="Restore it from a backup.")
        _refuse_open(path, status.st_mode, 0o600)
        data = file.read(MAX_FILE_SIZE + 1)
    if len(data) > MAX_FILE_SIZE:
        raise KeystoreError(f"{path} is too large to be a key.", fix="Restore it from a backup.")
    return data


def check_folder(folder: Path) -> None:
    """Return if nobody but its owner can enter ``folder``.

    Raises:
        KeystoreError: others can.
    """
    _refuse_open(folder, folder.stat().st_mode, 0o700)


def generate(use: str, passphrase: bytes | None) -> bytes:
    """The content of a new key file for ``use``, encrypted where a passphrase is given.

    Raises:
        KeystoreError: the passphrase is too short to protect anything.
    """
    if passphrase is not None and len(passphrase) < MIN_PASSPHRASE_SIZE:
        raise KeystoreError(
            f"The passphrase of the node's keys has fewer than {MIN_PASSPHRASE_SIZE} bytes.",
            fix="Make one with `openssl rand -base64 32`.",
        )
    return _GENERATORS[use](passphrase)


def read_identity(data: bytes, passphrase: bytes | None) -> age.AgeIdentity:
    """The identity in a file as ``age-keygen`` writes it, or its X25519 key as encrypted PKCS#8 (RFC 8410).

    Raises:
        KeyFormatError: encrypted, and the passphrase is missing or wrong.
        AgeError: no identity.
    """
    if not data.startswith(_PKCS8):
        return age.AgeIdentity.parse(data.decode("ascii", "replace"))
    key = load_private_pem(data, passphrase)
    if not isinstance(key, x25519.X25519PrivateKey):
        raise KeyFormatError("The evidence key is not an X25519 key.")
    return age.AgeIdentity(key.private_bytes_raw())


def _refuse_open(path: Path, mode: int, wanted: int) -> None:
    if stat.S_IMODE(mode) & _OTHERS:
        raise KeystoreError(
            f"{path} is open to other users of this machine (mode {stat.S_IMODE(mode):o}).",
            fix=f"Close it: chmod {wanted:o} {path}. If others may have read it, rotate the keys.",
        )


def _ed25519(passphrase: bytes | None) -> bytes:
    return SigningKey.generate().pem(passphrase)


def _sealing(passphrase: bytes | None) -> bytes:
    return SealingKey.generate().pem(passphrase)


def _p256(passphrase: bytes | None) -> bytes:
    return private_pem(certificates.generate_key("tls"), passphrase)


def _p384(passphrase: bytes | None) -> bytes:
    return private_pem(certificates.generate_key("network-ca"), passphrase)


def _identity(passphrase: bytes | None) -> bytes:
    identity = age.generate_identity()
    if passphrase:
        return private_pem(x25519.X25519PrivateKey.from_private_bytes(identity.secret), passphrase)
    return f"# public key: {identity.recipient()}\n{identity.text()}\n".encode()


_GENERATORS: dict[str, Callable[[bytes | None], bytes]] = {
    **dict.fromkeys(("signing", "log", "directory", "directory-next", "recovery"), _ed25519),
    **dict.fromkeys(("tls", "seal", "tsa"), _p256),
    "network-ca": _p384,
    "sealing": _sealing,
    "evidence": _identity,
}
