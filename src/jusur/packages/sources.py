"""The evidence to seal: a file or a folder, listed once and read once."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jusur.packages.errors import SourceError
from jusur.packages.layout import MAX_FILES, bag_path
from jusur.standards import bagit


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to seal: where it is, its path in the bag, and its size and modification time when it was listed."""

    location: str
    path: str
    size: int
    mtime_ns: int
    original: str | None


def list_source(root: Path | Sequence[tuple[Path, str]], taken: bagit.PathSet) -> list[SourceFile]:
    """The regular files under ``root`` (or ``root`` itself, or those named) in the order they will be sealed.

    Raises:
        SourceError: nothing there, links or special files, or too many files.
    """
    try:
        found = _list(root, taken) if isinstance(root, Path) else _named(root, taken)
    except OSError as error:
        raise SourceError(f"The evidence cannot be read: {error.strerror}.", fix="Check the path.") from None
    if not found:
        raise SourceError("There is no file to seal.", fix="Give a file or a folder that holds files.")
    return found


def open_source(source: SourceFile) -> int:
    """A descriptor of the file, if it still is the one that was listed; the caller closes it."""
    try:
        descriptor = os.open(source.location, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise SourceError(f"A file of the evidence cannot be read: {error.strerror}.") from None
    try:
        check_unchanged(source, descriptor)
    except SourceError:
        os.close(descriptor)
        raise
    return descriptor


def check_unchanged(source: SourceFile, descriptor: int) -> None:
    """Refuse a file whose kind, size or time of modification is no longer what was listed. Raises SourceError."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or (status.st_size, status.st_mtime_ns) != (source.size, source.mtime_ns):
        raise changed()


def changed() -> SourceError:
    """The error of evidence that changes while it is read."""
    return SourceError("A file of the evidence changed while it was read.", fix="Seal a copy that nobody writes to.")


def _list(root: Path, taken: bagit.PathSet) -> list[SourceFile]:
    if stat.S_ISREG(root.lstat().st_mode):
        return [_source(str(root), root.name, root.lstat(), taken)]
    found: list[SourceFile] = []
    for location, status in _walk(str(root)):
        if len(found) == MAX_FILES:
            raise _too_many()
        found.append(_source(location, os.path.relpath(location, root), status, taken))
    return found


def _named(items: Sequence[tuple[Path, str]], taken: bagit.PathSet) -> list[SourceFile]:
    if len(items) > MAX_FILES:
        raise _too_many()
    found = []
    for location, name in items:
        status = location.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise _unfit()
        found.append(_source(str(location), name, status, taken))
    return found


def _too_many() -> SourceError:
    return SourceError(
        f"The evidence has more than {MAX_FILES} files.", fix="Put them into an archive or a disk image first."
    )


def _unfit() -> SourceError:
    return SourceError(
        "The evidence holds a link or a special file, which cannot travel as it is.",
        fix="Put such evidence into an archive or a disk image first.",
    )


def _walk(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(entry.path)
        elif stat.S_ISREG(status.st_mode):
            yield entry.path, status
        else:
            raise _unfit()


def _source(location: str, name: str, status: os.stat_result, taken: bagit.PathSet) -> SourceFile:
    wished = bag_path(name)
    path = bagit.safe_path(wished, taken)
    taken.add(path)
    original = _shown(name) if path != wished else None
    return SourceFile(location, path, status.st_size, status.st_mtime_ns, original)


def _shown(name: str) -> str:
    """The name as text: bytes that are no UTF-8 become a backslash, x and two digits, and a backslash two of them."""
    return name.replace("\\", "\\\\").encode(errors="surrogateescape").decode(errors="backslashreplace")
