"""What the API answers about the directory and joining, as national systems may rely on it."""

from datetime import datetime
from uuid import UUID

from jusur.directory.schema import KeyState, KeyUse, Kind, Status
from jusur.rows.shapes import Answer, Digest, Moment, Names


class EndpointView(Answer):
    """An address of a node's gate; the lowest ``priority`` is tried first."""

    gate_url: str
    priority: int


class LimitsView(Answer):
    """Patterns of message kinds, and classifications, that an organisation may send and receive."""

    sends: list[str]
    receives: list[str]
    classifications: list[str]


class KeyView(Answer):
    """A public key of an organisation."""

    use: KeyUse
    keyid: str
    public: str
    state: KeyState
    not_before: Moment
    not_after: Moment | None
    revoked_at: Moment | None


class OrganisationView(Answer):
    """An organisation without its keys."""

    address: str
    kind: Kind
    name: Names
    country: str
    region: str
    status: Status
    limits: LimitsView
    endpoints: list[EndpointView]
    relay: str


class OrganisationDetail(OrganisationView):
    """An organisation with its keys."""

    keys: list[KeyView]


class OrganisationList(Answer):
    """Organisations by address."""

    organisations: list[OrganisationView]


class DirectoryAlarmView(Answer):
    """An open alarm about the directory."""

    kind: str
    detail: str
    raised_at: datetime


class CurrentDirectory(Answer):
    """The version of the directory this node holds, its digest and end, and the open alarms about it."""

    version: int
    digest: Digest
    expires_at: Moment
    alarms: list[DirectoryAlarmView]


class Received(Answer):
    """A request to join as the secretariat has it."""

    id: UUID
    state: str


class SealedWelcome(Answer):
    """The answer to a key request, which only the holder of the keys in it can open; shares and content in Base64."""

    format: str
    request: UUID
    sealing: str
    evidence: str
    sealed: str


class Welcomed(Answer):
    """What became of a request to join; ``welcome`` once admitted."""

    state: str
    reason: str
    welcome: SealedWelcome | None = None
