"""Names of the CASE and UCO ontologies as this package writes and checks them.

Sources: CASE 1.5.0 (https://ontology.caseontology.org/) and the UCO release it imports
(https://ontology.unifiedcyberontology.org/).
"""

from typing import Final

CASE_VERSION: Final = "1.5.0"

UCO: Final = "https://ontology.unifiedcyberontology.org/uco/"
CDO_PREFIXES: Final = ("https://ontology.unifiedcyberontology.org/", "https://ontology.caseontology.org/")

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SHACL: Final = "http://www.w3.org/ns/shacl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

RDF_TYPE: Final = RDF + "type"

# Prefixes of the compiled table, and (those that are used) of the documents written.
NAMESPACES: Final[dict[str, str]] = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "case-vocabulary": "https://ontology.caseontology.org/case/vocabulary/",
    "uco-action": UCO + "action/",
    "uco-analysis": UCO + "analysis/",
    "uco-configuration": UCO + "configuration/",
    "uco-core": UCO + "core/",
    "uco-identity": UCO + "identity/",
    "uco-location": UCO + "location/",
    "uco-marking": UCO + "marking/",
    "uco-observable": UCO + "observable/",
    "uco-pattern": UCO + "pattern/",
    "uco-role": UCO + "role/",
    "uco-time": UCO + "time/",
    "uco-tool": UCO + "tool/",
    "uco-types": UCO + "types/",
    "uco-victim": UCO + "victim/",
    "uco-vocabulary": UCO + "vocabulary/",
    "uco-co": "https://ontology.unifiedcyberontology.org/co/",
    "uco-owl": "https://ontology.unifiedcyberontology.org/owl/",
    "co": "http://purl.org/co/",
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "sh": SHACL,
    "xsd": XSD,
}

# The prefixes a written document declares.
DOCUMENT_PREFIXES: Final = (
    "case-investigation",
    "uco-action",
    "uco-core",
    "uco-identity",
    "uco-location",
    "uco-marking",
    "uco-observable",
    "uco-tool",
    "uco-types",
    "xsd",
)


def shorten(iri: str) -> str:
    """``iri`` with its longest known namespace written as a prefix, or unchanged."""
    best = max(
        ((prefix, space) for prefix, space in NAMESPACES.items() if iri.startswith(space)),
        key=lambda pair: len(pair[1]),
        default=None,
    )
    return iri if best is None else f"{best[0]}:{iri.removeprefix(best[1])}"


def expand(name: str) -> str:
    """The IRI that a name of the compiled table stands for."""
    prefix, _, local = name.partition(":")
    return NAMESPACES[prefix] + local if prefix in NAMESPACES else name
