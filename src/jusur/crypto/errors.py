"""What can be wrong with keys, signatures, seals and certificates.

No message carries a key, a plaintext or a signature: errors travel to logs and to other nodes.
"""

from jusur.kernel.errors import JusurError


class CryptoError(JusurError):
    """Base of every error of this room."""

    code = "crypto"
    title = "A cryptographic check failed"
    status = 422


class KeyFormatError(CryptoError):
    """A key is not of the kind, length or form it must have, or is a known weak key."""

    code = "invalid-key"
    title = "The key is not acceptable"


class SignatureError(CryptoError):
    """A signature is missing, malformed, by an unknown signer, or does not fit what it should sign."""

    code = "invalid-signature"
    title = "The signature was refused"


class SealError(CryptoError):
    """Sealed bytes cannot be opened: another key, another context, altered or malformed."""

    code = "cannot-open"
    title = "The sealed content cannot be opened"


class RequestSignatureError(SignatureError):
    """The signature of an HTTP request (RFC 9421) is refused."""

    code = "request-signature"
    title = "The request's signature was refused"
    status = 401


class CertificateError(CryptoError):
    """A certificate, certificate request or revocation list is malformed, out of date, revoked or not trusted."""

    code = "invalid-certificate"
    title = "The certificate was refused"
