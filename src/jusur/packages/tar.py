"""The one kind of tar that a package is: POSIX pax (IEEE Std 1003.1-2017, pax), regular files only.

The reader accepts nothing else: no links, devices, folders, sparse files or global headers, bounded extended headers
with ``path``, ``size`` and ``mtime`` alone, checked checksums, and nothing but zeros after the end.
"""

import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jusur.packages.errors import PackageError

BLOCK = 512
END = bytes(2 * BLOCK)
MAX_EXTENDED = 8192
MAX_TRAILER = 20 * BLOCK
MAX_SIZE = 2**56

_NANO = 10**9
_RECORD = re.compile(rb"([1-9][0-9]{0,4}) (path|size|mtime)=([^\0]*)\n", re.DOTALL)
_MTIME = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,9}))?")
_OCTAL = re.compile(rb" *([0-7]+)[ \0]*")
_MAGIC = b"ustar\x0000"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive: its path, size in bytes and modification time in nanoseconds since 1970."""

    path: str
    size: int
    mtime_ns: int


def header(path: str, size: int, mtime_ns: int) -> bytes:
    """The header blocks of a file, with an extended header only where the plain one cannot say it."""
    info = tarfile.TarInfo(path)
    seconds, nano = divmod(mtime_ns, _NANO)
    info.size, info.mtime, info.mode = size, seconds, 0o644
    if nano or seconds < 0:
        sign, whole = ("-", -mtime_ns) if mtime_ns < 0 else ("", mtime_ns)
        info.pax_headers = {"mtime": f"{sign}{whole // _NANO}.{whole % _NANO:09d}"}
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def padding(size: int) -> bytes:
    """The zeros after a file of ``size`` bytes."""
    return bytes(-size % BLOCK)


class TarReader:
    """Reads an archive from ``read_view(n)``, once, front to back.

    Raises (from iteration and ``chunks``):
        PackageError: anything but regular files in the form that :func:`header` writes.
    """

    def __init__(self, read_view: Callable[[int], memoryview]) -> None:
        self._read_view = read_view
        self._left = 0
        self._padding = 0

    def __iter__(self) -> Iterator[Member]:
        while (member := self._next()) is not None:
            self._left, self._padding = member.size, -member.size % BLOCK
            yield member
            for _ in self.chunks():
                pass
            if any(self._exactly(self._padding)):
                raise PackageError("The archive in the package has something between its files.")
        self._check_end()

    def chunks(self) -> Iterator[memoryview]:
        """The present member's bytes in views that are valid until the next."""
        while self._left:
            view = self._read_view(self._left)
            if not view:
                raise PackageError("The archive in the package is cut short.")
            self._left -= len(view)
            yield view

    def _next(self) -> Member | None:
        block = self._exactly(BLOCK)
        if not any(block):
            return None
        extended: dict[str, str] = {}
        if _kind(block) == b"x":
            size = _number(block[124:136])
            if size > MAX_EXTENDED:
                raise PackageError("The archive in the package has too long an extended header.")
            extended = _records(self._exactly(size))
            if any(self._exactly(-size % BLOCK)):
                raise PackageError("The archive in the package has something between its files.")
            block = self._exactly(BLOCK)
        if _kind(block) not in {b"0", b"\0"} or any(block[157:257]):
            raise PackageError("The archive in the package holds something other than plain files.")
        return _member(block, extended)

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            view = self._read_view(size - len(data))
            if not view:
                raise PackageError("The archive in the package is cut short.")
            data += view
        return bytes(data)

    def _check_end(self) -> None:
        total = BLOCK
        while view := self._read_view(MAX_TRAILER):
            total += len(view)
            if any(view) or total > MAX_TRAILER:
                raise PackageError("The archive in the package continues after its end.")
        if total < len(END):
            raise PackageError("The archive in the package is cut short.")


def _kind(block: bytes) -> bytes:
    """The header's type, once its checksum and magic are right."""
    expected = sum(block[:148]) + sum(block[156:]) + 8 * ord(" ")
    if block[257:265] != _MAGIC or _number(block[148:156]) != expected:
        raise PackageError("The archive in the package has a damaged or foreign header.")
    return block[156:157]


def _number(field: bytes) -> int:
    found = _OCTAL.fullmatch(field)
    if not found:
        raise PackageError("The archive in the package has a damaged or foreign header.")
    return int(found[1], 8)


def _records(data: bytes) -> dict[str, str]:
    records: dict[str, str] = {}
    start = 0
    while start < len(data):
        length = data[start : start + 6].partition(b" ")[0]
        end = start + (int(length) if length.isdigit() and length.isascii() else 0)
        found = _RECORD.fullmatch(data[start:end])
        key = found[2].decode() if found else ""
        if not found or end > len(data) or key in records:
            raise PackageError("The archive in the package has an extended header that is not allowed.")
        try:
            records[key] = found[3].decode()
        except UnicodeDecodeError:
            raise PackageError("The archive in the package names a file not in UTF-8.") from None
        start = end
    return records


def _member(block: bytes, extended: dict[str, str]) -> Member:
    plain, prefix = block[:100].rstrip(b"\0"), block[345:500].rstrip(b"\0")
    if prefix or b"\0" in plain or not plain.isascii():
        raise PackageError("The archive in the package has a damaged or foreign header.")
    size = extended.get("size", "")
    if size and not (size.isascii() and size.isdigit() and len(size) <= len(str(MAX_SIZE))):
        raise PackageError("The archive in the package has an extended header that is not allowed.")
    octets = int(size) if size else _number(block[124:136])
    if octets > MAX_SIZE:
        raise PackageError("The archive in the package claims an impossible size.")
    mtime = _mtime(extended["mtime"]) if "mtime" in extended else _number(block[136:148]) * _NANO
    return Member(extended.get("path", plain.decode()), octets, mtime)


def _mtime(text: str) -> int:
    found = _MTIME.fullmatch(text)
    if not found:
        raise PackageError("The archive in the package has an extended header that is not allowed.")
    nano = int(found[2]) * _NANO + int((found[3] or "").ljust(9, "0"))
    return -nano if found[1] else nano
