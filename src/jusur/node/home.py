"""The folder in which one node lives: its settings, keys, database, vault, intake, sockets and logs."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from jusur.kernel.errors import JusurError, NotFoundError

HOME_VARIABLE = "JUSUR_HOME"
"""Environment variable that names the node's home where ``--home`` does not."""

PRIVATE = 0o700
TRAVERSABLE = 0o711


class HomeError(JusurError):
    """The node's folder cannot be used as it is."""

    code = "node-home"
    title = "The node's folder cannot be used"
    status = 500


@dataclass(frozen=True, slots=True)
class NodeHome:
    """The layout of a node's home.

    Everything below the home is private to the operating-system user who runs the node. Where that user is root,
    the home itself can be traversed (not listed) by others, because PostgreSQL refuses to run as root and its user
    must reach the database's folder; every other folder stays closed.
    """

    path: Path

    @classmethod
    def find(cls, given: str | Path | None = None) -> "NodeHome":
        """The home: ``given``, else ``JUSUR_HOME``, else ``~/.local/share/jusur``; always absolute."""
        named = given or os.environ.get(HOME_VARIABLE) or Path.home() / ".local" / "share" / "jusur"
        return cls(Path(named).expanduser().absolute())

    @property
    def settings_file(self) -> Path:
        """``node.toml``, the node's settings."""
        return self.path / "node.toml"

    @property
    def keys(self) -> Path:
        """The folder of private keys, certificates and secrets."""
        return self.path / "keys"

    @property
    def postgres(self) -> Path:
        """The embedded database's folder (or a link to it)."""
        return self.path / "postgres"

    @property
    def vault(self) -> Path:
        """The default folder of sealed packages."""
        return self.path / "vault"

    @property
    def intake(self) -> Path:
        """The folder from which evidence is taken in."""
        return self.path / "intake"

    @property
    def run(self) -> Path:
        """Sockets, locks, process numbers, status, nonces of the last minutes: nothing that a backup needs."""
        return self.path / "run"

    @property
    def logs(self) -> Path:
        """The log files of the node's processes."""
        return self.path / "logs"

    @property
    def search(self) -> Path:
        """The indexes of the search process: built from the database, safe to delete."""
        return self.path / "search"

    @property
    def search_port(self) -> Path:
        """The file in which the search process writes the port it took."""
        return self.run / "search.port"

    def exists(self) -> bool:
        """Whether a node was initialised here."""
        return self.settings_file.is_file()

    def require(self) -> "NodeHome":
        """This home, if a node was initialised in it.

        Raises:
            NotFoundError: there is no node here.
        """
        if not self.exists():
            raise NotFoundError(
                f"There is no node in {self.path}.",
                fix="Create one with `jusur init`, or name another folder with --home or JUSUR_HOME.",
            )
        return self

    def create(self) -> "NodeHome":
        """Make the folders that are missing and close their modes.

        Raises:
            HomeError: a folder cannot be made, or is not this user's.
        """
        outer = TRAVERSABLE if os.geteuid() == 0 else PRIVATE
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder, mode in (
                (self.path, outer),
                (self.keys, PRIVATE),
                (self.vault, PRIVATE),
                (self.intake, PRIVATE),
                (self.run, outer),
                (self.logs, PRIVATE),
            ):
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)
        except OSError as error:
            raise HomeError(
                f"The node's folder {self.path} cannot be prepared: {error.strerror}.",
                fix="Choose a folder that belongs to the user who runs the node.",
            ) from error
        return self


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write ``content`` to ``path`` durably, mode 0600: readers see the whole old file or the whole new one.

    Raises:
        FileExistsError: ``replace`` is false and there is a file already.
        OSError: the file cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable (a rename is only as lasting as its folder)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
