"""Time-stamps from the configured authority (RFC 3161 over HTTP)."""

import hashlib

import httpx
from cryptography import x509

from jusur.crypto import timestamps
from jusur.kernel.errors import UnavailableError
from jusur.node import context

TIMEOUT_SECONDS = 20.0
MAX_RESPONSE = 64 * 1024


class NoTimestampError(UnavailableError):
    """No trusted time-stamp is to be had now."""

    code = "no-timestamp"
    title = "No time-stamp"


def stamp(digest: bytes) -> bytes:
    """A time-stamp token over the SHA-256 ``digest`` (32 bytes), checked against the node's trusted roots.

    Raises:
        NoTimestampError: no authority is configured, or it does not answer as it must.
    """
    url = context.current().settings.timestamp_url
    if not url:
        raise NoTimestampError("No time-stamp authority is configured.", fix="Set timestamp_url in node.toml.")
    nonce = timestamps.new_nonce()
    try:
        answer = httpx.post(
            url,
            content=timestamps.request(digest, nonce),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise NoTimestampError(
            f"The time-stamp authority does not answer ({type(error).__name__}).", fix="It will be tried again."
        ) from None
    if len(answer.content) > MAX_RESPONSE:
        raise NoTimestampError("The time-stamp authority's answer is too large.")
    timestamps.verify(answer.content, digest, roots=load_roots(), nonce=nonce)
    return timestamps.token_of(answer.content)


def require() -> None:
    """Make sure that a time-stamp can be had, before hours of sealing depend on it.

    Raises:
        NoTimestampError: none can.
    """
    stamp(hashlib.sha256(b"").digest())


def load_roots() -> list[x509.Certificate]:
    """The trusted root certificates."""
    return x509.load_pem_x509_certificates(roots())


def roots() -> bytes:
    """The root certificates of trusted time-stamp authorities, PEM.

    Raises:
        NoTimestampError: none are installed.
    """
    path = context.current().settings.timestamp_roots
    try:
        return path.read_bytes()
    except OSError:
        raise NoTimestampError(f"There are no time-stamp roots in {path}.", fix="Put the PEM file there.") from None
