"""The handling block: who may see a message, for how long, and who may pass it on.

Bound by the originator's signature and checked on both sides. Unknown or empty means nobody (fail closed).
Source evaluation is the 4x4 system: source A, B, C or X, information 1 to 4. Handling codes H0 (free) to H3
(conditions). Classifications in rising order: for official use only, restricted, confidential.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from jusur.exchange.errors import HandlingError
from jusur.kernel import text

Address = Annotated[str, msgspec.Meta(pattern=r"^(?:[A-Z]{2}|[A-Z][A-Z0-9-]{1,15})$")]
"""Code of an organisation: a bureau's member (ISO 3166 alpha-2), ``GS``, or another organisation's code."""

Classification = Literal["official_use_only", "restricted", "confidential"]
CLASSIFICATIONS: tuple[Classification, ...] = ("official_use_only", "restricted", "confidential")

MAX_ADDRESSES = 256
MAX_RETENTION_DAYS = 36_525
MAX_CONDITIONS = 2000


class Handling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a message must be handled by whoever holds it.

    ``allowed_recipients`` are the organisations that may see it; ``forwarding`` those to whom a recipient may pass it
    on without asking the originator again.
    """

    classification: Classification
    handling_code: Literal["H0", "H1", "H2", "H3"]
    source_evaluation: Annotated[str, msgspec.Meta(pattern=r"^[ABCX][1-4]$")]
    allowed_recipients: Annotated[list[Address], msgspec.Meta(max_length=MAX_ADDRESSES)]
    forwarding: Annotated[list[Address], msgspec.Meta(max_length=MAX_ADDRESSES)]
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=MAX_RETENTION_DAYS)]
    conditions: Annotated[str, msgspec.Meta(max_length=MAX_CONDITIONS)] = ""


def parse(value: Any) -> Handling:
    """The handling block in plain JSON data.

    Raises:
        HandlingError: a field missing, unknown or out of its values; repeated addresses; H3 without conditions.
    """
    try:
        block = value if isinstance(value, Handling) else msgspec.convert(value, Handling)
    except msgspec.ValidationError as error:
        raise HandlingError(f"The handling block is not valid: {error}.", fix="Fill in every field of it.") from None
    for name, addresses in (("allowed_recipients", block.allowed_recipients), ("forwarding", block.forwarding)):
        if len(set(addresses)) != len(addresses):
            raise HandlingError(f"{name} names an organisation twice.", fix="Name each once.")
    text.paragraph(block.conditions, max_length=MAX_CONDITIONS, field="conditions", required=False)
    if block.handling_code == "H3" and not block.conditions:
        raise HandlingError("Handling code H3 says that conditions apply, but none are written.", fix="Write them.")
    return block


def require_allowed(block: Handling, recipients: Iterable[str]) -> None:
    """Return if every one of ``recipients`` may see what ``block`` covers.

    Raises:
        HandlingError: one may not. An empty list allows nobody.
    """
    for recipient in recipients:
        if recipient not in block.allowed_recipients:
            raise HandlingError(
                f"The handling block does not allow {recipient} to see this.",
                fix="Add the organisation to allowed_recipients, or do not send it there.",
            )


def may_forward(block: Handling, to: str) -> bool:
    """Whether a recipient may pass the message on to ``to`` without asking the originator."""
    return to in block.forwarding and to in block.allowed_recipients


def for_recipients(
    recipients: Iterable[str], *, classification: Classification = "official_use_only", retention_days: int = 365
) -> Handling:
    """A plain block for ``recipients`` alone: no forwarding, source not evaluated (X4), handling code H1."""
    return Handling(
        classification=classification,
        handling_code="H1",
        source_evaluation="X4",
        allowed_recipients=sorted(set(recipients)),
        forwarding=[],
        retention_days=retention_days,
    )
