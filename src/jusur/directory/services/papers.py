"""The papers a node makes and takes when it joins or changes keys, with its own keystore; for console and desk."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
from django.db import transaction

from jusur.crypto.keys import SigningKey
from jusur.directory import ceremony, envelopes, requests, selectors
from jusur.directory.ceremony import InvitationPaper, Welcome
from jusur.directory.errors import DirectoryDocumentError
from jusur.directory.models import JoinRequest
from jusur.directory.possession import HolderKeys
from jusur.directory.schema import Endpoint
from jusur.directory.services import admission, enrolment, membership
from jusur.directory.services.enrolment import KeyMaterial
from jusur.directory.services.held_keys import authority_of, material_of
from jusur.kernel import canonical
from jusur.kernel.errors import ConflictError, NotFoundError, UnavailableError
from jusur.ledger import api as ledger
from jusur.node.context import Node, current
from jusur.node.home import write_private
from jusur.node.keystore import Keystore

_REQUEST_FILE = "request.json"
_DIRECTORY_USES = ("directory", "directory-next")
USES = ("signing", "sealing", "evidence", "log", "tls", "seal")
_MAX_ANSWER = 16 * 1024 * 1024
_TIMEOUT_SECONDS = 30.0
MAX_REQUEST_FILE: Final = requests.MAX_ENVELOPE_BYTES + 1024


class KeysWaiting(NamedTuple):
    """A request for new keys that waits for the secretariat's answer."""

    act: str
    uses: tuple[str, ...]
    created_at: str
    fingerprint: str
    envelope: bytes


def join_request_file(
    invitation: bytes, *, recovery: SigningKey | None, relay: str, actor: str
) -> tuple[InvitationPaper, bytes, str]:
    """The invitation read, the request's file content (with the token: a secret), and the words to read out.

    ``recovery`` is asked to be listed as the key that may replace the others in an emergency; it is kept off the node.
    """
    node, paper = current(), ceremony.read_invitation(invitation)
    row = enrolment.join_request_make(
        invitation=paper,
        address=node.address,
        material=replace(material_of(node.keys), recovery=recovery),
        endpoints=_endpoints(node),
        relay=relay,
        actor=actor,
    )
    envelope = bytes(row.document)
    content = b'{"request":%b,"token":%b}' % (envelope, canonical.encode(paper.token))
    return paper, content, enrolment.request_fingerprint(envelope)


def send_online(paper: InvitationPaper, content: bytes) -> str:
    """Post the request to the invitation's address; the request's id there.

    Raises:
        NotFoundError: the invitation names no address.
        UnavailableError: nobody answers there, or the answer is no.
    """
    answer = _ask(paper, "POST", "/v1/join/requests", content=content, headers={"Content-Type": "application/json"})
    return str(answer["id"])


def fetch_welcome(invitation: bytes) -> bytes:
    """The welcome to the request this node made, fetched with the invitation's token.

    Raises:
        NotFoundError: this node made no request, or the invitation names no address.
        ConflictError: the secretariat has not decided yet, or has refused.
        UnavailableError: nobody answers there, or the answer is no.
    """
    paper = ceremony.read_invitation(invitation)
    made = next(iter(selectors.join_requests(state="made")), None)
    if made is None:
        raise NotFoundError("This node made no request to join.", fix="Begin with jusur join request.")
    headers = {"Jusur-Invitation-Token": paper.token}
    answer = _ask(paper, "GET", f"/v1/join/requests/{made.id}/welcome", headers=headers)
    if answer["state"] != "admitted":
        reason = f": {answer['reason']}" if answer["reason"] else ""
        raise ConflictError(f"The request is {answer['state']}{reason}.", fix="Ask the secretariat.")
    return canonical.encode(answer["welcome"])


def holder_keys() -> HolderKeys:
    """This node's keys that open a welcome."""
    keys = current().keys
    return HolderKeys(keys.sealing, keys.evidence_identity)


def store_certificates(welcome: Welcome) -> None:
    """Keep the certificates of a welcome beside their keys."""
    keys = current().keys
    for use, pem in (("tls", welcome.tls_certificate), ("seal", welcome.seal_certificate)):
        if pem:
            keys.install_certificate(use, pem)


def rotation_request(uses: tuple[str, ...], *, emergency: bool, recovery: bytes | None) -> tuple[bytes, str]:
    """New keys in a folder of their own, and the signed request for them with its fingerprint.

    Raises:
        ConflictError: another request waits for its answer.
    """
    node, fresh = current(), _next(current())
    kept = fresh.folder / _REQUEST_FILE
    if kept.exists():
        raise ConflictError("A request for new keys was made already.", fix=f"Install its answer, or delete {kept}.")
    fresh.create()
    chosen = uses or USES
    whole = material_of(fresh)
    material = KeyMaterial(**{use: getattr(whole, use) for use in USES if use in chosen})
    voucher = node.keys.signing if not emergency else None
    if recovery is not None:
        voucher = SigningKey.from_pem(recovery)
    envelope = enrolment.keys_request_make(
        act="replace" if emergency else "rotate",
        address=node.address,
        material=material,
        voucher=voucher,
        endpoints=_endpoints(node),
    )
    write_private(kept, envelope)
    return envelope, enrolment.request_fingerprint(envelope)


def rotation_install(bundle: bytes, *, actor: str) -> list[str]:
    """Put the granted keys and certificates in place of the old ones, which stay to open what was sealed to them.

    Raises:
        NotFoundError: no request was made.
        JusurError: the answer is refused.
    """
    node, fresh = current(), _next(current())
    kept = fresh.folder / _REQUEST_FILE
    if not kept.exists():
        raise NotFoundError("This node asked for no new keys.", fix="Begin with jusur directory rotate request.")
    asked = {key["keyid"]: key["use"] for key in _keys_in(kept.read_bytes())}

    def store(welcome: Welcome) -> None:
        for use in asked.values():
            node.keys.adopt(use, fresh)
        store_certificates(welcome)

    holder = HolderKeys(
        fresh.sealing if "sealing" in asked.values() else None,
        fresh.evidence_identity if "evidence" in asked.values() else None,
    )
    enrolment.keys_request_complete(envelope=kept.read_bytes(), bundle=bundle, keys=holder, store=store, actor=actor)
    _clear(fresh.folder)
    return sorted(asked.values())


def directory_key_rows() -> list[dict[str, Any]]:
    """The directory keys as the directory lists them, and which of them this node holds."""
    keys = current().keys
    held = {getattr(keys, use.replace("-", "_")).keyid: use for use in _DIRECTORY_USES if keys.has(use)}
    return [
        {
            "keyid": key.keyid,
            "state": key.state,
            "since": key.not_before,
            "here": held.get(key.keyid, ""),
            "fingerprint": selectors.key_fingerprint(key.public),
        }
        for key in selectors.directory_keys()
    ]


def announce_directory_key(*, actor: str) -> dict[str, Any]:
    """Make the directory key that is to follow the present one, and publish it. Repeated after a crash, it goes on.

    Raises:
        ConflictError: one was announced already and waits for the present one to be retired.
    """
    keys = current().keys
    keys.create("directory-next")
    if keys.directory_next.keyid in {key.keyid for key in selectors.directory_keys()}:
        raise ConflictError("A new directory key was announced already.", fix="Retire the old: directory key retire.")
    version = membership.directory_key_announce(authority=authority_of(keys, announcing=True), actor=actor)
    fingerprint = selectors.key_fingerprint(keys.directory_next.public.pem())
    return {"version": version.version, "keyid": keys.directory_next.keyid, "fingerprint": fingerprint}


def retire_directory_key(keyid: str | None, *, revoke: bool, actor: str) -> dict[str, Any]:
    """Retire (or revoke) a directory key, and put the announced one in its place. Repeated after a crash, it goes on.

    Raises:
        NotFoundError: there is no other key to go on with, or no such active key.
    """
    keys = current().keys
    if not keys.has("directory-next"):
        raise NotFoundError(
            "There is no other directory key to go on with.", fix="Announce one: jusur directory key announce."
        )
    leaving = keyid or keys.directory.keyid
    listed = {key.keyid: key.state for key in selectors.directory_keys()}
    if listed.get(leaving) == "active":
        authority = authority_of(keys)
        membership.directory_key_retire(keyid=leaving, authority=authority, actor=actor, revoke=revoke)
    elif leaving not in {keys.directory.keyid, keys.directory_next.keyid}:
        raise NotFoundError("No active directory key has this keyid.", fix="See jusur directory key list.")
    if leaving == keys.directory_next.keyid:
        keys.discard_next_directory()
    else:
        keys.succeed_directory()
    return {"version": selectors.current().version, "retired": leaving, "signs": keys.directory.keyid}


def _keys_in(envelope: bytes) -> list[dict[str, str]]:
    import base64

    found: list[dict[str, str]] = json.loads(base64.b64decode(json.loads(envelope)["payload"]))["keys"]
    return found


def _next(node: Node) -> Keystore:
    return node.keys.beside("next")


def _endpoints(node: Node) -> list[Endpoint]:
    return [Endpoint(gate_url=node.settings.gate_location, priority=0)]


def _ask(
    paper: InvitationPaper, method: str, path: str, *, headers: dict[str, str], content: bytes = b""
) -> dict[str, str]:
    if not paper.join_url:
        raise NotFoundError("The invitation names no address to ask at.", fix="Send the file instead.")
    try:
        with httpx.Client(base_url=paper.join_url, timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            answer = client.request(method, path, headers=headers, content=content)
            body = canonical.decode(answer.content, max_bytes=_MAX_ANSWER, max_depth=10)
    except httpx.HTTPError as error:
        raise UnavailableError(f"The secretariat cannot be reached ({type(error).__name__}).") from None
    if answer.status_code >= httpx.codes.BAD_REQUEST or not isinstance(body, dict):
        detail = body.get("detail", "") if isinstance(body, dict) else ""
        raise UnavailableError(f"The secretariat answered {answer.status_code}. {str(detail)[:300]}")
    return body


def join_request_take(data: bytes) -> JoinRequest:
    """Take the file of a request to join (token and request), as the secretariat receives it.

    Raises:
        DirectoryDocumentError, CanonicalJSONError: the file is none.
        JoinRefusedError, ConflictError: as `join_request_receive` refuses it.
    """
    body = canonical.decode(data, max_bytes=MAX_REQUEST_FILE, max_depth=8)
    if not isinstance(body, dict) or set(body) != {"token", "request"} or not isinstance(body["token"], str):
        raise DirectoryDocumentError("The file is not a request to join.", fix="Make it with jusur join request.")
    if not isinstance(body["request"], dict):
        raise DirectoryDocumentError("The file is not a request to join.", fix="Make it with jusur join request.")
    return admission.join_request_receive(token=body["token"], envelope=envelopes.write(body["request"]))


def keys_waiting() -> KeysWaiting | None:
    """The request for new keys that this node made and whose answer it has not installed, or None."""
    kept = _next(current()).folder / _REQUEST_FILE
    if not kept.exists():
        return None
    envelope = kept.read_bytes()
    asked = requests.peek(envelope)
    uses = tuple(key.use for key in asked.keys)
    return KeysWaiting(asked.act, uses, asked.created_at, enrolment.request_fingerprint(envelope), envelope)


def keys_abandon(*, actor: str) -> None:
    """Give up the request for new keys: the keys made for it are deleted.

    Raises:
        NotFoundError: there is none.
    """
    folder = _next(current()).folder
    waiting = keys_waiting()
    if waiting is None:
        raise NotFoundError("This node asked for no new keys.", fix="Begin with jusur directory rotate request.")
    with transaction.atomic():
        ledger.record(
            "directory.keys.abandoned",
            subject_type="directory.organisation",
            subject_id=current().address,
            actor=actor,
            data={"uses": list(waiting.uses)},
        )
        _clear(folder)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
