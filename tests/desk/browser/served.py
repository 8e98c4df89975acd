"""The sample desk as a browser meets it: a real web process (granian), a real PostgreSQL, Debian's Chromium."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

ROOT: Final = Path(__file__).resolve().parents[3]
CHROMIUM: Final = "/usr/bin/chromium-headless-shell"
EVERYTHING: Final = "everything"
WIDTHS: Final = {"wide": 1280, "narrow": 360}


@dataclass(slots=True)
class ServedDesk:
    """Where the sample desk is served, who is signed in there, and which pages it has."""

    base: str
    database_url: str
    home: Path
    cookie: str
    sessions: dict[str, str]
    pages: dict[str, list[str]]
    languages: dict[str, str] = field(default_factory=dict)

    def all_pages(self) -> list[str]:
        """The addresses of all pages to look at."""
        return [path for paths in self.pages.values() for path in paths]

    def speak(self, role: str, language: str) -> None:
        """Let the officer of ``role`` read ``language`` from now on."""
        if self.languages.get(role) != language:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                email = f"{role.replace('_', '.')}@ma.example"
                connection.execute("UPDATE accounts_officer SET language = %s WHERE email = %s", (language, email))
            self.languages[role] = language

    def context(
        self, browser: Browser, *, role: str = EVERYTHING, language: str = "en", width: int = 1280, **options: Any
    ) -> BrowserContext:
        """A browser window in which the officer of ``role`` ("" for nobody) is signed in."""
        height = 900 if width > 600 else 780
        context = browser.new_context(
            base_url=self.base, viewport={"width": width, "height": height}, locale=language, **options
        )
        if role:
            self.speak(role, language)
            cookie = {"name": self.cookie, "value": self.sessions[role], "url": self.base}
            context.add_cookies([cookie])  # type: ignore[list-item] # a plain mapping is what it takes
        return context


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, without the window that its other build draws for nobody."""
    arguments = ["--no-sandbox", "--font-render-hinting=none"] if os.geteuid() == 0 else ["--font-render-hinting=none"]
    return playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)


@contextlib.contextmanager
def serve(folder: Path, server_url: str, *, prepare: str = "tests.desk.browser.prepare") -> Iterator[ServedDesk]:
    """Serve the sample desk from ``folder`` with a database of its own on the PostgreSQL at ``server_url``.

    ``prepare``: the module that fills it.
    """
    with _database(server_url) as database_url:
        port = _free_port()
        environment = os.environ | {
            "JUSUR_HOME": str(folder / "node"),
            "JUSUR_DATABASE_URL": database_url,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, "-W", "ignore", "-m", prepare, str(folder / "node"), str(port)]
        made = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
        if made.returncode:
            raise RuntimeError(made.stderr.decode()[-4000:])
        told = json.loads(made.stdout.splitlines()[-1])
        with (folder / "web.log").open("ab") as log:
            command = [sys.executable, "-m", "jusur.config.web"]
            process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            base = f"http://localhost:{port}"
            _await(f"http://127.0.0.1:{port}/health", process, folder / "web.log")
            yield ServedDesk(base, database_url, folder / "node", told["cookie"], told["sessions"], told["pages"])
            if process.poll() is not None:
                raise RuntimeError(f"the web process ended by itself ({process.returncode}): {log_tail(folder)}")
        finally:
            process.terminate()
            process.wait(timeout=20)


def log_tail(folder: Path) -> str:
    """The end of what the web process wrote."""
    return (folder / "web.log").read_text()[-2000:]


@contextlib.contextmanager
def _database(server_url: str) -> Iterator[str]:
    name = f"desk_{os.getpid()}_{time.monotonic_ns() % 10**9}"
    with psycopg.connect(server_url, autocommit=True, dbname="postgres") as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True, dbname="postgres") as connection:
            connection.execute(
                psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(psycopg.sql.Identifier(name))
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(url: str, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text()[-4000:]) from None
            time.sleep(0.1)


@dataclass(slots=True)
class Seen:
    """What a page said and did while it was open, beside what it showed."""

    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Hear console errors, thrown errors and refused or failed requests of ``page``."""
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.errors.append(f"thrown: {error}"))
        page.on("response", lambda answer: self._answer(answer.url, answer.status))

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.errors.append(f"console {kind}: {text}")

    def _answer(self, url: str, status: int) -> None:
        if status >= 500:
            self.errors.append(f"{status}: {url}")
