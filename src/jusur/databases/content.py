"""What a record says: the strict form in which it is written, versioned, signed and copied to other nodes."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from jusur.databases.errors import RecordInvalidError
from jusur.databases.rules import EVERYBODY, MAX_RETENTION_DAYS
from jusur.kernel import canonical, clock, text

MAX_ADDRESSES: Final = 256
MAX_CONTENT_BYTES: Final = 256 * 1024
MAX_TEXT: Final = 500
T = TypeVar("T")

Classification = Literal["official_use_only", "restricted", "confidential"]
CLASSIFIED: Final[dict[str, Classification]] = {
    "official_use_only": "official_use_only",
    "restricted": "restricted",
    "confidential": "confidential",
}
"""Classifications by their word, in rising order."""
Address = Annotated[str, msgspec.Meta(pattern=r"^(?:[A-Z]{2}|[A-Z][A-Z0-9-]{1,15})$")]
Recipient = Annotated[str, msgspec.Meta(pattern=r"^(?:\*|[A-Z]{2}|[A-Z][A-Z0-9-]{1,15})$")]
"""An organisation's address, or ``*``: every organisation that the database is shared with."""
Purpose = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,23}$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]


class Handling(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How a record must be handled. Every field is stated; empty recipients mean nobody.

    ``source_evaluation`` is the 4x4 system: source A, B, C, X; information 1 to 4. ``handling_code`` H3 says that
    ``conditions`` are written.
    """

    classification: Classification
    handling_code: Literal["H0", "H1", "H2", "H3"]
    source_evaluation: Annotated[str, msgspec.Meta(pattern=r"^[ABCX][1-4]$")]
    allowed_recipients: Annotated[list[Recipient], msgspec.Meta(max_length=MAX_ADDRESSES)]
    forwarding: Annotated[list[Address], msgspec.Meta(max_length=MAX_ADDRESSES)] = []
    conditions: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class RecordContent(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One version of a record: the entity, why it is kept, what it may be used for, by whom, and until when."""

    entity: dict[str, Any]
    handling: Handling
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    purposes: Annotated[list[Purpose], msgspec.Meta(min_length=1, max_length=32)]
    legal_basis: Text = ""
    expires_at: Moment


class Draft(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A record as its owner writes it; ``retention_days`` from now on, the database's own where absent."""

    entity: dict[str, Any]
    handling: Handling
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    purposes: Annotated[list[Purpose], msgspec.Meta(max_length=32)] | None = None
    legal_basis: Text = ""
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=MAX_RETENTION_DAYS)] | None = None


def parse(value: Any, kind: type[T]) -> T:
    """``value`` (decoded JSON, or an instance) as ``kind``, strictly.

    Raises:
        RecordInvalidError: says where and what is wrong.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(value), kind, strict=True)
    except msgspec.ValidationError as error:
        raise RecordInvalidError(f"The record is not valid: {error}.", fix="See docs/reference/records.md.") from None


def check_handling(handling: Handling) -> Handling:
    """The handling block with its texts checked.

    Raises:
        RecordInvalidError: an organisation named twice, H3 without conditions.
        TextError: hidden characters in the conditions.
    """
    for name in ("allowed_recipients", "forwarding"):
        addresses = getattr(handling, name)
        if len(set(addresses)) != len(addresses):
            raise RecordInvalidError(f"{name} names an organisation twice.", fix="Name each once.")
    if EVERYBODY in handling.allowed_recipients and len(handling.allowed_recipients) > 1:
        raise RecordInvalidError('"*" stands alone in allowed_recipients.', fix='Give "*", or name each organisation.')
    if handling.handling_code == "H3" and not handling.conditions:
        raise RecordInvalidError("Handling code H3 says that conditions apply, but none are written.")
    cleaned = text.paragraph(handling.conditions, max_length=2000, field="conditions", required=False)
    return msgspec.structs.replace(handling, conditions=cleaned)


def complete(
    draft: Draft, *, entity: Mapping[str, Any], purposes: Collection[str], retention_days: int
) -> RecordContent:
    """The content that ``draft`` stands for, in a database of these permitted ``purposes`` and longest retention.

    Raises:
        RecordInvalidError: a purpose the database does not permit, kept longer than it allows, too large.
        TextError: hidden characters in a text.
    """
    stated = draft.purposes if draft.purposes is not None else sorted(purposes)
    for purpose in stated:
        if purpose not in purposes:
            raise RecordInvalidError(
                f"The database does not permit the purpose {purpose}.", fix=f"Use among {', '.join(sorted(purposes))}."
            )
    if not stated or len(set(stated)) != len(stated):
        raise RecordInvalidError("A record states what it may be used for, each purpose once.")
    days = draft.retention_days or retention_days
    if days > retention_days:
        raise RecordInvalidError(f"Records of this database are kept {retention_days} days at most, not {days}.")
    content = RecordContent(
        entity=dict(entity),
        handling=check_handling(draft.handling),
        purpose=text.line(draft.purpose, max_length=MAX_TEXT, field="purpose"),
        purposes=sorted(stated),
        legal_basis=text.line(draft.legal_basis, max_length=MAX_TEXT, field="legal basis", required=False),
        expires_at=clock.timestamp(clock.now() + timedelta(days=days)),
    )
    check_size(content)
    return content


def check_size(content: RecordContent) -> None:
    """See that a record's content is not too large to travel.

    Raises:
        RecordInvalidError: it is.
    """
    if len(encode(content)) > MAX_CONTENT_BYTES:
        raise RecordInvalidError(
            f"The record is larger than {MAX_CONTENT_BYTES // 1024} KiB.",
            fix="Leave out what is not needed to find it.",
        )


def encode(content: RecordContent) -> bytes:
    """``content`` as canonical JSON: what is hashed and signed."""
    return canonical.encode(msgspec.to_builtins(content))


def digest(content: RecordContent) -> str:
    """SHA-256 (hexadecimal) of the canonical content but for its expiry: what tells whether a record has changed."""
    return digester(content)(canonical.encode(content.entity))


def digester(content: RecordContent) -> Callable[[bytes], str]:
    """`digest` of many entities (in canonical JSON) under the conditions of ``content``, which are encoded once."""
    rest = msgspec.to_builtins(content)
    del rest["expires_at"], rest["entity"]
    # The names of RecordContent in canonical order: entity comes first.
    tail = b"," + canonical.encode(rest)[1:]
    return lambda entity: canonical.sha256_hex(b'{"entity":' + entity + tail)


def expiry(content: RecordContent) -> datetime:
    """When the record's time is over."""
    return clock.parse_timestamp(content.expires_at)
