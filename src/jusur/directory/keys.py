"""Public keys as the directory spells them: read, named and checked (see `schema.Key` for the spellings)."""

import base64
import binascii
import hashlib

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jusur.crypto import age, certificates
from jusur.crypto.keys import SealingPublicKey, VerifyKey, key_id
from jusur.directory.errors import DirectoryDocumentError
from jusur.directory.schema import Key, KeyUse
from jusur.kernel.errors import JusurError

ED25519_USES = frozenset({"signing", "log", "recovery"})
CERTIFICATE_USES = frozenset({"tls", "seal"})


def read_sealing_key(public: str) -> SealingPublicKey:
    """The sealing key that canonical base64 ``public`` spells.

    Raises:
        JusurError: it spells none.
    """
    try:
        raw = base64.b64decode(public, validate=True)
    except (binascii.Error, ValueError):
        raise DirectoryDocumentError("A sealing key is not base64.") from None
    if base64.b64encode(raw).decode() != public:
        raise DirectoryDocumentError("A sealing key is not canonical base64.")
    return SealingPublicKey.from_raw(raw)


def read_certificate(pem: str) -> x509.Certificate:
    """The one certificate with an elliptic-curve key in ``pem``.

    Raises:
        CertificateError: there is none, or more than one.
        DirectoryDocumentError: its key is of another kind.
    """
    certificate = certificates.load_certificate(pem)
    try:
        key: object = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise DirectoryDocumentError("The certificate's key is not on an elliptic curve.")
    return certificate


def certificate_keyid(certificate: x509.Certificate) -> str:
    """The name of the key a certificate is for."""
    return key_id(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def public_digest(key: VerifyKey) -> bytes:
    """SHA-256 of the key's SubjectPublicKeyInfo (32 bytes), of which fingerprints are made."""
    body = "".join(line for line in key.pem().splitlines() if not line.startswith("-----"))
    return hashlib.sha256(base64.b64decode(body)).digest()


def keyid_of(use: KeyUse, public: str) -> str:
    """The name of the key that ``public`` spells, which must be the one spelling of that key.

    Raises:
        JusurError: it spells no key for this use.
    """
    if use in ED25519_USES:
        key = VerifyKey.from_pem(public)
        if key.pem() != public:
            raise DirectoryDocumentError("A public key is not in its usual PEM form.")
        return key.keyid
    if use == "sealing":
        return read_sealing_key(public).keyid
    if use == "evidence":
        recipient = age.AgeRecipient.parse(public)
        if str(recipient) != public:
            raise DirectoryDocumentError("An age recipient is not in lower case.")
        return key_id(recipient.public)
    certificate = read_certificate(public)
    if certificate.public_bytes(Encoding.PEM).decode() != public:
        raise DirectoryDocumentError("A certificate is not in its usual PEM form.")
    return certificate_keyid(certificate)


def check_keyid(key: Key, at: str) -> None:
    """The key can be read and is the one its keyid names.

    Raises:
        DirectoryDocumentError: it cannot, or is another.
    """
    try:
        found = keyid_of(key.use, key.public)
    except JusurError as error:
        raise DirectoryDocumentError(f"The {key.use} key of {at} cannot be read. {error.detail}") from None
    if found != key.keyid:
        raise DirectoryDocumentError(f"The {key.use} key of {at} is not the one its keyid names.")


def csr_keyid(pem: str, address: str) -> str:
    """The name of the key that a certificate request (PKCS#10, PEM) is for; its signature proves possession.

    Raises:
        CertificateError: the request is refused (see `crypto.certificates.read_request`).
    """
    key = certificates.read_request(pem, address=address).public_key
    return key_id(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
