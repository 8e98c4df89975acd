"""The distinct words of many names: found again by how they sound, and weighed by how rare they are."""

import math
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jusur.matching import sounds
from jusur.matching.arrays import read_arrays, write_arrays
from jusur.matching.kernels import F32, I32, I64, U8, look_up
from jusur.matching.key_kernels import all_codes, probes_of

LEAST_WEIGHT = 0.25
"""Weight of a word that every name has; one that no name has weighs 1."""
SAME = 0.9
"""Words this alike count as spellings of one when a query's word is weighed."""
CACHED = 65536
"""Words whose like ones are remembered; a query of common words then costs next to nothing."""


class Like(NamedTuple):
    """The words of a lexicon that sound like a given one, by number, ascending."""

    numbers: I32
    alike: F32
    frequency: int
    """In how many names the word, or a spelling of it, stands."""


class Lexicon:
    """Distinct words (rows of symbols and their script's style) with the number of names each stands in."""

    def __init__(self, arrays: dict[str, np.ndarray], names: int) -> None:
        self.arrays = arrays
        self.names = names
        self.symbols: U8 = arrays["symbols"]
        self.starts: I64 = arrays["starts"]
        self.styles: U8 = arrays["styles"]
        self.frequencies: I32 = arrays["frequencies"]
        self._keys: I64 = arrays["key_values"]
        self._key_starts: I32 = arrays["key_starts"]
        self._key_words: I32 = arrays["key_words"]
        self._local = threading.local()
        self._cache: OrderedDict[tuple[bytes, int], Like] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.styles)

    @classmethod
    def build(cls, words: Iterable[tuple[bytes, int]], frequencies: Iterable[int], names: int) -> "Lexicon":
        """A lexicon of distinct ``words``, each standing in so many of ``names`` names."""
        rows = list(words)
        lengths = np.fromiter((len(symbols) for symbols, _ in rows), np.int64, len(rows))
        symbols = np.frombuffer(bytearray(b"".join(symbols for symbols, _ in rows)), np.uint8)
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
        values, key_starts, ordered = _grouped(*all_codes(symbols, starts, sounds.alphabet().choices))
        arrays: dict[str, np.ndarray] = {
            "symbols": symbols,
            "starts": starts,
            "styles": np.fromiter((style for _, style in rows), np.uint8, len(rows)),
            "frequencies": np.fromiter(frequencies, np.int32, len(rows)),
            "key_values": values,
            "key_starts": key_starts,
            "key_words": ordered,
        }
        return cls(arrays, names)

    @classmethod
    def open(cls, folder: Path, names: int) -> "Lexicon":
        """The lexicon written in ``folder``, memory-mapped."""
        return cls(read_arrays(folder), names)

    def write(self, folder: Path) -> None:
        """Write the lexicon into ``folder``."""
        write_arrays(folder, self.arrays)

    def like(self, symbols: bytes, style: int) -> Like:
        """The words that share a key with the given one and sound like it."""
        key = symbols, style
        found = self._cache.get(key)
        if found is not None:
            return found
        found = self._look_up(symbols, style)
        with self._lock:
            self._cache[key] = found
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return found

    def weight(self, symbols: bytes, style: int) -> float:
        """How much a word tells, by its rarity: from `LEAST_WEIGHT` to 1."""
        return weight_of(self.like(symbols, style).frequency, self.names)

    def own_weight(self, symbols: bytes, style: int) -> float:
        """How much a word tells by its own frequency, other spellings not counted."""
        for number in self.like(symbols, style).numbers.tolist():
            row = self.symbols[self.starts[number] : self.starts[number + 1]]
            if self.styles[number] == style and row.tobytes() == symbols:
                return weight_of(int(self.frequencies[number]), self.names)
        return weight_of(0, self.names)

    def weights(self) -> F32:
        """Every word's weight by its own frequency."""
        total = math.log(self.names + 2)
        rare = (total - np.log(self.frequencies.astype(np.float32) + 1)) / total
        return np.maximum(rare, LEAST_WEIGHT).astype(np.float32)

    def rows(self) -> list[tuple[bytes, int]]:
        """Every word: its symbols and style."""
        data, starts = self.symbols.tobytes(), self.starts.tolist()
        return [(data[starts[n] : starts[n + 1]], style) for n, style in enumerate(self.styles.tolist())]

    def _look_up(self, symbols: bytes, style: int) -> Like:
        word = np.frombuffer(bytearray(symbols), np.uint8)
        seen, stamp = self._scratch()
        letters = sounds.alphabet()
        numbers, alike = look_up(
            probes_of(word, letters.choices),
            word,
            style,
            self._keys,
            self._key_starts,
            self._key_words,
            self.symbols,
            self.starts,
            self.styles,
            letters.cost,
            letters.skip,
            letters.mass,
            seen,
            stamp,
        )
        frequency = int(self.frequencies[numbers[alike >= SAME]].sum()) if len(numbers) else 0
        return Like(numbers, alike, frequency)

    def _scratch(self) -> tuple[I32, int]:
        local = self._local
        if not hasattr(local, "seen"):
            local.seen, local.stamp = np.zeros(len(self), np.int32), 0
        local.stamp += 1
        return local.seen, local.stamp


def weight_of(frequency: int, names: int) -> float:
    """The weight of a word that stands in ``frequency`` of ``names`` names."""
    total = math.log(names + 2)
    return max(LEAST_WEIGHT, (total - math.log(frequency + 1)) / total)


def _grouped(keys: I64, numbers: I32) -> tuple[I64, I32, I32]:
    """``numbers`` by key: distinct keys ascending, where each one's numbers start, and the numbers."""
    order = np.lexsort((numbers, keys))
    values, first = np.unique(keys[order], return_index=True)
    return values, np.append(first, len(keys)).astype(np.int32), numbers[order]
