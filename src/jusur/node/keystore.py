"""The node's private keys: one file a key in ``<home>/keys``, made once, never overwritten.

==================  =====================================================  ======================
use                 key                                                    file
==================  =====================================================  ======================
signing             Ed25519: envelopes, receipts, requests                 ``signing.pem``
sealing             X-Wing: envelopes to this node                         ``sealing.pem``
evidence            age X25519 identity: packages to this node             ``evidence.txt``
log                 Ed25519: checkpoints of the log                        ``log.pem``
tls, seal, tsa      P-256, with ``<use>.certificate.pem``                  ``<use>.pem``
directory           Ed25519: the directory (secretariat)                   ``directory.pem``
directory-next      Ed25519: the directory key announced to follow it      ``directory-next.pem``
recovery            Ed25519: replaces a lost directory key                 ``recovery.pem``
network-ca          P-384, with its certificate (secretariat)              ``network-ca.pem``
==================  =====================================================  ======================

``rotate`` keeps the old key as ``<use>.<keyid>.pem``, to open what was sealed to it. A passphrase encrypts the files
made while it is given, as PKCS#8 (PBES2); without one the evidence identity is a file that ``age -i`` takes.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jusur.crypto import age, certificates
from jusur.crypto.errors import KeyFormatError
from jusur.crypto.keys import SealingKey, SigningKey, key_id, load_private_pem
from jusur.kernel.errors import ConflictError, NotFoundError
from jusur.node.home import sync_folder, write_private
from jusur.node.keyfiles import (
    CURVE_USES,
    NODE_USES,
    USES,
    KeystoreError,
    check_folder,
    generate,
    read_identity,
    read_private,
)

_COMPLETE = "complete"
"""This file says that the node's keys were all made once: a missing one is then lost, not yet to be made."""


class MissingKeyError(NotFoundError):
    """This node does not hold the key or the certificate."""

    code = "missing-key"
    title = "This node does not hold the key"
    status = 500


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A private key and the certificate for it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


class TLSPaths(NamedTuple):
    """The files of the node's TLS identity. The key file is encrypted where the keystore has a passphrase."""

    key: Path
    certificate: Path


class Keystore:
    """The keys in one folder, loaded when first asked for.

    The first key asked for in a folder without keys makes all of the node's six. Keys of the secretariat, and the
    time-stamp authority's, are made by ``create`` only.

    Args:
        folder: ``<home>/keys``; made with mode 0700 where it is missing.
        passphrase: encrypts new files and opens encrypted ones.
    """

    def __init__(self, folder: Path, passphrase: bytes | None = None) -> None:
        self.folder = folder
        self._passphrase = passphrase or None

    @cached_property
    def signing(self) -> SigningKey:
        """The key that signs envelopes, receipts and requests."""
        return self._ed25519("signing")

    @cached_property
    def sealing(self) -> SealingKey:
        """The key to which others seal envelopes now."""
        return SealingKey.from_pem(self._read("sealing"), self._passphrase)

    @cached_property
    def evidence_identity(self) -> age.AgeIdentity:
        """The identity to which others seal evidence packages now."""
        return read_identity(self._read("evidence"), self._passphrase)

    @cached_property
    def log(self) -> SigningKey:
        """The key that signs checkpoints of the node's log."""
        return self._ed25519("log")

    @cached_property
    def tls_key(self) -> ec.EllipticCurvePrivateKey:
        """The key of the node's TLS certificate."""
        return self._curve("tls")

    @cached_property
    def seal_key(self) -> ec.EllipticCurvePrivateKey:
        """The key of the node's seal certificate."""
        return self._curve("seal")

    @property
    def seal(self) -> CertifiedKey:
        """The key and certificate that make CMS signatures.

        Raises:
            MissingKeyError: the network has not yet issued the certificate.
        """
        return CertifiedKey(self.seal_key, self.certificate("seal"))

    @property
    def tls_paths(self) -> TLSPaths:
        """The files a TLS server or client loads.

        Raises:
            MissingKeyError: the network has not yet issued the certificate.
        """
        self._read("tls")
        self.certificate("tls")
        return TLSPaths(self._path("tls"), self._certificate_path("tls"))

    @cached_property
    def directory(self) -> SigningKey:
        """The key that signs the directory."""
        return self._ed25519("directory")

    @cached_property
    def directory_next(self) -> SigningKey:
        """The directory key announced to follow the present one."""
        return self._ed25519("directory-next")

    @cached_property
    def recovery(self) -> SigningKey:
        """The key that may replace a lost directory key; kept away from the node once its public part is known."""
        return self._ed25519("recovery")

    @cached_property
    def network_ca_key(self) -> ec.EllipticCurvePrivateKey:
        """The key of the network authority."""
        return self._curve("network-ca")

    @property
    def network_ca(self) -> certificates.Authority:
        """The network authority."""
        return certificates.Authority(self.network_ca_key, self.certificate("network-ca"))

    @cached_property
    def tsa_key(self) -> ec.EllipticCurvePrivateKey:
        """The key of the embedded time-stamp authority's certificate."""
        return self._curve("tsa")

    @property
    def tsa(self) -> CertifiedKey:
        """The embedded time-stamp authority, for demonstrations."""
        return CertifiedKey(self.tsa_key, self.certificate("tsa"))

    @property
    def sealing_keys(self) -> Mapping[str, SealingKey]:
        """The present sealing key and all old ones by key id, the present one first."""
        keys = [self.sealing, *(SealingKey.from_pem(text, self._passphrase) for text in self._old("sealing"))]
        return {key.keyid: key for key in keys}

    @property
    def evidence_identities(self) -> tuple[age.AgeIdentity, ...]:
        """The present evidence identity and all old ones, the present one first."""
        return self.evidence_identity, *(read_identity(text, self._passphrase) for text in self._old("evidence"))

    def has(self, use: str) -> bool:
        """Whether this node holds the key of ``use``."""
        return self._path(use).exists()

    def create(self, *uses: str) -> tuple[str, ...]:
        """Make the node's keys and those of ``uses`` where they are missing; returns the uses made now.

        Raises:
            MissingKeyError: a key of the node was made before and its file is gone.
            KeystoreError: the folder or a file is open to others.
        """
        with self._locked():
            missing = [use for use in dict.fromkeys(NODE_USES + uses) if not self._path(use).exists()]
            marker = self.folder / _COMPLETE
            if marker.exists():
                for use in set(missing) & set(NODE_USES):
                    raise _lost(use, self._path(use))
            for use in missing:
                self._write_new(self._path(use), generate(use, self._passphrase))
            if not marker.exists():
                self._write_new(marker, b"The keys of this node were made. Do not delete this file.\n")
        return tuple(missing)

    def rotate(self, use: str) -> str:
        """Replace the key of ``use`` by a new one and keep the old; returns the new key's id.

        A certificate for the old key is kept beside it; the new key has none until one is installed. Other
        processes go on with the old key until they open the keystore anew.

        Raises:
            MissingKeyError: there is no key to replace.
            ConflictError: ``network-ca``, whose certificate every node must learn of first.
        """
        if use == "network-ca":
            raise ConflictError("The network authority's key is not rotated in place.", fix="Found a new authority.")
        self._read(use)
        return self._replace(use, generate(use, self._passphrase))

    def adopt(self, use: str, other: "Keystore") -> str:
        """Replace the key of ``use`` by that of ``other`` (same passphrase), as ``rotate`` does; returns its id.

        For keys that the network certifies before they are used: made in a folder of their own, adopted once granted.

        Raises:
            MissingKeyError: one of the two has no such key.
        """
        if self.keyid(use) == other.keyid(use):
            return self.keyid(use)
        return self._replace(use, other._read(use))  # noqa: SLF001 - another object of this class

    def succeed_directory(self) -> str:
        """Put the announced directory key in the place of the present one, which is kept; its id. May be repeated.

        Raises:
            MissingKeyError: no key was announced.
        """
        content = self._read("directory-next")
        if self.keyid("directory") != self.keyid("directory-next"):
            self._replace("directory", content)
        self.discard_next_directory()
        return self.keyid("directory")

    def discard_next_directory(self) -> None:
        """Delete the key that was to follow the present directory key."""
        self._path("directory-next").unlink(missing_ok=True)
        sync_folder(self.folder)
        self._forget()

    def beside(self, name: str) -> "Keystore":
        """The keystore in the folder ``name`` within this one, under the same passphrase."""
        return Keystore(self.folder / name, self._passphrase)

    def _replace(self, use: str, content: bytes) -> str:
        self._read(use)
        with self._locked():
            path, old = self._path(use), self.keyid(use)
            for current in (path, self._certificate_path(use)):
                kept = current.with_name(current.name.replace(use, f"{use}.{old}", 1))
                if current.exists() and not kept.exists():
                    kept.hardlink_to(current)
            # Without its certificate first: a crash must never leave the new key beside the old certificate.
            self._certificate_path(use).unlink(missing_ok=True)
            sync_folder(self.folder)
            write_private(path, content)
        self._forget()
        return self.keyid(use)

    def keyid(self, use: str) -> str:
        """The id of the present key of ``use``."""
        if use in CURVE_USES:
            public = self._curve(use).public_key()
            return key_id(
                public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            )
        if use == "sealing":
            return SealingKey.from_pem(self._read(use), self._passphrase).keyid
        if use == "evidence":
            return key_id(read_identity(self._read(use), self._passphrase).recipient().public)
        return self._ed25519(use).keyid

    def certificate(self, use: str) -> x509.Certificate:
        """The certificate installed for the key of ``use``.

        Raises:
            MissingKeyError: there is none.
        """
        path = self._certificate_path(use)
        if not path.exists():
            raise MissingKeyError(f"This node has no {use} certificate yet.", fix="Join the network: `jusur join`.")
        return certificates.load_certificate(read_private(path))

    def install_certificate(self, use: str, pem: str) -> None:
        """Keep ``pem`` as the certificate of ``use``, in place of an earlier one for the same key.

        Raises:
            CertificateError: no certificate.
            ConflictError: a certificate for another key.
        """
        certificate = certificates.load_certificate(pem)
        if certificate.public_key() != self._curve(use).public_key():
            raise ConflictError(f"The certificate is not for this node's {use} key.", fix="Ask for a new one.")
        with self._locked():
            write_private(self._certificate_path(use), certificates.to_pem(certificate).encode())

    def _path(self, use: str) -> Path:
        if use not in USES:
            raise KeystoreError(f"There is no key for {use!r}.", fix=f"The keys are: {', '.join(USES)}.")
        return self.folder / (f"{use}.txt" if use == "evidence" else f"{use}.pem")

    def _certificate_path(self, use: str) -> Path:
        return self._path(use).with_suffix(".certificate.pem")

    def _ed25519(self, use: str) -> SigningKey:
        return SigningKey.from_pem(self._read(use), self._passphrase)

    def _curve(self, use: str) -> ec.EllipticCurvePrivateKey:
        if use not in CURVE_USES:
            raise KeystoreError(f"The {use} key has no certificate.")
        key = load_private_pem(self._read(use), self._passphrase)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeyFormatError(f"{self._path(use)} does not hold a key on an elliptic curve.")
        return key

    def _read(self, use: str) -> bytes:
        path = self._path(use)
        if use in NODE_USES and not path.exists() and not (self.folder / _COMPLETE).exists():
            self.create()
        if not path.exists():
            raise _lost(use, path)
        check_folder(self.folder)
        return read_private(path)

    def _old(self, use: str) -> Iterator[bytes]:
        present = self._path(use)
        for path in sorted(self.folder.glob(f"{use}.{'[0-9a-f]' * 32}{present.suffix}")):
            yield read_private(path)

    def _write_new(self, path: Path, content: bytes) -> None:
        try:
            write_private(path, content, replace=False)
        except OSError as error:
            raise KeystoreError(f"{path} cannot be written: {error.strerror}.") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the folder against other processes of this node that would make or change keys."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise KeystoreError(f"The folder {self.folder} cannot be used: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            check_folder(self.folder)
            yield
        finally:
            os.close(descriptor)

    def _forget(self) -> None:
        for name in [name for name in self.__dict__ if name not in {"folder", "_passphrase"}]:
            del self.__dict__[name]


def _lost(use: str, path: Path) -> MissingKeyError:
    fix = "Restore it from a backup." if use in NODE_USES else "Nodes of other roles make it."
    return MissingKeyError(f"This node has no {use} key: {path} is missing.", fix=fix)
