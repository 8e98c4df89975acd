"""The ontology's SPARQL constraints, written as functions of the graph and the node.

Each returns whether the constraint is violated. ``compile.QUERIES`` ties each to the text of its query, so that a
changed query stops the compilation instead of being checked by yesterday's function.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from jusur.standards.case.graph import Graph
from jusur.standards.case.vocabulary import UCO

_UUID_AT_END: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-5][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE | re.ASCII
)
_HAS_FACET: Final = UCO + "core/hasFacet"
_ENTRY: Final = UCO + "types/entry"
_KEY: Final = UCO + "types/key"
_DECLARED: Final = frozenset({UCO + "types/ImproperDictionary", UCO + "types/ProperDictionary"})


def thing_is_blank(_: Graph, node: str) -> bool:
    """UcoThings are required to not be blank nodes."""
    return node.startswith("_:")


def identifier_without_uuid(_: Graph, node: str) -> bool:
    """UcoThings are suggested to end with a UUID (of versions 0 to 5)."""
    return not node.startswith("_:") and _UUID_AT_END.search(node) is None


def facet_is_shared(graph: Graph, node: str) -> bool:
    """One facet must not be the facet of two objects."""
    return len(graph.owners.get((_HAS_FACET, node), ())) > 1


def key_repeats(graph: Graph, node: str) -> bool:
    """A key in a proper dictionary can appear no more than once."""
    counts: Counter[object] = Counter()
    for entry in graph.follow(node, (_ENTRY,)):
        counts.update(graph.follow(entry, (_KEY,)))
    return any(count > 1 for count in counts.values())


def key_repeats_undeclared(graph: Graph, node: str) -> bool:
    """A key in a dictionary that is neither a proper nor an improper one should appear no more than once."""
    return _DECLARED.isdisjoint(graph.types(node)) and key_repeats(graph, node)


QUERIES: Final[dict[str, Callable[[Graph, str], bool]]] = {
    function.__name__: function
    for function in (thing_is_blank, identifier_without_uuid, facet_is_shared, key_repeats, key_repeats_undeclared)
}
