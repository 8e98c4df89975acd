"""What a notice or diffusion says: persons, case, body, manner, objects, threat, assets, sanctions.

One form serves every type: a type's data say which sections it needs (``types.py``), so that a new type needs no code.
Texts are kept in the language they were written in; translations stand beside them.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec

from jusur.kernel import canonical, countries, text
from jusur.kernel.errors import InvalidInputError

MAX_CONTENT_BYTES = 1_200_000
"""Largest content in canonical JSON, so that it fits an envelope with its photographs."""

PartialDate = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
"""A date known to the year, the month or the day."""
MaybeDate = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}(-\d\d(-\d\d)?)?)?$")]
MaybeSpan = Annotated[str, msgspec.Meta(pattern=r"^(life|P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,5}D)?)?$")]
"""A length of time as ISO 8601 writes it (``P2Y``, ``P1Y6M``), ``life``, or empty."""
CountryCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
MaybeCountry = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$")]
LanguageCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=8000)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every part: unknown fields are refused, empty ones are not written."""


class Translated(Section, frozen=True):
    """A text in the language it was written in, and translations by language."""

    original: Long
    language: LanguageCode
    translations: dict[LanguageCode, Long] = {}


class Name(Section, frozen=True):
    """One name of a person: ``name`` is the family name; a romanisation stands as a name of its own."""

    name: Short
    forename: Short = ""
    kind: Literal["main", "alias", "maiden", "original-script", "romanised"] = "main"


class Document(Section, frozen=True):
    """An identity or travel document."""

    kind: Literal["passport", "identity-card", "driving-licence", "other"]
    country: CountryCode
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Photograph(Section, frozen=True):
    """A photograph, re-encoded by this software: JPEG in Base64, by the SHA-256 of its bytes."""

    sha256: Digest
    data: Annotated[str, msgspec.Meta(max_length=200_000)]
    good: bool = False
    """Whether a person judged it good enough to recognise somebody by."""
    caption: Short = ""


class Person(Section, frozen=True):
    """A person, as far as known."""

    names: Annotated[list[Name], msgspec.Meta(max_length=40)] = []
    sex: Literal["", "female", "male", "unknown"] = ""
    date_of_birth: MaybeDate = ""
    place_of_birth: Short = ""
    country_of_birth: MaybeCountry = ""
    nationalities: Annotated[list[CountryCode], msgspec.Meta(max_length=12)] = []
    languages: Annotated[list[LanguageCode], msgspec.Meta(max_length=20)] = []
    height_cm: Annotated[int, msgspec.Meta(ge=0, le=260)] = 0
    weight_kg: Annotated[int, msgspec.Meta(ge=0, le=400)] = 0
    eyes: Annotated[list[Short], msgspec.Meta(max_length=4)] = []
    hair: Annotated[list[Short], msgspec.Meta(max_length=4)] = []
    marks: Long = ""
    description: Long = ""
    documents: Annotated[list[Document], msgspec.Meta(max_length=20)] = []
    photographs: Annotated[list[Photograph], msgspec.Meta(max_length=8)] = []
    fingerprints: bool = False
    """Whether fingerprints are on file with the source; they travel by the biometric room."""
    dna: bool = False
    status: Literal["", "accused", "convicted", "suspect", "witness", "victim", "missing", "unidentified", "other"] = ""
    further_data: Long = ""


class Charge(Section, frozen=True):
    """A charge: what is charged, under which law, with which greatest penalty."""

    text: Translated
    law: Short
    maximum_penalty: MaybeSpan = ""


class Warrant(Section, frozen=True):
    """An arrest warrant or judgment with the force of one."""

    number: Short
    issued_on: PartialDate
    authority: Short
    country: CountryCode
    valid_until: MaybeDate = ""


class Case(Section, frozen=True):
    """The case behind a notice."""

    reference: Short = ""
    basis: Literal["", "prosecution", "sentence"] = ""
    crime_area: Short = ""
    facts: Long = ""
    facts_date: MaybeDate = ""
    facts_place: Short = ""
    charges: Annotated[list[Charge], msgspec.Meta(max_length=40)] = []
    warrant: Warrant | None = None
    sentence: MaybeSpan = ""
    sentence_remaining: MaybeSpan = ""
    private_matter: bool = False
    """Family or private matter, cultural norm, administrative or private dispute."""
    organised_crime: bool = False
    police_record: Short = ""
    """Number under which a national police recorded it."""
    recorded_on: MaybeDate = ""
    convictions: Long = ""
    reasonable_grounds: Long = ""


class Body(Section, frozen=True):
    """A body that nobody could name."""

    found_on: MaybeDate = ""
    found_at: Short = ""
    description: Long = ""
    photographs: Annotated[list[Photograph], msgspec.Meta(max_length=8)] = []
    fingerprints: bool = False
    dna: bool = False


class Asset(Section, frozen=True):
    """A thing of value: account, wallet, property, vehicle, company."""

    kind: Literal["account", "wallet", "property", "vehicle", "company", "valuables", "other"]
    identifier: Short
    country: MaybeCountry = ""
    holder: Short = ""
    description: Long = ""
    value_minor: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0
    """Estimated value in the currency's smallest unit."""
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$")] = ""


class Sanction(Section, frozen=True):
    """The United Nations' listing."""

    reference: Short = ""
    resolution: Short = ""
    listed_on: MaybeDate = ""
    measures: Annotated[list[Literal["assets-freeze", "travel-ban", "arms-embargo"]], msgspec.Meta(max_length=3)] = []


class Manner(Section, frozen=True):
    """A manner of offending, an object or a device."""

    summary: Long = ""
    occurrences: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    serious: bool = False
    objects: Annotated[list[Short], msgspec.Meta(max_length=40)] = []
    personal_data_needed: Long = ""
    """Why persons are named nevertheless."""


class Threat(Section, frozen=True):
    """A threat to people or property."""

    summary: Long = ""
    urgency: Literal["", "imminent", "serious", "information"] = ""
    place: Short = ""
    expected_on: MaybeDate = ""
    advice: Long = ""


class Assurances(Section, frozen=True):
    """What the source states for the record."""

    extradition_sought: bool = False
    international_interest: Long = ""
    national_assessment: Long = ""
    no_coercive_measure: bool = False
    consent_to_publish: bool = False


class NoticeContent(Section, frozen=True):
    """The whole content. Sections that a type does not use are left out."""

    title: Short = ""
    request: Long = ""
    """What recipients are asked to do."""
    persons: Annotated[list[Person], msgspec.Meta(max_length=20)] = []
    case: Case = Case()
    body: Body | None = None
    assets: Annotated[list[Asset], msgspec.Meta(max_length=200)] = []
    sanction: Sanction | None = None
    manner: Manner | None = None
    threat: Threat | None = None
    assurances: Assurances = Assurances()
    urgency: Literal["routine", "urgent", "emergency"] = "routine"
    public_extract: bool = False
    """Whether the source agrees that an extract is shown to the public."""
    further: dict[Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")], Long] = {}
    """Fields that a type of the organisation's own asks for."""


def parse(value: Any) -> NoticeContent:
    """The content in plain JSON data.

    Raises:
        InvalidInputError: a field unknown or out of its values, an unknown country, hidden characters, too large.
    """
    try:
        parsed = value if isinstance(value, NoticeContent) else msgspec.convert(value, NoticeContent)
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"The content is not valid: {error}.", fix="See docs/reference/notices.md for its fields."
        ) from None
    plain = msgspec.to_builtins(parsed)
    for path, found in _texts(plain, ""):
        text.paragraph(found, max_length=200_000, field=path, required=False)
    for path, found in _texts(plain, ""):
        if path.endswith(("country", "country_of_birth")) or ".nationalities." in f".{path}.":
            countries.check(found, field=path)
        if path.endswith(("_on", "_date", "date_of_birth", "valid_until")):
            check_partial(found, path)
    if len(encode(parsed)) > MAX_CONTENT_BYTES:
        raise InvalidInputError("The content is too large to travel.", fix="Take out photographs or shorten texts.")
    return parsed


def encode(content: NoticeContent) -> bytes:
    """``content`` in canonical JSON, the bytes that two officers agree to."""
    return canonical.encode(msgspec.to_builtins(content))


def check_partial(value: str, field: str) -> None:
    """Return where ``value`` is a date that exists, as far as it is known.

    Raises:
        InvalidInputError: there is no such month or day.
    """
    from datetime import date

    parts = [int(part) for part in value.split("-")]
    try:
        date(*[*parts, 1, 1][:3] if len(parts) < 3 else parts)  # noqa: PLR2004 - year, month, day
    except ValueError:
        raise InvalidInputError(f"{field} is no date.", fix="Write 1980, 1980-05 or 1980-05-17.") from None


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value and not re.search(r"(^|\.)(data)$", path):
            yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{number}")
