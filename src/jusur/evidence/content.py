"""What a request says: the strict form in which it is drafted, approved, signed and read by the other bureau."""

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from jusur.evidence.rules import Measure
from jusur.kernel import canonical, text
from jusur.kernel.errors import InvalidInputError

Urgency = Literal["emergency", "urgent", "routine"]
Classification = Literal["official_use_only", "restricted", "confidential"]

MAX_CONTENT_BYTES = 256 * 1024
T = TypeVar("T")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Offence(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The offence under investigation: in words and, where known, by ICCS 1.0 code (UNODC)."""

    description: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    iccs: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{2,8})?$")] = ""
    maximum_penalty_months: Annotated[int, msgspec.Meta(ge=0, le=12000)] | None = None


class Conditions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Conditions of use that bind every copy: for what, who else, until when. Empty means nobody and nothing else."""

    purposes: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=400)], ...] = ()
    forwarding: tuple[Annotated[str, msgspec.Meta(max_length=16)], ...] = ()
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=36525)] = 1826
    at_end: Literal["return", "destroy"] = "destroy"
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class RequestContent(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Everything a request asks and states. ``contents`` holds what the instrument requires, by its field names."""

    measure: Measure
    instrument: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    urgency: Urgency
    case_reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    offence: Offence
    contents: dict[str, Annotated[str, msgspec.Meta(max_length=16000)]]
    directly_accessible: bool = False
    classification: Classification = "restricted"
    conditions: Conditions = Conditions()
    related_request: str | None = None
    language: Literal["ar", "en", "fr", "es"] = "en"


class UnfinishedOffence(Offence, forbid_unknown_fields=True, frozen=True):
    """An offence still being written."""

    description: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class UnfinishedContent(RequestContent, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A request still being written: purpose and offence may be empty as yet."""

    purpose: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    offence: UnfinishedOffence = UnfinishedOffence()


def parse(value: Any, *, unfinished: bool = False) -> RequestContent:
    """The request content in ``value`` (decoded JSON), every text checked for characters that deceive.

    Args:
        value: the content.
        unfinished: whether it is still being written, so that purpose and offence may be empty.

    Raises:
        InvalidInputError: not of this form, too large, or a text with forbidden characters.
    """
    content: RequestContent = convert(value, UnfinishedContent if unfinished else RequestContent)
    for name in content.contents:
        if not _FIELD_NAME.fullmatch(name):
            raise InvalidInputError("A content field has no valid name.", fix="Use the names the instrument lists.")
    text.line(content.case_reference, max_length=100, field="case_reference")
    for field, value_text in _texts(content):
        text.paragraph(value_text, max_length=16000, field=field, required=False)
    if len(encode(content)) > MAX_CONTENT_BYTES:
        raise InvalidInputError("The request is too long.", fix="Attach long documents instead of writing them in.")
    return content


def parse_conditions(value: Any) -> Conditions:
    """The conditions of use in ``value`` (decoded JSON).

    Raises:
        InvalidInputError: not of this form, or a text with forbidden characters.
    """
    conditions = convert(value, Conditions)
    for purpose in (*conditions.purposes, conditions.text):
        text.paragraph(purpose, max_length=4000, field="conditions", required=False)
    return conditions


def convert(value: Any, kind: type[T]) -> T:
    """``value`` as ``kind``, strictly.

    Raises:
        InvalidInputError: says where and what is wrong.
    """
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"The content is not valid: {error}.") from None


def encode(content: RequestContent | Conditions) -> bytes:
    """``content`` as canonical JSON: what is approved, signed and hashed."""
    return canonical.encode(msgspec.to_builtins(content))


def _texts(content: RequestContent) -> list[tuple[str, str]]:
    return [
        ("purpose", content.purpose),
        ("offence", content.offence.description),
        ("conditions", content.conditions.text),
        *(("conditions", purpose) for purpose in content.conditions.purposes),
        *content.contents.items(),
    ]
