"""Names of every script meet their romanisations, and different names do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.matching import sounds
from jusur.matching.kernels import LEAST
from jusur.matching.key_kernels import SHORT, WHOLE, codes_of, probes_of
from jusur.matching.names import parse
from jusur.matching.packing import packed
from jusur.matching.scoring import compare, likeness
from jusur.matching.subject import Subject

SAME = [
    ("محمد الفاسي", "Mohamed El Fassi"),
    ("عبد الرحمن بن يوسف", "Abderrahmane Ben Youssef"),
    ("عبدالله الحداد", "Abdullah al-Haddad"),
    ("نور الدين قاسم", "Noureddine Kacem"),
    ("أبو بكر صالح", "Aboubakar Saleh"),
    ("جواد ظریف‌پور", "Javad Zarifpour"),
    ("چودھری پرویز", "Chaudhry Pervez"),
    ("יוסף לוי", "Yosef Levi"),
    ("ג'ורג' תומפסון", "George Thompson"),
    ("Сергей Щербаков", "Sergey Shcherbakov"),
    ("Сергей Щербаков", "Serguei Chtcherbakov"),
    ("Ігор Гончаренко", "Ihor Honcharenko"),
    ("Ігар Шведаў", "Ihar Shvedau"),
    ("Ђорђе Петровић", "Djordje Petrovic"),
    ("Георги Димитров", "Georgi Dimitrov"),
    ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
    ("王小明", "Wang Xiaoming"),
    ("歐陽志強", "Ouyang Zhiqiang"),
    ("김민준", "Kim Min-jun"),
    ("이서연", "Lee Seo-yeon"),
    ("박지훈", "Park Jihoon"),
    ("윌리엄 톰슨", "William Thompson"),
    ("たなか ゆうき", "Tanaka Yuki"),
    ("タナカ ユウキ", "Yuki Tanaka"),
    ("राहुल शर्मा", "Rahul Sharma"),
    ("სანდრო ბერიძე", "Sandro Beridze"),
    ("Արամ Պետրոսյան", "Aram Petrosyan"),
    ("ዳዊት ተስፋዬ", "Dawit Tesfaye"),
    ("François Müller", "Francois Mueller"),
    ("Łukasz Żukowski", "Lukasz Zukowski"),
    ("Nguyễn Văn Đức", "Nguyen Van Duc"),
    ("KOVAČEVIĆ, Željko", "Zeljko Kovacevic"),
]
DIFFERENT = [
    ("محمد الفاسي", "Mustafa Idrissi"),
    ("Сергей Щербаков", "Nikolai Kuznetsov"),
    ("김민준", "Park Seo-yeon"),
    ("יוסף לוי", "David Cohen"),
    ("王小明", "Li Guoqiang"),
    ("John Carpenter", "Maria Gonzalez"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_name_meets_its_romanisation_both_ways(one: str, other: str) -> None:
    for query, record in ((one, other), (other, one)):
        assert compare(Subject(names=(query,)), Subject(names=(record,))).score > 0.8


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert compare(Subject(names=(one,)), Subject(names=(other,))).score < 0.2


def test_prices_are_symmetric_and_equal_symbols_cost_nothing() -> None:
    letters = sounds.alphabet()
    assert np.array_equal(letters.cost, letters.cost.T)
    assert not np.diagonal(letters.cost).any()
    assert len(letters.numbers) < 256


@settings(deadline=None)
@given(st.binary(max_size=24).map(lambda raw: bytes(b % len(sounds.alphabet().numbers) for b in raw)))
def test_compiled_keys_are_the_keys(word: bytes) -> None:
    found = np.empty(96, np.int64)
    row = np.frombuffer(bytearray(word), np.uint8)
    count = codes_of(row, sounds.alphabet().choices, found)
    whole, short, long = sounds.keys(word)
    kinds: dict[int, set[int]] = {0: set(), 1: set(), 2: set()}
    for code in found[:count].tolist():
        kinds[code % 4].add(code // 4)
    assert [kinds[WHOLE], kinds[SHORT], kinds[2]] == [set(whole), set(short), set(long)]
    assert set(probes_of(row, sounds.alphabet().choices).tolist()) >= {4 * key for key in whole}


words = st.text(st.sampled_from("abcdeghiklmnoprstuvwyz"), min_size=1, max_size=12)


@settings(deadline=None)
@given(words, words)
def test_probing_finds_exactly_the_words_that_share_a_key(one: str, other: str) -> None:
    a, b = (sounds.encode(word, "latin") for word in (one, other))
    found = np.empty(96, np.int64)
    choices = sounds.alphabet().choices
    held = set(found[: codes_of(np.frombuffer(bytearray(b), np.uint8), choices, found)].tolist())
    probes = set(probes_of(np.frombuffer(bytearray(a), np.uint8), choices).tolist())
    assert bool(held & probes) == sounds.share_a_key(a, b)


@settings(deadline=None)
@given(words, words)
def test_words_are_as_alike_the_other_way_round(one: str, other: str) -> None:
    there, back = likeness(packed(one), packed(other)), likeness(packed(other), packed(one)).T
    clear = np.maximum(there, back) > LEAST + 0.01
    assert np.allclose(there[clear], back[clear], atol=1e-5)


def test_symbols_of_long_words_are_bounded() -> None:
    assert all(len(word.symbols) <= sounds.MAX_SYMBOLS for word in parse("x" * 500 + " " + "aeiou" * 90).words)
