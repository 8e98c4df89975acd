"""Sealed evidence packages: seal, verify, extract (docs/reference/sealed-package.md). No Django, no network."""

from jusur.packages.errors import PackageError, SourceError
from jusur.packages.extraction import extract
from jusur.packages.layout import FileRecord, chunks_blake3
from jusur.packages.reading import Limits
from jusur.packages.resealing import reseal
from jusur.packages.sealing import Contents, SealedPackage, Seals, seal
from jusur.packages.statements import STATEMENT_TYPE, check_statement, statement
from jusur.packages.verification import Check, Report, Trust, verify

__all__ = [
    "STATEMENT_TYPE",
    "Check",
    "Contents",
    "FileRecord",
    "Limits",
    "PackageError",
    "Report",
    "SealedPackage",
    "Seals",
    "SourceError",
    "Trust",
    "check_statement",
    "chunks_blake3",
    "extract",
    "reseal",
    "seal",
    "statement",
    "verify",
]
