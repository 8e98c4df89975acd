"""Phone numbers, e-mail addresses, domains and web addresses in one form each."""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

import idna
import phonenumbers

from jusur.matching.identifiers_base import Identified, InvalidIdentifierError, line

MAX_DOMAIN: Final = 253
MAX_LOCAL: Final = 64
"""Most bytes before the @ (RFC 5321, 4.5.3.1.1)."""
MAX_URL: Final = 2048

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20]+")
_SCHEMES: Final = {"http", "https", "ftp"}
_PORTS: Final = {80, 443, 21}
"""Ports that the schemes mean: whichever the scheme, the same place is meant."""


def phone(kind: str, value: str, _country: str, region: str) -> Identified:
    """A phone number in E.164 (ITU-T); one without a country code is read as one of ``region``."""
    found = line(value, kind=kind, maximum=40).removeprefix("tel:")
    try:
        parsed = phonenumbers.parse(found, region or None)
    except phonenumbers.NumberParseException as error:
        missing = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        raise InvalidIdentifierError(
            "The phone number has no country code." if missing else "The text is not a phone number.",
            check="country code" if missing else "form",
            fix="Write it with its country code, such as +212 …",
        ) from None
    if not phonenumbers.is_possible_number(parsed):
        raise InvalidIdentifierError(
            "The phone number is too short or too long for its country.", check="length", fix="Give all its digits."
        )
    sure = phonenumbers.is_valid_number(parsed)
    return Identified(
        kind,
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        detail={"region": phonenumbers.region_code_for_number(parsed) or ""},
        warnings=() if sure else ("its country assigns no such number",),
    )


def email(kind: str, value: str, _country: str, _region: str) -> Identified:
    """An e-mail address in small letters (no known provider tells case apart), its domain in punycode."""
    found = refanged(line(value, kind=kind, maximum=MAX_LOCAL + MAX_DOMAIN + 16)).removeprefix("mailto:").strip("<>")
    local, at, host = found.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise InvalidIdentifierError(
            "The text is not an e-mail address.", check="form", fix="Write it as name@example.org."
        )
    if len(local.encode()) > MAX_LOCAL or local.startswith(".") or local.endswith(".") or ".." in local:
        raise InvalidIdentifierError(
            "The part before the @ is too long or has a dot out of place.", check="local part", fix="Copy it again."
        )
    return Identified(kind, f"{local.casefold()}@{hostname(host)}")


def domain(kind: str, value: str, _country: str, _region: str) -> Identified:
    """A domain name in punycode (RFC 5891), so that a name of look-alike letters stays another name."""
    found = refanged(line(value, kind=kind, maximum=4 * MAX_DOMAIN))
    if "/" in found or "@" in found:
        raise InvalidIdentifierError(
            "The text is a web or e-mail address, not a domain.", check="form", fix="Give the name alone."
        )
    return _named(kind, hostname(found))


def _named(kind: str, name: str) -> Identified:
    try:
        shown = idna.decode(name) if "xn--" in name else name
    except idna.IDNAError:
        shown = name
    return Identified(kind, name, detail={"shown": shown} if shown != name else {})


def url(kind: str, value: str, _country: str, _region: str) -> Identified:
    """A web address: scheme and host normalised (RFC 3986, 6.2), sign-in part, usual ports and fragment dropped."""
    found = refanged(line(value, kind=kind, maximum=MAX_URL))
    try:
        parts = urlsplit(found if "://" in found else f"http://{found}")
        port = parts.port
    except ValueError:
        raise InvalidIdentifierError("The text is not a web address.", check="form", fix="Copy it again.") from None
    if parts.scheme not in _SCHEMES:
        raise InvalidIdentifierError(
            "The text is not a web address.", check="scheme", fix="Begin it with http:// or https://."
        )
    host = _host(parts) + (f":{port}" if port and port not in _PORTS else "")
    query = f"?{parts.query}" if parts.query else ""
    return Identified(kind, f"{host}{parts.path.rstrip('/')}{query}", detail={"scheme": parts.scheme})


def hostname(value: str) -> str:
    """The domain name ``value`` in punycode and small letters.

    Raises:
        InvalidIdentifierError: fewer than two labels, a label or the name too long, or letters that no name may hold.
    """
    name = value.strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise InvalidIdentifierError(
                "The domain holds a letter that no domain may hold.", check="domain", fix="Copy it again."
            ) from None
    labels = name.split(".")
    if len(name) > MAX_DOMAIN or not all(map(_LABEL.fullmatch, labels)):
        raise InvalidIdentifierError(
            "The domain is too long or holds a sign that no domain may hold.", check="domain", fix="Copy it again."
        )
    if len(labels) < 2 or labels[-1].isdigit():  # noqa: PLR2004 - a name and what it stands under
        raise InvalidIdentifierError(
            "The domain has no ending such as .org.",
            check="domain",
            fix="Give the whole name.",
        )
    return name


def refanged(value: str) -> str:
    """``value`` as it was before an analyst made it unclickable: ``hxxps://bad[.]example``."""
    found = value.replace("[.]", ".").replace("(.)", ".").replace("[:]", ":").replace("[@]", "@").replace("[at]", "@")
    return f"http{found[4:]}" if found[:4].lower() == "hxxp" else found


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return hostname(host)
    return f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6 stands in brackets
