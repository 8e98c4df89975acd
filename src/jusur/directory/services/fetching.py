"""Fetching directories from other nodes' gates, over mutual TLS with this node's certificate."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from jusur.crypto.certificates import internal_name
from jusur.directory import selectors
from jusur.directory.errors import UnknownOrganisationError
from jusur.directory.schema import MAX_ENVELOPE_BYTES
from jusur.directory.services.acceptance import Fetch, directory_refresh
from jusur.kernel.errors import UnavailableError
from jusur.node.context import PASSPHRASE_VARIABLE
from jusur.node.context import current as this_node

TIMEOUT_SECONDS: Final = 20.0


def refresh_online(*, actor: str = "node") -> int:
    """Bring the directory up to date from the secretariat's gate; the version then held. For the worker and operators.

    Raises:
        NoDirectoryError: this node has not joined.
        UnavailableError: the secretariat does not answer.
        DirectoryRefusedError, DirectoryDocumentError: what it sent was refused; the version held stays.
    """
    with fetching(secretariat()) as fetch:
        return directory_refresh(fetch=fetch, actor=actor)


def secretariat() -> str:
    """The address of the network's secretariat.

    Raises:
        NoDirectoryError: this node has not joined.
        UnknownOrganisationError: the directory lists none.
    """
    for found in selectors.organisations(kind="secretariat", status="active"):
        return found.address
    raise UnknownOrganisationError("The directory lists no active secretariat.")


@contextmanager
def fetching(address: str) -> Iterator[Fetch]:
    """A function that fetches versions from the gate of ``address`` over one connection.

    Raises:
        UnknownOrganisationError: nobody has this address.
        UnavailableError: it has no gate that can be reached directly.
    """
    url = selectors.gate_url(address)
    if not url:
        raise UnavailableError(f"{address} has no gate that this node can reach directly.")
    with httpx.Client(verify=_context(), base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        yield lambda version: _fetch(client, address, version)


def _fetch(client: httpx.Client, address: str, version: int | None) -> bytes:
    path = f"/directory/v1/{'current' if version is None else version}"
    body = bytearray()
    try:
        with client.stream("GET", path, extensions={"sni_hostname": internal_name(address)}) as answer:
            if answer.status_code != httpx.codes.OK:
                raise UnavailableError(f"{address} answered {answer.status_code} for {path}.", fix="Try again later.")
            for part in answer.iter_bytes():
                body += part
                if len(body) > MAX_ENVELOPE_BYTES:
                    raise UnavailableError(f"{address} sent more than a directory has.", fix="Call its operators.")
    except httpx.HTTPError as error:
        raise UnavailableError(
            f"The gate of {address} cannot be reached ({type(error).__name__}).", fix="Try again later."
        ) from None
    return bytes(body)


def _context() -> ssl.SSLContext:
    """TLS 1.3 only: our certificate shown, theirs issued by the network's authority to the name asked for."""
    file = os.environ.get(PASSPHRASE_VARIABLE)
    paths = this_node().keys.tls_paths
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=selectors.tls_ca())
    context.load_cert_chain(paths.certificate, paths.key, Path(file).read_bytes().strip() if file else None)
    return context
