"""The index answers as comparing everybody would, keeps changes, and gives the same answers in parts."""

import json
import random
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from tests.matching.conftest import misspelt, people

from jusur.kernel.errors import ConflictError
from jusur.matching.batch import gallery
from jusur.matching.names_index import InvalidIndexError, NameIndex
from jusur.matching.scoring import compare
from jusur.matching.subject import Subject


def made(count: int, seed: int = 1) -> list[Subject]:
    draw = random.Random(seed)
    return [
        Subject(
            id=f"p{number}",
            names=(name,),
            birth_dates=(f"{draw.randint(1950, 2000)}-{draw.randint(1, 12):02d}",) if draw.random() < 0.5 else (),
            countries=(draw.choice(["MA", "NO", "PL"]),) if draw.random() < 0.5 else (),
            places=("Tangier",) if draw.random() < 0.3 else (),
            sex=draw.choice(["", "male", "female"]),
        )
        for number, name in enumerate(people(count, seed))
    ]


@pytest.fixture(scope="module")
def subjects() -> list[Subject]:
    return made(300)


@pytest.fixture(scope="module")
def index(subjects: list[Subject], tmp_path_factory: pytest.TempPathFactory) -> NameIndex:
    return NameIndex.build(subjects, tmp_path_factory.mktemp("index") / "names")


def by_hand(query: Subject, subjects: list[Subject], index: NameIndex, threshold: float) -> dict[str, float]:
    scores = {subject.id: compare(query, subject, index.weighing).score for subject in subjects}
    return {id_: score for id_, score in scores.items() if score >= threshold}


@pytest.mark.parametrize("threshold", [0.02, 0.5])
def test_the_bound_loses_nobody_and_scores_are_those_of_a_comparison(
    subjects: list[Subject], index: NameIndex, draw: random.Random, threshold: float
) -> None:
    found_any = 0
    for number in range(60):
        name = misspelt(draw.choice(subjects).names[0], draw)
        dates = ("1970-05",) if number % 2 else ()
        query = Subject(names=(name,), birth_dates=dates, countries=("MA",), sex="female", places=("Tanger",))
        expected = by_hand(query, subjects, index, threshold)
        found = {match.id: match.score for match in index.search(query, limit=300, threshold=threshold)}
        assert found.keys() >= {id_ for id_, score in expected.items() if score > threshold + 1e-4}
        for id_, score in found.items():
            assert score == pytest.approx(compare(query, subjects[int(id_[1:])], index.weighing).score, abs=1e-4)
        found_any += bool(found)
    assert found_any > 40


def test_the_best_ten_are_the_best_ten_of_all(subjects: list[Subject], index: NameIndex, draw: random.Random) -> None:
    for _ in range(40):
        query = Subject(names=(misspelt(draw.choice(subjects).names[0], draw),))
        expected = sorted(by_hand(query, subjects, index, 0.001).values(), reverse=True)[:10]
        found = [match.score for match in index.search(query, threshold=0.001)]
        assert found == pytest.approx(expected, abs=1e-4)
        assert all(one >= other for one, other in pairwise(found))


def test_reasons_add_up_to_the_score(subjects: list[Subject], index: NameIndex) -> None:
    for subject in subjects[:50]:
        match = index.search(subject, limit=1)[0]
        verdict = compare(subject, subjects[int(match.id[1:])], index.weighing)
        assert [(r.code, r.query, r.record) for r in match.reasons] == [
            (r.code, r.query, r.record) for r in verdict.reasons
        ]
        assert sum(r.weight for r in match.reasons) == pytest.approx(sum(r.weight for r in verdict.reasons), abs=1e-3)


def test_what_is_put_is_found_at_once_and_after_opening_again(tmp_path: Path, subjects: list[Subject]) -> None:
    index = NameIndex.build(subjects[:50], tmp_path / "names")
    fresh = [Subject(id=f"new{number}", names=(f"Zebulon Quartermaine{'abcdefghij'[number]}",)) for number in range(9)]
    for subject in fresh:
        index.put([subject])
        assert index.search(Subject(names=subject.names), limit=1)[0].id == subject.id
    index.withdraw(["new3", "p1", "nobody"])
    index.put([Subject(id="p2", names=("Somebody Else",))])
    for opened in (index, NameIndex.open(tmp_path / "names")):
        assert len(opened) == 50 + 9 - 2
        assert {subject.id for subject in opened.subjects()} == {subject.id for subject in index.subjects()}
        assert "new3" not in {m.id for m in opened.search(Subject(names=fresh[3].names), limit=100, threshold=0.01)}
        assert opened.search(Subject(names=("Somebody Else",)))[0].id == "p2"
        assert "p2" not in {m.id for m in opened.search(subjects[2], limit=100, threshold=0.9)}


def test_compacting_keeps_everybody(tmp_path: Path, subjects: list[Subject]) -> None:
    index = NameIndex.build(subjects[:80], tmp_path / "old")
    index.put(made(20, seed=9)[:5])
    index.withdraw(["p7"])
    compacted = index.compact(tmp_path / "new")
    assert sorted(compacted.subjects(), key=lambda s: s.id) == sorted(index.subjects(), key=lambda s: s.id)
    assert len(compacted) == len(index)


def test_parts_of_a_divided_index_answer_as_the_whole(
    tmp_path: Path, subjects: list[Subject], index: NameIndex
) -> None:
    parts = [NameIndex.build(subjects[at::3], tmp_path / f"part{at}", weighing=index.weighing) for at in range(3)]
    for subject in subjects[:60]:
        together = [found for part in parts for found in part.ranked(Subject(names=subject.names), threshold=0.05)]
        together.sort(key=lambda found: -found[1])
        whole = index.ranked(Subject(names=subject.names), threshold=0.05)
        assert [score for _, score in together[:10]] == pytest.approx([score for _, score in whole], abs=1e-5)
        clear = {id_ for id_, score in whole if score > whole[-1][1] + 1e-6}
        assert clear <= {id_ for id_, _ in together[:10]}


def test_readers_are_not_disturbed_by_a_writer(tmp_path: Path, subjects: list[Subject]) -> None:
    index = NameIndex.build(subjects, tmp_path / "names")
    wrong: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            lost = [one.id for one in subjects[:20] if not index.search(Subject(names=one.names), threshold=0.5)]
            wrong.extend(lost)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(40):
        index.put([Subject(id=f"w{number}", names=(f"Writer {'abcdefghij'[number % 10]}ovsky",))])
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong


def test_a_change_cut_short_by_a_crash_is_dropped(tmp_path: Path, subjects: list[Subject]) -> None:
    index = NameIndex.build(subjects[:5], tmp_path / "names")
    index.put([Subject(id="kept", names=("Zebulon Quartermaine",))])
    with (tmp_path / "names" / "journal.jsonl").open("a") as journal:
        journal.write('{"put": {"id": "half", "nam')
    assert len(NameIndex.open(tmp_path / "names")) == 6


def test_a_folder_that_holds_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidIndexError):
        NameIndex.open(tmp_path)
    (tmp_path / "index.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(InvalidIndexError):
        NameIndex.open(tmp_path)
    with pytest.raises(ConflictError):
        NameIndex.build([], tmp_path)


def test_an_empty_index_and_an_unreadable_query_find_nobody(tmp_path: Path, index: NameIndex) -> None:
    empty = NameIndex.build([], tmp_path / "names")
    assert empty.search(Subject(names=("Anybody",))) == []
    for name in ("", "   ", "!!!", "\u202e", "…"):
        assert index.search(Subject(names=(name,))) == []
    assert index.search(Subject()) == []


def test_names_of_one_subject_count_once() -> None:
    segment = gallery([("a", "Omar Haddad"), ("a", "Omar el-Haddad"), ("b", "Grace Lindqvist")])
    assert len(segment.ids) == 2
