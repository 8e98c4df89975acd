"""Signed requests to a gate: HTTP Message Signatures (RFC 9421) with Ed25519 and Content-Digest (RFC 9530).

The profile: one signature labelled ``jusur`` covers ``@method``, ``@authority``, ``@path``, ``@query``, the field
``jusur-from`` (the sender's address), ``content-digest`` where there is a body, and any further plain fields. Its
parameters are ``created``, ``expires``, ``nonce``, ``keyid`` and ``alg="ed25519"``, all present, no others.
Structured fields (RFC 9651) have one serialisation, so what does not match the profile's letter is refused.

A nonce is the caller's to remember until ``expires``: a second request with it is a replay.
"""

import base64
import binascii
import functools
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, NoReturn

from jusur.crypto.errors import RequestSignatureError, SignatureError
from jusur.crypto.keys import SigningKey, VerifyKey
from jusur.kernel import clock

LABEL = "jusur"
SENDER_FIELD = "jusur-from"
WINDOW_SECONDS = 300
DIGEST_SIZE = 32
MAX_FIELD_LENGTH = 2048
MAX_URL_LENGTH = 8192
MAX_COMPONENTS = 16
_REQUIRED = ("@method", "@authority", "@path", "@query", SENDER_FIELD)
_PARAMETERS = {"created", "expires", "nonce", "keyid", "alg"}
_UNSIGNABLE = frozenset({"signature", "signature-input"})
_OWN_FIELDS = _UNSIGNABLE | {"content-digest"}

_URL = re.compile(r"(https?)://([A-Za-z0-9.\-:\[\]]+)((?:/[!\"$->@-~]*)?)((?:\?[!\"$-~]*)?)")
"""Scheme, authority without user, path, query: printable ASCII, no fragment."""
_METHOD = re.compile(r"[A-Z]{1,16}")
_FIELD_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FIELD_VALUE = re.compile(r"[\t -~]*")
_ADDRESS = re.compile(r"[A-Z]{2}|[A-Z][A-Z0-9-]{1,15}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_INPUT = re.compile(
    r'jusur=(\("([a-z0-9@-]+(?:" "[a-z0-9@-]+)*)"\)'
    r'((?:;(?:created|expires)=[0-9]{1,12}|;(?:nonce|keyid|alg)="[A-Za-z0-9_-]{1,64}")+))'
)
_PARAMETER = re.compile(r';([a-z]+)="?([A-Za-z0-9_-]+)"?')
_SIGNATURE = re.compile(r"jusur=:([A-Za-z0-9+/]{86}==):")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")

Fields = Mapping[str, str] | Iterable[tuple[str, str]]
"""Header fields, as a mapping or as pairs of name and value."""
FindKey = Callable[[str, str], VerifyKey | None]
"""Given a sender's address and a keyid, that sender's valid signing key of this name, or None."""


class VerifiedRequest(NamedTuple):
    """Who signed a request, and what of its body the signature vouches for."""

    sender: str
    keyid: str
    nonce: str
    created: datetime
    expires: datetime
    digest: bytes | None

    def check_body(self, digest: bytes | None) -> None:
        """Return if the body received has the SHA-256 ``digest`` that was signed; None stands for no body.

        Raises:
            RequestSignatureError: another body, a body without a signed digest, or a digest without a body.
        """
        if self.digest is None and digest is not None:
            _refuse("The request has a body and its signature covers no content-digest.", "Sign the body's digest.")
        if self.digest != digest:
            _refuse("The body is not the one that was signed.", "Send the request again.")


def content_digest(digest: bytes) -> str:
    """The Content-Digest field (RFC 9530, section 2) of a body with this SHA-256 ``digest``."""
    return f"sha-256=:{base64.b64encode(digest).decode()}:"


def signature_base(components: Iterable[tuple[str, str]], parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421, section 2.5): one line a component, then the signature's parameters."""
    lines = [f'"{name}": {value}' for name, value in components]
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode("ascii")


def sign_request(
    key: SigningKey,
    *,
    method: str,
    url: str,
    headers: Fields,
    body_digest: bytes | None = None,
    created: datetime | None = None,
    nonce: str | None = None,
) -> dict[str, str]:
    """The fields to add to a request: ``signature-input``, ``signature`` and, with a body, ``content-digest``.

    Args:
        key: the sender's signing key.
        method: the method in upper case.
        url: the URL exactly as sent, percent-encoded, without a fragment.
        headers: the fields to sign, ``jusur-from`` among them; each must reach the gate unchanged.
        body_digest: SHA-256 of the body, None where there is none.
        created: the present where not given.
        nonce: 16 to 64 letters, digits, ``-`` and ``_``; random where not given.

    Raises:
        RequestSignatureError: a part has no form that can be signed.
    """
    fields = _signable(headers)
    added: dict[str, str] = {}
    if body_digest is not None:
        added["content-digest"] = fields["content-digest"] = content_digest(body_digest)
    values = {**_derived(method, url), SENDER_FIELD: _sender(fields), **fields}
    start = int((created or clock.now()).timestamp())
    nonce = nonce or secrets.token_urlsafe(18)
    if not _NONCE.fullmatch(nonce):
        _refuse("A nonce has 16 to 64 letters, digits, - and _.")
    if len(values) > MAX_COMPONENTS:
        _refuse(f"A signature covers at most {MAX_COMPONENTS} components.")
    covered = " ".join(f'"{name}"' for name in values)
    parameters = (
        f"({covered});created={start};expires={start + WINDOW_SECONDS}"
        f';nonce="{nonce}";keyid="{key.keyid}";alg="ed25519"'
    )
    signature = key.sign(signature_base(values.items(), parameters))
    added["signature-input"] = f"{LABEL}={parameters}"
    added["signature"] = f"{LABEL}=:{base64.b64encode(signature).decode()}:"
    return added


def verify_request(
    find_key: FindKey,
    *,
    method: str,
    url: str,
    headers: Fields,
    body_digest: bytes | None,
    now: datetime | None = None,
) -> VerifiedRequest:
    """Who signed this request with this body: ``verify_head``, then the body.

    Args:
        find_key: looks the signer's key up by address and keyid.
        method: the method received.
        url: this node's own gate URL with the raw path and query received; never made from the Host field.
        headers: the fields received.
        body_digest: SHA-256 of the body received, None where there is none.
        now: the present where not given.

    Raises:
        RequestSignatureError: missing, malformed, outside the window of 300 seconds, by an unknown key, or not
            fitting.
    """
    verified = verify_head(find_key, method=method, url=url, headers=headers, now=now)
    verified.check_body(body_digest)
    return verified


def verify_head(
    find_key: FindKey, *, method: str, url: str, headers: Fields, now: datetime | None = None
) -> VerifiedRequest:
    """Who signed this request, before its body is read; ``check_body`` of the result must follow.

    Arguments and errors are those of ``verify_request``.
    """
    fields = _fields(headers)
    signed, names, parameters = _read_input(fields)
    signature = _read_signature(fields)
    created, expires = _check_window(parameters, now or clock.now())
    values = {**fields, **_derived(method, url)}
    components = [(name, values.get(name)) for name in names]
    for name, value in components:
        if value is None or name in _UNSIGNABLE or not _FIELD_VALUE.fullmatch(value):
            _refuse(f"The signature covers {name}, which this request does not have or which cannot be signed.")
    sender, digest = _sender(fields), _read_digest(fields, names)
    key = find_key(sender, parameters["keyid"])
    if key is None or key.keyid != parameters["keyid"]:
        _refuse(f"The signing key is not one of {sender}'s.", "Fetch the current directory, or sign with a key in it.")
    try:
        key.verify(signature, signature_base([(name, value or "") for name, value in components], signed))
    except SignatureError:
        _refuse(
            "The signature does not fit the request.",
            f"Check that method, host, path, query and the fields {', '.join(names)} arrive as they were signed.",
        )
    return VerifiedRequest(sender, key.keyid, parameters["nonce"], created, expires, digest)


def _refuse(detail: str, fix: str = "") -> NoReturn:
    raise RequestSignatureError(detail, fix=fix)


def _fields(headers: Fields) -> dict[str, str]:
    """The fields by lower-case name; one that matters to the signature may appear once only."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    fields: dict[str, str] = {}
    for given, value in pairs:
        name = given.lower()
        if name in fields:
            fields[name] = f"{fields[name]}, {value.strip()}"
            if name in _OWN_FIELDS or name == SENDER_FIELD:
                _refuse(f"The request carries {name} twice.")
        else:
            fields[name] = value.strip(" \t")
    return fields


def _signable(headers: Fields) -> dict[str, str]:
    """The fields to sign; each has a name and a value that a signature base can hold (RFC 9421, section 2.1)."""
    fields = _fields(headers)
    for name, value in fields.items():
        if name in _OWN_FIELDS or not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            _refuse(f"The field {name[:64]!r} cannot be signed.", "Sign fields of plain ASCII only.")
    return fields


def _sender(fields: Mapping[str, str]) -> str:
    sender = fields.get(SENDER_FIELD, "")
    if not _ADDRESS.fullmatch(sender):
        _refuse(f"The field {SENDER_FIELD} is missing or not an address.", "Name the sending organisation's address.")
    return sender


@functools.lru_cache(maxsize=256)
def _authority(scheme: str, authority: str) -> str:
    """The host in lower case, without the scheme's default port (RFC 9421, section 2.2.3)."""
    host, colon, port = authority.lower().rpartition(":")
    if colon and port == {"http": "80", "https": "443"}[scheme]:
        return host
    return authority.lower()


def _derived(method: str, url: str) -> dict[str, str]:
    """The derived components (RFC 9421, section 2.2) that every signature covers."""
    match = _URL.fullmatch(url) if len(url) <= MAX_URL_LENGTH else None
    if match is None or not _METHOD.fullmatch(method):
        _refuse("The request's method or URL has no form that can be signed.", "Percent-encode the URL.")
    scheme, authority, path, query = match.groups()
    return {
        "@method": method,
        "@authority": _authority(scheme, authority),
        "@path": path or "/",
        "@query": query or "?",
    }


def _read_input(fields: Mapping[str, str]) -> tuple[str, list[str], dict[str, str]]:
    """The signature's parameters as signed, the names it covers, and the parameters by name."""
    text = fields.get("signature-input")
    if text is None:
        _refuse("The request is not signed.", "Sign it as RFC 9421 says, with the organisation's signing key.")
    match = _INPUT.fullmatch(text) if len(text) <= MAX_FIELD_LENGTH else None
    if match is None:
        _refuse("The field signature-input is not of the form that gates take.", f"Send one signature, {LABEL}.")
    signed, covered, rest = match.groups()
    names = covered.split('" "')
    pairs = _PARAMETER.findall(rest)
    parameters = dict(pairs)
    if len(set(names)) != len(names) or len(names) > MAX_COMPONENTS:
        _refuse(f"A signature covers at most {MAX_COMPONENTS} components, each once.")
    if len(pairs) != len(_PARAMETERS) or set(parameters) != _PARAMETERS:
        _refuse("A signature has the parameters created, expires, nonce, keyid and alg, each once.")
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        _refuse(f"The signature does not cover {', '.join(missing)}.")
    if parameters["alg"] != "ed25519" or not _NONCE.fullmatch(parameters["nonce"]):
        _refuse('A signature has alg="ed25519" and a nonce of 16 to 64 letters, digits, - and _.')
    return signed, names, parameters


def _read_signature(fields: Mapping[str, str]) -> bytes:
    match = _SIGNATURE.fullmatch(fields.get("signature", ""))
    if match is None:
        _refuse(f"The field signature does not hold one signature, {LABEL}, of 64 bytes.")
    return _decode(match[1], "signature")


def _read_digest(fields: Mapping[str, str], names: list[str]) -> bytes | None:
    text = fields.get("content-digest")
    if text is None:
        return None
    match = _DIGEST.fullmatch(text)
    if match is None or "content-digest" not in names:
        _refuse("The field content-digest is not covered by the signature or not one SHA-256 digest.")
    return _decode(match[1], "content-digest")


def _decode(text: str, field: str) -> bytes:
    data = binascii.a2b_base64(text)
    if binascii.b2a_base64(data, newline=False).decode() != text:
        _refuse(f"The field {field} is not canonical base64.")
    return data


def _check_window(parameters: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    created, expires, present = int(parameters["created"]), int(parameters["expires"]), now.timestamp()
    if not created < expires <= created + WINDOW_SECONDS:
        _refuse(f"A signature expires at most {WINDOW_SECONDS} seconds after it was created.")
    if created > present + WINDOW_SECONDS:
        _refuse(
            f"The request was signed {created - present:.0f} seconds in the future.",
            "Set the clocks of both nodes by NTP.",
        )
    if expires < present:
        _refuse(
            f"The request's signature expired {present - expires:.0f} seconds ago.",
            "Sign again; if this repeats, set the clocks of both nodes by NTP.",
        )
    return datetime.fromtimestamp(created, UTC), datetime.fromtimestamp(expires, UTC)
