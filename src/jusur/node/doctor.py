"""Is this node well? A list of checks, each of which says what it found and what to do.

Rooms above add their own (``extra``): the directory's age, the outbox's oldest message.
"""

import ctypes
import errno
import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from cryptography import x509

from jusur import vault as vaults
from jusur.kernel import clock
from jusur.kernel.errors import JusurError
from jusur.kernel.sentences import sentence
from jusur.node import binaries, settings, supervisor
from jusur.node.home import NodeHome
from jusur.node.postgres import EmbeddedPostgres
from jusur.node.processes import service_user
from jusur.node.settings import NodeSettings

LOW_DISK_BYTES, NO_DISK_BYTES = 5 << 30, 1 << 30
EXPIRY_NOTICE = timedelta(days=30)
MAX_CERTIFICATE_BYTES = 64 * 1024
OLDEST_PYTHON = (3, 11)
OUTSIDE_PROGRAMS = {
    "openssl": "openssl is not installed; it checks signatures and time-stamps of packages without Jusur.",
    "age": "age is not installed; it opens packages and backups without Jusur.",
}

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_TIMEX_BYTES = 256  # struct timex is 208 bytes on 64-bit Linux


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``ok`` false means the node cannot do its work; a warning leaves it able to."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
    warning: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The finding for JSON."""
        return asdict(self)


Check = Callable[[], Iterable[Finding]]


def examine(home: NodeHome, *, extra: Sequence[Check] = ()) -> list[Finding]:
    """Every check's findings; a check that fails itself is a finding, never an exception."""
    try:
        node = settings.load(home)
    except JusurError as error:
        return [*_machine(), Finding("settings", ok=False, detail=error.detail, fix=error.fix)]
    checks: dict[str, Check] = {
        "machine": _machine,
        "clock": _clock,
        "disk": lambda: _disk(home, node),
        "database": lambda: _database(home, node),
        "keys": lambda: _key_modes(home),
        "certificates": lambda: _certificates(home),
        "vault": lambda: _vault(node),
        "ports": lambda: _ports(home, node),
        "time-stamps": lambda: _timestamps(node),
        **{f"extra-{number}": check for number, check in enumerate(extra)},
    }
    return [
        Finding(
            "settings",
            ok=True,
            detail=sentence("{name} ({address}) in {folder}", name=node.name, address=node.address, folder=home.path),
        ),
        *(finding for name, check in checks.items() for finding in _guarded(name, check)),
    ]


def healthy(findings: Iterable[Finding]) -> bool:
    """Whether nothing keeps the node from its work."""
    return all(finding.ok for finding in findings)


def _guarded(name: str, check: Check) -> list[Finding]:
    try:
        return list(check())
    except JusurError as error:
        return [Finding(name, ok=False, detail=error.detail, fix=error.fix)]
    except Exception as error:  # noqa: BLE001 - the doctor reports what it meets, whatever it is
        return [
            Finding(
                name,
                ok=False,
                detail=sentence("The check failed: {error}.", error=type(error).__name__),
                fix="See the logs.",
            )
        ]


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    new_enough = sys.version_info[:2] >= OLDEST_PYTHON
    yield Finding(
        "python",
        ok=new_enough,
        detail=sentence("Python {version}", version=version),
        fix="" if new_enough else "Use Python 3.11.",
    )
    for program, lacking in OUTSIDE_PROGRAMS.items():
        found = shutil.which(program)
        fix = "" if found else sentence("Install {program}.", program=program)
        yield Finding(program, ok=True, warning=not found, detail=found or lacking, fix=fix)


def _clock() -> Iterator[Finding]:
    if os.environ.get(clock.OFFSET_VARIABLE):
        fix: str = sentence("Unset {variable}, unless this is a rehearsal.", variable=clock.OFFSET_VARIABLE)
        yield Finding("clock", ok=True, warning=True, detail="The clock is shifted on purpose.", fix=fix)
        return
    synchronised = _synchronised()
    forms = {
        True: "{time}, synchronised",
        False: "{time}, not synchronised with a time source",
        None: "{time}, its synchronisation is not told",
    }
    fix = "Run an NTP client: peers refuse messages from a clock minutes wrong." if synchronised is False else ""
    detail = sentence(forms[synchronised], time=clock.timestamp(clock.now()))
    yield Finding("clock", ok=True, warning=synchronised is False, detail=detail, fix=fix)


def _synchronised() -> bool | None:
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))  # all zero: only reads
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR


def _disk(home: NodeHome, node: NodeSettings) -> Iterator[Finding]:
    places = {home.path, node.intake_dir}
    database = EmbeddedPostgres(home).data
    places |= {database} if database.exists() else set()
    for place in sorted(path for path in places if path.exists()):
        free = shutil.disk_usage(place).free
        low = free < LOW_DISK_BYTES
        detail = sentence("{free} GiB free for {folder}", free=f"{free / (1 << 30):.1f}", folder=place)
        fix = "Free space, or move the folder to a larger disk." if low else ""
        yield Finding("disk", ok=free >= NO_DISK_BYTES, warning=low, detail=detail, fix=fix)


def _database(home: NodeHome, node: NodeSettings) -> Iterator[Finding]:
    server = EmbeddedPostgres(home)
    if node.database_url not in {"", server.url()}:
        yield _reached(node.database_url, embedded=False)
        return
    status = server.status()
    if status.accepting:
        yield _reached(server.url(), embedded=True)
        return
    programs = binaries.find(user=service_user(), major=status.major)
    form = (
        "embedded, not running; PostgreSQL {version} is there"
        if status.initialised
        else "embedded, not made yet; PostgreSQL {version} is there"
    )
    yield Finding("database", ok=True, detail=sentence(form, version=programs.major))


def _reached(url: str, *, embedded: bool) -> Finding:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            major = connection.info.server_version // 10000
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.Error:
        fix = "Start it, or correct JUSUR_DATABASE_URL."
        silent = "The embedded database does not answer." if embedded else "The outside database does not answer."
        return Finding("database", ok=False, detail=silent, fix=fix)
    good = major >= binaries.MINIMUM_MAJOR and encoding == "UTF8"
    wanted = sentence("Use PostgreSQL {version} or later, encoding UTF8.", version=binaries.MINIMUM_MAJOR)
    form = (
        "embedded, PostgreSQL {version}, {encoding}, answers"
        if embedded
        else "outside, PostgreSQL {version}, {encoding}, answers"
    )
    detail = sentence(form, version=major, encoding=encoding)
    return Finding("database", ok=good, detail=detail, fix="" if good else wanted)


def _key_modes(home: NodeHome) -> Iterator[Finding]:
    paths = [home.keys, *sorted(home.keys.rglob("*"))]
    loose = [path for path in paths if _is_loose(path)]
    if loose:
        named = ", ".join(path.relative_to(home.path).as_posix() for path in loose[:5])
        fix = sentence(
            "Close them: chmod -R go= {folder}, and give them to the user who runs the node.", folder=home.keys
        )
        yield Finding("keys", ok=False, detail=sentence("Others can reach {files}.", files=named), fix=fix)
    else:
        yield Finding("keys", ok=True, detail=sentence("closed to others; files: {count}", count=len(paths) - 1))


def _is_loose(path: Path) -> bool:
    found = path.lstat()
    return bool(stat.S_IMODE(found.st_mode) & 0o077) or found.st_uid != os.geteuid()


def _certificates(home: NodeHome) -> Iterator[Finding]:
    for path in sorted(home.keys.glob("*.certificate.pem")):
        with path.open("rb") as file:
            until = x509.load_pem_x509_certificate(file.read(MAX_CERTIFICATE_BYTES)).not_valid_after_utc
        left = until - clock.now()
        expired, soon = left <= timedelta(0), left <= EXPIRY_NOTICE
        form = "{file} expired on {day}" if expired else "{file} is valid until {day}"
        detail = sentence(form, file=path.name, day=f"{until:%Y-%m-%d}")
        fix = "Ask the secretariat for a new one." if soon else ""
        yield Finding("certificate", ok=not expired, warning=soon, detail=detail, fix=fix)


def _vault(node: NodeSettings) -> Iterator[Finding]:
    vault = vaults.open(node.vault_location)
    with vault.create(f"doctor-{os.urandom(8).hex()}") as writer:
        writer.write(b"Can this be written?")
    free = f"{vault.free_bytes() / (1 << 30):.1f}"
    yield Finding("vault", ok=True, detail=sentence("can be written, room for {free} GiB", free=free))


def _ports(home: NodeHome, node: NodeSettings) -> Iterator[Finding]:
    if supervisor.status(home)["running"]:
        form = "{gate} and {web} are this node's: it runs"
        yield Finding("ports", ok=True, detail=sentence(form, gate=node.gate_port, web=node.web_port))
        return
    for name, host, port in (("gate", node.gate_host, node.gate_port), ("web", node.web_host, node.web_port)):
        reason = _refused(host, port)
        form = "Choose another {name}_port or {name}_host in node.toml, or stop what uses it."
        detail = sentence("{place} {state}", place=f"{host}:{port}", state=reason or "is free")
        yield Finding(f"port-{name}", ok=not reason, detail=detail, fix=sentence(form, name=name) if reason else "")


def _refused(host: str, port: int) -> str:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return {errno.EADDRINUSE: "is used by another program", errno.EACCES: "needs rights that we lack"}.get(
            error.errno or 0, f"cannot be listened on: {error.strerror}"
        )
    return ""


def _timestamps(node: NodeSettings) -> Iterator[Finding]:
    if not node.timestamp_url:
        fix = "Set timestamp_url to a qualified authority before evidence goes to court."
        yield Finding("time-stamps", ok=True, warning=True, detail="No time-stamp authority is set.", fix=fix)
    elif not node.timestamp_roots.is_file():
        fix = sentence("Put the authority's root certificates into {file}.", file=node.timestamp_roots)
        yield Finding("time-stamps", ok=False, detail="The time-stamp authority's roots are missing.", fix=fix)
    else:
        yield Finding("time-stamps", ok=True, detail=node.timestamp_url)
