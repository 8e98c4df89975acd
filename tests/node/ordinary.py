"""Run a test's body as an ordinary user, in a forked child where we are root."""

import os
import pwd
import tempfile
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path


def as_ordinary_user(body: Callable[[Path], None]) -> None:
    """Call ``body`` with a folder of its own as ``nobody`` (or as ourselves, if we are not root)."""
    with tempfile.TemporaryDirectory(prefix="jusur-user-") as name:
        folder = Path(name)
        if os.geteuid() != 0:
            body(folder)
            return
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        with tempfile.TemporaryFile() as report:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: the child only runs body
                child = os.fork()
            if child == 0:
                _run(body, folder, nobody, report.fileno())
            _, status = os.waitpid(child, 0)
            report.seek(0)
            assert status == 0, report.read().decode()


def _run(body: Callable[[Path], None], folder: Path, user: pwd.struct_passwd, report: int) -> None:
    try:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        os.environ["HOME"] = str(folder)
        os.chdir("/")
        body(folder)
    except BaseException:  # noqa: BLE001 - whatever went wrong is the parent's to report
        os.write(report, traceback.format_exc().encode())
        os._exit(1)
    os._exit(0)
