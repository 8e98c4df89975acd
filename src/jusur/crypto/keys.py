"""Keys of a node: Ed25519 for signatures (RFC 8032) and X-Wing for sealing (HPKE, RFC 9180).

X-Wing (draft-connolly-cfrg-xwing-kem, HPKE KEM 0x647a) joins ML-KEM-768 (FIPS 203) and X25519 (RFC 7748): what is
sealed stays sealed while either of the two holds.

Public keys come from outside and are parsed strictly: exact length, one encoding per key, no key of small order.
OpenSSL itself takes Ed25519 keys of small order, for which anyone can make a signature that verifies.
"""

import hashlib
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from jusur.crypto.errors import KeyFormatError, SignatureError
from jusur.crypto.fingerprints import fingerprint, fingerprint_words

__all__ = ["SealingKey", "SealingPublicKey", "SigningKey", "VerifyKey", "fingerprint", "fingerprint_words", "key_id"]

SEED_SIZE = 32
ED25519_PUBLIC_SIZE = 32
ED25519_SIGNATURE_SIZE = 64
MLKEM_PUBLIC_SIZE = 1184
SEALING_PUBLIC_SIZE = MLKEM_PUBLIC_SIZE + 32
MAX_PEM_SIZE = 16_384

_PRIME = 2**255 - 19
_EDWARDS_D = -121665 * pow(121666, -1, _PRIME) % _PRIME
_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = frozenset({0, 1, _PRIME - 1, _ORDER_8, _PRIME - _ORDER_8})
"""The y coordinates of the eight points of small order of edwards25519 (RFC 7748, section 4.1; RFC 8032)."""
_END_MARK = b"-----END "


class PrivateKey(Protocol):
    """Any private key of ``cryptography``."""

    def private_bytes(
        self,
        encoding: serialization.Encoding,
        format: serialization.PrivateFormat,  # noqa: A002 - the library's name
        encryption_algorithm: serialization.KeySerializationEncryption,
    ) -> bytes:
        """The key in the form asked for."""
        ...


def key_id(encoded: bytes) -> str:
    """The name of a public key: the first 16 bytes of the SHA-256 of its encoding, in lower-case hexadecimal."""
    return hashlib.sha256(encoded).hexdigest()[:32]


class VerifyKey:
    """An Ed25519 public key."""

    __slots__ = ("_key", "_keyid")

    def __init__(self, key: ed25519.Ed25519PublicKey) -> None:
        self._key = key
        self._keyid = key_id(
            key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        )

    @classmethod
    def from_raw(cls, raw: bytes) -> Self:
        """The key that 32 bytes encode.

        Raises:
            KeyFormatError: another length, a second encoding of a point, no point, or a point of small order.
        """
        if len(raw) != ED25519_PUBLIC_SIZE:
            raise KeyFormatError(f"An Ed25519 public key has {ED25519_PUBLIC_SIZE} bytes, not {len(raw)}.")
        _check_edwards_point(raw)
        return cls(ed25519.Ed25519PublicKey.from_public_bytes(raw))

    @classmethod
    def from_pem(cls, pem: str | bytes) -> Self:
        """The key in a PEM ``PUBLIC KEY`` block.

        Raises:
            KeyFormatError: not exactly one such block, or a key that ``from_raw`` refuses.
        """
        data = _bounded(pem)
        try:
            key = serialization.load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm):
            raise KeyFormatError("The text is not a public key in PEM form.") from None
        if not isinstance(key, ed25519.Ed25519PublicKey) or data.count(_END_MARK) != 1:
            raise KeyFormatError("The text is not one Ed25519 public key.")
        return cls.from_raw(key.public_bytes_raw())

    @property
    def keyid(self) -> str:
        """Name of the key: SHA-256 of its SubjectPublicKeyInfo, 32 hexadecimal digits."""
        return self._keyid

    def raw(self) -> bytes:
        """The 32 bytes of the key."""
        return self._key.public_bytes_raw()

    def pem(self) -> str:
        """The key as a PEM ``PUBLIC KEY`` block."""
        return self._key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if ``signature`` (64 bytes) is this key's over ``message``.

        Raises:
            SignatureError: it is not.
        """
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise SignatureError("The signature does not fit the content and the key.") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and self.raw() == other.raw()

    def __hash__(self) -> int:
        return hash(self.raw())

    def __repr__(self) -> str:
        return f"<VerifyKey {self._keyid}>"


class SigningKey:
    """An Ed25519 private key. Its text form never shows the secret."""

    __slots__ = ("_key", "_public")

    def __init__(self, key: ed25519.Ed25519PrivateKey) -> None:
        self._key = key
        self._public = VerifyKey(key.public_key())

    @classmethod
    def generate(cls) -> Self:
        """A new random key."""
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed (RFC 8032, section 5.1.5).

        Raises:
            KeyFormatError: another length.
        """
        _check_seed(seed)
        return cls(ed25519.Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_pem(cls, pem: str | bytes, passphrase: bytes | None = None) -> Self:
        """The key in a PEM ``PRIVATE KEY`` or ``ENCRYPTED PRIVATE KEY`` block.

        Raises:
            KeyFormatError: not such a block, another kind of key, or a wrong passphrase.
        """
        key = load_private_pem(_bounded(pem), passphrase)
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise KeyFormatError("The private key is not an Ed25519 key.")
        return cls(key)

    @property
    def keyid(self) -> str:
        """Name of the key, that of its public key."""
        return self._public.keyid

    @property
    def public(self) -> VerifyKey:
        """The public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over ``message``."""
        return self._key.sign(message)

    def pem(self, passphrase: bytes | None = None) -> bytes:
        """The key as PKCS#8 in PEM, encrypted where a passphrase is given."""
        return private_pem(self._key, passphrase)

    def __repr__(self) -> str:
        return f"<SigningKey {self.keyid}>"


class SealingPublicKey:
    """An X-Wing public key: 1,184 bytes of ML-KEM-768, then 32 of X25519."""

    __slots__ = ("_raw", "hpke")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != SEALING_PUBLIC_SIZE:
            raise KeyFormatError(f"A sealing public key has {SEALING_PUBLIC_SIZE} bytes, not {len(raw)}.")
        _check_lattice_key(raw[:MLKEM_PUBLIC_SIZE])
        montgomery = x25519.X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_SIZE:])
        _check_montgomery_point(montgomery)
        self._raw = bytes(raw)
        self.hpke = MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_SIZE]), montgomery
        )

    @classmethod
    def from_raw(cls, raw: bytes) -> Self:
        """The key that 1,216 bytes encode.

        Raises:
            KeyFormatError: another length, coefficients out of range, a second encoding, or a point of small order.
        """
        return cls(raw)

    @property
    def keyid(self) -> str:
        """Name of the key: SHA-256 of its raw encoding, 32 hexadecimal digits."""
        return key_id(self._raw)

    def raw(self) -> bytes:
        """The 1,216 bytes of the key."""
        return self._raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealingPublicKey) and self._raw == other._raw

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        return f"<SealingPublicKey {self.keyid}>"


class SealingKey:
    """An X-Wing private key. Its text form never shows the secret."""

    __slots__ = ("_lattice", "_montgomery", "_public", "hpke")

    def __init__(self, lattice: mlkem.MLKEM768PrivateKey, montgomery: x25519.X25519PrivateKey) -> None:
        self._lattice = lattice
        self._montgomery = montgomery
        self._public = SealingPublicKey(
            lattice.public_key().public_bytes_raw() + montgomery.public_key().public_bytes_raw()
        )
        self.hpke = MLKEM768X25519PrivateKey(lattice, montgomery)

    @classmethod
    def generate(cls) -> Self:
        """A new random key."""
        return cls(mlkem.MLKEM768PrivateKey.generate(), x25519.X25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed (draft-connolly-cfrg-xwing-kem, ``expandDecapsulationKey``).

        Raises:
            KeyFormatError: another length.
        """
        _check_seed(seed)
        expanded = hashlib.shake_256(seed).digest(96)
        return cls(
            mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
        )

    @classmethod
    def from_pem(cls, pem: str | bytes, passphrase: bytes | None = None) -> Self:
        """The key in two PKCS#8 blocks, ML-KEM-768 first, X25519 second, as ``pem`` writes them.

        Raises:
            KeyFormatError: not these two blocks, or a wrong passphrase.
        """
        first, mark, rest = _bounded(pem).partition(_END_MARK)
        line, _, second = rest.partition(b"\n")
        lattice = load_private_pem(first + mark + line + b"\n", passphrase)
        montgomery = load_private_pem(second, passphrase)
        if not isinstance(lattice, mlkem.MLKEM768PrivateKey) or not isinstance(montgomery, x25519.X25519PrivateKey):
            raise KeyFormatError("The text is not a sealing key: an ML-KEM-768 and an X25519 private key.")
        return cls(lattice, montgomery)

    @property
    def keyid(self) -> str:
        """Name of the key, that of its public key."""
        return self._public.keyid

    @property
    def public(self) -> SealingPublicKey:
        """The public key."""
        return self._public

    def pem(self, passphrase: bytes | None = None) -> bytes:
        """The key as two PKCS#8 blocks in PEM (RFC 9935 and RFC 8410), encrypted where a passphrase is given."""
        return private_pem(self._lattice, passphrase) + private_pem(self._montgomery, passphrase)

    def __repr__(self) -> str:
        return f"<SealingKey {self.keyid}>"


def load_private_pem(pem: bytes, passphrase: bytes | None) -> object:
    """The private key in one PKCS#8 PEM block, decrypted by ``passphrase`` where it is encrypted.

    Raises:
        KeyFormatError: malformed, a wrong or missing passphrase, or more than one block.
    """
    if len(pem) > MAX_PEM_SIZE or pem.count(_END_MARK) != 1:
        raise KeyFormatError("The text is not one private key in PEM form.")
    encrypted = b"ENCRYPTED PRIVATE KEY" in pem
    if encrypted and not passphrase:
        raise KeyFormatError("The private key is encrypted.", fix="Give the passphrase of this node's keys.")
    try:
        return serialization.load_pem_private_key(pem, passphrase if encrypted else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFormatError(
            "The private key cannot be read: it is damaged or the passphrase is wrong."
            if encrypted
            else "The text is not a private key in PEM form."
        ) from None


def private_pem(key: PrivateKey, passphrase: bytes | None) -> bytes:
    """``key`` as PKCS#8 in PEM, encrypted where a passphrase is given."""
    encryption: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def _bounded(pem: str | bytes) -> bytes:
    data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    if len(data) > MAX_PEM_SIZE:
        raise KeyFormatError(f"A key in PEM form has at most {MAX_PEM_SIZE} bytes, not {len(data)}.")
    return data


def _check_seed(seed: bytes) -> None:
    if len(seed) != SEED_SIZE:
        raise KeyFormatError(f"A seed has {SEED_SIZE} bytes, not {len(seed)}.")


def _check_edwards_point(raw: bytes) -> None:
    """Refuse what is not the one encoding of a point of large order (RFC 8032, section 5.1.3)."""
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _PRIME:
        raise KeyFormatError("The Ed25519 public key is not in its canonical encoding.")
    if y in _SMALL_ORDER:
        raise KeyFormatError("The Ed25519 public key has small order: anyone could sign for it.")
    square = (y * y - 1) * pow(_EDWARDS_D * y * y + 1, -1, _PRIME) % _PRIME
    if pow(square, (_PRIME - 1) // 2, _PRIME) != 1:
        raise KeyFormatError("The Ed25519 public key is not a point of the curve.")


def _check_montgomery_point(point: x25519.X25519PublicKey) -> None:
    if int.from_bytes(point.public_bytes_raw(), "little") >= _PRIME:
        raise KeyFormatError("The X25519 part of the sealing key is not in its canonical encoding.")
    try:
        x25519.X25519PrivateKey.from_private_bytes(bytes(SEED_SIZE)).exchange(point)
    except ValueError:
        raise KeyFormatError("The X25519 part of the sealing key has small order.") from None


def _check_lattice_key(raw: bytes) -> None:
    try:
        mlkem.MLKEM768PublicKey.from_public_bytes(raw)
    except ValueError:
        raise KeyFormatError("The ML-KEM-768 part of the sealing key has coefficients out of range.") from None
