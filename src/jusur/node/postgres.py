"""The embedded PostgreSQL of a node: made, started, watched over and stopped without anybody's hands.

It listens on a Unix socket in a folder of its own, never on TCP. Who connects is told by the kernel (``peer``
authentication): only the operating-system user who runs the node. PostgreSQL refuses to run as root, so a node run by
root runs it as an unprivileged user. The server is a child process and dies with its parent; what a ``kill -9`` of
everything leaves behind is found and cleared at the next start.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from jusur.kernel.errors import UnavailableError
from jusur.node import binaries
from jusur.node.home import NodeHome
from jusur.node.processes import (
    OwnerLock,
    ServiceUser,
    can_reach,
    is_alive,
    service_user,
    spawn,
    wait_until,
)

ROLE = "jusur"
"""The database's owner, whom the node's processes connect as: no superuser, so row-level security can bind it."""
ADMIN = "jusur_admin"
"""The superuser, for backups and repairs."""
READER = "jusur_reader"
"""The role whose eyes row-level security opens, for reading on behalf of organisations; nobody connects as it."""
DATABASE = "jusur"

READY_SECONDS = 120.0  # crash recovery replays at most max_wal_size
RETRY_SECONDS = 15.0  # a dying postmaster and its children hold the folder for 1-2 s
STOP_SECONDS = 30.0
MAX_SOCKET_PATH = 107  # sun_path of sockaddr_un(7), less the closing zero
_SOCKET_NAME = "/.s.PGSQL.5432.lock"
_TRANSIENT = (b"pre-existing shared memory", b'lock file "postmaster.pid"', b'.lock" already exists', b"bogus data")

_TUNING: Mapping[str, str] = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "idle_in_transaction_session_timeout": "10min",
    # Statements and rows hold personal data: the log says that something failed, never on what.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_line_prefix": "'%m [%p] %u '",
}
_FAST: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class PostgresError(UnavailableError):
    """The embedded database cannot be made, started or reached."""

    code = "postgres"
    title = "The node's database is not available"


@dataclass(frozen=True, slots=True)
class PostgresStatus:
    """What is known of the embedded database from outside."""

    initialised: bool
    running: bool
    accepting: bool
    pid: int | None
    major: int | None
    data: Path
    socket: Path


class EmbeddedPostgres:
    """The PostgreSQL in one node's home.

    Start it from a thread that lives as long as the database should: the kernel ends the server with that thread.
    ``disposable`` trades durability for speed and is for tests only.
    """

    def __init__(
        self,
        home: NodeHome | Path,
        *,
        sources: Sequence[str] = binaries.SOURCES,
        disposable: bool = False,
    ) -> None:
        self.home = home if isinstance(home, NodeHome) else NodeHome(Path(home).absolute())
        self.process: subprocess.Popen[bytes] | None = None
        self._sources = tuple(sources)
        self._disposable = disposable
        self._lock = OwnerLock(self.home.run / "postgres.lock")

    @property
    def data(self) -> Path:
        """The database's folder itself, where ``<home>/postgres`` leads."""
        return self.home.postgres.resolve()

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.home.logs / "postgres.log"

    @cached_property
    def socket_folder(self) -> Path:
        """The folder of the socket: in the home, or near the root where the home is too deep or closed."""
        inside = self.home.run / "postgres"
        short = len(os.fsencode(inside)) + len(_SOCKET_NAME) <= MAX_SOCKET_PATH
        if short and (self._user is None or can_reach(self._user, self.home.run)):
            return inside
        mark = hashlib.sha256(os.fsencode(self.home.path.resolve())).hexdigest()[:12]
        if os.geteuid() == 0:
            return Path("/run") / f"jusur-{mark}"
        return Path(tempfile.gettempdir()) / f"jusur-{os.geteuid()}-{mark}"

    def parameters(self, role: str = ROLE) -> dict[str, str]:
        """Connection parameters in libpq's words."""
        return {"host": str(self.socket_folder), "port": "5432", "user": role, "dbname": DATABASE}

    def url(self, role: str = ROLE, database: str = DATABASE) -> str:
        """The connection URL, the same before and after a start."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='')}&port=5432"

    def initialise(self) -> None:
        """Make the database's folder if there is none: beside its place, then moved there whole.

        Raises:
            PostgresError: ``initdb`` failed.
            UnavailableError: no programs, or no unprivileged user.
        """
        if (self.home.postgres / "PG_VERSION").exists():
            return
        self.home.create()
        user = service_user()
        inside = user is None or can_reach(user, self.home.path)
        parent = self.home.path if inside else binaries.SHARED_STATE
        if not inside:
            parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".postgres-" if inside else "postgres-", dir=parent))
        try:
            self._initdb(draft, user)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        if inside:
            draft.rename(self.home.postgres)
        else:
            self.home.postgres.symlink_to(draft)

    def _initdb(self, folder: Path, user: ServiceUser | None) -> None:
        if user:
            os.chown(folder, user.uid, user.gid)
        programs = binaries.find(user=user, sources=self._sources)
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        choices = [builtin] if programs.major >= 17 else [["--locale=C.UTF-8"], ["--locale=C"]]  # noqa: PLR2004 - version
        for locale in choices:
            command = [programs.program("initdb"), "-D", str(folder), "-U", ADMIN, "-A", "peer", "-E", "UTF8", *locale]
            with tempfile.TemporaryFile() as output:
                child = spawn(
                    [*command, *(["--no-sync"] if self._disposable else [])],
                    user=user,
                    environment=_environment(),
                    output=output.fileno(),
                )
                if child.wait() == 0:
                    return
                output.seek(0)
                said = output.read()[-2000:].decode("utf-8", "replace")
            for left in folder.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        raise PostgresError(f"The database could not be made: {said.strip()}", fix="Free space, or correct the folder.")

    def start(self) -> str:
        """Start the server as a child of this process and return its URL once it answers.

        An orphan of an earlier life that still holds the folder is stopped first.

        Raises:
            ConflictError: another living process runs this database.
            PostgresError: it did not start; the message quotes its log.
        """
        self.home.create()
        self._lock.acquire(what="This node's database", wait=1.0)
        try:
            self.initialise()
            self._check_owner()
            self._clear_orphan()
            self._configure()
            self._launch()
            self._furnish()
        except BaseException:
            self.stop(signal.SIGQUIT)
            raise
        return self.url()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT lets it write a last checkpoint, SIGQUIT (and patience's end) does not.

        Raises:
            ConflictError: another living process runs it.
        """
        if self.process is None:
            if not self._lock.held:
                self._lock.acquire(what="This node's database")
            self._clear_orphan()
        else:
            _end(self.process.pid, how, reap=self.process)
            self.process = None
        self._lock.release()

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """The URL of the running server, started for the occasion (and stopped after it) if it does not run."""
        if self.status().accepting:
            yield self.url()
            return
        url = self.start()
        try:
            yield url
        finally:
            self.stop()

    def status(self) -> PostgresStatus:
        """Whether it exists, runs and answers."""
        version = self.home.postgres / "PG_VERSION"
        try:
            major: int | None = int(version.read_text())
        except (OSError, ValueError):
            major = None
        pid = self._postmaster()
        return PostgresStatus(
            initialised=major is not None,
            running=pid is not None,
            accepting=pid is not None and self._answers(),
            pid=pid,
            major=major,
            data=self.data,
            socket=self.socket_folder,
        )

    @cached_property
    def _user(self) -> ServiceUser | None:
        owner = self.home.postgres.stat().st_uid if self.home.postgres.exists() else None
        return service_user(owner)

    def _check_owner(self) -> None:
        wanted = self._user.uid if self._user else os.geteuid()
        if self.data.stat().st_uid != wanted:
            raise PostgresError(
                f"The database's folder {self.data} belongs to another user.",
                fix="Run the node as the user who made it, or give the folder to this one (chown -R).",
            )

    def _postmaster(self) -> int | None:
        """The living server of this folder, if any: the number in ``postmaster.pid``, if that one works here."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        if pid <= 0 or not is_alive(pid):
            return None
        try:
            return pid if Path(f"/proc/{pid}/cwd").readlink() == self.data else None
        except OSError:
            return pid if not Path("/proc/self").exists() else None

    def _clear_orphan(self) -> None:
        orphan = self._postmaster()
        if orphan is not None:
            _end(orphan, signal.SIGINT)
        # A number left by a dead server may be a stranger's by now, and then PostgreSQL would refuse for ever.
        # We hold the home's lock and nobody works in the folder: these files are stale.
        for stale in (self.data / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def _configure(self) -> None:
        """Write what the node decides; ``postgresql.conf`` stays the operator's and is read last."""
        _private_folder(self.socket_folder, self._user)
        settings = {**_TUNING, **(_FAST if self._disposable else {})}
        settings["unix_socket_directories"] = "'" + str(self.socket_folder).replace("'", "''") + "'"
        own = "".join(f"{name} = {value}\n" for name, value in settings.items())
        runner = pwd.getpwuid(os.geteuid()).pw_name
        pairs = {(runner, ROLE), (runner, ADMIN), (self._user.name if self._user else runner, ADMIN)}
        self._put("jusur.conf", "# Written by Jusur at every start. Put your own settings in postgresql.conf.\n" + own)
        self._put("pg_hba.conf", "local all all peer map=node\n")
        self._put("pg_ident.conf", "".join(f'node "{system}" {role}\n' for system, role in sorted(pairs)))
        main = self.data / "postgresql.conf"
        include = "include = 'jusur.conf'\n"
        if not main.is_symlink() and not main.read_text().startswith(include):
            self._put("postgresql.conf", include + "# What you set below this line wins over jusur.conf.\n")

    def _put(self, name: str, text: str) -> None:
        descriptor, draft = tempfile.mkstemp(prefix=".jusur-", dir=self.data)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            if self._user:
                os.fchown(file.fileno(), self._user.uid, self._user.gid)
        Path(draft).rename(self.data / name)

    def _launch(self) -> None:
        major = int((self.data / "PG_VERSION").read_text())
        programs = binaries.find(user=self._user, major=major, sources=self._sources)
        give_up = time.monotonic() + RETRY_SECONDS
        while True:
            start = self.log_file.stat().st_size if self.log_file.exists() else 0
            log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                self.process = spawn(
                    [programs.program("postgres"), "-D", str(self.data)],
                    user=self._user,
                    death_signal=signal.SIGINT,
                    environment=_environment(),
                    output=log,
                    new_session=True,  # a Ctrl-C at the terminal is for the supervisor, who stops things in order
                )
            finally:
                os.close(log)
            if wait_until(lambda: self._ended() or self._answers(), seconds=READY_SECONDS) and not self._ended():
                return
            said = self.log_file.read_bytes()[start:]
            transient = any(sign in said for sign in _TRANSIENT)
            if not (self._ended() and transient and time.monotonic() < give_up):
                tail = said[-1500:].decode("utf-8", "replace").strip()
                raise PostgresError(f"The database did not start. Its log ends: {tail}", fix=f"See {self.log_file}.")
            time.sleep(0.2)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _answers(self) -> bool:
        return psycopg.pq.PGconn.ping(f"{self.url()}&connect_timeout=5".encode()) == psycopg.pq.Ping.OK

    def _furnish(self) -> None:
        """The role and the database, made where they are missing."""
        with psycopg.connect(self.url(ADMIN, "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                statement = sql.SQL("CREATE ROLE {} LOGIN CREATEDB" if self._disposable else "CREATE ROLE {} LOGIN")
                connection.execute(statement.format(sql.Identifier(ROLE)))
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [READER]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(READER)))
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(READER), sql.Identifier(ROLE)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))


@contextlib.contextmanager
def temporary_postgres(
    *, sources: Sequence[str] = binaries.SOURCES, durable: bool = False
) -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL in a folder of its own that is gone afterwards; without durability unless ``durable``."""
    folder = Path(tempfile.mkdtemp(prefix="jusur-pg-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(NodeHome(folder / "n"), sources=sources, disposable=not durable)
    try:
        server.start()
        yield server
    finally:
        server.stop(signal.SIGINT if durable else signal.SIGQUIT)
        if server.home.postgres.is_symlink():
            shutil.rmtree(server.data, ignore_errors=True)
        shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    """No inherited PG* variables, no secrets: only what the programs need."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def _private_folder(folder: Path, user: ServiceUser | None) -> None:
    """Make ``folder``, closed to all but its owner, and refuse one that somebody else put there."""
    wanted = user.uid if user else os.geteuid()
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {wanted, os.geteuid()}:
        raise PostgresError(f"{folder} is not this node's folder.", fix="Remove it: somebody else made it.")
    if user:
        os.chown(folder, user.uid, user.gid, follow_symlinks=False)
    folder.chmod(0o700)


def _end(pid: int, how: signal.Signals, reap: subprocess.Popen[bytes] | None = None) -> None:
    """End a server: as asked, then at once, then by force."""

    def gone() -> bool:
        return reap.poll() is not None if reap else not is_alive(pid)

    for number, patience in ((how, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if gone():
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(gone, seconds=patience):
            return
    raise PostgresError(f"The database's process {pid} does not end.", fix="End it by hand, then start again.")
