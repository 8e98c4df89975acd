"""Processes of a node: another user's rights, dying with the parent, and one owner a folder."""

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jusur.kernel.errors import ConflictError, JusurError

SERVICE_USERS = ("jusur", "postgres", "nobody")
"""Unprivileged users under which a node that root runs may run PostgreSQL, first found first taken."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class NoServiceUserError(JusurError):
    """Root runs the node and the machine has no unprivileged user for PostgreSQL."""

    code = "no-service-user"
    title = "No unprivileged user"


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """An operating-system user other than root."""

    name: str
    uid: int
    gid: int


def service_user(owner: int | None = None) -> ServiceUser | None:
    """The user for programs that refuse root: ``owner`` where given and not root; None where we are not root.

    Raises:
        NoServiceUserError: we are root and none of ``SERVICE_USERS`` exists.
    """
    if os.geteuid() != 0:
        return None
    for key in (owner, *SERVICE_USERS):
        if key is None or key == 0:
            continue
        try:
            entry = pwd.getpwuid(key) if isinstance(key, int) else pwd.getpwnam(key)
        except KeyError:
            continue
        return ServiceUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise NoServiceUserError(
        "PostgreSQL refuses to run as root and no unprivileged user was found.",
        fix="Create one (`useradd --system jusur`), run the node as an ordinary user, or set JUSUR_DATABASE_URL.",
    )


def can_reach(user: ServiceUser | None, path: Path) -> bool:
    """Whether ``user`` (None: ourselves) may execute ``path``, or enter it where it is a folder."""
    if user is None:
        return os.access(path, os.X_OK)
    return spawn([shutil.which("test") or "/usr/bin/test", "-x", str(path)], user=user).wait() == 0


def dies_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A function for the child, before exec: get signal ``number`` when the parent's thread ends, however it ends.

    Linux only (prctl(2), PR_SET_PDEATHSIG); elsewhere the next start finds and stops the orphan.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return prepare


def spawn(
    command: Sequence[str],
    *,
    user: ServiceUser | None = None,
    death_signal: signal.Signals | None = None,
    environment: Mapping[str, str] | None = None,
    output: int = subprocess.DEVNULL,
    folder: Path = Path("/"),
    new_session: bool = False,
) -> subprocess.Popen[bytes]:
    """Start ``command`` without input, both outputs to the descriptor ``output``, as ``user`` where given.

    Raises:
        OSError: the program cannot be started.
    """
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output if output == subprocess.DEVNULL else subprocess.STDOUT,
        cwd=folder,
        env=dict(environment) if environment is not None else None,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        start_new_session=new_session,
        preexec_fn=dies_with_parent(death_signal) if death_signal else None,  # noqa: PLW1509 - only calls prctl
    )


def is_alive(pid: int) -> bool:
    """Whether a process with this number runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return sys.platform != "linux"


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.02) -> bool:
    """Whether ``condition`` became true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


class OwnerLock:
    """One owner at a time for a folder: an advisory lock on a file, gone when its holder dies, however it dies.

    The file holds the owner's process number, for people and for error messages.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def owner(self) -> int | None:
        """The process number of whoever holds the lock now; None if nobody does."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.read(descriptor, 20).decode("ascii", "replace").strip()
            return int(text) if text.isdigit() else 0
        else:
            return None
        finally:
            os.close(descriptor)

    def acquire(self, *, what: str, wait: float = 0) -> None:
        """Take the lock, waiting up to ``wait`` seconds for a dying owner.

        Raises:
            ConflictError: another living process holds it.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

        def taken() -> bool:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if not wait_until(taken, seconds=wait):
            text = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise ConflictError(f"{what} is already run by process {text or 'unknown'}.", fix="Stop that one first.")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; nothing happens if it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None
