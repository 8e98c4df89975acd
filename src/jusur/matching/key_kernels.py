"""The keys of words (`jusur.matching.sounds.keys`), compiled: a whole lexicon's at once, or one query word's."""

import numpy as np

from jusur.matching.kernels import I32, I64, U8, compiled

WHOLE, SHORT, LONG = 0, 1, 2
"""Kinds of keys; a key's code is four times its number and its kind."""

_MOST_SKELETONS, _MOST_OPTIONS, _LONG = 8, 9, 3
MOST = 96
"""Most keys of one word."""


@compiled
def skeletons_of(word: U8, classes: U8, found: I64) -> int:
    """The skeletons of ``word`` into ``found``, and how many they are."""
    options = np.empty(_MOST_OPTIONS, np.uint8)
    count = 0
    for symbol in word:
        if count < _MOST_OPTIONS and (classes[symbol, 0] != 0 or classes[symbol, 2] > 1):
            options[count] = symbol
            count += 1
    chosen = np.zeros(_MOST_OPTIONS, np.uint8)
    distinct = 0
    while True:
        number, last = np.int64(1), 0
        for at in range(count):
            key = classes[options[at], chosen[at]]
            if key != 0:
                number = number if key == last else number * 16 + key
                last = key
        known = False
        for at in range(distinct):
            known = known or found[at] == number
        if not known:
            found[distinct] = number
            distinct += 1
        at = count - 1
        while at >= 0 and chosen[at] + 1 >= classes[options[at], 2]:
            chosen[at] = 0
            at -= 1
        if at < 0 or distinct == _MOST_SKELETONS:
            return distinct
        chosen[at] += 1


@compiled
def codes_of(word: U8, classes: U8, found: I64) -> int:
    """The codes of all keys of ``word`` into ``found`` (some perhaps twice), and how many they are."""
    skeletons = np.empty(_MOST_SKELETONS, np.int64)
    total = skeletons_of(word, classes, skeletons)
    count = 0
    for turn in range(total):
        skeleton = skeletons[turn]
        found[count] = 4 * skeleton + WHOLE
        count += 1
        length = 0
        while skeleton >> (4 * (length + 1)):
            length += 1
        if length < 2:
            continue
        kind = LONG if length > _LONG else SHORT
        for at in range(length):
            low = skeleton & ((np.int64(1) << (4 * at)) - 1)
            found[count] = 4 * (((skeleton >> (4 * (at + 1))) << (4 * at)) | low) + kind
            count += 1
    return count


@compiled
def all_codes(symbols: U8, starts: I64, classes: U8) -> tuple[I64, I32]:
    """The code of every key of every word of a lexicon, and the words' numbers."""
    words = len(starts) - 1
    codes = np.empty(16 * words + MOST, np.int64)
    numbers = np.empty(16 * words + MOST, np.int32)
    count = 0
    found = np.empty(MOST, np.int64)
    for word in range(words):
        more = codes_of(symbols[starts[word] : starts[word + 1]], classes, found)
        if count + more > len(codes):
            codes = np.concatenate((codes, np.empty(len(codes), np.int64)))
            numbers = np.concatenate((numbers, np.empty(len(numbers), np.int32)))
        for at in range(more):
            codes[count] = found[at]
            numbers[count] = word
            count += 1
    return codes[:count], numbers[:count]


@compiled
def probes_of(word: U8, classes: U8) -> I64:
    """The codes under which words stand that share a key with ``word`` (`sounds.share_a_key`), ascending."""
    found = np.empty(MOST, np.int64)
    count = codes_of(word, classes, found)
    probes = np.empty(3 * count, np.int64)
    total = 0
    for at in range(count):
        kind = found[at] & 3
        key = found[at] - kind
        probes[total] = key + WHOLE
        total += 1
        if kind == WHOLE:
            probes[total] = key + SHORT
            probes[total + 1] = key + LONG
            total += 2
        elif kind == LONG:
            probes[total] = key + LONG
            total += 1
    return np.unique(probes[:total])
