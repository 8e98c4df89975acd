"""What the answers of the HTTP API have in common, for the apps' ``shapes``."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

Moment = Annotated[str, Field(description="ISO 8601, UTC")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 in hexadecimal")]


class Answer(Schema):
    """An answer that may grow: fields may be added; those named stay and keep their meaning."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Names(Answer):
    """A text in the four official languages."""

    ar: str
    en: str
    fr: str
    es: str


class SignatureView(Answer):
    """A signature of a DSSE envelope, Base64."""

    keyid: str
    sig: str


class SignedEnvelope(Answer):
    """A DSSE envelope; ``payload`` is Base64."""

    payload: str
    payloadType: str  # noqa: N815 - DSSE v1 spells it so
    signatures: list[SignatureView]
