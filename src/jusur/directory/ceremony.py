"""The papers of joining: the invitation (``jusur-invitation/1``) and the welcome (``jusur-welcome/1``).

1. The secretariat issues an invitation: a one-time token, and the fingerprint of its directory key.
2. The new node makes its keys and a key request, signed by them (``requests``). Its operator reads the request's
   fingerprint to the secretariat by telephone.
3. The secretariat's operator enters what was read. If it fits, the organisation's keys are certified and published,
   and the secretariat signs a welcome.
4. The new node's operator enters the directory key's fingerprint as the secretariat reads it out. If it fits, the node
   pins that key, checks the welcome, and finds its own keys in the directory, unchanged.

So neither the mail nor the network between them needs to be trusted.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from jusur.crypto import dsse
from jusur.crypto.errors import CryptoError
from jusur.crypto.keys import SigningKey, VerifyKey
from jusur.directory import envelopes, form
from jusur.directory.errors import DirectoryDocumentError, JoinRefusedError
from jusur.directory.schema import ADDRESS, DIGEST, MAX_ENVELOPE_BYTES, MAX_PEM
from jusur.kernel import canonical, ids
from jusur.kernel.errors import JusurError

INVITATION_FORMAT: Final = "jusur-invitation/1"
WELCOME_FORMAT: Final = "jusur-welcome/1"
WELCOME_TYPE: Final = "application/vnd.jusur.welcome+json"
MAX_INVITATION: Final = 8 * 1024
MAX_WELCOME: Final = 64 * 1024
MAX_BETWEEN: Final = 32 * 1024 * 1024
"""Most bytes of earlier directory versions that a welcome brings."""
MAX_VERSIONS: Final = 1000
TOKEN_BYTES: Final = 32

_T = TypeVar("_T")


class InvitationPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the secretariat hands to the organisation it invites. The token is a secret."""

    format: str
    id: str
    address: str
    token: str
    join_url: str
    directory_fingerprint: str
    expires_at: str


class Welcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the secretariat says to an organisation whose key request it granted."""

    format: str
    request: str
    request_digest: str
    address: str
    tls_certificate: str
    seal_certificate: str
    network_ca: str
    version: int
    digest: str


def read_invitation(data: bytes) -> InvitationPaper:
    """The invitation in a file.

    Raises:
        DirectoryDocumentError, CanonicalJSONError: it is none.
    """
    value = _convert(canonical.decode(data, max_bytes=MAX_INVITATION, max_depth=3), InvitationPaper, "invitation")
    if value.format != INVITATION_FORMAT or not ADDRESS.fullmatch(value.address):
        raise DirectoryDocumentError(f"The file is not an invitation ({INVITATION_FORMAT}).")
    ids.parse_id(value.id, field="the invitation's id")
    form.moment(value.expires_at, field="expires_at")
    if value.join_url and not is_join_url(value.join_url):
        raise DirectoryDocumentError("The invitation's address for joining is not https://host:port.")
    return value


def is_join_url(url: str) -> bool:
    """Whether ``url`` is https://host[:port], or http:// on this very machine (rehearsals)."""
    local = re.fullmatch(r"http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", url)
    return local is not None or form.is_gate_url(url)


def write_invitation(paper: InvitationPaper) -> bytes:
    """The invitation as a file."""
    return canonical.encode(msgspec.to_builtins(paper))


def write_welcome(welcome: Welcome, keys: tuple[SigningKey, ...]) -> bytes:
    """The welcome, signed by the directory keys, as canonical JSON."""
    return envelopes.write(dsse.sign(WELCOME_TYPE, canonical.encode(msgspec.to_builtins(welcome)), keys))


def read_welcome(envelope: Mapping[str, Any], keys: Mapping[str, VerifyKey]) -> Welcome:
    """The welcome in ``envelope``, signed by directory ``keys``.

    Raises:
        JoinRefusedError: another signer.
        DirectoryDocumentError: rightly signed, but no welcome.
    """
    try:
        verified = dsse.verify(envelope, keys, payload_type=WELCOME_TYPE, max_bytes=MAX_WELCOME)
    except CryptoError as error:
        raise JoinRefusedError(f"The welcome is not signed by the directory key. {error.detail}") from None
    value = _convert(canonical.decode(verified.payload, max_bytes=MAX_WELCOME, max_depth=3), Welcome, "welcome")
    sizes_fit = all(len(pem) <= MAX_PEM for pem in (value.tls_certificate, value.seal_certificate, value.network_ca))
    digests_fit = DIGEST.fullmatch(value.digest) and DIGEST.fullmatch(value.request_digest)
    if value.format != WELCOME_FORMAT or not sizes_fit or not digests_fit:
        raise DirectoryDocumentError(f"The welcome does not follow the format {WELCOME_FORMAT}.")
    return value


def claimed_version(envelope: dict[str, Any]) -> int:
    """The directory version a welcome claims to speak of, unchecked; 0 where it is none."""
    try:
        value = canonical.decode(envelopes.unverified_payload(envelope), max_bytes=MAX_WELCOME, max_depth=3)
        return _convert(value, Welcome, "welcome").version
    except JusurError:
        return 0


class Bundle(NamedTuple):
    """What a welcome file holds: the welcome, the directory it speaks of, and the earlier ones that the node lacks."""

    welcome: dict[str, Any]
    directory: bytes
    between: tuple[bytes, ...]


def read_bundle(data: bytes) -> Bundle:
    """The envelopes of a welcome file, unchecked (the directories as canonical bytes).

    Raises:
        DirectoryDocumentError, CanonicalJSONError: it is not such a file.
    """
    value = canonical.decode(data, max_bytes=MAX_ENVELOPE_BYTES + MAX_WELCOME * 2 + MAX_BETWEEN, max_depth=9)
    if not isinstance(value, dict) or set(value) != {"between", "welcome", "directory"}:
        raise DirectoryDocumentError("The file is not a welcome: it needs the members between, directory, welcome.")
    between = value["between"]
    if not isinstance(between, list) or len(between) > MAX_VERSIONS:
        raise DirectoryDocumentError(f"A welcome brings at most {MAX_VERSIONS} earlier directories.")
    if not all(isinstance(each, dict) for each in (value["welcome"], value["directory"], *between)):
        raise DirectoryDocumentError("The welcome and the directories in the file must be JSON objects.")
    return Bundle(value["welcome"], envelopes.write(value["directory"]), tuple(map(envelopes.write, between)))


def write_bundle(welcome: bytes, directory: bytes, between: Iterable[bytes] = ()) -> bytes:
    """The file that a welcome travels in, with the directory it speaks of and those ``between``, oldest first."""
    return b'{"between":[%b],"directory":%b,"welcome":%b}' % (b",".join(between), directory, welcome)


def _convert(value: Any, kind: type[_T], name: str) -> _T:
    try:
        return msgspec.convert(value, kind, strict=True)
    except (msgspec.ValidationError, JusurError):
        raise DirectoryDocumentError(f"The {name} does not follow its format.") from None
