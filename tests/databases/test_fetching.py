import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from jusur.databases import walls
from jusur.databases.errors import EditionStateError, ListUnreadableError
from jusur.databases.lists import publishers
from jusur.databases.lists.fetching import fetch
from jusur.databases.lists.importing import Asked, list_import
from jusur.databases.models import Edition, Record
from jusur.kernel.errors import InvalidInputError, NotFoundError, UnavailableError
from jusur.node import context

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node"), pytest.mark.enable_socket]

LIST = (
    b'<?xml version="1.0" encoding="UTF-8"?><CONSOLIDATED_LIST dateGenerated="2026-11-22T00:00:00Z"><INDIVIDUALS>'
    b"<INDIVIDUAL><DATAID>1</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>OLA</FIRST_NAME>"
    b"<SECOND_NAME>TESTMANN</SECOND_NAME><UN_LIST_TYPE>Test</UN_LIST_TYPE><REFERENCE_NUMBER>TEi.1</REFERENCE_NUMBER>"
    b"<LISTED_ON>2026-01-01</LISTED_ON></INDIVIDUAL></INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>"
)


class Publisher(BaseHTTPRequestHandler):
    """A publisher on this machine, with its bad days."""

    def do_GET(self) -> None:
        answers = {
            "/list": (200, LIST, {}),
            "/moved": (302, b"", {"Location": "/list"}),
            "/loop": (302, b"", {"Location": "/loop"}),
            "/away": (302, b"", {"Location": "http://198.51.100.7/list"}),
            "/down": (503, b"maintenance", {}),
            "/short": (200, LIST[:200], {"Content-Length": str(len(LIST))}),
        }
        status, body, headers = answers[self.path]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Publisher)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_list_is_fetched_whole(url: str, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    fetch(f"{url}/moved", tmp_path / "list", progress=lambda done, total: told.append((done, total)))
    assert (tmp_path / "list").read_bytes() == LIST
    assert told[-1] == (len(LIST), len(LIST))


@pytest.mark.parametrize(
    ("path", "error", "why"),
    [
        ("/down", UnavailableError, "answered 503"),
        ("/short", UnavailableError, "broke off"),
        ("/loop", UnavailableError, "on and on"),
        ("/away", InvalidInputError, "https"),
    ],
)
def test_what_is_not_the_list_leaves_no_file(
    url: str, tmp_path: Path, path: str, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        fetch(url + path, tmp_path / "list")
    assert not (tmp_path / "list").exists()


def test_a_file_without_end_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ListUnreadableError, match="larger than 100 bytes"):
        fetch(f"{url}/list", tmp_path / "list", max_bytes=100)
    assert not (tmp_path / "list").exists()


def test_nobody_answering_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="could not be reached"):
        fetch("http://127.0.0.1:9/list", tmp_path / "list")


@pytest.mark.parametrize("address", ["http://example.org/list", "ftp://example.org/list", "https:///list", "file:///x"])
def test_only_tls_or_this_machine(address: str) -> None:
    with pytest.raises(InvalidInputError):
        publishers.check_url(address)


def test_publishers_are_reached_over_tls_at_addresses_that_settings_override(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {publishers.publisher(key).url[:8] for key in ("un", "ofac", "eu")} == {"https://"}
    with pytest.raises(NotFoundError):
        publishers.publisher("icij")
    monkeypatch.setenv("JUSUR_LIST_UN_URL", "https://mirror.example/un.xml")
    context.current.cache_clear()
    assert publishers.publisher("un").url == "https://mirror.example/un.xml"


def test_pulling_imports_and_pulling_again_changes_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUSUR_LIST_UN_URL", f"{url}/list")
    context.current.cache_clear()
    edition = list_import(Asked(publisher="un", actor="node"))
    assert (edition.state, edition.url) == ("taken", f"{url}/list")
    with walls.duty():
        assert Record.objects.filter(database="list-un@MA", schema="Person").count() == 1
    with pytest.raises(EditionStateError, match="nothing has changed"):
        list_import(Asked(publisher="un", actor="node"))
    with walls.duty():
        assert Edition.objects.count() == 1
    assert not list(context.current().home.path.glob(".fetched-*"))
