import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.matching import exact_kernels
from jusur.matching.exact import DamagedIndexError, ExactIndex, InvalidKeyError
from jusur.matching.exact_files import FILES, JOURNAL, MANIFEST

UUID = "0190f5c0-7a3e-7d1c-9c3b-5a1f2e3d4c5b"
PAIRS: list[tuple[str, str | int]] = [
    ("passport:MA:AB123456", UUID),
    ("passport:MA:AB123456", 7),
    ("iban:MA64011519000001205000534921", "list-un.12"),
    ("email:أمل@xn--mgbh0fb.xn--kgbechtv", UUID.upper()),
]


@pytest.fixture
def index(tmp_path: Path) -> ExactIndex:
    return ExactIndex.build(PAIRS, tmp_path / "one", position=5)


def test_siphash_is_the_published_function() -> None:
    # The paper's appendix A: key 00 01 … 0f, input 00 01 … 0e.
    halves = (np.uint64(0x0706050403020100), np.uint64(0x0F0E0D0C0B0A0908))

    assert int(exact_kernels.siphash(np.arange(15, dtype=np.uint8), 0, 15, *halves)) == 0xA129CA6149BE45E5


def test_a_key_leads_to_its_records_whatever_their_kind(index: ExactIndex) -> None:
    assert index.lookup("passport:MA:AB123456") == (UUID, 7)
    assert index.lookup("iban:MA64011519000001205000534921") == ("list-un.12",)
    assert index.lookup("email:أمل@xn--mgbh0fb.xn--kgbechtv") == (UUID.upper(),)
    assert index.lookup("passport:MA:AB123457") == ()
    assert len(index) == 4
    assert index.position == 5


def test_a_batch_answers_as_single_lookups_do(index: ExactIndex) -> None:
    keys = [key for key, _ in PAIRS] + ["passport:NO:1"] * 3

    assert index.lookup_many(keys) == [index.lookup(key) for key in keys]
    assert index.lookup_many([]) == []


def test_a_collision_of_fingerprints_is_never_a_hit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def same(_keys: object, starts: np.ndarray, *_: object) -> np.ndarray:
        return np.zeros(len(starts) - 1, np.uint64)

    monkeypatch.setattr("jusur.matching.exact_build.fingerprints", same)
    monkeypatch.setattr("jusur.matching.exact.fingerprints", same)
    index = ExactIndex.build([(f"key:{at}", at) for at in range(50)], tmp_path / "one")

    assert index.lookup_many([f"key:{at}" for at in range(60)]) == [(at,) if at < 50 else () for at in range(60)]


def test_one_key_with_very_many_records(tmp_path: Path) -> None:
    index = ExactIndex.build((("phone:+212537717171", at) for at in range(3000)), tmp_path / "one")

    assert sorted(index.lookup("phone:+212537717171"), key=int) == list(range(3000))
    assert index.lookup_many(["phone:+212537717171"])[0] == index.lookup("phone:+212537717171")


def test_doubled_pairs_are_one(tmp_path: Path) -> None:
    index = ExactIndex.build([("a", 1), ("a", 1), ("b", "x"), ("a", 1)], tmp_path / "one")

    assert len(index) == 2
    assert index.lookup("a") == (1,)


def test_an_empty_index_answers(tmp_path: Path) -> None:
    index = ExactIndex.build([], tmp_path / "one")

    assert index.lookup_many(["a", "b"]) == [(), ()]
    index.put([("a", 1)])
    assert index.lookup("a") == (1,)


def test_a_change_is_seen_by_the_next_lookup_and_the_next_start(index: ExactIndex) -> None:
    index.put([("phone:+1", 9), ("passport:MA:AB123456", 9)], position=6)
    index.withdraw([7], position=7)

    for found in (index, ExactIndex.open(index.folder)):
        assert found.lookup("phone:+1") == (9,)
        assert found.lookup("passport:MA:AB123456") == (UUID, 9)
        assert found.lookup_many(["passport:MA:AB123456"]) == [(UUID, 9)]
        assert found.position == 7
        assert found.pending == 2


def test_a_corrected_record_loses_its_old_keys(index: ExactIndex) -> None:
    index.replace([7], [("passport:MA:ZZ1", 7)])
    index.replace([7], [("passport:MA:ZZ2", 7)])

    assert index.lookup("passport:MA:AB123456") == (UUID,)
    assert index.lookup("passport:MA:ZZ1") == ()
    assert index.lookup("passport:MA:ZZ2") == (7,)


def test_compaction_keeps_what_is_true(index: ExactIndex, tmp_path: Path) -> None:
    index.put([("phone:+1", 9), ("phone:+2", 10)], position=6)
    index.withdraw([7, 10], position=7)

    fresh = index.compact(tmp_path / "two")

    assert fresh.pending == 0
    assert fresh.position == 7
    assert len(fresh) == 4
    for key in [*(key for key, _ in PAIRS), "phone:+1", "phone:+2"]:
        assert fresh.lookup(key) == index.lookup(key)
    fresh.verify()


def test_changes_during_a_compaction_are_not_lost(index: ExactIndex, tmp_path: Path) -> None:
    def meanwhile(stage: str, done: int, _of: int) -> None:
        if stage == "sort" and done == 1:
            index.put([("phone:+3", 3)], position=8)
            index.withdraw(["list-un.12"], position=9)

    fresh = index.compact(tmp_path / "two", progress=meanwhile)

    assert fresh.lookup("phone:+3") == (3,)
    assert fresh.lookup("iban:MA64011519000001205000534921") == ()
    assert fresh.position == 9


def test_half_a_line_of_the_journal_is_dropped(index: ExactIndex) -> None:
    index.put([("phone:+1", 1)], position=6)
    index.put([("phone:+2", 2)], position=7)
    journal = index.folder / JOURNAL
    os.truncate(journal, journal.stat().st_size - 3)

    again = ExactIndex.open(index.folder)
    assert (again.lookup("phone:+1"), again.lookup("phone:+2"), again.position) == ((1,), (), 6)
    again.put([("phone:+3", 3)], position=8)
    assert ExactIndex.open(index.folder).lookup("phone:+3") == (3,)


@pytest.mark.parametrize("key", ["", "a" * 256, "é" * 128, "a\0b", "\ud800"])
def test_what_is_no_key_is_refused(index: ExactIndex, key: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidKeyError):
        index.lookup(key)
    with pytest.raises(InvalidKeyError):
        index.lookup_many(["a", key])
    with pytest.raises(InvalidKeyError):
        index.put([("a", 1), (key, 1)])
    with pytest.raises(InvalidKeyError):
        ExactIndex.build([("a", 1), (key, 1)], tmp_path / "two")
    assert index.lookup("a") == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one"]


@pytest.mark.parametrize("record", [-1, 1 << 63, "", "x" * 256])
def test_what_is_no_record_is_refused(index: ExactIndex, record: str | int) -> None:
    with pytest.raises(InvalidKeyError):
        index.put([("a", record)])


def test_a_failed_build_leaves_nothing_and_a_folder_is_never_overwritten(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str, int]]:
        yield "a", 1
        raise OSError

    with pytest.raises(OSError):
        ExactIndex.build(broken(), tmp_path / "one")
    assert list(tmp_path.iterdir()) == []

    ExactIndex.build([("a", 1)], tmp_path / "one")
    with pytest.raises(InvalidInputError):
        ExactIndex.build([("a", 2)], tmp_path / "one")
    assert ExactIndex.open(tmp_path / "one").lookup("a") == (1,)


def test_what_a_crash_left_is_no_index_and_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "one.building").mkdir()
    (tmp_path / "one.building" / "entries").write_bytes(b"half")
    with pytest.raises(DamagedIndexError):
        ExactIndex.open(tmp_path / "one")

    assert ExactIndex.build([("a", 1)], tmp_path / "one").lookup("a") == (1,)
    assert not (tmp_path / "one.building").exists()


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_cut_file_is_noticed_at_once(index: ExactIndex, name: str) -> None:
    path = index.folder / name
    os.truncate(path, path.stat().st_size // 2)

    with pytest.raises(DamagedIndexError):
        ExactIndex.open(index.folder)


def test_a_changed_file_is_noticed_when_verified(index: ExactIndex) -> None:
    index.verify()
    data = bytearray((index.folder / "entries").read_bytes())
    data[3] ^= 1
    (index.folder / "entries").write_bytes(data)

    with pytest.raises(DamagedIndexError, match="entries"):
        ExactIndex.open(index.folder).verify()


@pytest.mark.parametrize("manifest", ["[]", "{}", '{"format": "other"}', "x"])
def test_a_manifest_of_another_form_is_refused(index: ExactIndex, manifest: str) -> None:
    (index.folder / MANIFEST).write_text(manifest)

    with pytest.raises(DamagedIndexError):
        ExactIndex.open(index.folder)


def test_the_manifest_names_every_file(index: ExactIndex) -> None:
    body = json.loads((index.folder / MANIFEST).read_text())

    assert set(body["files"]) == set(FILES)
    assert body["count"] == 4


def test_a_closed_index_answers_and_takes_no_change(index: ExactIndex) -> None:
    index.close()

    assert index.lookup("iban:MA64011519000001205000534921") == ("list-un.12",)
    with pytest.raises(ConflictError):
        index.withdraw([7])


def test_readers_go_on_while_one_writes(index: ExactIndex) -> None:
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found = index.lookup_many(["passport:MA:AB123456", "phone:+1"])
            if found[0][:1] != (UUID,):
                wrong.append(found)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for at in range(60):
        index.put([("phone:+1", at)])
        index.withdraw([at])
    done.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert index.lookup("phone:+1") == ()


KEYS = st.text("ab:1é", min_size=1, max_size=6)
RECORDS = st.integers(0, 5) | st.sampled_from([UUID, "x", "y"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(KEYS, RECORDS), max_size=30),
    st.lists(st.tuples(st.booleans(), KEYS, RECORDS), max_size=12),
)
def test_it_answers_as_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory,
    pairs: list[tuple[str, str | int]],
    changes: list[tuple[bool, str, str | int]],
) -> None:
    folder = tmp_path_factory.mktemp("exact")
    index, model = ExactIndex.build(pairs, folder / "one"), set(pairs)
    for adds, key, record in changes:
        if adds:
            index.put([(key, record)])
            model.add((key, record))
        else:
            index.withdraw([record])
            model = {pair for pair in model if pair[1] != record}
    keys = sorted({key for key, *_ in pairs} | {key for _, key, _ in changes} | {"absent"})
    expected = [{record for key, record in model if key == one} for one in keys]
    for found in (index, ExactIndex.open(folder / "one"), index.compact(folder / "two")):
        assert [set(one) for one in found.lookup_many(keys)] == expected
        assert [set(found.lookup(key)) for key in keys] == expected
