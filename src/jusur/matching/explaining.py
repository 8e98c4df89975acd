"""The reasons of a search's results, from the columns of the segment they were found in."""

import numpy as np

from jusur.matching import evidence, reasons, sounds
from jusur.matching.packing import PENALTY_STEPS
from jusur.matching.querying import Query, QueryName
from jusur.matching.reasons import Reason, Side
from jusur.matching.records import country_text, date_text
from jusur.matching.scoring import told
from jusur.matching.segment import Candidate, Segment
from jusur.matching.segment_kernels import trace
from jusur.matching.subject import KINDS, SEXES


def explained(query: Query, segment: Segment, candidate: Candidate) -> list[Reason]:
    """Why ``candidate`` was found: the best of the query's names against the name it was found by, and the rest."""
    traced = [_trace(segment, name, candidate.name) for name in query.names]
    best = max(range(len(traced)), key=lambda at: traced[at][0])
    name, (_, matches) = query.names[best], traced[best]
    said = reasons.of_names(
        reasons.side(name.packed.name.pieces, name.weight.tolist()), _record(segment, candidate.name), matches
    )
    said += reasons.of_cleaning(name.packed.name.notices, query=True)
    return [*said, *_attributes(query, segment, candidate.subject)]


def _trace(segment: Segment, name: QueryName, record: int) -> tuple[float, list[tuple[int, int, float]]]:
    a = segment.arrays
    starts, words, alike = segment.hits(name)
    matches, how, odds = trace(
        record, name.start, name.stop, name.part, name.side, name.first, name.weight, starts, words, alike,
        a["piece_starts"], a["piece_word"], a["piece_start"], a["piece_stop"], a["piece_part"], a["piece_side"],
        a["piece_penalty"], a["piece_first"], segment.weights, segment.part_weights, a["words"],
        sounds.alphabet().cost, segment.model,
    )  # fmt: skip
    return odds, [(i, j, likeness) for (i, j), likeness in zip(matches.tolist(), how.tolist(), strict=True)]


def _record(segment: Segment, name: int) -> Side:
    a = segment.arrays
    begin, end = int(a["piece_starts"][name]), int(a["piece_starts"][name + 1])
    words = int(a["words"][name])
    parts = a["piece_part"][begin:end]
    weights = segment.weights[a["piece_word"][begin : begin + words]] * segment.part_weights[parts[:words]]
    return Side(
        [segment.forms[form] for form in a["piece_form"][begin:end].tolist()],
        a["piece_start"][begin:end].tolist(),
        a["piece_stop"][begin:end].tolist(),
        parts.tolist(),
        a["piece_side"][begin:end].tolist(),
        [penalty / PENALTY_STEPS for penalty in a["piece_penalty"][begin:end].tolist()],
        weights.tolist(),
    )


def _attributes(query: Query, segment: Segment, number: int) -> list[Reason]:
    a, known = segment.arrays, query.attributes
    dates = a["dates"][a["date_starts"][number] : a["date_starts"][number + 1]]
    countries = a["countries"][a["country_starts"][number] : a["country_starts"][number + 1]]
    sex, kind = int(a["sexes"][number]), int(a["kinds"][number])
    findings = np.zeros(4, np.int32)
    evidence.weigh(
        known.dates, known.countries, known.sex, known.kind, dates, countries, sex, kind, evidence.values(), findings
    )
    if not findings.any():
        return []
    record = (
        ", ".join(map(date_text, dates.tolist())),
        ", ".join(map(country_text, countries.tolist())),
        SEXES[sex],
        KINDS[kind],
    )
    return list(reasons.of_attributes(findings.tolist(), told(query.subject), record))
