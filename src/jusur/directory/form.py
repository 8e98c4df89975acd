"""The checks that one directory document must pass by itself (format ``jusur-directory/1``)."""

import itertools
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from jusur.directory.errors import DirectoryDocumentError
from jusur.directory.schema import (
    ADDRESS,
    DIGEST,
    FORMAT,
    KEYID,
    KIND_PATTERN,
    MAX_CRL,
    MAX_ENDPOINTS,
    MAX_KEYS,
    MAX_ORGANISATIONS,
    MAX_PEM,
    REQUIRED_USES,
    TOKEN,
    Document,
    Endpoint,
    Limits,
    Organisation,
)
from jusur.kernel import canonical, clock, countries, text
from jusur.kernel.errors import JusurError

MAX_URL = 255
_GATE_URL = re.compile(r"https://(\[[0-9a-fA-F:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[0-9]{1,5})?")


def check(document: Document) -> None:
    """Every rule of the format that one document can break by itself.

    Raises:
        DirectoryDocumentError: it breaks one; the message says which and where.
    """
    try:
        _check_head(document)
        for organisation in document.organisations:
            check_organisation(organisation)
        _check_whole(document)
    except DirectoryDocumentError:
        raise
    except JusurError as error:
        raise DirectoryDocumentError(error.detail, fix=error.fix) from None


def check_organisation(organisation: Organisation) -> None:
    """Every rule of the format for one organisation.

    Raises:
        JusurError: it breaks one.
    """
    at = organisation.address
    _need(bool(ADDRESS.fullmatch(at)), "An organisation's address is not valid.")
    for name in msgspec.structs.astuple(organisation.name):
        exact_line(name, max_length=200, field=f"the name of {at}")
    if organisation.kind == "bureau":
        countries.check(at, field=f"the address of bureau {at}")
        _need(organisation.country == at, f"Bureau {at} names another country.")
    _need(organisation.country == "" or countries.is_country(organisation.country), f"{at} names an unknown country.")
    _need(organisation.region in {"", *countries.REGIONS}, f"{at} names an unknown region.")
    _need(organisation.relay == "" or bool(ADDRESS.fullmatch(organisation.relay)), f"{at} names an invalid relay.")
    _need(organisation.relay != at, f"{at} cannot be its own relay.")
    check_limits(organisation.limits, at)
    check_endpoints(organisation.endpoints, at)
    _check_keys(organisation)


def check_limits(limits: Limits, at: str) -> None:
    """Limits are sorted, without doubles, and every pattern is one.

    Raises:
        DirectoryDocumentError: they are not.
    """
    for patterns in (limits.sends, limits.receives):
        _need(_in_order(patterns) and len(patterns) <= 64, f"The limits of {at} are not in order, or too many.")  # noqa: PLR2004
        _need(all(KIND_PATTERN.fullmatch(p) and len(p) <= 64 for p in patterns), f"A limit of {at} is no message kind.")  # noqa: PLR2004
    classes = limits.classifications
    _need(_in_order(classes) and len(classes) <= 16, f"The classifications of {at} are not in order.")  # noqa: PLR2004
    _need(all(TOKEN.fullmatch(item) for item in classes), f"A classification of {at} is not valid.")


def check_endpoints(endpoints: tuple[Endpoint, ...], at: str) -> None:
    """Endpoints are few, in order of priority, and plain ``https://host[:port]`` addresses.

    Raises:
        DirectoryDocumentError: they are not.
    """
    _need(len(endpoints) <= MAX_ENDPOINTS, f"{at} has more than {MAX_ENDPOINTS} endpoints.")
    _need(_in_order([(e.priority, e.gate_url) for e in endpoints]), f"The endpoints of {at} are not in order.")
    for endpoint in endpoints:
        _need(0 <= endpoint.priority <= 1000, f"A priority of {at} is out of range.")  # noqa: PLR2004
        _need(is_gate_url(endpoint.gate_url), f"A gate address of {at} is not https://host:port.")


def is_gate_url(url: str) -> bool:
    """Whether ``url`` is ``https://host`` or ``https://host:port`` and nothing more (no path, user, query)."""
    if len(url) > MAX_URL or not _GATE_URL.fullmatch(url):
        return False
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return port is None or port > 0


def exact_line(value: str, *, max_length: int, field: str) -> str:
    """``value`` where it is one line of text already in its normal form.

    Raises:
        JusurError: it is not, or holds characters that deceive.
    """
    _need(text.line(value, max_length=max_length, field=field) == value, f"{field} is not in its normal form.")
    return value


def moment(value: str, *, field: str) -> datetime:
    """The moment ``value`` names in the one form of the network (microseconds and Z).

    Raises:
        JusurError: another form.
    """
    parsed = clock.parse_timestamp(value, field=field)
    _need(clock.timestamp(parsed) == value, f"{field} is not written with six decimals.")
    return parsed


def _check_head(document: Document) -> None:
    _need(document.format == FORMAT, f"The format is not {FORMAT}.")
    _need(1 <= document.version <= canonical.MAX_INTEGER, "The version is not a positive number.")
    first = document.version == 1
    _need(
        document.previous == "" if first else bool(DIGEST.fullmatch(document.previous)),
        "The digest of the previous version is missing or malformed.",
    )
    issued = moment(document.issued_at, field="issued_at")
    _need(issued < moment(document.expires_at, field="expires_at"), "The directory expires before it is issued.")
    _need(len(document.network_ca) <= MAX_PEM, "The network's certificate is too large.")
    _need(len(document.crl) <= MAX_CRL, "The revocation list is too large.")
    _need(0 < len(document.organisations) <= MAX_ORGANISATIONS, "The number of organisations is out of range.")
    keys = document.directory_keys
    _need(0 < len(keys) <= 64, "The number of directory keys is out of range.")  # noqa: PLR2004
    _need(_in_order([key.keyid for key in keys]), "The directory keys are not in order.")
    _need(any(key.state == "active" for key in keys), "No directory key is active.")
    for key in keys:
        _check_key_text(key.keyid, key.public, "the directory")
        moment(key.not_before, field="not_before of a directory key")


def _check_keys(organisation: Organisation) -> None:
    at, keys = organisation.address, organisation.keys
    _need(len(keys) <= MAX_KEYS, f"{at} has more than {MAX_KEYS} keys.")
    _need(_in_order([(key.use, key.keyid) for key in keys]), f"The keys of {at} are not in order.")
    for key in keys:
        _check_key_text(key.keyid, key.public, at)
        begins = moment(key.not_before, field=f"not_before of a key of {at}")
        if key.not_after is not None:
            ends = moment(key.not_after, field=f"not_after of a key of {at}")
            _need(begins <= ends, f"A key of {at} ends before it begins.")
        if key.revoked_at is not None:
            moment(key.revoked_at, field=f"revoked_at of a key of {at}")
        _need((key.state == "revoked") == (key.revoked_at is not None), f"revoked_at of a key of {at} is not due.")
        _need(key.state != "retired" or key.not_after is not None, f"A retired key of {at} has no end.")
        _need(key.state != "active" or key.not_after is None, f"An active key of {at} has an end.")
    active = [key.use for key in keys if key.state == "active"]
    single = [use for use in active if use != "recovery"]
    _need(len(single) == len(set(single)), f"{at} has two active keys for one use.")
    if organisation.status == "active":
        missing = sorted(set(REQUIRED_USES) - set(active))
        _need(not missing, f"{at} is active without a key for {', '.join(missing)}.")
        _need(bool(organisation.endpoints) or bool(organisation.relay), f"{at} is active without endpoint or relay.")


def _check_key_text(keyid: str, public: str, at: str) -> None:
    _need(bool(KEYID.fullmatch(keyid)), f"A keyid of {at} is not valid.")
    _need(0 < len(public) <= MAX_PEM and public.isascii(), f"A public key of {at} is not valid.")


def _check_whole(document: Document) -> None:
    addresses = [organisation.address for organisation in document.organisations]
    _need(_in_order(addresses), "The organisations are not in order, or one is there twice.")
    owners = [key.keyid for o in document.organisations for key in o.keys]
    owners += [key.keyid for key in document.directory_keys]
    _need(len(owners) == len(set(owners)), "One key is there twice; a key belongs to one organisation and one use.")
    known = set(addresses)
    for organisation in document.organisations:
        _need(organisation.relay in known or not organisation.relay, f"The relay of {organisation.address} is unknown.")


def _in_order(items: Iterable[Any]) -> bool:
    listed = list(items)
    return all(before < after for before, after in itertools.pairwise(listed))


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DirectoryDocumentError(otherwise)
