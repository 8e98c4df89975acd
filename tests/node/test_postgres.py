import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.node.ordinary import as_ordinary_user

from jusur.kernel.errors import ConflictError, UnavailableError
from jusur.node import binaries
from jusur.node.home import NodeHome
from jusur.node.postgres import ADMIN, EmbeddedPostgres, PostgresError, temporary_postgres
from jusur.node.processes import is_alive, wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what root meets")


def _available(source: str) -> bool:
    try:
        binaries.find(sources=[source])
    except UnavailableError:
        return False
    return True


SOURCES = [source for source in binaries.SOURCES if _available(source)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder others may enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="jusur-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@contextlib.contextmanager
def _started(home: Path, source: str = SOURCES[0], *, durable: bool = False) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home, sources=[source], disposable=not durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _ask(server: EmbeddedPostgres, statement: str) -> object:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return row[0]


def _workers(data: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data:
                found.append(int(process.name))
    return found


def test_there_is_a_postgresql_to_test() -> None:
    assert SOURCES


@pytest.mark.parametrize("source", SOURCES)
def test_it_lives_on_a_private_socket_with_its_own_role(folder: Path, source: str) -> None:
    with _started(folder / "node", source, durable=True) as server:
        assert _ask(server, "SELECT current_user") == "jusur"
        assert _ask(server, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
        assert _ask(server, "SELECT lower('É') || current_setting('server_encoding')") == "éUTF8"
        assert _ask(server, "SHOW listen_addresses") == ""
        assert _ask(server, "SHOW synchronous_commit") == "on"
        assert _ask(server, "SHOW fsync") == "on"
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
        status = server.status()
        assert (status.running, status.accepting) == (True, True)
    assert not server.status().running


@pytest.mark.parametrize("source", SOURCES)
def test_an_ordinary_user_runs_it(source: str) -> None:
    def body(folder: Path) -> None:
        with _started(folder / "node", source) as server:
            assert _ask(server, "SELECT 1") == 1
            assert server.data.stat().st_uid == os.geteuid() != 0

    as_ordinary_user(body)


@as_root
def test_as_root_the_server_is_not_root(folder: Path) -> None:
    with _started(folder / "node") as server:
        pid = server.status().pid
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert server.data.stat().st_uid == Path(f"/proc/{pid}").stat().st_uid


@as_root
def test_another_user_does_not_get_in(folder: Path) -> None:
    with _started(folder / "node") as server:
        server.socket_folder.chmod(0o777)  # the second wall: even past the folder, the kernel tells who it is
        (server.socket_folder / ".s.PGSQL.5432").chmod(0o777)
        url = server.url()

        def body(_: Path) -> None:
            with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication"):
                psycopg.connect(url)

        as_ordinary_user(body)


@as_root
def test_a_closed_home_of_root_keeps_its_data_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    state = Path(tempfile.mkdtemp(prefix="jusur-state-"))
    state.chmod(0o755)
    monkeypatch.setattr(binaries, "SHARED_STATE", state)
    try:
        with _started(tmp_path / "node") as server:
            assert _ask(server, "SELECT 1") == 1
            assert server.data.parent == state
            assert not server.socket_folder.is_relative_to(tmp_path)
        with _started(tmp_path / "node") as server:
            assert _ask(server, "SELECT 1") == 1
        shutil.rmtree(server.socket_folder)
    finally:
        shutil.rmtree(state)


@as_root
@pytest.mark.skipif("wheel" not in SOURCES, reason="needs the wheel")
def test_programs_that_the_user_cannot_execute_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = binaries.find(sources=["wheel"]).folder.parent.parent
    shutil.copytree(package, closed / package.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    monkeypatch.setattr(binaries, "_wheel", lambda: [closed / package.name / "pginstall" / "bin"])
    monkeypatch.setattr(binaries, "SHARED_STATE", folder / "state")
    with _started(folder / "node", "wheel") as server:
        assert _ask(server, "SELECT 1") == 1
        assert Path(f"/proc/{server.status().pid}/exe").readlink().is_relative_to(folder / "state")


def test_a_home_with_a_long_path_gets_a_short_socket(folder: Path) -> None:
    with _started(folder / ("x" * 100) / "node") as server:
        assert _ask(server, "SELECT 1") == 1
        assert len(str(server.socket_folder)) < 80
    shutil.rmtree(server.socket_folder)


def test_a_home_with_awkward_characters_works(folder: Path) -> None:
    with _started(folder / "a 'b% ü") as server:
        assert _ask(server, "SELECT 1") == 1


def test_a_second_owner_is_refused_and_told_the_first(folder: Path) -> None:
    with (
        _started(folder / "node") as server,
        pytest.raises(ConflictError, match=str(os.getpid())),
    ):
        EmbeddedPostgres(server.home).start()


def test_running_uses_the_running_server_and_leaves_it(folder: Path) -> None:
    with _started(folder / "node") as server:
        with EmbeddedPostgres(server.home).running() as url:
            assert url == server.url()
        assert server.status().accepting


def test_running_starts_and_stops_for_the_occasion(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "node")
    with server.running() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not server.status().running


_OWNER = """
import sys, time, psycopg
from pathlib import Path
from jusur.node.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
with psycopg.connect(server.start()) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    connection.execute("INSERT INTO kept VALUES (1)")
print("ready", flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def _owned(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    owner = subprocess.Popen([sys.executable, "-c", _OWNER, str(home)], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    try:
        assert owner.stdout.readline() == b"ready\n"
        yield owner
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()


def _kill_everything(owner: subprocess.Popen[bytes], data: Path) -> None:
    owner.kill()
    for pid in _workers(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _kill_postmaster(owner: subprocess.Popen[bytes], data: Path) -> None:
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    owner.kill()


def _kill_owner(owner: subprocess.Popen[bytes], data: Path) -> None:
    owner.kill()


@pytest.mark.parametrize("kill", [_kill_everything, _kill_postmaster, _kill_owner])
def test_it_is_back_with_its_rows_after_kill_9(folder: Path, kill: Callable[..., None]) -> None:
    home = NodeHome(folder / "node")
    for round_ in (1, 2):
        with _owned(home.path) as owner:
            kill(owner, home.postgres)
        began = time.monotonic()
        with _started(home.path, durable=True) as server:
            assert time.monotonic() - began < 10
            assert _ask(server, "SELECT count(*) FROM kept") == round_


def test_the_server_ends_with_a_killed_owner(folder: Path) -> None:
    home = NodeHome(folder / "node")
    with _owned(home.path) as owner:
        pid = EmbeddedPostgres(home).status().pid
        owner.kill()
        assert pid is not None
        assert wait_until(lambda: not is_alive(pid), seconds=10)


def test_a_process_number_that_is_a_strangers_by_now_is_no_obstacle(folder: Path) -> None:
    with _started(folder / "node") as server:
        pass
    uid = server.data.stat().st_uid
    stranger = subprocess.Popen(["sleep", "60"], user=uid if os.geteuid() == 0 else None, cwd="/")
    try:
        lines = [str(stranger.pid), str(server.data), "1", "5432", "/x", "*", "0 0", "ready"]
        (server.data / "postmaster.pid").write_text("\n".join(lines))
        with _started(server.home.path) as again:
            assert _ask(again, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_restart_takes_less_than_a_second_of_patience(folder: Path) -> None:
    with _started(folder / "node"):
        pass
    began = time.monotonic()
    with _started(folder / "node"):
        assert time.monotonic() - began < 5  # 0.2 s when nothing else runs


def test_the_operators_settings_win_and_survive(folder: Path) -> None:
    with _started(folder / "node") as server:
        pass
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("work_mem = '3MB'\n")
    with _started(folder / "node") as server:
        assert _ask(server, "SHOW work_mem") == "3MB"


def test_a_wrong_setting_is_shown_from_the_log(folder: Path) -> None:
    with _started(folder / "node") as server:
        pass
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(PostgresError, match="no_such_setting"):
        EmbeddedPostgres(folder / "node").start()
    assert not server.status().running


@as_root
def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "node")
    server.home.create()
    server.socket_folder.symlink_to("/tmp")
    with pytest.raises(PostgresError, match="somebody else"):
        server.start()


def test_data_of_a_version_without_programs_is_refused(folder: Path) -> None:
    with _started(folder / "node") as server:
        pass
    (server.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(UnavailableError, match="PostgreSQL 14"):
        EmbeddedPostgres(folder / "node").start()


def test_a_failed_making_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jusur.node.postgres.ADMIN", "pg_reserved_name")
    server = EmbeddedPostgres(folder / "node")
    with pytest.raises(PostgresError, match="pg_reserved_name"):
        server.start()
    assert not server.home.postgres.exists()
    assert not list(server.home.path.glob(".postgres-*"))


def test_the_log_does_not_hold_what_people_wrote(folder: Path) -> None:
    with _started(folder / "node") as server, psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE persons (name text UNIQUE)")
        connection.execute("INSERT INTO persons VALUES ('Amina Secret')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO persons VALUES ('Amina Secret')")
    text = server.log_file.read_text()
    assert "duplicate key" in text
    assert "Amina" not in text


def test_a_temporary_database_can_make_databases_and_leaves_nothing() -> None:
    with temporary_postgres() as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE test_x")
        with psycopg.connect(server.url(ADMIN, "test_x")) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
        folder = server.home.path.parent
    assert not folder.exists()
    assert not server.socket_folder.exists()
