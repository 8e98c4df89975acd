"""What was pasted into one box: a name, a machine-readable zone, a plate, an account … best first, each with why.

A text may be several things (seven digits that check as an IMO number may be a document's number): all are told, and
the person decides. No guess is made silently, and no pattern here takes more than linear time.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from jusur.matching.identifiers import Identified, InvalidIdentifierError, identify
from jusur.matching.identifiers_base import line, western
from jusur.matching.identifiers_contact import refanged
from jusur.standards.mrz import InvalidMRZError, parse

MAX_TEXT: Final = 1024
"""Most characters of one box; the longest name, zone or address that is recognised is shorter."""
KINDS: Final = (
    "name", "mrz", "iban", "wallet", "phone", "email", "url", "domain", "vin", "plate", "imo", "mmsi", "imei",
    "document",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recognised:
    """One reading of the text.

    ``value`` is the thing in its one form (a zone: its lines; a name: without surplus spaces). ``score`` (0 to 1)
    orders the readings, ``why`` is the code of the reason, and ``detail`` says more: network, format, faults.
    """

    kind: str
    value: str
    score: float
    why: str
    detail: Mapping[str, str] = field(default_factory=dict)


def recognise(text: str, *, region: str = "") -> tuple[Recognised, ...]:
    """The readings of ``text``, best first; none where it holds nothing to look for.

    Args:
        text: as pasted or typed; in any script.
        region: where phone numbers without a country code are read (alpha-2).

    Raises:
        InvalidIdentifierError: longer than `MAX_TEXT`, or with characters that cannot be seen (says which).
    """
    if len(text) > MAX_TEXT:
        raise InvalidIdentifierError(
            f"The text is longer than {MAX_TEXT} characters.", check="length", fix="Screen lists as a file."
        )
    if not text.strip():
        return ()
    zone = tuple(_zone(text))
    if zone:
        return zone
    shown = line(text, kind="text", maximum=MAX_TEXT)
    kind, rest = labelled(shown)
    found = [one for judge in _JUDGES for one in judge(rest, region)]
    if kind:
        found = [_raised(one) if one.kind == kind else one for one in found]
    return tuple(sorted(found, key=lambda one: -one.score))


def labelled(text: str) -> tuple[str, str]:
    """The kind that a word before the value names (``IMEI: 49…``, ``جواز سفر AB1``), and the value without it."""
    head = text.casefold()
    for word, kind in _LABELS:
        if head.startswith(word) and len(text) > len(word) and not text[len(word)].isalpha():
            rest = text[len(word) :].strip(" :#.-°")
            if any(character.isdigit() for character in rest) or "." in rest:
                return kind, rest
    return "", text


def _raised(found: Recognised) -> Recognised:
    return Recognised(found.kind, found.value, 0.99, "named", found.detail)


def _zone(text: str) -> Iterator[Recognised]:
    if text.count("<") + 2 * text.count("\u00ab") < 2:  # noqa: PLR2004 - every zone separates names by two
        return
    try:
        found = parse(text)
    except InvalidMRZError:
        return
    detail = {"format": found.format, "faults": ", ".join(found.faults), "number": found.number}
    score, why = (0.9, "zone-faults") if found.faults else (1.0, "zone-checks")
    yield Recognised("mrz", "\n".join(found.lines), score, why, detail)


def _tried(kind: str, text: str, region: str = "") -> Identified | None:
    try:
        return identify(kind, text, region=region, strict=False)
    except InvalidIdentifierError:
        return None


def _checked(kind: str, text: str, right: float, wrong: float) -> Iterator[Recognised]:
    """A kind whose own check digits decide how sure the reading is."""
    found = _tried(kind, text)
    if found is not None:
        why = "check-digit-wrong" if found.warnings else "check-digit-right"
        detail = dict(found.detail) | ({"faults": "; ".join(found.warnings)} if found.warnings else {})
        yield Recognised(kind, found.value, wrong if found.warnings else right, why, detail)


def _iban(text: str, _region: str) -> Iterator[Recognised]:
    yield from _checked("iban", text, 0.99, 0.7)


def _wallet(text: str, _region: str) -> Iterator[Recognised]:
    for one in _checked("wallet", text, 0.98, 0.6):
        unchecked = one.detail.get("network") == "solana"
        yield Recognised(one.kind, one.value, 0.6, "form", one.detail) if unchecked else one


def _vin(text: str, _region: str) -> Iterator[Recognised]:
    for one in _checked("vin", text, 0.97, 0.6):
        unchecked = one.detail.get("checked") == "no"
        letters = sum(character.isalpha() for character in one.value)
        if not unchecked or letters > 2:  # noqa: PLR2004 - makers' codes have three
            yield Recognised(one.kind, one.value, 0.85, "form", one.detail) if unchecked else one


def _imei(text: str, _region: str) -> Iterator[Recognised]:
    if len(re.sub(r"\D", "", text)) in {15, 16} and not text.startswith("+"):
        yield from _checked("imei", text, 0.93, 0.4)


def _imo(text: str, _region: str) -> Iterator[Recognised]:
    if not text.startswith("+"):
        yield from _checked("imo", text, 0.75, 0.15)


def _mmsi(text: str, _region: str) -> Iterator[Recognised]:
    found = _tried("mmsi", text)
    if found is not None and not found.warnings and not text.startswith(("+", "0")):
        yield Recognised("mmsi", found.value, 0.3, "form")


def _phone(text: str, region: str) -> Iterator[Recognised]:
    plain = western(text)
    if sum(character.isalpha() for character in plain) or sum(character.isdigit() for character in plain) < 6:  # noqa: PLR2004
        return
    international = plain.startswith(("+", "(+"))
    found = _tried("phone", plain, region)
    if found is None and plain.startswith("00"):
        found, international = _tried("phone", f"+{plain[2:]}"), True
    if found is not None:
        sure = not found.warnings
        score = (0.96 if sure else 0.6) if international else (0.7 if sure else 0.1)
        yield Recognised("phone", found.value, score, "country-code" if international else "region", found.detail)


def _email(text: str, _region: str) -> Iterator[Recognised]:
    if "@" not in refanged(text):
        return
    inner = text.rpartition("<")[2].rstrip("> ") if text.endswith(">") else text
    found = _tried("email", inner)
    if found is not None:
        yield Recognised("email", found.value, 0.99, "form")


def _web(text: str, _region: str) -> Iterator[Recognised]:
    plain = refanged(text)
    if "@" in plain.partition("/")[0] or " " in plain or "." not in plain:
        return
    if "/" in plain:
        found = _tried("url", plain)
        if found is not None:
            yield Recognised("url", found.value, 0.98 if "://" in plain else 0.8, "form", found.detail)
            plain = found.value.partition("/")[0].partition("?")[0].partition(":")[0]
    named = _tried("domain", plain)
    if named is not None and not named.value.rpartition(".")[2].isdigit():
        yield Recognised("domain", named.value, 0.9, "form", named.detail)


def _plate(text: str, _region: str) -> Iterator[Recognised]:
    found = _tried("plate", text)
    if found is None or not 4 <= len(found.value) <= 9 or "@" in text or "." in text:  # noqa: PLR2004 - plates' lengths
        return
    letters = sum(character.isalpha() for character in found.value)
    if 1 <= letters <= 5:  # noqa: PLR2004
        grouped = len(text.split()) > 1 or "-" in text
        yield Recognised("plate", found.value, 0.65 if grouped else 0.45, "letters-and-digits")


def _document(text: str, _region: str) -> Iterator[Recognised]:
    found = _tried("passport", text)
    if found is None or not 5 <= len(found.value) <= 20 or "@" in text or text.startswith("+"):  # noqa: PLR2004
        return
    digits = sum(character.isdigit() for character in found.value)
    if digits >= 4 and len(found.value) - digits <= 4:  # noqa: PLR2004 - issuers' series are short
        grouped = len(text.split()) > 1
        score = 0.5 if grouped else 0.62 if re.fullmatch(r"[A-Za-z]{1,3}[0-9]{6,8}", text) else 0.55
        yield Recognised("document", found.value, score, "letters-and-digits")


def _name(text: str, _region: str) -> Iterator[Recognised]:
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdigit() for character in text)
    if letters < 2 or "@" in text or "://" in text:  # noqa: PLR2004 - the shortest names have two letters
        return
    words = len(text.split())
    score = (0.95 if words > 1 else 0.8) if not digits else 0.2 if words > 1 else 0.05
    if "." in text and words == 1:
        score = min(score, 0.4)
    yield Recognised("name", text, score, "letters")


_JUDGES: Final[tuple[Callable[[str, str], Iterator[Recognised]], ...]] = (
    _iban, _wallet, _vin, _imei, _imo, _mmsi, _phone, _email, _web, _plate, _document, _name,
)  # fmt: skip
_LABELS: Final = tuple(
    sorted(
        {
            "iban": "iban", "imei": "imei", "vin": "vin", "chassis": "vin", "imo": "imo", "mmsi": "mmsi",
            "tel": "phone", "tel.": "phone", "phone": "phone", "mobile": "phone", "téléphone": "phone",
            "teléfono": "phone", "هاتف": "phone", "plate": "plate", "plaque": "plate", "immatriculation": "plate",
            "matrícula": "plate", "لوحة": "plate", "passport": "document", "passport no": "document",
            "passeport": "document", "pasaporte": "document", "جواز سفر": "document", "id": "document",
            "wallet": "wallet", "btc": "wallet", "e-mail": "email", "email": "email", "domain": "domain",
        }.items(),
        key=lambda pair: -len(pair[0]),
    )
)  # fmt: skip
"""Words that people write before a value, longest first."""
