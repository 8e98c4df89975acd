"""Compile the SHACL shapes of the CASE ontology into the table the checker ships with.

Run ``python -m jusur.standards.case.compile`` after an update of the development package ``case-utils``, which
bundles the ontology. What the checker cannot evaluate stops the compilation, so that a new constraint of a new
release is never passed over in silence. Shapes whose only targets are classes and properties themselves (OWL and
RDF vocabulary) are left out: documents that define such things are outside the checker's profile.

Source: W3C SHACL (https://www.w3.org/TR/shacl/), constraint components of section 4.
"""

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any, Final

from jusur.standards.case.vocabulary import CASE_VERSION, CDO_PREFIXES, OWL, RDF, RDFS, SHACL, UCO, shorten

TABLE: Final = Path(__file__).with_name("table.json")

# The SPARQL constraints of the ontology, by the digest of their text with white space squeezed, and the name of the
# function in ``queries`` that does the same.
QUERIES: Final[dict[str, str]] = {
    "6ca65a3b0fb19dca": "thing_is_blank",
    "7219255d153a4d61": "identifier_without_uuid",
    "9e76e269508f836f": "facet_is_shared",
    "e3f8ec1b6c2b1d45": "key_repeats_undeclared",
    "edafa459298882fa": "key_repeats",
}

_META: Final = (RDF, RDFS, OWL)
_METACLASSES: Final = (UCO + "core/UcoType", UCO + "action/Technique")
_SILENT: Final = {"path", "message", "description", "severity", "targetClass", "targetSubjectsOf", "targetObjectsOf"}
_NAMED: Final = {"datatype": "datatype", "nodeKind": "kind"}
_COUNTS: Final = {"minCount": "min", "maxCount": "max"}


class CompileError(Exception):
    """The ontology uses something the checker does not know."""


class Compiler:
    """Reads the ontology graph (an ``rdflib.Graph``) into plain data."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def table(self, digest: str) -> dict[str, Any]:
        """The whole table; ``digest`` is the SHA-256 of the ontology file."""
        table: dict[str, Any] = {
            "case_version": CASE_VERSION,
            "ontology_sha256": digest,
            "concepts": self._concepts(),
            "parents": self._parents(),
        }
        shapes: list[dict[str, Any]] = []
        targets: dict[str, dict[str, list[int]]] = {"targetClass": {}, "targetSubjectsOf": {}, "targetObjectsOf": {}}
        for node in sorted(self._targeted(), key=self._sort_key):
            index = len(shapes)
            shapes.append(self._shape(node))
            for kind, where in targets.items():
                for target in sorted(str(value) for value in self._objects(node, kind)):
                    where.setdefault(shorten(target), []).append(index)
        return {**table, **targets, "shapes": shapes}

    def _objects(self, node: Any, name: str) -> list[Any]:
        from rdflib import URIRef

        return list(self.graph.objects(node, URIRef(SHACL + name)))

    def _targeted(self) -> set[Any]:
        from rdflib import URIRef

        found = set()
        for kind in ("targetClass", "targetSubjectsOf", "targetObjectsOf"):
            for node, target in self.graph.subject_objects(URIRef(SHACL + kind)):
                if not str(target).startswith(_META) and str(target) not in _METACLASSES:
                    found.add(node)
        return found

    def _sort_key(self, node: Any) -> str:
        from rdflib import BNode

        return json.dumps(self._shape(node), sort_keys=True) if isinstance(node, BNode) else str(node)

    def _shape(self, node: Any) -> dict[str, Any]:
        from rdflib import BNode

        shape: dict[str, Any] = {} if isinstance(node, BNode) else {"id": shorten(str(node))}
        names = {str(name).removeprefix(SHACL) for name in self.graph.predicates(node) if str(name).startswith(SHACL)}
        if "deactivated" in names:
            return shape
        for name in sorted(names):
            shape.update(self._component(node, name))
        return shape

    def _component(self, node: Any, name: str) -> dict[str, Any]:
        values = self._objects(node, name)
        if name == "path":
            return {"path": self._path(values[0])}
        if name in {"severity", "message"}:
            return {name: str(values[0]).removeprefix(SHACL)}
        if name in _SILENT:
            return {}
        if name in _NAMED:
            return {_NAMED[name]: shorten(str(values[0])).removeprefix("sh:")}
        if name in _COUNTS:
            return {_COUNTS[name]: int(values[0])}
        return self._nested(name, values)

    def _nested(self, name: str, values: list[Any]) -> dict[str, Any]:
        if name == "class":
            return {"class": sorted(shorten(str(value)) for value in values)}
        if name == "in":
            return {"in": [self._term(value) for value in self.graph.items(values[0])]}
        if name == "hasValue":
            return {"has": [self._term(value) for value in values]}
        if name in {"property", "not"}:
            return {name: sorted((self._shape(value) for value in values), key=_text)}
        if name in {"or", "xone"}:
            return {name: [[self._shape(option) for option in self.graph.items(value)] for value in values]}
        if name == "sparql":
            return {"query": sorted(self._query(value) for value in values)}
        raise CompileError(f"sh:{name} is not a constraint the checker knows.")

    def _path(self, path: Any) -> list[str]:
        from rdflib import BNode

        steps = list(self.graph.items(path)) if isinstance(path, BNode) else [path]
        if not steps or any(isinstance(step, BNode) for step in steps):
            raise CompileError("A path is neither a property nor a sequence of properties.")
        return [shorten(str(step)) for step in steps]

    @staticmethod
    def _term(value: Any) -> list[str | None]:
        from rdflib import Literal

        if isinstance(value, Literal):
            return [str(value), None if value.datatype is None else shorten(str(value.datatype))]
        raise CompileError("A value that is not a literal is listed in a shape.")

    def _query(self, node: Any) -> str:
        text = " ".join(str(self._objects(node, "select")[0]).split())
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        if digest not in QUERIES:
            raise CompileError(f"The SPARQL constraint {digest} has no function in queries: {text}")
        return QUERIES[digest]

    def _concepts(self) -> list[str]:
        from case_utils.case_validate.validate_utils import get_invalid_cdo_concepts
        from rdflib import URIRef

        # The judge's own list: whatever of the ontology's IRIs it does not call invalid is a concept.
        invalid = get_invalid_cdo_concepts(self.graph, self.graph)
        used = {str(t) for triple in self.graph for t in triple if isinstance(t, URIRef)}
        listed = resources.files("case_utils.ontology").joinpath("ontology_and_version_iris.txt").read_text("ascii")
        used.update(listed.split())
        valid = {iri for iri in used if iri.startswith(CDO_PREFIXES)} - {str(iri) for iri in invalid}
        return sorted(shorten(iri) for iri in valid)

    def _parents(self) -> dict[str, list[str]]:
        from rdflib import RDFS as NS_RDFS
        from rdflib import URIRef

        parents: dict[str, list[str]] = {}
        for child, parent in self.graph.subject_objects(NS_RDFS.subClassOf):
            if isinstance(child, URIRef) and isinstance(parent, URIRef):
                parents.setdefault(shorten(str(child)), []).append(shorten(str(parent)))
        return {child: sorted(found) for child, found in sorted(parents.items())}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def compile_ontology() -> str:
    """The table of the bundled ontology as JSON text, one shape a line.

    Raises:
        CompileError: the ontology is of another version, or has a constraint the checker does not know.
    """
    from case_utils.ontology.version_info import CURRENT_CASE_VERSION
    from rdflib import Graph

    if CURRENT_CASE_VERSION != CASE_VERSION:
        raise CompileError(f"case-utils bundles CASE {CURRENT_CASE_VERSION}; this package writes CASE {CASE_VERSION}.")
    data = resources.files("case_utils.ontology").joinpath(f"case-{CASE_VERSION}.ttl").read_bytes()
    table = Compiler(Graph().parse(data=data, format="turtle")).table(hashlib.sha256(data).hexdigest())
    shapes = ",\n".join(json.dumps(shape, ensure_ascii=False, sort_keys=True) for shape in table.pop("shapes"))
    head = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for name, value in table.items()
    )
    return f'{{\n{head},\n"shapes": [\n{shapes}\n]}}\n'


if __name__ == "__main__":
    TABLE.write_text(compile_ontology(), encoding="utf-8")
