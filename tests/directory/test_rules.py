import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.directory.network import new_authority

from jusur.crypto import dsse
from jusur.crypto.keys import SigningKey
from jusur.directory import document as wire
from jusur.directory import rules
from jusur.directory.errors import (
    DirectoryDocumentError,
    ForgedDirectoryError,
    ForkedDirectoryError,
    FutureDirectoryError,
    MissingVersionsError,
    RolledBackDirectoryError,
    StaleDirectoryError,
)
from jusur.directory.rules import Signed
from jusur.directory.schema import PAYLOAD_TYPE, DirectoryKey, Document, Key, Limits, Names, Organisation
from jusur.directory.services.authority import Authority
from jusur.directory.services.publication import directory_key
from jusur.kernel import canonical
from jusur.kernel.clock import timestamp

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AUTHORITY = new_authority()
OTHER = SigningKey.generate()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def signing_entry(key: SigningKey, **changes: Any) -> Key:
    entry = Key("signing", key.keyid, key.public.pem(), "active", timestamp(NOW - DAY), None, None)
    return msgspec.structs.replace(entry, **changes)


def bureau(address: str, *keys: Key, **changes: Any) -> Organisation:
    name = Names("مكتب", "Bureau", "Bureau", "Oficina")
    limits = Limits(("*",), ("*",), ("confidential", "official_use_only", "restricted"))
    row = Organisation(address, "bureau", name, address, "africa", "not-joined", limits, (), "", keys)
    return msgspec.structs.replace(row, **changes)


def made(
    version: int = 1,
    previous: str = "",
    *,
    at: datetime = NOW,
    life: timedelta = rules.LIFETIME,
    organisations: Sequence[Organisation] = (),
    keys: Sequence[DirectoryKey] = (),
    authority: Authority = AUTHORITY,
) -> Document:
    listed = keys or [directory_key(key, NOW) for key in authority.directory_keys]
    return Document(
        format="jusur-directory/1",
        version=version,
        previous=previous,
        issued_at=timestamp(at),
        expires_at=timestamp(at + life),
        directory_keys=tuple(sorted(listed, key=lambda key: key.keyid)),
        network_ca=authority.certificate(),
        crl=authority.revocation_list([], number=version, at=at, validity=life),
        organisations=tuple(organisations) or (bureau("MA"), bureau("NO", region="europe")),
    )


def signed(document: Document, *keys: SigningKey, pinned: Sequence[SigningKey] = ()) -> Signed:
    envelope = dsse.sign(PAYLOAD_TYPE, wire.encode(document), keys or AUTHORITY.directory_keys)
    return rules.open_signed(envelope, {key.keyid: key.public for key in pinned or AUTHORITY.directory_keys})


HELD = signed(made())


def successor(**changes: Any) -> Signed:
    return signed(made(2, HELD.digest, at=changes.pop("at", NOW + HOUR), **changes))


def test_the_next_version_is_accepted_and_the_same_one_changes_nothing() -> None:
    assert rules.check_successor(successor(), HELD, NOW + HOUR)
    assert not rules.check_successor(HELD, HELD, NOW + HOUR)


def test_wrong_directory_key_is_forged() -> None:
    with pytest.raises(ForgedDirectoryError):
        signed(made(), OTHER)


def test_an_older_version_is_a_rollback() -> None:
    with pytest.raises(RolledBackDirectoryError):
        rules.check_successor(HELD, successor(), NOW + HOUR)


def test_another_document_of_the_same_version_is_a_fork() -> None:
    with pytest.raises(ForkedDirectoryError):
        rules.check_successor(signed(made(at=NOW + HOUR)), HELD, NOW + HOUR)


def test_a_version_that_follows_another_one_is_a_fork() -> None:
    stranger = signed(made(2, wire.digest(b"another"), at=NOW + HOUR))
    with pytest.raises(ForkedDirectoryError):
        rules.check_successor(stranger, HELD, NOW + HOUR)


def test_a_version_issued_before_the_one_held_is_a_fork() -> None:
    with pytest.raises(ForkedDirectoryError):
        rules.check_successor(successor(at=NOW - HOUR), HELD, NOW)


def test_a_gap_asks_for_the_versions_between() -> None:
    later = signed(made(3, wire.digest(b"second"), at=NOW + HOUR))
    with pytest.raises(MissingVersionsError):
        rules.check_successor(later, HELD, NOW + HOUR)


def test_a_stale_version_is_accepted_only_as_a_step() -> None:
    late = NOW + HOUR + rules.LIFETIME
    with pytest.raises(StaleDirectoryError):
        rules.check_successor(successor(), HELD, late)
    assert rules.check_successor(successor(), HELD, late, step=True)
    assert rules.check_successor(successor(), HELD, late - timedelta(microseconds=1))


def test_the_future_is_refused_beyond_the_skew() -> None:
    assert rules.check_successor(successor(at=NOW + rules.SKEW), HELD, NOW)
    with pytest.raises(FutureDirectoryError):
        rules.check_successor(successor(at=NOW + rules.SKEW + timedelta(seconds=1)), HELD, NOW)


def test_a_revoked_key_stays_revoked() -> None:
    key = SigningKey.generate()
    revoked = signing_entry(key, state="revoked", revoked_at=timestamp(NOW))
    held = signed(made(organisations=[bureau("MA", revoked)]))
    for now_says in ((signing_entry(key),), (), (msgspec.structs.replace(revoked, revoked_at=timestamp(NOW + HOUR)),)):
        document = made(2, held.digest, at=NOW + HOUR, organisations=[bureau("MA", *now_says)])
        with pytest.raises(ForkedDirectoryError, match="good again"):
            rules.check_successor(signed(document), held, NOW + HOUR)
    earlier = msgspec.structs.replace(revoked, revoked_at=timestamp(NOW - HOUR))
    document = made(2, held.digest, at=NOW + HOUR, organisations=[bureau("MA", earlier)])
    assert rules.check_successor(signed(document), held, NOW + HOUR)


class TestDirectoryKeyRotation:
    old, new = AUTHORITY.directory_keys[0], SigningKey.generate()

    def both(self, state: str = "active") -> list[DirectoryKey]:
        old = msgspec.structs.replace(directory_key(self.old, NOW), state=state)
        return [old, directory_key(self.new, NOW)]

    def test_the_new_key_signs_its_own_announcement(self) -> None:
        document = made(2, HELD.digest, at=NOW + HOUR, keys=self.both())
        with pytest.raises(ForgedDirectoryError, match="did not sign"):
            signed(document, self.old)
        with pytest.raises(ForgedDirectoryError):
            signed(document, self.new)
        announced = signed(document, self.old, self.new)
        assert rules.check_successor(announced, HELD, NOW + HOUR)
        assert set(rules.pinned_keys(document)) == {self.old.keyid, self.new.keyid}

    def test_a_retired_key_signs_nothing_more(self) -> None:
        announcing = made(2, HELD.digest, at=NOW + HOUR, keys=self.both())
        announced = signed(announcing, self.old, self.new)
        retiring = made(3, announced.digest, at=NOW + 2 * HOUR, keys=self.both("retired"))
        retired = signed(retiring, self.new, pinned=[self.old, self.new])
        assert rules.check_successor(retired, announced, NOW + 2 * HOUR)
        after = made(4, retired.digest, at=NOW + 3 * HOUR, keys=self.both("retired"))
        envelope = dsse.sign(PAYLOAD_TYPE, wire.encode(after), [self.old])
        with pytest.raises(ForgedDirectoryError):
            rules.open_signed(envelope, rules.pinned_keys(retired.document))

    def test_a_revoked_directory_key_stays_revoked(self) -> None:
        revoking = made(2, HELD.digest, at=NOW + HOUR, keys=self.both("revoked"))
        held = signed(revoking, self.new, pinned=[self.new])
        again = signed(made(3, held.digest, at=NOW + 2 * HOUR, keys=self.both()), self.new, self.old, pinned=[self.new])
        with pytest.raises(ForkedDirectoryError, match="directory key"):
            rules.check_successor(again, held, NOW + 2 * HOUR)


def test_key_states_by_moment() -> None:
    key = SigningKey.generate()
    active = signing_entry(key)
    retired = signing_entry(key, state="retired", not_after=timestamp(NOW + HOUR))
    revoked = signing_entry(key, state="revoked", revoked_at=timestamp(NOW))
    assert rules.signs_now(active, NOW)
    assert not rules.signs_at(active, NOW - 2 * DAY)
    assert rules.signs_now(retired, NOW)
    assert not rules.signs_now(retired, NOW + HOUR)
    assert not rules.signs_now(revoked, NOW - HOUR)
    assert rules.signs_at(revoked, NOW - HOUR)
    assert not rules.signs_at(revoked, NOW)


@pytest.mark.parametrize(
    ("patterns", "kind", "covered"),
    [
        ((), "message.text", False),
        (("*",), "message.text", True),
        (("message.*",), "message.text", True),
        (("message.*",), "messages.text", False),
        (("message.*",), "message", False),
        (("message.text",), "message.text", True),
        (("message.text",), "message.text.urgent", False),
        (("evidence.*", "message.text"), "message.text", True),
    ],
)
def test_limits_cover(patterns: tuple[str, ...], kind: str, covered: bool) -> None:
    assert rules.covers(patterns, kind) is covered


def test_limits_bind_both_ways_and_only_active_organisations() -> None:
    limits = Limits(("message.text",), ("warning.*",), ("official_use_only",))
    partner = bureau("MA", limits=limits, status="active")
    assert rules.may_send(partner, "message.text", "official_use_only")
    assert not rules.may_send(partner, "warning.issued", "official_use_only")
    assert rules.may_receive(partner, "warning.issued", "official_use_only")
    assert not rules.may_receive(partner, "warning.issued", "confidential")
    suspended = msgspec.structs.replace(partner, status="suspended")
    assert not rules.may_receive(suspended, "warning.issued", "official_use_only")


KEY = SigningKey.generate()


@pytest.mark.parametrize(
    "organisations",
    [
        [bureau("NO"), bureau("MA")],
        [bureau("MA"), bureau("MA")],
        [bureau("ma")],
        [bureau("ZZ")],
        [bureau("MA", country="NO")],
        [bureau("MA", region="atlantis")],
        [bureau("MA", relay="MA")],
        [bureau("MA", relay="NO")],
        [bureau("MA", status="active")],
        [bureau("MA", name=Names("م", "Bureau\u202e", "b", "o"))],
        [bureau("MA", name=Names("م", " Bureau", "b", "o"))],
        [bureau("MA", limits=Limits(("b", "a"), (), ()))],
        [bureau("MA", limits=Limits(("A B",), (), ()))],
        [bureau("MA", signing_entry(KEY, state="revoked"))],
        [bureau("MA", signing_entry(KEY, state="retired"))],
        [bureau("MA", signing_entry(KEY, not_after=timestamp(NOW)))],
        [bureau("MA", signing_entry(KEY, not_before="2026-11-21T12:00:00Z"))],
        [bureau("MA", signing_entry(KEY)), bureau("NO", signing_entry(KEY))],
        [bureau("MA", signing_entry(KEY, keyid="0" * 31))],
    ],
)
def test_documents_that_break_the_format_are_neither_issued_nor_read(organisations: list[Organisation]) -> None:
    document = made(organisations=organisations)
    with pytest.raises(DirectoryDocumentError):
        wire.encode(document)
    with pytest.raises(DirectoryDocumentError):
        wire.decode(canonical.encode(json.loads(msgspec.json.encode(document))))


def test_a_key_that_its_keyid_does_not_name_is_refused() -> None:
    other = signing_entry(KEY, keyid=OTHER.keyid)
    with pytest.raises(DirectoryDocumentError, match="not the one its keyid names"):
        signed(made(organisations=[bureau("MA", other)]))


def test_unknown_members_and_respellings_are_refused() -> None:
    document = made()
    payload = wire.encode(document)
    assert wire.decode(payload) == document
    unknown = payload.replace(b'{"crl"', b'{"a":1,"crl"', 1)
    for changed in (payload + b" ", unknown, payload.replace(b'"version":1', b'"version":1.0', 1)):
        assert changed != payload
        with pytest.raises(DirectoryDocumentError):
            wire.decode(changed)


ENVELOPE = dsse.sign(PAYLOAD_TYPE, wire.encode(made()), AUTHORITY.directory_keys)
PAYLOAD = base64.b64decode(ENVELOPE["payload"])
PINNED = rules.pinned_keys(HELD.document)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PAYLOAD) * 8 - 1))
def test_any_flipped_bit_of_the_payload_is_forged(bit: int) -> None:
    altered = bytearray(PAYLOAD)
    altered[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ForgedDirectoryError):
        rules.open_signed({**ENVELOPE, "payload": base64.b64encode(altered).decode()}, PINNED)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 511))
def test_any_flipped_bit_of_the_signature_is_forged(bit: int) -> None:
    (entry,) = ENVELOPE["signatures"]
    altered = bytearray(base64.b64decode(entry["sig"]))
    altered[bit // 8] ^= 1 << bit % 8
    signatures = [{**entry, "sig": base64.b64encode(altered).decode()}]
    with pytest.raises(ForgedDirectoryError):
        rules.open_signed({**ENVELOPE, "signatures": signatures}, PINNED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["payload", "payloadType", "signatures"]), JSON)
def test_odd_envelopes_are_refused_and_never_crash(member: str, value: Any) -> None:
    if value == ENVELOPE[member]:
        return
    with pytest.raises(ForgedDirectoryError):
        rules.open_signed({**ENVELOPE, member: value}, PINNED)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(json.loads(PAYLOAD))), JSON)
def test_odd_documents_rightly_signed_are_refused_and_never_crash(member: str, value: Any) -> None:
    body = json.loads(PAYLOAD)
    if body[member] == value:
        return
    try:
        payload = canonical.encode({**body, member: value})
    except canonical.CanonicalJSONError:
        return
    with pytest.raises((DirectoryDocumentError, ForgedDirectoryError)):
        rules.open_signed(dsse.sign(PAYLOAD_TYPE, payload, AUTHORITY.directory_keys), PINNED)
