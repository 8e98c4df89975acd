"""Machine-readable zones of travel documents (ICAO Doc 9303, 8th edition, parts 3 to 7): read and written.

TD1 (cards, 3 x 30), TD2 (2 x 36), TD3 (passports, 2 x 44), MRV-A and MRV-B (visas). Every check digit is judged and
named; a wrong one does not hide the rest, since the officer must see both. Names stay as the zone writes them (Latin
capitals): to match them with other scripts is the engine's work.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from jusur.kernel.clock import now
from jusur.kernel.errors import InvalidInputError

MAX_TEXT: Final = 400
"""Most characters of text that is looked at; a zone has at most 90."""

_SIZES: Final = {90: 30, 88: 44, 72: 36}
"""Length of a line by length of the zone."""
_CHARACTERS = re.compile(r"[A-Z0-9<]+")
_CODE = re.compile(r"[ACIPV][A-Z<]")
_NOT_LATIN = re.compile(r"[^A-Z<]")
_QUOTES: Final = str.maketrans({"\u00ab": "<<", "\u2039": "<", "\u300a": "<<", "\u3008": "<"})
_SEXES: Final = {"M": "male", "F": "female"}
_WEIGHTS: Final = (7, 3, 1)


class InvalidMRZError(InvalidInputError):
    """The text is not a machine-readable zone."""

    code = "invalid-mrz"
    title = "The machine-readable zone is not valid"


@dataclass(frozen=True, slots=True)
class Check:
    """A check digit: of what, the digit that stands there, the one that should, and whether they agree."""

    name: str
    given: str
    expected: str

    @property
    def holds(self) -> bool:
        """Whether the digit is right. A filler stands for zero."""
        return self.given == self.expected or (self.given == "<" and self.expected == "0")


@dataclass(frozen=True, slots=True)
class MRZ:
    """What a machine-readable zone says.

    ``issuer`` and ``nationality`` are Doc 9303's codes without fillers (``MAR``, ``D``, ``XPO``). Dates are ISO 8601,
    cut where the zone does not tell month or day, empty where it tells nothing. ``truncated``: the names fill their
    field, so that more of them may stand in the document. ``faults`` names the check digits and dates that are wrong.
    """

    format: str
    document_code: str
    issuer: str
    number: str
    surname: str
    given_names: str
    nationality: str
    birth_date: str
    sex: str
    expiry_date: str
    optional: tuple[str, ...]
    checks: tuple[Check, ...]
    faults: tuple[str, ...]
    truncated: bool
    lines: tuple[str, ...]

    @property
    def name(self) -> str:
        """``SURNAME, GIVEN NAMES``, as the engine reads names whose parts are known."""
        return ", ".join(part for part in (self.surname, self.given_names) if part)

    @property
    def kind(self) -> str:
        """The kind of document as exact identifiers name it: passport, visa or identity_document."""
        return {"P": "passport", "V": "visa"}.get(self.document_code[:1], "identity_document")


def parse(text: str, *, today: date | None = None) -> MRZ:
    """The zone in ``text``: lines, or all in one; spaces, guillemets for fillers and small letters are put right.

    Fillers that were lost at the end of a line are restored. ``today`` decides centuries: a birth is the latest that is
    not in the future, an expiry the nearest.

    Raises:
        InvalidMRZError: no zone of Doc 9303 (wrong length, characters or document code).
    """
    lines = lines_of(text)
    day = today or now().date()
    if len(lines) == 3:  # noqa: PLR2004 - TD1 alone has three
        return _td1(lines, day)
    return _two_lines(lines, day)


def lines_of(text: str) -> tuple[str, ...]:
    """The two or three lines of the zone in ``text``.

    Raises:
        InvalidMRZError: as `parse`.
    """
    if len(text) > MAX_TEXT:
        raise InvalidMRZError("The text is longer than any machine-readable zone.", fix="Paste its lines alone.")
    rows = [re.sub(r"\s", "", row).translate(_QUOTES).upper() for row in text.splitlines()]
    rows = [row for row in rows if row]
    joined = "".join(rows)
    if not _CHARACTERS.fullmatch(joined):
        raise InvalidMRZError("The zone holds something other than A to Z, 0 to 9 and <.", fix="Scan or type it again.")
    lines = _padded(rows) or _cut(joined)
    if not _CODE.match(lines[0]):
        raise InvalidMRZError("The zone does not begin with a document's code.", fix="Begin with P, I, A, C or V.")
    return lines


def check_digit(value: str) -> str:
    """The check digit of ``value`` (part 3, 4.9): weights 7, 3, 1; A is 10, Z is 35, a filler 0; modulus 10."""
    return str(sum(_value(one) * _WEIGHTS[at % 3] for at, one in enumerate(value)) % 10)


def _value(character: str) -> int:
    return 0 if character == "<" else int(character, 36)


def _cut(joined: str) -> tuple[str, ...]:
    size = _SIZES.get(len(joined))
    if size is None:
        raise InvalidMRZError(
            f"The zone has {len(joined)} characters; zones have 72, 88 or 90.", fix="Scan or type all of its lines."
        )
    return tuple(joined[at : at + size] for at in range(0, len(joined), size))


def _padded(rows: list[str]) -> tuple[str, ...] | None:
    """``rows`` with the fillers that were lost at line ends, or None where they are no lines of one zone."""
    sizes = {3: (30,), 2: (36, 44)}.get(len(rows), ())
    longest = max(map(len, rows), default=0)
    for size in sizes:
        if longest <= size and (len(rows) == 3 or size - len(rows[1]) <= 16):  # noqa: PLR2004 - MRV-A's optional data
            return tuple(row.ljust(size, "<") for row in rows)
    return None


def _two_lines(lines: tuple[str, ...], today: date) -> MRZ:
    first, second = lines
    visa, size = first[0] == "V", len(first)
    end = size if visa else size - (2 if size == 44 else 1)  # noqa: PLR2004 - TD3 also checks its optional data
    number, optional, check = _number(second[:9], second[9], second[28:end])
    checks = [check, _checked("birth date", second[13:19], second[19])]
    checks.append(_checked("expiry date", second[21:27], second[27]))
    if not visa and size == 44:  # noqa: PLR2004
        checks.append(_checked("optional data", second[28:42], second[42]))
    if not visa:
        checks.append(_checked("composite", second[0:10] + second[13:20] + second[21 : size - 1], second[size - 1]))
    return _made(
        {(44, False): "TD3", (36, False): "TD2", (44, True): "MRV-A", (36, True): "MRV-B"}[size, visa],
        lines=lines,
        names=first[5:],
        number=number,
        nationality=second[10:13],
        birth=second[13:19],
        sex=second[20],
        expiry=second[21:27],
        optional=(optional,),
        checks=tuple(checks),
        today=today,
    )


def _td1(lines: tuple[str, ...], today: date) -> MRZ:
    first, second, third = lines
    number, optional, check = _number(first[5:14], first[14], first[15:30])
    return _made(
        "TD1",
        lines=lines,
        names=third,
        number=number,
        nationality=second[15:18],
        birth=second[0:6],
        sex=second[7],
        expiry=second[8:14],
        optional=(optional, second[18:29]),
        checks=(
            check,
            _checked("birth date", second[0:6], second[6]),
            _checked("expiry date", second[8:14], second[14]),
            _checked("composite", first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29]),
        ),
        today=today,
    )


def _number(field: str, digit: str, optional: str) -> tuple[str, str, Check]:
    """Number, optional data and check. The rest of a longer number opens the optional data (part 5, 4.2.2)."""
    rest = optional.partition("<")[0]
    if digit == "<" and "<" not in field and len(rest) > 1:
        return field + rest[:-1], optional[len(rest) :], _checked("document number", f"{field}<{rest[:-1]}", rest[-1])
    return field.rstrip("<"), optional, _checked("document number", field, digit)


def _checked(name: str, value: str, given: str) -> Check:
    return Check(name, given, check_digit(value))


def _made(
    form: str,
    *,
    lines: tuple[str, ...],
    names: str,
    number: str,
    nationality: str,
    birth: str,
    sex: str,
    expiry: str,
    optional: tuple[str, ...],
    checks: tuple[Check, ...],
    today: date,
) -> MRZ:
    surname, _, given = names.rstrip("<").partition("<<")
    born, birth_fault = _date(birth, lambda year: _past(year, birth, today))
    ends, expiry_fault = _date(expiry, lambda year: _near(year, today))
    faults = [f"{one.name} check digit" for one in checks if not one.holds]
    faults += ["birth date"] * birth_fault + ["expiry date"] * expiry_fault
    return MRZ(
        format=form,
        document_code=lines[0][:2].rstrip("<"),
        issuer=lines[0][2:5].rstrip("<"),
        number=number.replace("<", ""),
        surname=_spaced(surname),
        given_names=_spaced(given),
        nationality=nationality.rstrip("<"),
        birth_date=born,
        sex=_SEXES.get(sex, ""),
        expiry_date=ends,
        optional=tuple(text for one in optional if (text := _spaced(one))),
        checks=checks,
        faults=tuple(faults),
        truncated=not names.endswith("<"),
        lines=lines,
    )


def _spaced(field: str) -> str:
    return re.sub("<+", " ", field).strip()


def _date(field: str, century: Callable[[int], int]) -> tuple[str, bool]:
    """``YYMMDD`` as ISO 8601, cut at the first part that is unknown (fillers or zeros), and whether it is wrong."""
    parts = [field[0:2], field[2:4], field[4:6]]
    if parts[0] == "<<":
        return "", parts[1:] != ["<<", "<<"]
    if not parts[0].isdigit():
        return "", True
    known = [century(int(parts[0]))]
    for part in parts[1:]:
        if part in {"<<", "00"}:
            break
        if not part.isdigit():
            return f"{known[0]:04}", True
        known.append(int(part))
    try:
        date(*[*known, 1, 1][:3])
    except ValueError:
        return f"{known[0]:04}", True
    return "-".join((f"{known[0]:04}", *(f"{part:02}" for part in known[1:]))), False


def _past(year: int, field: str, today: date) -> int:
    """The latest year ending in ``year`` whose day in ``field`` is not after ``today``."""
    full = today.year - today.year % 100 + year
    return full - 100 if (full, field[2:6].replace("<", "0")) > (today.year, f"{today:%m%d}") else full


def _near(year: int, today: date) -> int:
    """The year ending in ``year`` nearest to ``today``; of two, the later."""
    full = today.year - today.year % 100 + year
    return min((full + 100, full, full - 100), key=lambda one: abs(one - today.year))


def compose(
    form: str,
    *,
    document_code: str,
    issuer: str,
    number: str,
    surname: str,
    given_names: str,
    nationality: str,
    birth_date: str,
    sex: str,
    expiry_date: str,
    optional: str = "",
    second_optional: str = "",
) -> tuple[str, ...]:
    """The lines of a zone of ``form`` (TD1, TD2, TD3, MRV-A, MRV-B), with all check digits.

    Names are cut where the field ends; dates are ISO 8601 or prefixes of it.

    Raises:
        InvalidMRZError: an unknown form, or a value that does not fit its field; the message says which.
    """
    if form not in _FORMS:
        raise InvalidMRZError("The form is not known.", fix=f"Use one of {', '.join(_FORMS)}.")
    size, room = _FORMS[form]
    head = _fitted(document_code, 2, "document code") + _fitted(issuer, 3, "issuer")
    names = _names(surname, given_names, 30 if form == "TD1" else size - 5)
    shown, extra = _long_number(number, optional, room, visa=form.startswith("MRV"))
    nation = _fitted(nationality, 3, "nationality")
    born, ends = _dated(birth_date, "birth date"), _dated(expiry_date, "expiry date")
    mark = {"male": "M", "female": "F"}.get(sex, "<")
    if form == "TD1":
        first, second = (
            head + shown + extra,
            f"{born}{mark}{ends}{nation}{_fitted(second_optional, 11, 'second optional')}",
        )
        return first, second + check_digit(first[5:] + second[0:7] + second[8:15] + second[18:29]), names
    second = f"{shown}{nation}{born}{mark}{ends}{extra}"
    if form == "TD3":
        second += "<" if not extra.strip("<") else check_digit(extra)
    if form in {"TD2", "TD3"}:
        second += check_digit(second[0:10] + second[13:20] + second[21:])
    return head + names, second


_FORMS: Final = {"TD1": (30, 15), "TD2": (36, 7), "TD3": (44, 14), "MRV-A": (44, 16), "MRV-B": (36, 8)}
"""Length of a line and of the (first) optional data."""


def _fitted(value: str, size: int, field: str) -> str:
    found = value.upper().replace(" ", "<").replace("-", "<")
    if len(found) > size or (found and not _CHARACTERS.fullmatch(found)):
        raise InvalidMRZError(f"The {field} does not fit {size} letters, digits and fillers.", fix="Shorten it.")
    return found.ljust(size, "<")


def _names(surname: str, given_names: str, size: int) -> str:
    parts = [
        re.sub(r"[\s\-]+", "<", part.strip().upper().replace("'", "").replace(",", ""))
        for part in (surname, given_names)
    ]
    if any(_NOT_LATIN.search(part) for part in parts) or not parts[0]:
        raise InvalidMRZError(
            "The names are not in Latin letters.", fix="Transliterate them (Doc 9303, part 3, section 6)."
        )
    return "<<".join(part for part in parts if part)[:size].ljust(size, "<")


def _long_number(number: str, optional: str, room: int, *, visa: bool) -> tuple[str, str]:
    """Number with check digit, and optional data, where the rest of a longer number goes first (not in visas)."""
    found = _fitted(number, 9 if visa else 9 + room - 2, "document number").rstrip("<")
    if len(found) <= 9:  # noqa: PLR2004 - the field's length
        field = found.ljust(9, "<")
        return field + check_digit(field), _fitted(optional, room, "optional data")
    rest = found[9:] + check_digit(f"{found[:9]}<{found[9:]}")
    return f"{found[:9]}<", _fitted(f"{rest}<{optional}".rstrip("<"), room, "optional data")


def _dated(value: str, field: str) -> str:
    digits = value.replace("-", "")
    if digits and (not (digits.isascii() and digits.isdigit()) or len(digits) not in {4, 6, 8}):
        raise InvalidMRZError(f"The {field} is not a date.", fix="Write 1971, 1971-03 or 1971-03-02.")
    short = digits[2:].ljust(6, "<")
    return short + check_digit(short)
