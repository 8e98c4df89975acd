"""Reasons as sentences in Arabic, English, French and Spanish (``data/explain``)."""

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES
from jusur.kernel.text import isolate
from jusur.matching.reasons import Reason
from jusur.matching.tables import pairs


def sentence(reason: Reason, language: str) -> str:
    """``reason`` as one sentence (two where family and given name are crossed), names and values isolated (UAX #9).

    Raises:
        InvalidInputError: the language is not one of the four.
    """
    if language not in LANGUAGES:
        raise InvalidInputError("Explanations are given in Arabic, English, French and Spanish.")
    table = pairs(f"explain/{language}.txt")
    what = reason.detail.get("what", "")
    told = table[reason.code].format(
        query=isolate(reason.query),
        record=isolate(reason.record),
        likeness=isolate(f"{100 * float(reason.detail.get('likeness', 0)):.0f}"),
        what=table.get(f"what-{what}", what),
    )
    return f"{told} {table['crossed']}" if "order" in reason.detail else told
