"""The publishers that ``jusur lists pull`` knows, and their addresses: data with sources; settings may override."""

from datetime import date
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import msgspec

from jusur.databases.catalogue import Names
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.node import context


class Publisher(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published list: the database it is imported into, its format and address, and what makes it law."""

    key: str
    database: str
    names: Names
    format: str
    url: str
    legal_basis: str
    source: str
    verified_on: date | None = None


@cache
def publishers() -> dict[str, Publisher]:
    """Every known publisher by its key."""
    data = files("jusur.databases").joinpath("data", "publishers.json").read_bytes()
    return {each.key: each for each in msgspec.json.decode(data, type=list[Publisher])}


def publisher(key: str) -> Publisher:
    """The publisher called ``key``, at the address that this node's settings give where they do.

    Raises:
        NotFoundError: there is none.
        InvalidInputError: the address in the settings is not one to fetch a list from.
    """
    found = publishers().get(key)
    if found is None:
        raise NotFoundError(f"No publisher is called {key[:20]!r}.", fix=f"Use one of {', '.join(publishers())}.")
    url = getattr(context.current().settings, f"list_{key}_url") or found.url
    check_url(url)
    return msgspec.structs.replace(found, url=url)


def check_url(url: str) -> None:
    """See that ``url`` is fetched over TLS; plain HTTP goes only to this machine.

    Raises:
        InvalidInputError: it would not be.
    """
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not (parts.scheme == "https" and parts.hostname) and not local:
        raise InvalidInputError("A list is fetched from an https:// address.", fix="Correct it in the settings.")
