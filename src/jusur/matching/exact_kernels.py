"""The inner loops of the exact index, compiled: hashing keys, laying entries out, looking keys up.

An **entry** is ``length of key (1 byte) | key | value``; a value begins with its tag (`TAG_INTEGER` and 8 bytes,
`TAG_UUID` and 16, `TAG_TEXT`, a length and that many bytes). In partition files eight bytes of
fingerprint stand before the entry.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jusur.matching.kernels import compiled

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

TAG_INTEGER: Final = 0
TAG_UUID: Final = 1
TAG_TEXT: Final = 2

_M = np.uint64(0xFFFFFFFFFFFFFFFF)
_R13, _R16, _R17, _R21, _R32 = np.uint64(13), np.uint64(16), np.uint64(17), np.uint64(21), np.uint64(32)
_L13, _L16, _L17, _L21 = np.uint64(51), np.uint64(48), np.uint64(47), np.uint64(43)
_C0, _C1 = np.uint64(0x736F6D6570736575), np.uint64(0x646F72616E646F6D)
_C2, _C3 = np.uint64(0x6C7967656E657261), np.uint64(0x7465646279746573)
_FF, _EIGHT, _64 = np.uint64(0xFF), np.uint64(8), np.uint64(64)


@compiled
def siphash(data: U8, start: int, end: int, k0: np.uint64, k1: np.uint64) -> np.uint64:
    """SipHash-2-4 (Aumasson and Bernstein, 2012) of ``data[start:end]``: who lacks the key cannot make collisions."""
    v0, v1, v2, v3 = k0 ^ _C0, k1 ^ _C1, k0 ^ _C2, k1 ^ _C3
    length = end - start
    blocks = length // 8
    for block in range(blocks + 1):
        m = np.uint64(0)
        if block < blocks:
            for byte in range(8):
                m |= np.uint64(data[start + 8 * block + byte]) << np.uint64(8 * byte)
        else:
            for byte in range(length - 8 * blocks):
                m |= np.uint64(data[start + 8 * blocks + byte]) << np.uint64(8 * byte)
            m |= np.uint64(length & 0xFF) << np.uint64(56)
        v3 ^= m
        for _ in range(2):
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        v0 ^= m
    v2 ^= _FF
    for _ in range(4):
        v0, v1, v2, v3 = _round(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


@compiled
def _round(
    v0: np.uint64, v1: np.uint64, v2: np.uint64, v3: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    v0 = v0 + v1
    v1 = (v1 << _R13) | (v1 >> _L13)
    v1 ^= v0
    v0 = (v0 << _R32) | (v0 >> _R32)
    v2 = v2 + v3
    v3 = (v3 << _R16) | (v3 >> _L16)
    v3 ^= v2
    v0 = v0 + v3
    v3 = (v3 << _R21) | (v3 >> _L21)
    v3 ^= v0
    v2 = v2 + v1
    v1 = (v1 << _R17) | (v1 >> _L17)
    v1 ^= v2
    v2 = (v2 << _R32) | (v2 >> _R32)
    return v0, v1, v2, v3


@compiled
def split(buffer: U8, count: int) -> I64:
    """Starts of ``count`` texts joined by zero bytes, and one past the last one's zero."""
    starts = np.zeros(count + 1, np.int64)
    found = 1
    for at in range(len(buffer)):
        if buffer[at] == 0:
            starts[found] = at + 1
            found += 1
    starts[count] = len(buffer) + 1
    return starts


@compiled
def fingerprints(buffer: U8, starts: I64, k0: np.uint64, k1: np.uint64) -> U64:
    """Fingerprint of each key in ``buffer``; keys end one before the next one's start."""
    out = np.empty(len(starts) - 1, np.uint64)
    for at in range(len(out)):
        out[at] = siphash(buffer, starts[at], starts[at + 1] - 1, k0, k1)
    return out


@compiled
def laid_out(keys: U8, starts: I64, values: U8, value_starts: I64, prints: U64, order: I64, out: U8) -> I64:
    """Write fingerprint and entry of each key into ``out`` in ``order``; gives the end of each."""
    ends = np.empty(len(order), np.int64)
    at = 0
    for place in range(len(order)):
        index = order[place]
        for byte in range(8):
            out[at + byte] = np.uint8(prints[index] >> np.uint64(8 * byte) & _FF)
        at += 8
        length = starts[index + 1] - 1 - starts[index]
        out[at] = length
        at += 1
        for byte in range(starts[index], starts[index + 1] - 1):
            out[at] = keys[byte]
            at += 1
        for byte in range(value_starts[index], value_starts[index + 1]):
            out[at] = values[byte]
            at += 1
        ends[place] = at
    return ends


@compiled
def entry_end(data: U8, at: int) -> int:
    """Where the entry at ``at`` ends."""
    at += 1 + data[at]
    tag = data[at]
    if tag == TAG_INTEGER:
        return at + 9
    if tag == TAG_UUID:
        return at + 17
    return int(at + 2 + data[at + 1])


@compiled
def walked(data: U8, count: int, lead: int) -> tuple[I64, U64]:
    """Starts of ``count`` entries of a run, each after ``lead`` bytes, and the end; and these bytes as fingerprints."""
    starts = np.empty(count + 1, np.int64)
    prints = np.zeros(count, np.uint64)
    at = 0
    for index in range(count):
        for byte in range(lead):
            prints[index] |= np.uint64(data[at + byte]) << np.uint64(8 * byte)
        at += lead
        starts[index] = at
        at = entry_end(data, at)
    starts[count] = at
    return starts, prints


@compiled
def gathered(data: U8, starts: I64, prints: U64, order: I64, out: U8) -> tuple[int, I64, I64]:
    """Write entries into ``out`` in ``order``, equal neighbours once; gives bytes, those kept and their ends."""
    kept = np.empty(len(order), np.int64)
    ends = np.empty(len(order), np.int64)
    at, count, last = 0, 0, -1
    for place in range(len(order)):
        index = order[place]
        start, end = starts[index], entry_end(data, starts[index])
        if last >= 0 and prints[last] == prints[index] and _same(data, starts[last], start, end - start):
            continue
        for byte in range(start, end):
            out[at] = data[byte]
            at += 1
        kept[count] = index
        ends[count] = at
        count += 1
        last = index
    return at, kept[:count], ends[:count]


@compiled
def _same(data: U8, one: int, other: int, length: int) -> bool:
    if entry_end(data, one) - one != length:
        return False
    for byte in range(length):
        if data[one + byte] != data[other + byte]:
            return False
    return True


@compiled
def probed(
    keys: U8, start: int, end: int, print_: np.uint64, bits: int, firsts: U32, rests: U32, offsets: U64, data: U8,
    places: I64, found: int,
) -> int:  # fmt: skip
    """Note in ``places``, after the ``found`` there are, where values of the key ``keys[start:end]`` stand in ``data``.

    A bucket is the top ``bits`` of the fingerprint, a rest the next 32. Where both agree, the whole key is compared.
    Gives how many there are then, also beyond what ``places`` holds.
    """
    bucket = np.int64(print_ >> np.uint64(64 - bits))
    rest = np.uint32(print_ << np.uint64(bits) >> _R32)
    first = np.int64(firsts[bucket])
    for place in range(first, np.int64(firsts[bucket + 1])):
        if rests[place] != rest:
            continue
        at = np.int64(offsets[bucket])
        for _ in range(place - first):
            at = entry_end(data, at)
        if _is_key(data, at, keys, start, end):
            if found < len(places):
                places[found] = at + 1 + (end - start)
            found += 1
    return found


@compiled
def _is_key(data: U8, at: int, keys: U8, start: int, end: int) -> bool:
    if data[at] != end - start:
        return False
    for byte in range(end - start):
        if data[at + 1 + byte] != keys[start + byte]:
            return False
    return True


@compiled
def looked_up(
    keys: U8, starts: I64, prints: U64, bits: int, firsts: U32, rests: U32, offsets: U64, data: U8, places: I64
) -> tuple[int, I64]:
    """`probed` for every key: how many values there are, and how many of them before each key's last."""
    upto = np.empty(len(prints), np.int64)
    found = 0
    for index in range(len(prints)):
        found = probed(
            keys, starts[index], starts[index + 1] - 1, prints[index], bits, firsts, rests, offsets, data, places, found
        )
        upto[index] = found
    return found, upto


@compiled
def looked_up_one(
    key: U8, k0: np.uint64, k1: np.uint64, bits: int, firsts: U32, rests: U32, offsets: U64, data: U8, places: I64
) -> int:
    """`probed` for one key alone."""
    print_ = siphash(key, 0, len(key), k0, k1)
    return int(probed(key, 0, len(key), print_, bits, firsts, rests, offsets, data, places, 0))
