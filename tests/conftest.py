"""A throw-away PostgreSQL for the whole run, shared by its parallel workers (each has its own test database)."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from jusur.config.database import connection_settings

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_server: Path | None = None


def _as_postgres(*command: str) -> None:
    prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _start() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="jusur-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    data = folder / "data"
    _as_postgres(
        str(_BINARIES[0] / "initdb"), "-D", str(data), "-U", "jusur", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
    )
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
    _as_postgres(str(_BINARIES[0] / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    folder.chmod(0o755)
    return folder


def pytest_configure(config: pytest.Config) -> None:
    global _server  # noqa: PLW0603 - one server a run
    if hasattr(config, "workerinput") or os.environ.get("JUSUR_DATABASE_URL"):
        return
    _server = _start()
    os.environ["JUSUR_DATABASE_URL"] = f"postgresql://jusur@/postgres?host={_server}"
    # The settings were read before this file; nothing has connected yet.
    settings.DATABASES["default"].update(connection_settings(os.environ["JUSUR_DATABASE_URL"]))


def pytest_unconfigure() -> None:
    if _server is not None:
        _as_postgres(str(_BINARIES[0] / "pg_ctl"), "-D", str(_server / "data"), "-m", "immediate", "stop")
        shutil.rmtree(_server, ignore_errors=True)
