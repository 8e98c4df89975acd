import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.directory.network import Ceremony, Nodes, gates, new_material

from jusur.crypto import certificates, dsse, fingerprints
from jusur.crypto.keys import SigningKey
from jusur.directory import api, ceremony, possession, requests
from jusur.directory.errors import (
    DirectoryDocumentError,
    FingerprintError,
    ForgedDirectoryError,
    JoinRefusedError,
)
from jusur.directory.models import DirectoryVersion, Invitation, JoinRequest
from jusur.directory.services import enrolment
from jusur.kernel import clock, ids
from jusur.kernel.errors import ConflictError, JusurError, NotFoundError
from jusur.ledger import api as ledger

GATES = gates("https://ncb.example.ma:8443")


def test_a_bureau_joins_and_both_sides_hold_the_same_directory(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    ceremony_.make_request()
    bundle = ceremony_.admit()
    assert api.organisation("MA").status == "active"
    at_secretariat = api.current()

    nodes.turn_to("MA")
    stored: list[ceremony.Welcome] = []
    welcome = api.join_complete(
        bundle=bundle,
        keys=ceremony_.material.holder(),
        fingerprint=ceremony_.directory_words(),
        store=stored.append,
        actor="operator",
    )
    assert stored == [welcome]
    assert api.current() == at_secretariat
    assert list(api.verify_keys("MA")) == [ceremony_.material.signing.keyid]
    assert api.sealing_key("MA") == ceremony_.material.sealing.public
    assert str(api.age_recipient("MA")) == str(ceremony_.material.evidence.recipient())
    assert api.log_key("MA") == ceremony_.material.log.public
    assert api.gate_url("MA") == "https://ncb.example.ma:8443"
    certificate = certificates.load_certificate(welcome.tls_certificate)
    certificates.check_certificate(certificate, certificates.load_certificate(api.tls_ca()), "tls", at=clock.now())


def test_each_step_is_in_the_ledger(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    ceremony_.make_request()
    ceremony_.admit()
    kinds = [event.kind for event in ledger.events("directory.join-request", str(ceremony_.request_id()))]
    assert kinds == ["directory.join.asked", "directory.join.received", "directory.join.admitted"]


def test_the_token_is_not_kept(nodes: Nodes) -> None:
    paper = api.invitation_issue(address="MA", authority=nodes.authority, actor="operator")
    row = Invitation.objects.get()
    assert paper.token.encode() not in bytes(row.token_sha256)
    assert len(bytes(row.token_sha256)) == 32
    written = api.read_invitation(api.write_invitation(paper))
    assert written == paper
    assert fingerprints.matches(paper.directory_fingerprint, Ceremony(nodes, "MA").directory_digest())


def test_a_new_invitation_ends_the_one_before(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    request = ceremony_.make_request()
    api.invitation_issue(address="MA", authority=nodes.authority, actor="operator")
    with pytest.raises(JoinRefusedError, match="expired"):
        api.join_request_receive(token=ceremony_.paper.token, envelope=request)


def test_a_request_sent_again_is_answered_again(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    request = ceremony_.make_request()
    first = api.join_request_receive(token=ceremony_.paper.token, envelope=request)
    assert api.join_request_receive(token=ceremony_.paper.token, envelope=request) == first
    other = ceremony_.sign_request()
    with pytest.raises(JoinRefusedError, match="used"):
        api.join_request_receive(token=ceremony_.paper.token, envelope=other)


def test_wrong_fingerprint_admits_nobody(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    row = api.join_request_receive(token=ceremony_.issue().token, envelope=ceremony_.sign_request())
    other = fingerprints.fingerprint_words(bytes(32))
    with pytest.raises(FingerprintError):
        api.join_request_admit(request_id=row.id, fingerprint=other, authority=nodes.authority, actor="operator")
    assert api.organisation("MA").status == "not-joined"
    assert api.current().version == 1


def test_a_request_is_decided_once(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    ceremony_.make_request()
    ceremony_.admit()
    row = JoinRequest.objects.get(state="admitted")
    with pytest.raises(ConflictError):
        api.join_request_refuse(request_id=row.id, reason="too late", actor="operator")
    with pytest.raises(NotFoundError):
        api.join_request_refuse(request_id=ids.new_id(), reason="nobody", actor="operator")


def test_standing_is_for_the_holder_of_the_token(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    row = api.join_request_receive(token=ceremony_.issue().token, envelope=ceremony_.sign_request())
    assert api.join_standing(request_id=row.id, token=ceremony_.paper.token).state == "received"
    with pytest.raises(NotFoundError):
        api.join_standing(request_id=row.id, token="another")
    with pytest.raises(NotFoundError):
        api.join_standing(request_id=ids.new_id(), token=ceremony_.paper.token)
    api.join_request_refuse(request_id=row.id, reason="Not confirmed by telephone", actor="operator")
    standing = api.join_standing(request_id=row.id, token=ceremony_.paper.token)
    assert (standing.state, standing.reason, standing.bundle) == ("refused", "Not confirmed by telephone", None)


def test_the_node_refuses_another_directory_key(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    ceremony_.make_request()
    bundle = ceremony_.admit()
    nodes.turn_to("MA")
    with pytest.raises(FingerprintError):
        api.join_complete(
            bundle=bundle,
            keys=ceremony_.material.holder(),
            fingerprint=fingerprints.fingerprint(bytes(32)),
            store=print,
            actor="operator",
        )
    assert not api.has_directory()


def test_the_node_refuses_a_welcome_to_somebody_elses_request(nodes: Nodes) -> None:
    other = Ceremony(nodes, "NO")
    other.make_request()
    bundle = other.admit()
    own = Ceremony(nodes, "MA")
    own.make_request()
    nodes.turn_to("MA")
    with pytest.raises(JoinRefusedError, match="not an answer"):
        api.join_complete(
            bundle=bundle, keys=own.material.holder(), fingerprint=own.directory_words(), store=print, actor="operator"
        )
    assert not api.has_directory()


def test_nothing_holds_when_certificates_cannot_be_stored(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    ceremony_.make_request()
    bundle = ceremony_.admit()
    nodes.turn_to("MA")

    def full(welcome: ceremony.Welcome) -> None:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        api.join_complete(
            bundle=bundle,
            keys=ceremony_.material.holder(),
            fingerprint=ceremony_.directory_words(),
            store=full,
            actor="operator",
        )
    assert not DirectoryVersion.objects.exists()


def test_the_node_notices_that_its_keys_were_exchanged_on_the_way(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    ceremony_.make_request()
    thief = Ceremony(nodes, "MA", material=new_material())
    thief.paper, thief.id_ = ceremony_.paper, ceremony_.request_id()
    bundle = thief.admit()  # an operator who compares carelessly
    nodes.turn_to("MA")
    with pytest.raises(JoinRefusedError):
        api.join_complete(
            bundle=bundle,
            keys=ceremony_.material.holder(),
            fingerprint=ceremony_.directory_words(),
            store=print,
            actor="operator",
        )


def test_a_tampered_bundle_is_refused(nodes: Nodes) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    envelope = ceremony_.make_request()
    sealed = ceremony_.admit()
    request, digest = requests.peek(envelope), requests.open_request(envelope).digest
    bundle = json.loads(possession.open_sealed(sealed, request, digest, ceremony_.material.holder()))
    payload = base64.b64decode(bundle["directory"]["payload"]).replace(b'"suspended"', b'"withdrawn"')
    payload = payload.replace(b"ncb.example.ma", b"evil.example.ma")
    bundle["directory"]["payload"] = base64.b64encode(payload).decode()
    nodes.turn_to("MA")
    with pytest.raises(ForgedDirectoryError):
        api.join_complete(
            bundle=possession.seal(json.dumps(bundle).encode(), request, digest),
            keys=ceremony_.material.holder(),
            fingerprint=ceremony_.directory_words(),
            store=print,
            actor="operator",
        )


@pytest.mark.parametrize("lost", ["sealing", "evidence"])
def test_who_does_not_hold_the_keys_asked_for_gets_no_certificates(nodes: Nodes, lost: str) -> None:
    ceremony_ = Ceremony(nodes, "MA")
    ceremony_.make_request()
    bundle = ceremony_.admit()
    assert b"CERTIFICATE" not in bundle
    nodes.turn_to("MA")
    for other in (getattr(new_material(), lost), None):
        holder = ceremony_.material.holder()._replace(**{lost: other})
        with pytest.raises(JoinRefusedError):
            api.join_complete(
                bundle=bundle, keys=holder, fingerprint=ceremony_.directory_words(), store=print, actor="operator"
            )
    assert not api.has_directory()


def test_a_node_asks_only_under_its_own_invitation(nodes: Nodes) -> None:
    paper = api.invitation_issue(address="MA", authority=nodes.authority, actor="operator")
    nodes.turn_to("NO")
    with pytest.raises(JoinRefusedError, match="is for MA"):
        api.join_request_make(
            invitation=paper, address="NO", material=new_material(), endpoints=GATES, actor="operator"
        )


class TestHostileRequests:
    def test_unknown_token(self, nodes: Nodes) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        for token in ("", "x" * 43, "\ud800", "0" * 10_000):
            with pytest.raises(JoinRefusedError, match="no such invitation"):
                api.join_request_receive(token=token, envelope=ceremony_.sign_request())

    def test_invitation_of_another_organisation(self, nodes: Nodes) -> None:
        mine, theirs = Ceremony(nodes, "MA"), Ceremony(nodes, "NO")
        mine.issue()
        theirs.issue()
        theirs.paper = replace_paper(theirs.paper, id=mine.paper.id)
        with pytest.raises(JoinRefusedError, match="not for this organisation"):
            api.join_request_receive(token=mine.paper.token, envelope=theirs.sign_request())

    def test_signing_key_of_somebody_else(self, nodes: Nodes) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        stolen = replace(ceremony_.material, signing=nodes.own.signing)
        ceremony_.material = stolen
        with pytest.raises(JoinRefusedError, match="is or was in the directory"):
            api.join_request_receive(token=ceremony_.paper.token, envelope=ceremony_.sign_request())

    @pytest.mark.parametrize("left_out", ["signing", "log", "recovery"])
    def test_no_proof_of_possession(self, nodes: Nodes, left_out: str) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        signers = [key for key in ceremony_.material.signers() if key is not getattr(ceremony_.material, left_out)]
        with pytest.raises(JoinRefusedError, match="did not sign"):
            api.join_request_receive(
                token=ceremony_.paper.token, envelope=enrolment.request_sign(ceremony_.request(), signers)
            )

    def test_certificate_request_for_another_gate(self, nodes: Nodes) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        request = ceremony_.request(endpoints=gates("https://gs.example.org:8443"))
        lying = requests_with(request, endpoints=GATES)
        row = api.join_request_receive(token=ceremony_.paper.token, envelope=ceremony_.sign(lying))
        words = fingerprints.fingerprint_words(bytes.fromhex(row.digest))
        with pytest.raises(JoinRefusedError, match=r"asks for gs\.example\.org"):
            api.join_request_admit(request_id=row.id, fingerprint=words, authority=nodes.authority, actor="operator")
        assert api.organisation("MA").status == "not-joined"

    def test_expired_invitation(self, nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        monkeypatch.setenv(clock.OFFSET_VARIABLE, str(timedelta(days=15).total_seconds()))
        with pytest.raises(JoinRefusedError, match="expired"):
            api.join_request_receive(token=ceremony_.paper.token, envelope=ceremony_.sign_request())

    def test_request_from_before_the_invitation(self, nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        monkeypatch.setenv(clock.OFFSET_VARIABLE, "-86400")
        early = ceremony_.sign_request()
        monkeypatch.delenv(clock.OFFSET_VARIABLE)
        with pytest.raises(JoinRefusedError, match="not made after"):
            api.join_request_receive(token=ceremony_.paper.token, envelope=early)

    @pytest.mark.parametrize(
        "url",
        [
            "http://ncb.example.ma",
            "https://user@ncb.example.ma",
            "https://ncb.example.ma/path",
            "https://ncb.example.ma:0",
            "https://ncb.example.ma:99999",
            "https://NCB.example.ma",
            "https://ncb.example.ma\u202e",
            "file:///etc/passwd",
            "https://" + "a" * 300,
        ],
    )
    def test_gates_that_are_no_gates(self, nodes: Nodes, url: str) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        asked = requests_with(ceremony_.request(), endpoints=gates(url))
        payload = json.dumps(as_builtins(asked), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        envelope = dsse.sign(requests.PAYLOAD_TYPE, payload.encode(), ceremony_.material.signers())
        with pytest.raises(DirectoryDocumentError):
            api.join_request_receive(token=ceremony_.paper.token, envelope=json.dumps(envelope).encode())

    @pytest.mark.parametrize(
        "envelope",
        [
            b"",
            b"[]",
            b"{}",
            b'{"payload":1,"payloadType":"x","signatures":[]}',
            b'{"payload":"e30=","payloadType":"application/vnd.jusur.key-request+json","signatures":[]}',
            b'{"payload":"!","payloadType":"","signatures":{}}',
            b"[" * 5000,
            b"\xff\xfe",
            b'{"payload":"' + b"A" * 200_000 + b'"}',
        ],
    )
    def test_shapes_that_are_none(self, nodes: Nodes, envelope: bytes) -> None:
        with pytest.raises(JusurError) as refused:
            api.join_request_receive(token="x", envelope=envelope)
        assert refused.value.status < 500

    def test_a_key_signs_only_for_its_own_request(self, nodes: Nodes) -> None:
        ceremony_ = Ceremony(nodes, "MA")
        ceremony_.issue()
        stranger = SigningKey.generate()
        envelope = enrolment.request_sign(ceremony_.request(), [*ceremony_.material.signers(), stranger])
        with pytest.raises(JoinRefusedError):
            api.join_request_receive(token=ceremony_.paper.token, envelope=envelope)


def replace_paper(paper: ceremony.InvitationPaper, **changes: str) -> ceremony.InvitationPaper:
    import msgspec

    return msgspec.structs.replace(paper, **changes)


def requests_with(request: requests.KeyRequest, **changes: object) -> requests.KeyRequest:
    import msgspec

    return msgspec.structs.replace(request, **changes)


def as_builtins(request: requests.KeyRequest) -> object:
    import msgspec

    return msgspec.to_builtins(request)
