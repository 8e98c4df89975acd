"""The list of Specially Designated Nationals of OFAC (US Treasury), as CSV (SDN.CSV, ALT.CSV, ADD.CSV) without headers.

Most of what is known of a person stands in the remarks, in phrases that end with semicolons, which
`jusur.standards.lists.remarks` reads. A field without a value holds ``-0-``.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO, Final

from jusur.standards.lists import rows, values
from jusur.standards.lists.outcome import InvalidListError, Outcome, Refused, Values, family, unique
from jusur.standards.lists.remarks import parsed

DATASETS: Final = ("list-ofac",)
MAX_SIDE_ROWS: Final = 2_000_000
"""Most rows of the files of aliases and addresses, which are held in memory."""
_COLUMNS: Final = 12
_SCHEMAS: Final = {"individual": "Person", "vessel": "Vessel", "aircraft": "Airplane", "": "Organization"}
_SIDE_KINDS: Final = {"aka": "alias", "nka": "alias", "fka": "previousName"}
_WEAK: Final = "weak"

Side = dict[str, list[list[str]]]


def read(
    stream: BinaryIO, *, alternatives: BinaryIO | None = None, addresses: BinaryIO | None = None
) -> Iterator[Outcome]:
    """Every row of SDN.CSV as an entity, with its aliases and addresses, followed by documents, wallets and listing.

    Raises:
        InvalidListError: no such rows, cut off, or aliases and addresses beyond `MAX_SIDE_ROWS`.
    """
    aliases, places = _side(alternatives, 5), _side(addresses, 6)
    return unique(
        (number, outcome) for number, row in rows.read(stream) for outcome in _row(number, row, aliases, places)
    )


def _side(stream: BinaryIO | None, columns: int) -> Side:
    found: Side = defaultdict(list)
    if stream is not None:
        for count, (_, row) in enumerate(rows.read(stream)):
            if count >= MAX_SIDE_ROWS:
                raise InvalidListError(f"The file has more than {MAX_SIDE_ROWS:,} rows.", fix="Get the list again.")
            if len(row) >= columns:
                found[row[0].strip()].append([_value(cell) for cell in row])
    return found


def _value(cell: str) -> str:
    text = " ".join(cell.split())
    return "" if text == "-0-" else text


def _row(number: int, row: list[str], aliases: Side, places: Side) -> Iterator[Outcome]:
    if len(row) < _COLUMNS:
        yield Refused(number, row[0][:20] if row[0].isdigit() else "", f"The row has {len(row)} fields, not 12.")
        return
    cells = [_value(cell) for cell in row]
    schema = _SCHEMAS.get(cells[2].lower())
    if not cells[0].isdigit() or not cells[1] or schema is None:
        yield Refused(number, cells[0][:20], "The row has no number, no name or an unknown type.")
        return
    entity = f"ofac-{cells[0]}"
    remarks = parsed(cells[11], schema, entity)
    properties = _merged(
        {"name": [cells[1]], "topics": ["sanction"], "notes": [cells[11]]},
        _typed(schema, cells),
        _named(aliases.get(cells[0], [])),
        _placed(places.get(cells[0], [])),
        remarks.properties,
    )
    listing: Values = {
        "entity": [entity],
        "authority": ["Office of Foreign Assets Control"],
        "program": [part.strip("[] ") for part in cells[3].split("] [")],
    }
    others = [*remarks.others, ("listing", "Sanction", listing)]
    yield from family(number, entity, schema, properties, datasets=DATASETS, others=others)


def _typed(schema: str, cells: list[str]) -> dict[str, list[str]]:
    """What the columns 5 to 11 say, which differ by type."""
    if schema == "Person":
        return {"position": [cells[4]]}
    if schema == "Vessel":
        return {
            "callSign": [cells[5]],
            "type": [cells[6]],
            "deadweightTonnage": [cells[7]],
            "grossRegisteredTonnage": [cells[8]],
            "flag": [values.country(cells[9])],
        }
    return {}


def _named(aliases: list[list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"alias": [], "previousName": [], "weakAlias": []}
    for alias in aliases:
        kind = "weakAlias" if _WEAK in alias[4].lower() else _SIDE_KINDS.get(alias[2].lower(), "alias")
        found[kind].append(alias[3])
    return found


def _placed(places: list[list[str]]) -> dict[str, list[str]]:
    return {
        "address": [values.joined(*place[2:5]) for place in places],
        "country": [values.country(place[4]) for place in places],
    }


def _merged(*parts: dict[str, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        for name, given in part.items():
            found[name] += given
    return found
