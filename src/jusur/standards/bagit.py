"""BagIt (RFC 8493): manifests, bag-info and paths, written as streams and read as hostile input.

Stricter than the RFC where a path could mean one thing here and another on the court's computer: every component
must be a portable file name, and two paths that differ only in case or in Unicode composition do not share a bag.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from jusur.kernel import text
from jusur.kernel.errors import InvalidInputError

ALGORITHM = "sha256"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
DECLARATION_FILE = "bagit.txt"
INFO_FILE = "bag-info.txt"
PAYLOAD = "data"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

MAX_PATH_BYTES = 1024
MAX_DEPTH = 32
MAX_LINE = 8192
MAX_INFO_LINES = 256
MAX_TWINS = 100

_LINE = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*")
_ENCODED = re.compile(r"%0D|%0A|%25", re.IGNORECASE)
_STRAY = re.compile(r"%(?!0D|0A|25)", re.IGNORECASE)


class BagError(InvalidInputError):
    """The bag is not what RFC 8493 and the portable path rules allow."""

    code = "bag"
    title = "The evidence bag is not acceptable"


def check_path(path: str) -> str:
    """``path`` if it is relative, normalised and portable.

    Raises:
        BagError: absolute, with ``..``, a backslash, a drive, a device's name, a control or invisible character, not
            in Unicode composition form C, too long or too deep.
    """
    parts = path.split("/")
    if len(parts) > MAX_DEPTH or len(path) > MAX_PATH_BYTES or len(path.encode(errors="replace")) > MAX_PATH_BYTES:
        raise BagError("A path in the bag is too long or too deep.")
    for part in parts:
        try:
            safe = text.file_name(part, field="A name in the bag")
        except text.TextError as error:
            raise BagError(error.detail) from None
        if safe != part:
            raise BagError("A name in the bag is not in Unicode composition form C.")
    return path


class PathSet:
    """The paths of one bag, refusing those that a computer somewhere would take for the same.

    Raises (from ``add``):
        BagError: the path is not portable, was there, differs only in case, or is a folder of another.
    """

    def __init__(self) -> None:
        self._files: set[bytes] = set()
        self._folders: set[bytes] = set()

    def add(self, path: str) -> None:
        """Take ``path`` in."""
        check_path(path)
        key, folders = self._keys(path)
        if key in self._files or key in self._folders or not self._files.isdisjoint(folders):
            raise BagError("Two paths in the bag are the same, or differ only in capitals.")
        self._files.add(key)
        self._folders |= folders

    def accepts(self, path: str) -> bool:
        """Whether ``add`` would take ``path``."""
        try:
            check_path(path)
        except BagError:
            return False
        key, folders = self._keys(path)
        return key not in self._files and key not in self._folders and self._files.isdisjoint(folders)

    def __len__(self) -> int:
        return len(self._files)

    @staticmethod
    def _keys(path: str) -> tuple[bytes, set[bytes]]:
        """16 bytes each for the path and its folders: a hundred thousand paths fit in a few megabytes."""
        folded = _fold(path).split("/")
        folders = {_digest("/".join(folded[:depth])) for depth in range(1, len(folded))}
        return _digest("/".join(folded)), folders


def safe_path(original: str, taken: PathSet) -> str:
    """A portable path for a file called ``original``, one that ``taken`` accepts; the caller keeps the original.

    Characters that a court's computer could not hold, or that BagIt's tools read in more than one way (``%``), are
    written as ``_xHHHH_``; a name that is a device's or ends in a dot gets an underscore; twins get ``~2``, ``~3``. A
    path that cannot be helped so is replaced by a digest.
    """
    parts = [_safe_name(part) for part in original.split("/")]
    stem, dot, suffix = parts[-1].rpartition(".")
    for number in range(1, MAX_TWINS):
        name = parts[-1] if number == 1 else f"{stem}~{number}.{suffix}" if dot and stem else f"{parts[-1]}~{number}"
        candidate = "/".join([*parts[:-1], name])
        if taken.accepts(candidate):
            return candidate
    unique = f"{len(taken)}/{original}".encode(errors="surrogatepass")
    return f"{PAYLOAD}/name-{hashlib.sha256(unique).hexdigest()[:32]}"


def encode_path(path: str) -> str:
    """``path`` as a manifest line writes it: CR, LF and % percent-encoded (RFC 8493, section 2.1.3)."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def decode_path(encoded: str) -> str:
    """The path that a manifest line writes. Raises BagError for any other percent sign."""
    if _STRAY.search(encoded):
        raise BagError("A manifest writes a percent sign that stands for nothing.")
    return _ENCODED.sub(lambda found: chr(int(found.group()[1:], 16)), encoded)


def manifest_lines(entries: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The lines of a manifest of ``(path, lower-case hexadecimal SHA-256)``."""
    for path, digest in entries:
        yield f"{digest}  {encode_path(path)}\n".encode()


def read_manifest(data: bytes) -> Iterator[tuple[str, str]]:
    """``(path, digest)`` of each line of a manifest.

    Raises:
        BagError: a line is malformed or too long, or a path is not portable.
    """
    start = 0
    while start < len(data):
        end = data.find(b"\n", start, start + MAX_LINE)
        if end < 0:
            raise BagError("A manifest's line is too long or has no end.")
        found = _LINE.fullmatch(_decode(data[start:end].removesuffix(b"\r")))
        if not found:
            raise BagError("A manifest's line is not a SHA-256 digest and a path.")
        yield check_path(decode_path(found[2])), found[1]
        start = end + 1


def check_declaration(data: bytes) -> None:
    """Refuse a ``bagit.txt`` other than of BagIt 1.0 in UTF-8. Raises BagError."""
    if data.replace(b"\r\n", b"\n").rstrip(b"\n") != DECLARATION.rstrip(b"\n"):
        raise BagError("The bag does not declare BagIt 1.0 in UTF-8.")


def write_info(labels: Mapping[str, str]) -> bytes:
    """``bag-info.txt`` of one-line values. Raises BagError for a label or value that would not read back."""
    lines = []
    for label, value in labels.items():
        if not _LABEL.fullmatch(label) or value != " ".join(value.split()) or not value.isprintable():
            raise BagError(f"The bag's {label[:40]!r} cannot be written as one line.")
        lines.append(f"{label}: {value}\n")
    return "".join(lines).encode()


def read_info(data: bytes) -> dict[str, str]:
    """Labels and values of ``bag-info.txt``; a label twice keeps the bag out, continued lines are joined."""
    labels: dict[str, str] = {}
    last = ""
    lines = _decode(data).splitlines()
    if len(lines) > MAX_INFO_LINES:
        raise BagError("bag-info.txt has too many lines.")
    for line in lines:
        if line[:1] in {" ", "\t"} and last:
            labels[last] += " " + line.strip()
            continue
        label, colon, value = line.partition(":")
        if not colon or not _LABEL.fullmatch(label) or label in labels:
            raise BagError("bag-info.txt is malformed.")
        labels[label] = value.strip()
        last = label
    return labels


def oxum(size: int, count: int) -> str:
    """``Payload-Oxum``: bytes and files of the payload (RFC 8493, section 2.2.2)."""
    return f"{size}.{count}"


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BagError("A tag file is not UTF-8.") from None


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _digest(path: str) -> bytes:
    return hashlib.sha256(path.encode(errors="surrogatepass")).digest()[:16]


def _portable(name: str) -> bool:
    try:
        return text.file_name(name) == name and "%" not in name
    except text.TextError:
        return False


def _safe_name(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    if _portable(composed):
        return composed
    written = "".join(one if _portable(f"a{one}a") else f"_x{ord(one):04X}_" for one in composed)
    for candidate in (written, f"_{written}", f"{written}_", f"_{written}_"):
        if _portable(candidate):
            return candidate
    return "name-" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
