"""Check CASE documents without an RDF engine, with the verdict of ``case_validate``.

``case_validate`` (package ``case-utils``) loads the ontology and runs a general SHACL engine for every file, which
takes seconds. This checker evaluates the same shapes from a compiled table in milliseconds. Like its judge it counts
findings of every severity as a reason, and names under the ontology's own addresses that the ontology does not have.
Where it cannot decide, it says so and does not accept.
"""

from collections.abc import Iterator
from typing import Final

from jusur.kernel.canonical import CanonicalJSONError
from jusur.standards.case.findings import Finding, ProfileError
from jusur.standards.case.graph import Graph, Term
from jusur.standards.case.jsonld import parse
from jusur.standards.case.literals import STRING, Literal
from jusur.standards.case.queries import QUERIES
from jusur.standards.case.tables import Shape, Tables, tables
from jusur.standards.case.vocabulary import shorten

MAX_BYTES: Final = 256 * 1024 * 1024

_KINDS: Final = {
    "IRI": (True, False, False),
    "BlankNode": (False, True, False),
    "Literal": (False, False, True),
    "BlankNodeOrIRI": (True, True, False),
    "BlankNodeOrLiteral": (False, True, True),
    "IRIOrLiteral": (True, False, True),
}


def check(document: bytes, *, max_bytes: int = MAX_BYTES) -> list[Finding]:
    """Every reason why ``document`` (JSON-LD in UTF-8) does not conform to CASE; none when it conforms."""
    try:
        graph = parse(document, max_bytes=max_bytes)
        _refuse_metaclasses(graph, tables())
    except (ProfileError, CanonicalJSONError) as error:
        return [Finding("unsupported", "", "", str(error))]
    findings = [
        Finding("concept", "", "", f"The ontology has no {shorten(iri)}.", "Warning")
        for iri in sorted(graph.concepts - tables().concepts)
    ]
    evaluation = _Evaluation(graph, tables())
    for node in graph.nodes:
        findings.extend(evaluation.of_node(node))
    return findings


def _refuse_metaclasses(graph: Graph, table: Tables) -> None:
    for types in {graph.types(node) for node in graph.nodes}:
        for name in types:
            if table.is_metaclass(name):
                raise ProfileError(f"Nodes of class {shorten(name)}, which are classes themselves, are not supported.")


class _Evaluation:
    def __init__(self, graph: Graph, table: Tables) -> None:
        self.graph = graph
        self.table = table
        self._instances: dict[tuple[tuple[str, ...], str], bool] = {}

    def of_node(self, node: str) -> Iterator[Finding]:
        """Findings of every shape that targets ``node`` or, by a property of it, its values."""
        statements = self.graph.nodes[node]
        plan = self.table.plan(self.graph.types(node))
        for predicate, values in statements.items():
            for shape in plan.by_property.get(predicate, ()):
                yield from self._values(shape, node, list(values))
            for shape in self.table.of_subjects.get(predicate, ()):
                yield from self.shape(shape, node)
            for shape in self.table.of_objects.get(predicate, ()):
                for value in values:
                    yield from self.shape(shape, value)
        for shape in plan.always:
            yield from self.shape(shape, node)

    def shape(self, shape: Shape, focus: Term) -> Iterator[Finding]:
        """Findings of ``shape`` for ``focus``."""
        values = self.graph.follow(focus, shape.path) if shape.path else [focus]
        yield from self._values(shape, focus, values)

    def _conforms(self, shape: Shape, focus: Term) -> bool:
        return next(self.shape(shape, focus), None) is None

    def _values(self, shape: Shape, focus: Term, values: list[Term]) -> Iterator[Finding]:
        if len(values) < shape.minimum:
            yield self._finding(shape, focus, f"needs at least {shape.minimum}, has {len(values)}")
        if shape.maximum is not None and len(values) > shape.maximum:
            yield self._finding(shape, focus, f"takes at most {shape.maximum}, has {len(values)}")
        for wanted in shape.required:
            if all(not isinstance(value, Literal) or _text_and_type(value) != wanted for value in values):
                yield self._finding(shape, focus, f"needs the value {wanted[0]!r}")
        for name in shape.queries:
            if not isinstance(focus, Literal) and QUERIES[name](self.graph, focus):
                yield self._finding(shape, focus, (QUERIES[name].__doc__ or name).rstrip("."))
        for value in values:
            yield from self._value(shape, focus, value)

    def _value(self, shape: Shape, focus: Term, value: Term) -> Iterator[Finding]:
        if shape.kind is not None and not _is_kind(value, shape.kind):
            yield self._finding(shape, focus, f"is not a value of kind {shape.kind}", value)
        if shape.datatype is not None and not _has_datatype(value, shape.datatype):
            yield self._finding(shape, focus, f"is not a value of datatype {shorten(shape.datatype)}", value)
        if shape.listed is not None and not (isinstance(value, Literal) and _text_and_type(value) in shape.listed):
            yield self._finding(shape, focus, "is not in the list of values", value)
        for name in shape.classes:
            if not self._is_instance(value, name):
                yield self._finding(shape, focus, f"is not of class {shorten(name)}", value)
        if shape.properties or shape.forbidden or shape.any_of or shape.one_of:
            yield from self._compound(shape, focus, value)

    def _compound(self, shape: Shape, focus: Term, value: Term) -> Iterator[Finding]:
        for part in shape.properties:
            yield from self.shape(part, value)
        if any(self._conforms(part, value) for part in shape.forbidden):
            yield self._finding(shape, focus, "is of a form that is excluded", value)
        for options in shape.any_of:
            if not any(self._conforms(option, value) for option in options):
                yield self._finding(shape, focus, "has none of the accepted forms", value)
        for options in shape.one_of:
            if sum(self._conforms(option, value) for option in options) != 1:
                yield self._finding(shape, focus, "does not have exactly one of the accepted forms", value)

    def _is_instance(self, value: Term, name: str) -> bool:
        key = (self.graph.types(value), name)
        known = self._instances.get(key)
        if known is None:
            known = self._instances[key] = any(name in self.table.ancestors(found) for found in key[0])
        return known

    @staticmethod
    def _finding(shape: Shape, focus: Term, complaint: str, value: Term | None = None) -> Finding:
        path = " / ".join(shorten(step) for step in shape.path)
        shown = "" if value is None or value is focus else f" {_shown(value)!r}"
        message = shape.message or f"{path or 'The node'}{shown} {complaint}."
        return Finding("constraint", _shown(focus), path, message, shape.severity)


def _shown(term: Term) -> str:
    return (term.text if isinstance(term, Literal) else term)[:200]


def _text_and_type(value: Literal) -> tuple[str, str | None] | None:
    return (value.text, value.datatype) if value.language is None else None


def _is_kind(value: Term, kind: str) -> bool:
    iri, blank, literal = _KINDS[kind]
    if isinstance(value, Literal):
        return literal
    return blank if value.startswith("_:") else iri


def _has_datatype(value: Term, datatype: str) -> bool:
    if not isinstance(value, Literal) or value.language is not None:
        return False
    return value.well_formed and (value.datatype == datatype or (value.datatype is None and datatype == STRING))
