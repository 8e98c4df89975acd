from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.directory.network import Ceremony, Nodes, gates, new_material

from jusur.crypto import certificates, fingerprints, revocations
from jusur.crypto.keys import SigningKey
from jusur.directory import api, ceremony
from jusur.directory.errors import (
    DirectoryDocumentError,
    FingerprintError,
    JoinRefusedError,
    NoSuchKeyError,
    OrganisationNotActiveError,
    UnknownOrganisationError,
)
from jusur.directory.models import OrganisationKey
from jusur.directory.schema import Limits
from jusur.directory.services.authority import Authority
from jusur.directory.services.enrolment import KeyMaterial
from jusur.kernel import clock
from jusur.kernel.errors import ConflictError


@pytest.fixture
def bureau(nodes: Nodes) -> Ceremony:
    """MA has joined; the database is the secretariat's."""
    joined = Ceremony(nodes, "MA")
    joined.make_request()
    joined.admit()
    return joined


def acts(nodes: Nodes) -> dict[str, Any]:
    return {"authority": nodes.authority, "actor": "operator"}


def test_suspension_and_restoration(nodes: Nodes, bureau: Ceremony) -> None:
    signed_then = clock.now()
    api.organisation_suspend(address="MA", reason="Article 131", authority=nodes.authority, actor="operator")
    assert not api.may_send("MA", "message.text", "restricted")
    for ask in (api.verify_keys, api.sealing_key, api.age_recipient):
        with pytest.raises(OrganisationNotActiveError, match="suspended"):
            ask("MA")
    assert bureau.material.signing.keyid in api.verify_keys("MA", at=signed_then)
    with pytest.raises(ConflictError):
        api.organisation_suspend(address="MA", reason="twice", authority=nodes.authority, actor="operator")
    api.organisation_restore(address="MA", reason="Settled", authority=nodes.authority, actor="operator")
    assert api.may_send("MA", "message.text", "restricted")


def test_withdrawal_is_final_until_invited_again(nodes: Nodes, bureau: Ceremony) -> None:
    api.organisation_withdraw(address="MA", reason="Left", authority=nodes.authority, actor="operator")
    with pytest.raises(ConflictError):
        api.organisation_restore(address="MA", reason="Back", authority=nodes.authority, actor="operator")
    again = Ceremony(nodes, "MA")
    again.issue()
    again.admit()
    assert list(api.verify_keys("MA")) == [again.material.signing.keyid]


def test_limits_are_published(nodes: Nodes) -> None:
    def limit(sends: list[str]) -> None:
        api.organisation_limit(
            address="UNODC",
            sends=sends,
            receives=["warning.*"],
            classifications=["official_use_only"],
            authority=nodes.authority,
            actor="operator",
        )

    limit(["message.text", "message.text"])
    assert api.organisation("UNODC").limits == Limits(("message.text",), ("warning.*",), ("official_use_only",))
    with pytest.raises(DirectoryDocumentError):
        limit(["not a kind"])
    with pytest.raises(UnknownOrganisationError):
        api.organisation_suspend(address="XX", reason="none", authority=nodes.authority, actor="operator")


def test_an_organisation_is_added_once(nodes: Nodes) -> None:
    def add(address: str, name: str = "Nordic centre") -> None:
        names = dict.fromkeys(("ar", "en", "fr", "es"), name)
        nothing = Limits((), (), ())
        api.organisation_add(
            address=address,
            kind="regional",
            names=names,
            country="NO",
            region="europe",
            limits=nothing,
            authority=nodes.authority,
            actor="operator",
        )

    add("NORDPOL")
    assert api.organisation("NORDPOL").status == "not-joined"
    with pytest.raises(ConflictError):
        add("NORDPOL")
    with pytest.raises(DirectoryDocumentError):
        add("nordpol")


class TestRotation:
    def rotate(self, nodes: Nodes, bureau: Ceremony, voucher: SigningKey, signing: SigningKey) -> bytes:
        envelope = api.keys_request_make(
            act="rotate",
            address="MA",
            material=KeyMaterial(signing=signing),
            voucher=voucher,
            endpoints=bureau.gates,
        )
        return api.key_rotate(envelope=envelope, authority=nodes.authority, actor="operator")

    def test_old_and_new_count_while_they_overlap(
        self, nodes: Nodes, bureau: Ceremony, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, new = bureau.material.signing, SigningKey.generate()
        self.rotate(nodes, bureau, old, signing=new)
        rotated_at = clock.now()
        assert set(api.verify_keys("MA")) == {old.keyid, new.keyid}
        monkeypatch.setenv(clock.OFFSET_VARIABLE, str(timedelta(days=2).total_seconds()))
        assert set(api.verify_keys("MA")) == {new.keyid}
        assert old.keyid in api.verify_keys("MA", at=rotated_at), "what it signed before still counts"

    def test_only_the_signing_key_may_ask(self, nodes: Nodes, bureau: Ceremony) -> None:
        for voucher in (bureau.material.log, SigningKey.generate(), nodes.own.signing):
            with pytest.raises(JoinRefusedError):
                self.rotate(nodes, bureau, voucher, signing=SigningKey.generate())

    def test_a_request_is_not_replayed(self, nodes: Nodes, bureau: Ceremony) -> None:
        new = SigningKey.generate()
        envelope = api.keys_request_make(
            act="rotate",
            address="MA",
            material=KeyMaterial(signing=new),
            voucher=bureau.material.signing,
            endpoints=bureau.gates,
        )
        api.key_rotate(envelope=envelope, authority=nodes.authority, actor="operator")
        with pytest.raises(JoinRefusedError):
            api.key_rotate(envelope=envelope, authority=nodes.authority, actor="operator")

    def test_an_old_request_is_refused(self, nodes: Nodes, bureau: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
        envelope = api.keys_request_make(
            act="rotate",
            address="MA",
            material=KeyMaterial(signing=SigningKey.generate()),
            voucher=bureau.material.signing,
            endpoints=bureau.gates,
        )
        monkeypatch.setenv(clock.OFFSET_VARIABLE, str(timedelta(days=15).total_seconds()))
        with pytest.raises(JoinRefusedError, match="too old"):
            api.key_rotate(envelope=envelope, authority=nodes.authority, actor="operator")

    def test_certificates_are_renewed(self, nodes: Nodes, bureau: Ceremony) -> None:
        tls = certificates.generate_key("tls")
        envelope = api.keys_request_make(
            act="rotate",
            address="MA",
            material=KeyMaterial(tls=tls),
            voucher=bureau.material.signing,
            endpoints=bureau.gates,
        )
        bundle = api.key_rotate(envelope=envelope, authority=nodes.authority, actor="operator")
        welcome = ceremony.read_bundle(bundle).welcome
        keys = {key.keyid: key.public for key in nodes.authority.directory_keys}
        certificate = certificates.load_certificate(ceremony.read_welcome(welcome, keys).tls_certificate)
        assert certificate.public_key() == tls.public_key()
        assert api.active_key(api.organisation("MA"), "tls").public == certificates.to_pem(certificate)


class TestRevocation:
    def test_nothing_by_a_revoked_key_counts_from_that_moment(self, nodes: Nodes, bureau: Ceremony) -> None:
        before = clock.now()
        keyid = bureau.material.signing.keyid
        api.key_revoke(keyid=keyid, reason="Laptop stolen", revoked_at=before, **acts(nodes))
        assert api.organisation("MA").status == "suspended"
        assert keyid not in api.verify_keys("MA", at=before)
        assert keyid in api.verify_keys("MA", at=before - timedelta(seconds=1))
        with pytest.raises(ConflictError):
            api.key_revoke(keyid=keyid, reason="again", **acts(nodes))
        with pytest.raises(DirectoryDocumentError, match="without a key for signing"):
            api.organisation_restore(address="MA", reason="too early", **acts(nodes))
        with pytest.raises(NoSuchKeyError):
            api.key_revoke(keyid="0" * 32, reason="nobody's", **acts(nodes))

    def test_the_revocation_list_names_the_certificate(self, nodes: Nodes, bureau: Ceremony) -> None:
        key = api.active_key(api.organisation("MA"), "tls")
        certificate = certificates.load_certificate(key.public)
        first = revocations.load_list(api.crl())
        api.key_revoke(keyid=key.keyid, reason="Server stolen", **acts(nodes))
        listed = revocations.load_list(api.crl())
        assert listed.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
        assert revocations.list_number(listed) > revocations.list_number(first)

    def test_a_recovery_key_is_no_reason_to_suspend(self, nodes: Nodes, bureau: Ceremony) -> None:
        assert bureau.material.recovery is not None
        api.key_revoke(keyid=bureau.material.recovery.keyid, reason="Lost", **acts(nodes))
        assert api.organisation("MA").status == "active"


class TestEmergency:
    def request(self, bureau: Ceremony, voucher: SigningKey | None) -> tuple[bytes, KeyMaterial]:
        fresh = replace(new_material(), recovery=None)
        envelope = api.keys_request_make(
            act="replace", address="MA", material=fresh, voucher=voucher, endpoints=bureau.gates
        )
        return envelope, fresh

    def test_the_recovery_key_replaces_all_keys(self, nodes: Nodes, bureau: Ceremony) -> None:
        stolen = bureau.material.signing.keyid
        api.key_revoke(keyid=stolen, reason="Burglary", **acts(nodes))
        envelope, fresh = self.request(bureau, bureau.material.recovery)
        api.emergency_key_replacement(envelope=envelope, reason="Burglary", **acts(nodes))
        assert fresh.signing is not None
        assert list(api.verify_keys("MA")) == [fresh.signing.keyid]
        assert api.organisation("MA").status == "active"
        states = dict(OrganisationKey.objects.filter(organisation_id="MA").values_list("keyid", "state"))
        assert states[bureau.material.sealing.keyid] == "revoked"

    def test_a_suspension_for_another_reason_stays(self, nodes: Nodes, bureau: Ceremony) -> None:
        api.organisation_suspend(address="MA", reason="Article 131", **acts(nodes))
        envelope, _ = self.request(bureau, bureau.material.recovery)
        api.emergency_key_replacement(envelope=envelope, reason="Burglary", **acts(nodes))
        assert api.organisation("MA").status == "suspended"

    def test_without_the_recovery_key_a_person_confirms(self, nodes: Nodes, bureau: Ceremony) -> None:
        envelope, fresh = self.request(bureau, None)
        with pytest.raises(JoinRefusedError, match="confirm its fingerprint"):
            api.emergency_key_replacement(envelope=envelope, reason="Fire", **acts(nodes))
        with pytest.raises(FingerprintError):
            api.emergency_key_replacement(
                envelope=envelope, reason="Fire", fingerprint=fingerprints.fingerprint_words(bytes(32)), **acts(nodes)
            )
        words = api.request_fingerprint(envelope)
        api.emergency_key_replacement(envelope=envelope, reason="Fire", fingerprint=words, **acts(nodes))
        assert fresh.sealing is not None
        assert api.sealing_key("MA") == fresh.sealing.public

    def test_the_stolen_signing_key_may_not_ask(self, nodes: Nodes, bureau: Ceremony) -> None:
        envelope, _ = self.request(bureau, bureau.material.signing)
        with pytest.raises(JoinRefusedError):
            api.emergency_key_replacement(envelope=envelope, reason="Theft", **acts(nodes))

    def test_nobody_replaces_keys_of_who_never_joined(self, nodes: Nodes) -> None:
        stranger = Ceremony(nodes, "NO")
        envelope = api.keys_request_make(
            act="replace",
            address="NO",
            material=stranger.material,
            voucher=None,
            endpoints=gates("https://ncb.example.no"),
        )
        with pytest.raises(ConflictError):
            api.emergency_key_replacement(
                envelope=envelope, reason="x", fingerprint=api.request_fingerprint(envelope), **acts(nodes)
            )


def test_the_directory_key_is_rotated(nodes: Nodes, bureau: Ceremony) -> None:
    (old,) = nodes.authority.directory_keys
    new = SigningKey.generate()
    both = Authority((old, new), nodes.authority.network)
    api.directory_key_announce(authority=both, actor="operator")
    version = api.directory_key_retire(keyid=old.keyid, authority=both, actor="operator")
    assert api.current().version == version.version
    alone = Authority((new,), nodes.authority.network)
    api.directory_publish(authority=alone, actor="operator")
    with pytest.raises(NoSuchKeyError):
        api.directory_key_retire(keyid=old.keyid, authority=both, actor="operator")


def test_a_fresh_version_is_issued_each_day(nodes: Nodes) -> None:
    assert not api.directory_reissue(authority=nodes.authority)
    assert api.directory_reissue(authority=nodes.authority, now=clock.now() + timedelta(days=1, minutes=1))
    assert api.current().version == 2
