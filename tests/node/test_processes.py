import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jusur.kernel.errors import ConflictError
from jusur.node import processes
from jusur.node.processes import OwnerLock, can_reach, is_alive, service_user, spawn, wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has a service user")


@as_root
def test_root_gets_an_unprivileged_user() -> None:
    user = service_user()
    assert user is not None
    assert user.uid != 0


@as_root
def test_the_owner_of_the_data_is_preferred() -> None:
    nobody = pwd.getpwnam("nobody")
    user = service_user(nobody.pw_uid)
    assert user is not None
    assert user.name == "nobody"


@as_root
def test_a_machine_without_users_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "SERVICE_USERS", ("no-such-user",))
    with pytest.raises(processes.NoServiceUserError, match="useradd"):
        service_user()


@as_root
def test_a_closed_folder_cannot_be_reached_by_the_service_user(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert not can_reach(service_user(), tmp_path)
    assert can_reach(None, tmp_path)


def test_a_dead_process_is_not_alive_even_before_it_is_reaped() -> None:
    child = spawn(["true"])
    assert wait_until(lambda: not is_alive(child.pid), seconds=5)
    child.wait()
    assert is_alive(os.getpid())


def test_a_lock_has_one_owner_and_names_it(tmp_path: Path) -> None:
    first, second = OwnerLock(tmp_path / "lock"), OwnerLock(tmp_path / "lock")
    assert first.owner() is None
    first.acquire(what="The node")
    assert second.owner() == os.getpid()
    with pytest.raises(ConflictError, match=str(os.getpid())):
        second.acquire(what="The node")
    first.release()
    second.acquire(what="The node")
    assert second.held
    second.release()


def test_a_lock_ends_with_a_killed_owner(tmp_path: Path) -> None:
    code = (
        "import sys,time; from pathlib import Path; from jusur.node.processes import OwnerLock\n"
        "lock = OwnerLock(Path(sys.argv[1])); lock.acquire(what='x'); print('held', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lock")], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    lock = OwnerLock(tmp_path / "lock")
    assert lock.owner() == child.pid
    child.kill()
    child.wait()
    child.stdout.close()
    lock.acquire(what="The node")
    lock.release()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_child_ends_with_a_killed_parent() -> None:
    code = (
        "import signal,time; from jusur.node.processes import spawn\n"
        "print(spawn(['sleep', '60'], death_signal=signal.SIGTERM).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)
    time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: not is_alive(child), seconds=5)
