"""CASE/UCO: the provenance of digital evidence, written and checked.

``case_document`` writes it from records, ``encode`` gives its bytes, ``check`` finds what does not conform.
Source: CASE 1.5.0 (https://caseontology.org/), JSON-LD 1.1.
"""

from jusur.standards.case.checker import check
from jusur.standards.case.document import case_document, encode
from jusur.standards.case.findings import Finding, ProfileError, conforms
from jusur.standards.case.records import (
    Acquisition,
    Agent,
    Authorization,
    CustodyEvent,
    FileRecord,
    Investigation,
    Package,
    Tool,
)

__all__ = [
    "Acquisition",
    "Agent",
    "Authorization",
    "CustodyEvent",
    "FileRecord",
    "Finding",
    "Investigation",
    "Package",
    "ProfileError",
    "Tool",
    "case_document",
    "check",
    "conforms",
    "encode",
]
