"""The inner loops of a search: which names may reach a score, and what they score."""

import numpy as np

from jusur.matching.evidence import weigh
from jusur.matching.kernels import F32, I32, I64, INITIAL_LIKENESS, LEAST, OMITTED, U8, align, compiled, may_be_initial

INITIAL_SLACK = 0.3
"""Most weight that an initial of a record may add to what was found by whole words."""

_ROUNDING = 1e-4


@compiled
def bound(sounding: float, credited: float, whole: float, model: F32) -> float:
    """The most log-odds a name can reach whose words are credited with so much of the ``whole`` weight of a query."""
    credited = min(credited, whole)
    left = whole - credited
    coverage = credited / (credited + OMITTED * left) if credited > 0.0 else 0.0
    return float(model[0] + model[1] * sounding + model[2] * coverage + model[3])


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
    model: F32,
    floor: float,
    credit: F32,
    touched: I32,
) -> tuple[I32, F32]:
    """The names whose bound reaches ``floor``, best bound first, and the bounds.

    Words are taken in ``order`` (rarest first). Once those that remain could not lift a name over the floor by
    themselves, they are not walked at all, and every name is credited with them. ``given`` is credited to every name
    for words that are not searched. ``credit`` is scratch, names x 4 and zero: weight times likeness, weight, the
    present word's likeness, the present word's number; it is zero again afterwards.
    """
    remaining = 0.0
    for word in order:
        remaining += q_weight[word]
    count = 0
    for turn in range(len(order)):
        word = order[turn]
        most = remaining + given + INITIAL_SLACK
        if bound(most, most, whole, model) < floor:
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
                for position in range(post_starts[known], post_starts[known + 1]):
                    name = post_names[position]
                    if credit[name, 3] == now:
                        if like > credit[name, 2]:
                            credit[name, 0] += weight * (like - credit[name, 2])
                            credit[name, 2] = like
                    else:
                        if credit[name, 3] == 0.0:
                            touched[count] = name
                            count += 1
                        credit[name, 0] += weight * like
                        credit[name, 1] += weight
                        credit[name, 2] = like
                        credit[name, 3] = now
    names = np.empty(count, np.int32)
    bounds = np.empty(count, np.float32)
    kept = 0
    for at in range(count):
        name = touched[at]
        extra = remaining + given + (INITIAL_SLACK if initials[name] else 0.0)
        top = bound(credit[name, 0] + extra, credit[name, 1] + extra, whole, model)
        credit[name, 0] = 0.0
        credit[name, 1] = 0.0
        credit[name, 2] = 0.0
        credit[name, 3] = 0.0
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
            else:
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
            alike, q_start, q_stop, q_side, q_weight, len(q_weight), piece_start[begin:end],
            piece_stop[begin:end], piece_side[begin:end], weight, words[name], matches,
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
        alike, q_start, q_stop, q_side, q_weight, len(q_weight), piece_start[begin:end],
        piece_stop[begin:end], piece_side[begin:end], weight, words[name], matches,
    )  # fmt: skip
    how = np.empty(pairs, np.float32)
    for pair in range(pairs):
        how[pair] = alike[matches[pair, 0], matches[pair, 1]]
    return matches[:pairs], how, model[0] + model[1] * evidence + model[2] * coverage + model[3] * worst
