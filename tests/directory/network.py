from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from jusur.crypto import age, certificates, fingerprints
from jusur.crypto.keys import SealingKey, SigningKey
from jusur.directory import api, selectors
from jusur.directory.ceremony import InvitationPaper
from jusur.directory.keys import public_digest
from jusur.directory.models import (
    DirectoryAlarm,
    DirectoryVersion,
    Invitation,
    JoinRequest,
    Organisation,
    OrganisationKey,
)
from jusur.directory.requests import KeyRequest
from jusur.directory.schema import Endpoint
from jusur.directory.services import enrolment
from jusur.directory.services.authority import Authority
from jusur.directory.services.enrolment import KeyMaterial
from jusur.kernel import clock, ids

TABLES: Sequence[type[models.Model]] = (
    Organisation,
    OrganisationKey,
    DirectoryVersion,
    DirectoryAlarm,
    Invitation,
    JoinRequest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys(KeyMaterial):
    """All of a node's keys."""

    signing: SigningKey
    sealing: SealingKey
    evidence: age.AgeIdentity
    log: SigningKey


def new_material(*, recovery: bool = True) -> Keys:
    return Keys(
        signing=SigningKey.generate(),
        sealing=SealingKey.generate(),
        evidence=age.generate_identity(),
        log=SigningKey.generate(),
        tls=certificates.generate_key("tls"),
        seal=certificates.generate_key("seal"),
        recovery=SigningKey.generate() if recovery else None,
    )


def new_authority() -> Authority:
    key = certificates.generate_key("network-ca")
    network = certificates.create_authority(key, name="Test network", at=clock.now())
    return Authority((SigningKey.generate(),), network)


@dataclass
class Nodes:
    """Several nodes' tables in one database: `turn_to` puts one node's rows in place of another's."""

    authority: Authority
    own: Keys
    present: str = "GS"
    kept: dict[str, list[list[Any]]] = field(default_factory=dict)
    words: str = ""
    bundle: bytes = b""
    published: dict[int, bytes] = field(default_factory=dict)

    def turn_to(self, name: str) -> None:
        self.kept[self.present] = [list(table._default_manager.all()) for table in TABLES]
        for table in reversed(TABLES):
            table._default_manager.all().delete()
        for table, rows in zip(TABLES, self.kept.get(name, [[] for _ in TABLES]), strict=True):
            table._default_manager.bulk_create(rows)
        self.present = name
        selectors.forget()


def gates(*urls: str) -> tuple[Endpoint, ...]:
    return tuple(Endpoint(url, place) for place, url in enumerate(urls))


class Ceremony:
    """One organisation joining, step by step."""

    def __init__(self, nodes: Nodes, address: str, material: Keys | None = None) -> None:
        self.nodes, self.address = nodes, address
        self.material = material or new_material()
        self.gates = gates(f"https://ncb.example.{address.lower()}:8443")
        self.paper = InvitationPaper("", "", address, "", "", "", "")
        self.id_ = ids.new_id()

    def issue(self) -> InvitationPaper:
        self.paper = api.invitation_issue(address=self.address, authority=self.nodes.authority, actor="operator")
        return self.paper

    def request(self, *, endpoints: tuple[Endpoint, ...] = ()) -> KeyRequest:
        return enrolment.request_build(
            act="join",
            address=self.address,
            material=self.material,
            endpoints=endpoints or self.gates,
            relay="",
            invitation=self.paper.id,
        )

    def sign(self, request: KeyRequest) -> bytes:
        return enrolment.request_sign(request, self.material.signers())

    def sign_request(self) -> bytes:
        return self.sign(self.request())

    def make_request(self) -> bytes:
        """Invited by the secretariat, the new node makes its request; back at the secretariat."""
        paper = self.issue()
        self.nodes.turn_to(self.address)
        row = api.join_request_make(
            invitation=paper, address=self.address, material=self.material, endpoints=self.gates, actor="operator"
        )
        self.id_, self.made = row.id, bytes(row.document)
        self.nodes.turn_to("GS")
        return self.made

    def request_id(self) -> UUID:
        return self.id_

    def admit(self) -> bytes:
        """The secretariat receives the request made (or a new one) and admits it."""
        envelope = getattr(self, "made", None) or self.sign_request()
        row = api.join_request_receive(token=self.paper.token, envelope=envelope)
        words = api.request_fingerprint(envelope)
        return api.join_request_admit(
            request_id=row.id, fingerprint=words, authority=self.nodes.authority, actor="operator"
        )

    def directory_digest(self) -> bytes:
        return public_digest(self.nodes.authority.directory_keys[0].public)

    def directory_words(self) -> str:
        return fingerprints.fingerprint_words(self.directory_digest())
