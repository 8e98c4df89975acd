"""The inner loops of a search: which names may reach a score, and what they score."""

import numpy as np

from jusur.matching.evidence import weigh
from jusur.matching.kernels import (
    F32,
    I32,
    I64,
    INITIAL_LIKENESS,
    LEAST,
    OMITTED,
    U8,
    align,
    compiled,
    may_be_initial,
    may_meet,
)

INITIAL_SLACK = 0.3
"""Most weight that an initial of a record may add to what was found by whole words."""

_ROUNDING = 1e-4


@compiled
def bound(sounding: float, q_left: float, r_left: float, model: F32) -> float:
    """The most log-odds of two names with so much evidence, of which at least so much weight is left on either side."""
    if sounding <= 0.0:
        return -1e9
    q_left, r_left = max(q_left, 0.0), max(r_left, 0.0)
    against = min(q_left, r_left) + OMITTED * abs(q_left - r_left)
    return float(model[0] + model[1] * sounding + model[2] * sounding / (sounding + against) + model[3])


@compiled
def gather(
    order: I32,
    q_start: U8,
    q_stop: U8,
    q_searched: U8,
    q_weight: F32,
    whole: float,
    given: float,
    hit_starts: I64,
    hit_words: I32,
    hit_alike: F32,
    post_starts: I64,
    post_names: I32,
    initials: U8,
    name_weight: F32,
    most_weight: F32,
    model: F32,
    floor: float,
    credit: F32,
    touched: I32,
) -> tuple[I32, F32]:
    """The names whose bound reaches ``floor``, best bound first, and the bounds.

    Words are taken in ``order`` (rarest first). Once those that remain could not lift a name over the floor by
    themselves, they are not walked at all, and every name is credited with them. ``given`` is credited to every name
    for words that are not searched. ``name_weight`` is the weight of each name's searched words, ``most_weight`` the
    most that each word of the lexicon weighs in a name. ``credit`` is scratch, names x 6 and zero (also afterwards):
    weight times likeness, the query's weight, the name's weight, the present word's likeness and weight, its number.
    """
    remaining = 0.0
    for word in order:
        remaining += q_weight[word]
    count = 0
    for turn in range(len(order)):
        word = order[turn]
        most = remaining + given + INITIAL_SLACK
        if bound(most, whole - most, 0.0, model) < floor:
            break
        remaining -= q_weight[word]
        weight = q_weight[word]
        now = np.float32(turn + 1)
        for piece in range(len(q_start)):
            if not q_searched[piece] or word < q_start[piece] or word >= q_stop[piece]:
                continue
            for hit in range(hit_starts[piece], hit_starts[piece + 1]):
                like = hit_alike[hit]
                known = hit_words[hit]
                heavy = most_weight[known]
                for position in range(post_starts[known], post_starts[known + 1]):
                    name = post_names[position]
                    if credit[name, 5] == now:
                        if like > credit[name, 3]:
                            credit[name, 0] += weight * (like - credit[name, 3])
                            credit[name, 3] = like
                        if heavy > credit[name, 4]:
                            credit[name, 2] += heavy - credit[name, 4]
                            credit[name, 4] = heavy
                    else:
                        if credit[name, 5] == 0.0:
                            touched[count] = name
                            count += 1
                        credit[name, 0] += weight * like
                        credit[name, 1] += weight
                        credit[name, 2] += heavy
                        credit[name, 3] = like
                        credit[name, 4] = heavy
                        credit[name, 5] = now
    names = np.empty(count, np.int32)
    bounds = np.empty(count, np.float32)
    kept = 0
    for at in range(count):
        name = touched[at]
        extra = remaining + given + (INITIAL_SLACK if initials[name] else 0.0)
        skipped = 0.0 if remaining <= 0.0 else 10.0  # words not walked may stand for any words of the name
        top = bound(
            credit[name, 0] + extra,
            whole - credit[name, 1] - extra,
            name_weight[name] - credit[name, 2] - extra - skipped,
            model,
        )
        for column in range(6):
            credit[name, column] = 0.0
        if top + _ROUNDING >= floor:
            names[kept] = name
            bounds[kept] = top
            kept += 1
    ordered = np.argsort(-bounds[:kept])
    return names[:kept][ordered], bounds[:kept][ordered]


@compiled
def fill(
    name: int,
    q_start: U8,
    q_stop: U8,
    q_part: U8,
    q_first: U8,
    hit_starts: I64,
    hit_words: I32,
    hit_alike: F32,
    piece_starts: I64,
    piece_word: I32,
    piece_start: U8,
    piece_stop: U8,
    piece_part: U8,
    piece_penalty: U8,
    piece_first: U8,
    cost: F32,
    alike: F32,
) -> None:
    """How alike the pieces of a query and of record name ``name`` are, into ``alike``."""
    begin = piece_starts[name]
    for j in range(alike.shape[1]):
        at = begin + j
        for i in range(alike.shape[0]):
            how = 0.0
            if q_part[i] == 5 or piece_part[at] == 5:
                single = q_stop[i] - q_start[i] == 1 and piece_stop[at] - piece_start[at] == 1
                if single and may_be_initial(q_part[i], q_first[i], piece_part[at], piece_first[at], cost):
                    how = INITIAL_LIKENESS
            elif may_meet(q_part[i], piece_part[at]):
                low, high = hit_starts[i], hit_starts[i + 1]
                wanted = piece_word[at]
                while low < high:
                    middle = (low + high) // 2
                    if hit_words[middle] < wanted:
                        low = middle + 1
                    else:
                        high = middle
                if low < hit_starts[i + 1] and hit_words[low] == wanted:
                    how = hit_alike[low] - piece_penalty[at] / 200.0
            alike[i, j] = how if how >= LEAST else 0.0


@compiled
def rank(
    names: I32,
    bounds: F32,
    limit: int,
    floor: float,
    lift: float,
    q_start: U8,
    q_stop: U8,
    q_part: U8,
    q_side: U8,
    q_first: U8,
    q_weight: F32,
    hit_starts: I64,
    hit_words: I32,
    hit_alike: F32,
    piece_starts: I64,
    piece_word: I32,
    piece_start: U8,
    piece_stop: U8,
    piece_part: U8,
    piece_side: U8,
    piece_penalty: U8,
    piece_first: U8,
    word_weight: F32,
    part_weight: F32,
    words: U8,
    subject: I32,
    dead: U8,
    ties: I64,
    q_dates: I32,
    q_countries: I32,
    q_sex: int,
    q_kind: int,
    date_starts: I64,
    dates: I32,
    country_starts: I64,
    countries: I32,
    sexes: U8,
    kinds: U8,
    value: F32,
    cost: F32,
    model: F32,
) -> tuple[I32, I32, F32]:
    """The best subjects among ``names``: their numbers, the name each was found by, and their log-odds, best first.

    Names are taken by falling bound until no further one can enter. Equal scores are ordered by ``ties``, which depend
    on nothing but the subject, so that parts of a divided index agree.
    """
    best = np.empty(limit, np.int32)
    by = np.empty(limit, np.int32)
    score = np.empty(limit, np.float32)
    count = 0
    matches = np.empty((16, 2), np.int32)
    found = np.empty(4, np.int32)
    weight = np.empty(32, np.float32)
    for turn in range(len(names)):
        if count == limit and bounds[turn] + lift + _ROUNDING < score[count - 1]:
            break
        name = names[turn]
        who = subject[name]
        if dead[who]:
            continue
        begin, end = piece_starts[name], piece_starts[name + 1]
        alike = np.empty((len(q_start), end - begin), np.float32)
        fill(
            name, q_start, q_stop, q_part, q_first, hit_starts, hit_words, hit_alike, piece_starts, piece_word,
            piece_start, piece_stop, piece_part, piece_penalty, piece_first, cost, alike,
        )  # fmt: skip
        for word in range(words[name]):
            weight[word] = word_weight[piece_word[begin + word]] * part_weight[piece_part[begin + word]]
        evidence, coverage, worst, pairs = align(
            alike, q_start, q_stop, q_part, q_side, q_weight, len(q_weight), piece_start[begin:end],
            piece_stop[begin:end], piece_part[begin:end], piece_side[begin:end], weight, words[name], matches,
        )  # fmt: skip
        if pairs == 0:
            continue
        odds = np.float32(
            model[0] + model[1] * evidence + model[2] * coverage + model[3] * worst
            + weigh(
                q_dates, q_countries, q_sex, q_kind, dates[date_starts[who] : date_starts[who + 1]],
                countries[country_starts[who] : country_starts[who + 1]], sexes[who], kinds[who], value, found,
            )
        )  # fmt: skip
        if odds < floor:
            continue
        at = -1
        for held in range(count):
            if best[held] == who:
                at = held
        if at >= 0:
            if score[at] >= odds:
                continue
            for held in range(at, count - 1):
                best[held], by[held], score[held] = best[held + 1], by[held + 1], score[held + 1]
            count -= 1
        place = count
        while place > 0 and (
            score[place - 1] < odds or (score[place - 1] == odds and ties[best[place - 1]] > ties[who])
        ):
            place -= 1
        if place == limit:
            continue
        if count < limit:
            count += 1
        for held in range(count - 1, place, -1):
            best[held], by[held], score[held] = best[held - 1], by[held - 1], score[held - 1]
        best[place], by[place], score[place] = who, name, odds
    return best[:count], by[:count], score[:count]


@compiled
def trace(
    name: int,
    q_start: U8,
    q_stop: U8,
    q_part: U8,
    q_side: U8,
    q_first: U8,
    q_weight: F32,
    hit_starts: I64,
    hit_words: I32,
    hit_alike: F32,
    piece_starts: I64,
    piece_word: I32,
    piece_start: U8,
    piece_stop: U8,
    piece_part: U8,
    piece_side: U8,
    piece_penalty: U8,
    piece_first: U8,
    word_weight: F32,
    part_weight: F32,
    words: U8,
    cost: F32,
    model: F32,
) -> tuple[I32, F32, float]:
    """The pairs of pieces that `rank` matched for one name, how alike each pair is, and the name's log-odds."""
    begin, end = piece_starts[name], piece_starts[name + 1]
    alike = np.empty((len(q_start), end - begin), np.float32)
    fill(
        name, q_start, q_stop, q_part, q_first, hit_starts, hit_words, hit_alike, piece_starts, piece_word,
        piece_start, piece_stop, piece_part, piece_penalty, piece_first, cost, alike,
    )  # fmt: skip
    weight = np.empty(32, np.float32)
    for word in range(words[name]):
        weight[word] = word_weight[piece_word[begin + word]] * part_weight[piece_part[begin + word]]
    matches = np.empty((16, 2), np.int32)
    evidence, coverage, worst, pairs = align(
        alike, q_start, q_stop, q_part, q_side, q_weight, len(q_weight), piece_start[begin:end],
        piece_stop[begin:end], piece_part[begin:end], piece_side[begin:end], weight, words[name], matches,
    )  # fmt: skip
    how = np.empty(pairs, np.float32)
    for pair in range(pairs):
        how[pair] = alike[matches[pair, 0], matches[pair, 1]]
    return matches[:pairs], how, model[0] + model[1] * evidence + model[2] * coverage + model[3] * worst


@compiled
def weights_of_names(
    piece_starts: I64, piece_word: I32, piece_part: U8, words: U8, word_weight: F32, part_weight: F32
) -> F32:
    """The weight of the searched words of each name."""
    found = np.zeros(len(words), np.float32)
    for name in range(len(words)):
        begin = piece_starts[name]
        for at in range(begin, begin + words[name]):
            if piece_part[at] == 0 or piece_part[at] == 4:
                found[name] += word_weight[piece_word[at]] * part_weight[piece_part[at]]
    return found


@compiled
def most_weights(
    piece_starts: I64, piece_word: I32, piece_start: U8, piece_stop: U8, words: U8, word_weight: F32
) -> F32:
    """The most weight that each word of the lexicon takes up in a name: joined words take up two."""
    found = word_weight.copy()
    for name in range(len(words)):
        begin = piece_starts[name]
        for at in range(begin, piece_starts[name + 1]):
            total = np.float32(0.0)
            for word in range(piece_start[at], piece_stop[at]):
                total += word_weight[piece_word[begin + word]]
            found[piece_word[at]] = max(found[piece_word[at]], total)
    return found
