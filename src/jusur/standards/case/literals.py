"""Typed literals: whether their text is a value of their datatype, and their one normal form.

The judge of CASE documents, ``case_validate``, reads literals with rdflib, which is more lenient than XML Schema
(it takes ``2024-01-01 10:00`` for a dateTime). These readers accept what it accepts, so that both say the same.
Sources: XML Schema part 2 (datatypes); rdflib 7 ``term.XSDToPython``.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from jusur.standards.case.findings import ProfileError
from jusur.standards.case.vocabulary import RDF, XSD

STRING: Final = XSD + "string"
_MAX_EXPONENT: Final = 1000
_DURATION: Final = re.compile(
    r"^([+-])?P(?!\b)"
    r"(?:([0-9]+(?:[,.][0-9]+)?)Y)?(?:([0-9]+(?:[,.][0-9]+)?)M)?"
    r"(?:([0-9]+(?:[,.][0-9]+)?)W)?(?:([0-9]+(?:[,.][0-9]+)?)D)?"
    r"(?:T(?:([0-9]+(?:[,.][0-9]+)?)H)?(?:([0-9]+(?:[,.][0-9]+)?)M)?"
    r"(?:([0-9]+(?:[,.][0-9]+)?)S)?)?$"
)


class Literal(NamedTuple):
    """An RDF literal in normal form; two literals are the same value when the tuples are equal.

    ``datatype`` is an IRI, or ``None`` for plain text; ``language`` is lower-case. ``well_formed`` tells whether the
    text was a value of the datatype.
    """

    text: str
    datatype: str | None = None
    language: str | None = None
    well_formed: bool = True


def read(text: str, datatype: str) -> Literal:
    """The literal with this text and datatype.

    Datatypes outside XML Schema and RDF are opaque: any text is a value.

    Raises:
        ProfileError: a datatype of XML Schema or RDF that the ontology does not use, or a decimal of absurd size.
    """
    reader = _READERS.get(datatype)
    if reader is None:
        if datatype.startswith((XSD, RDF)):
            raise ProfileError(f"Values of datatype {datatype} are not in the supported profile.")
        return Literal(text, datatype)
    try:
        normal, well_formed = reader(text)
    except (ValueError, OverflowError, ArithmeticError):
        return Literal(text, datatype, None, False)
    return Literal(normal, datatype, None, well_formed)


def _integer(low: int | None, high: int | None) -> Callable[[str], tuple[str, bool]]:
    def read_integer(text: str) -> tuple[str, bool]:
        value = int(text)
        return str(value), (low is None or value >= low) and (high is None or value <= high)

    return read_integer


def _boolean(text: str) -> tuple[str, bool]:
    return "true" if text.lower() in {"true", "1"} else "false", text in {"true", "false", "1", "0"}


def _decimal(text: str) -> tuple[str, bool]:
    value = Decimal(text)
    if value.is_finite() and abs(value.adjusted()) > _MAX_EXPONENT:
        raise ProfileError("A decimal has more than a thousand digits.")
    return f"{value:f}", True


def _double(text: str) -> tuple[str, bool]:
    return str(float(text)), True


def _moment(text: str) -> tuple[str, bool]:
    return datetime.fromisoformat(text).isoformat(), True


def _duration(text: str) -> tuple[str, bool]:
    match = _DURATION.match(text)
    if match is None:
        if not text.startswith("P"):
            raise ValueError(text)
        return _moment(text[1:])
    sign, *numbers = match.groups()
    years, months, weeks, days, hours, minutes, seconds = (
        float((number or "0").replace(",", ".")) for number in numbers
    )
    span = timedelta(days, seconds, 0, 0, minutes, hours, weeks)
    return f"{sign or ''}{years:g}Y{months:g}M {span}", True


def _hexadecimal(text: str) -> tuple[str, bool]:
    return binascii.unhexlify(text.encode()).hex(), True


def _base64(text: str) -> tuple[str, bool]:
    return base64.b64encode(base64.b64decode(text)).decode("ascii"), True


def _same(text: str) -> tuple[str, bool]:
    return text, True


_READERS: Final[dict[str, Callable[[str], tuple[str, bool]]]] = {
    STRING: _same,
    XSD + "anyURI": _same,
    XSD + "boolean": _boolean,
    XSD + "decimal": _decimal,
    XSD + "double": _double,
    XSD + "dateTime": _moment,
    XSD + "duration": _duration,
    XSD + "hexBinary": _hexadecimal,
    XSD + "base64Binary": _base64,
    XSD + "integer": _integer(None, None),
    XSD + "nonNegativeInteger": _integer(0, None),
    XSD + "positiveInteger": _integer(1, None),
    XSD + "unsignedInt": _integer(0, 2**32 - 1),
    XSD + "unsignedShort": _integer(0, 2**16 - 1),
    XSD + "byte": _integer(-128, 127),
}
INTEGERS: Final = frozenset(name for name in _READERS if name.endswith(("nteger", "Int", "Short", "byte")))
