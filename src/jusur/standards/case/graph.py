"""A document as statements: node, property, values."""

from functools import cached_property

from jusur.standards.case.literals import Literal
from jusur.standards.case.vocabulary import CDO_PREFIXES, RDF_TYPE

Term = str | Literal
"""An IRI, a blank node (``_:name``) or a literal."""


class Graph:
    """The statements of one document, each once."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, dict[Term, None]]] = {}
        self.concepts: set[str] = set()

    def add(self, node: str, predicate: str, value: Term) -> None:
        """State that ``node`` has ``value`` for ``predicate``."""
        self.nodes.setdefault(node, {}).setdefault(predicate, {})[value] = None
        name = value.datatype if isinstance(value, Literal) else value
        for iri in (predicate, name):
            if iri is not None and iri.startswith(CDO_PREFIXES):
                self.concepts.add(iri)

    def types(self, node: Term) -> tuple[str, ...]:
        """The classes ``node`` is stated to be of."""
        if isinstance(node, Literal):
            return ()
        return tuple(str(value) for value in self.nodes.get(node, {}).get(RDF_TYPE, ()))

    def follow(self, node: Term, path: tuple[str, ...]) -> list[Term]:
        """The different values at the end of ``path`` from ``node``."""
        found: dict[Term, None] = {node: None}
        for predicate in path:
            below: dict[Term, None] = {}
            for term in found:
                if not isinstance(term, Literal):
                    below.update(self.nodes.get(term, {}).get(predicate, {}))
            found = below
        return list(found)

    @cached_property
    def owners(self) -> dict[tuple[str, Term], set[str]]:
        """For each property and value, the nodes that have it; made on first use."""
        owners: dict[tuple[str, Term], set[str]] = {}
        for node, statements in self.nodes.items():
            for predicate, values in statements.items():
                for value in values:
                    owners.setdefault((predicate, value), set()).add(node)
        return owners
