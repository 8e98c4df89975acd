import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jusur.kernel.errors import ConflictError
from jusur.node import settings, supervisor
from jusur.node.children import Child, ProcessSpec, http_ready, orphans, port_ready
from jusur.node.home import NodeHome
from jusur.node.postgres import EmbeddedPostgres
from jusur.node.processes import is_alive, wait_until

NODE = textwrap.dedent("""
    import sys
    from pathlib import Path
    from jusur.node.children import ProcessSpec
    from jusur.node.home import NodeHome
    from jusur.node.postgres import EmbeddedPostgres
    from jusur.node.supervisor import Supervisor
    home = NodeHome(Path(sys.argv[1]))
    waiter = [sys.executable, "-c", sys.argv[2]]
    specs = [ProcessSpec("worker", waiter, stop_seconds=3), ProcessSpec("web", waiter, stop_seconds=3)]
    database = EmbeddedPostgres(home) if "database" in sys.argv else None
    Supervisor(home, specs, postgres=database, on_ready=lambda: print("ready", flush=True)).run()
    print("stopped", flush=True)
""")
WAITER = """
import os, signal, time, sys
def end(*_):
    print("asked to stop", flush=True); sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("database", os.environ.get("JUSUR_DATABASE_URL"), flush=True)
time.sleep(120)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(120)"
WITH_GRANDCHILD = (
    "import subprocess, time; subprocess.Popen(['sh', '-c', 'trap \"\" TERM; sleep 120 & wait; wait']); time.sleep(120)"
)


@pytest.fixture
def home() -> Iterator[NodeHome]:
    folder = Path(tempfile.mkdtemp(prefix="jusur-test-"))
    folder.chmod(0o711)
    yield NodeHome(folder / "node").create()
    shutil.rmtree(folder)


@contextlib.contextmanager
def node(home: NodeHome, code: str = WAITER, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {key: value for key, value in os.environ.items() if key != "JUSUR_DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-c", NODE, str(home.path), code, *options], stdout=subprocess.PIPE, env=environment
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def said(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def found(home: NodeHome, name: str) -> dict[str, Any]:
    (process,) = [row for row in supervisor.status(home)["processes"] if row["name"] == name]
    assert isinstance(process, dict)
    return process


def test_a_node_with_its_database_starts_and_stops_in_order(home: NodeHome) -> None:
    with node(home, WAITER, "database") as process:
        assert said(process) == b"ready"
        status = supervisor.status(home)
        assert status["running"] is True
        assert status["pid"] == process.pid
        assert [row["state"] for row in status["processes"]] == ["ready"] * 3
        assert supervisor.wait_ready(home, seconds=1)
        pids = [row["pid"] for row in status["processes"]]
        logs = (home.logs / "web.log", home.logs / "worker.log")
        assert wait_until(lambda: all(b"database postgresql://" in log.read_bytes() for log in logs), seconds=20)
        assert supervisor.stop(home)
        assert said(process) == b"stopped"
        assert not any(is_alive(pid) for pid in pids)
    assert not EmbeddedPostgres(home).status().running
    assert b"asked to stop" in (home.logs / "worker.log").read_bytes()
    assert not supervisor.status(home)["running"]
    assert not supervisor.stop(home)


def test_a_killed_child_is_started_again(home: NodeHome) -> None:
    with node(home) as process:
        assert said(process) == b"ready"
        first = found(home, "web")["pid"]
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: found(home, "web")["restarts"] == 1, seconds=10)
        assert wait_until(lambda: found(home, "web")["state"] == "ready", seconds=10)
        assert found(home, "web")["pid"] != first
        assert found(home, "worker")["restarts"] == 0


def test_a_killed_database_is_started_again(home: NodeHome) -> None:
    with node(home, WAITER, "database") as process:
        assert said(process) == b"ready"
        first = found(home, "postgres")["pid"]
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: found(home, "postgres")["pid"] not in {first, None}, seconds=20)
        assert EmbeddedPostgres(home).status().accepting


def test_two_supervisors_on_one_home_are_refused(home: NodeHome) -> None:
    with node(home) as process:
        assert said(process) == b"ready"
        with pytest.raises(ConflictError, match=str(process.pid)):
            supervisor.Supervisor(home, [], postgres=None).run()
        assert process.poll() is None


def test_children_end_with_a_killed_supervisor_and_the_next_one_starts(home: NodeHome) -> None:
    with node(home, WAITER, "database") as process:
        assert said(process) == b"ready"
        pids = [row["pid"] for row in supervisor.status(home)["processes"]]
        process.kill()
        assert wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=15)
    with node(home, WAITER, "database") as process:
        assert said(process) == b"ready"


def test_orphans_that_ignore_their_parents_death_are_ended_by_the_next_supervisor(
    home: NodeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "ORPHAN_SECONDS", 1)
    with node(home, STUBBORN) as process:
        assert said(process) == b"ready"
        process.kill()
        process.wait()
    assert len(orphans(home.path)) == 2
    supervisor.clear_orphans(home)
    assert orphans(home.path) == []


def test_strangers_are_no_orphans(home: NodeHome) -> None:
    stranger = subprocess.Popen(["sleep", "60"], env={"JUSUR_SUPERVISED": f"{home.path}-other"})
    try:
        assert stranger.pid not in orphans(home.path)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_child_that_will_not_stop_is_forced(home: NodeHome) -> None:
    with node(home, STUBBORN) as process:
        assert said(process) == b"ready"
        time.sleep(0.5)  # until they ignore SIGTERM
        began = time.monotonic()
        supervisor.stop(home)
        assert 5 < time.monotonic() - began < 30


def test_what_a_child_started_ends_with_it(home: NodeHome) -> None:
    child = Child(ProcessSpec("web", [sys.executable, "-c", WITH_GRANDCHILD]), home.path, home.logs / "web.log")
    child.tick(dict(os.environ))
    assert wait_until(lambda: len(orphans(home.path)) >= 3, seconds=10)
    child.end(signal.SIGKILL)
    assert wait_until(lambda: not orphans(home.path), seconds=5)


def _tick_until(child: Child, condition: Callable[[], bool]) -> None:
    def step() -> bool:
        child.tick(dict(os.environ))
        return condition()

    assert wait_until(step, seconds=15)


def test_a_child_that_crashes_again_and_again_is_tried_ever_less_often(home: NodeHome) -> None:
    child = Child(ProcessSpec("web", ["sh", "-c", "exit 3"]), home.path, home.logs / "web.log")
    began = time.monotonic()
    _tick_until(child, lambda: child.restarts == 3)
    assert time.monotonic() - began > 0.25 + 0.5
    assert child._delay == 2.0
    child.end(signal.SIGKILL)


def test_a_program_that_is_not_there_is_tried_again(home: NodeHome) -> None:
    child = Child(ProcessSpec("web", ["/no/such/program"]), home.path, home.logs / "web.log")
    _tick_until(child, lambda: child.restarts == 2)
    assert child.pid is None


def test_a_child_that_does_not_answer_is_replaced(home: NodeHome) -> None:
    spec = ProcessSpec("web", ["sleep", "60"], ready=lambda: False, patience=0.2)
    child = Child(spec, home.path, home.logs / "web.log")
    _tick_until(child, lambda: child.restarts == 1)
    child.end(signal.SIGKILL)


@pytest.mark.enable_socket
def test_readiness_is_asked_over_http(home: NodeHome) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    asked, reached = http_ready(f"http://127.0.0.1:{port}/"), port_ready("127.0.0.1", port)
    assert not asked()
    assert not reached()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(home.run)]
    child = Child(ProcessSpec("web", command, ready=asked), home.path, home.logs / "web.log")
    _tick_until(child, lambda: child.state == "ready")
    assert reached()
    child.end(signal.SIGKILL)


def test_the_default_processes_are_four(home: NodeHome) -> None:
    made = settings.make(home.path, {"address": "GS", "role": "secretariat", "name": "General Secretariat"})
    assert [spec.name for spec in supervisor.default_specs(made)] == ["worker", "web", "search", "gate"]
