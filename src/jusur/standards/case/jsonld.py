"""JSON-LD in a profile that needs no remote context and no guess.

Accepted: one object with a context of prefixes (or a list of such contexts) and either ``@graph`` or one node;
nodes with ``@id``, ``@type`` and properties written as prefix and name or as a full IRI; values as text, numbers,
booleans, ``@value`` objects, references and embedded nodes. All else is refused with the reason: terms without a
prefix, ``@vocab``, ``@base``, lists, sets, reverse properties, nested graphs, relative IRIs, and statements about
classes and properties themselves.
Source: JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/).
"""

import re
from typing import Any, Final

from jusur.kernel import canonical
from jusur.standards.case.findings import ProfileError
from jusur.standards.case.graph import Graph, Term
from jusur.standards.case.literals import INTEGERS, Literal, read
from jusur.standards.case.vocabulary import CDO_PREFIXES, OWL, RDF, RDF_TYPE, RDFS, SHACL, XSD

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_LANGUAGE: Final = re.compile(r"[a-zA-Z]+(-[a-zA-Z0-9]+)*")
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_META: Final = (RDF, RDFS, OWL, SHACL, "http://www.w3.org/2003/11/swrl#")
_NOT_DESCRIBED: Final = (*_META, *CDO_PREFIXES, "http://purl.org/co/")
_ANNOTATIONS: Final = frozenset({RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")})
_MAX_DEPTH: Final = 32


def parse(document: bytes, *, max_bytes: int) -> Graph:
    """The statements of a JSON-LD document.

    Raises:
        CanonicalJSONError: not acceptable JSON, or larger than ``max_bytes``.
        ProfileError: JSON-LD outside the profile.
    """
    root = canonical.decode(document, max_bytes=max_bytes, max_depth=_MAX_DEPTH)
    if not isinstance(root, dict):
        raise ProfileError("The document is not one JSON object.")
    reader = _Reader(_prefixes(root.get("@context", {})))
    body = {key: value for key, value in root.items() if key != "@context"}
    nodes = body.get("@graph", body)
    if "@graph" in body and len(body) > 1:
        raise ProfileError("The document has @graph and other members beside it.")
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if not isinstance(node, dict):
            raise ProfileError("A member of @graph is not an object.")
        reader.node(node)
    for subject in reader.graph.nodes:
        if subject.startswith(_NOT_DESCRIBED):
            raise ProfileError(f"The document makes statements about {subject[:120]}, a name of the ontology.")
    return reader.graph


def _prefixes(context: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if not isinstance(part, dict):
            raise ProfileError("The context is not a map of prefixes.", fix="Write the prefixes into the document.")
        for name, iri in part.items():
            if not isinstance(iri, str) or not _SCHEME.fullmatch(name) or not iri.endswith(("/", "#", ":")):
                raise ProfileError(f"The context's entry {name[:80]!r} is not a prefix and its namespace.")
            if _NOT_IN_IRI.search(iri) or not _SCHEME.fullmatch(iri.split(":", 1)[0]) or ":" not in iri:
                raise ProfileError(f"The context's prefix {name[:80]!r} does not stand for an absolute IRI.")
            found[name] = iri
    if any(iri.split(":", 1)[0] in found for iri in found.values()):
        raise ProfileError("A prefix of the context is named like the scheme of a namespace.")
    return found


class _Reader:
    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.graph = Graph()
        self._known: dict[str, str] = {}
        self._predicates: dict[str, str] = {}
        self._blank = 0

    def node(self, body: dict[str, Any]) -> str:
        subject = self._subject(body.get("@id"))
        for key, value in body.items():
            if key == "@id":
                continue
            if key == "@type":
                for name in value if isinstance(value, list) else [value]:
                    self.graph.add(subject, RDF_TYPE, self._class(name))
                continue
            predicate = self._predicates.get(key) or self._predicate(key)
            for item in value if isinstance(value, list) else [value]:
                if item is not None:
                    self.graph.add(subject, predicate, self._value(item))
        return subject

    def _subject(self, name: Any) -> str:
        if name is None:
            self._blank += 1
            return f"_: {self._blank}"  # a space: no label of a document can be the same
        return self._iri(name)

    def _iri(self, name: Any) -> str:
        if not isinstance(name, str):
            raise ProfileError("An identifier is not a text.")
        known = self._known.get(name)
        if known is not None:
            return known
        prefix, colon, local = name.partition(":")
        if not colon or _NOT_IN_IRI.search(name):
            raise ProfileError(f"{name[:80]!r} is not an absolute IRI.")
        if prefix == "_":
            if not local:
                raise ProfileError("A blank node has no label.")
            iri = name
        elif prefix in self.prefixes and not local.startswith("//"):
            iri = self.prefixes[prefix] + local
        elif _SCHEME.fullmatch(prefix):
            iri = name
        else:
            raise ProfileError(f"{name[:80]!r} is not an absolute IRI.")
        self._known[name] = iri
        return iri

    def _class(self, name: Any) -> str:
        iri = self._iri(name)
        if iri.startswith(("_:", *_META)):
            raise ProfileError(f"Nodes of class {iri[:120]} are not in the supported profile.")
        return iri

    def _predicate(self, key: str) -> str:
        if key.startswith("@"):
            raise ProfileError(f"The keyword {key[:40]} is not in the supported profile.")
        iri = self._iri(key)
        if iri.startswith("_:") or (iri.startswith(_META) and iri not in _ANNOTATIONS):
            raise ProfileError(f"The property {iri[:120]} is not in the supported profile.")
        self._predicates[key] = iri
        return iri

    def _value(self, value: Any) -> Term:
        if isinstance(value, str):
            return Literal(value)
        if isinstance(value, bool):
            return Literal("true" if value else "false", XSD + "boolean")
        if isinstance(value, int):
            return Literal(str(value), XSD + "integer")
        if isinstance(value, float):
            return Literal(str(value), XSD + "double")
        if isinstance(value, dict):
            return self._literal(value) if "@value" in value else self.node(value)
        raise ProfileError("A list stands inside a list.")

    def _literal(self, body: dict[str, Any]) -> Literal:
        value, name, language = body["@value"], body.get("@type"), body.get("@language")
        if set(body) - {"@value", "@type", "@language"} or (name is not None and language is not None):
            raise ProfileError("A value object has members beside @value and one of @type and @language.")
        if language is not None:
            if not isinstance(value, str) or not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
                raise ProfileError("A text in a language has no text or no language tag.")
            return Literal(value, None, language.lower())
        if name is None:
            if value is None or isinstance(value, dict | list):
                raise ProfileError("A value object has no value.")
            plain = self._value(value)
            return plain if isinstance(plain, Literal) else Literal("")
        datatype = self._iri(name)
        if datatype.startswith("_:"):
            raise ProfileError("A datatype is a blank node.")
        return self._typed(value, datatype)

    @staticmethod
    def _typed(value: Any, datatype: str) -> Literal:
        if isinstance(value, str):
            return read(value, datatype)
        if isinstance(value, bool) and datatype == XSD + "boolean":
            return Literal("true" if value else "false", datatype)
        if isinstance(value, int) and not isinstance(value, bool) and datatype in INTEGERS:
            literal = read(str(value), datatype)
            if literal.well_formed:
                return literal
        raise ProfileError(f"A JSON value that is not text is given the datatype {datatype[:120]}.")
