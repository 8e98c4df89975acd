"""Reads the records that many searches found, together: one walk through the walls for each asker and purpose."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from jusur.databases.selectors import RecordView, records_visible


@dataclass(frozen=True, slots=True)
class Wanted:
    """Records that one search found, and for whom and what they are to be read."""

    ids: tuple[str, ...]
    asker: str
    purpose: str


def read_many(wanted: Sequence[Wanted]) -> list[Mapping[str, RecordView]]:
    """For each of ``wanted`` the records that its asker may see for its purpose; others are as if they were not."""
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in wanted:
        groups[each.asker, each.purpose].update(each.ids)
    seen = {
        (asker, purpose): records_visible([UUID(one) for one in ids], asker=asker, purpose=purpose)
        for (asker, purpose), ids in groups.items()
    }
    return [
        {one: view for one in each.ids if (view := seen[each.asker, each.purpose].get(UUID(one))) is not None}
        for each in wanted
    ]
