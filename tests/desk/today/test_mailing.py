"""Notifications by e-mail, through a mail server on this machine."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from tests.desk.conftest import As
from tests.desk.samples import Desk
from tests.desk.today import samples

from jusur.desk.today import mailing
from jusur.desk.today.models import Notification
from jusur.kernel import clock
from jusur.node import settings as node_settings
from jusur.node.context import current
from jusur.node.settings import SettingsError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]


@dataclass
class Box:
    """A mail server's letters, and whom it refuses."""

    port: int
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


class _Talk(socketserver.StreamRequestHandler):
    """One SMTP conversation (RFC 5321), as far as a client needs it here."""

    box: Box

    def handle(self) -> None:
        self._say("220 here")
        to = ""
        while line := self.rfile.readline():
            word = line.decode().strip()
            verb = word[:4].upper()
            if verb == "RCPT":
                to = word.partition("<")[2].partition(">")[0]
                self._say("550 unknown" if to in self.box.refused else "250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self._letter(to)
                self._say("250 kept")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _letter(self, to: str) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        self.box.letters.append((to, letter))

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def box() -> Iterator[Box]:
    """A mail server that keeps what it gets."""
    found = Box(0)
    talk = type("Talk", (_Talk,), {"box": found})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), talk) as server:
        server.daemon_threads = True
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield found
        server.shutdown()


@pytest.fixture
def mails(desk: Desk, box: Box) -> Desk:
    """A desk whose node names that mail server."""
    url(desk, f"smtp://127.0.0.1:{box.port}")
    return desk


def url(desk: Desk, value: str) -> None:
    """Let the node's settings name the mail server at ``value``."""
    place = desk.node.home.path
    given = {"address": "MA", "country": "MA", "role": "bureau", "name": "NCB Rabat"}
    node_settings.save(node_settings.make(place, given | {"smtp_url": value, "smtp_from": "jusur@ma.example"}))
    current.cache_clear()


def due(desk: Desk, role: str = "officer", **values: Any) -> Notification:
    """A notification whose mail is due."""
    return samples.notify(desk, role, mail_due_at=clock.now() - timedelta(seconds=1), **values)


def test_a_mail_says_that_something_waits_and_nothing_of_it(mails: Desk, box: Box) -> None:
    told = due(mails, kind="request-received", partner="NO")
    assert mailing.send_due() == 1
    ((to, letter),) = box.letters
    assert to == "officer@ma.example"
    assert letter["Subject"] == "Jusur MA: A request has come in"
    body = letter.get_content()
    assert "/notifications" in body
    for secret in (told.subject_id, "NO", "Norway", str(told.id)):
        assert secret not in body
    told.refresh_from_db()
    assert told.mailed_at is not None
    assert told.mail_due_at is None
    assert mailing.send_due() == 0


def test_a_mail_about_the_way_in_says_what_to_do_if_it_was_another(mails: Desk, box: Box) -> None:
    due(mails, kind="way-in-changed", subject_type="officer")
    mailing.send_due()
    ((_to, letter),) = box.letters
    assert letter["Subject"] == "Jusur MA: How you sign in was changed"
    assert "If it was not you" in letter.get_content()


def test_an_administrator_tries_the_mail_server_from_the_settings(mails: Desk, box: Box, as_role: As) -> None:
    client = as_role("administrator")
    assert 'action="/settings/mail-test"' in client.get("/settings/node").content.decode()
    assert "on its way" in client.post("/settings/mail-test", follow=True).content.decode()
    ((to, letter),) = box.letters
    assert to == "administrator@ma.example"
    assert "Notifications reach you" in letter.get_content()
    box.refused.add(to)
    assert "did not take the mail" in client.post("/settings/mail-test", follow=True).content.decode()
    assert as_role("officer").post("/settings/mail-test").status_code == 403


def test_without_a_mail_server_there_is_nothing_to_try(desk: Desk, as_role: As) -> None:
    client = as_role("administrator")
    assert "mail-test" not in client.get("/settings/node").content.decode()
    assert "no mail server" in client.post("/settings/mail-test", follow=True).content.decode()


def test_a_mail_speaks_the_officers_language(mails: Desk, box: Box) -> None:
    mails.officers["officer"].language = "ar"
    mails.officers["officer"].save()
    due(mails, kind="request-received")
    mailing.send_due()
    assert box.letters[0][1]["Content-Language"] == "ar"


def test_a_server_that_is_away_is_tried_again_later(desk: Desk) -> None:
    url(desk, "smtp://127.0.0.1:1")
    told = due(desk)
    assert mailing.send_due() == 0
    told.refresh_from_db()
    assert told.mail_attempts == 1
    assert told.mail_due_at is not None
    assert told.mail_due_at > clock.now()
    Notification.objects.update(mail_attempts=mailing.ATTEMPTS - 1, mail_due_at=clock.now())
    mailing.send_due()
    told.refresh_from_db()
    assert told.mail_due_at is None


def test_a_refused_address_keeps_no_other_waiting(mails: Desk, box: Box) -> None:
    box.refused.add("officer@ma.example")
    due(mails, "officer")
    due(mails, "supervisor")
    mailing.send_due()
    mailing.send_due()
    assert [to for to, _letter in box.letters] == ["supervisor@ma.example"]


def test_closed_accounts_get_no_mail(mails: Desk, box: Box) -> None:
    mails.officers["officer"].is_active = False
    mails.officers["officer"].save()
    due(mails)
    mailing.send_due()
    assert box.letters == []
    assert not Notification.objects.filter(mail_due_at__isnull=False).exists()


def test_no_server_no_mail(desk: Desk) -> None:
    due(desk)
    assert mailing.send_due() == 0


def test_a_foreign_server_without_tls_is_given_nothing(mails: Desk, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "LOOPBACK", frozenset())
    told = due(mails)
    mailing.send_due()
    assert box.letters == []
    told.refresh_from_db()
    assert told.mail_attempts == 1


@pytest.mark.parametrize(
    "given",
    [
        {"smtp_url": "smtp://user:secret@host", "smtp_from": "jusur@ma.example"},
        {"smtp_url": "http://host", "smtp_from": "jusur@ma.example"},
        {"smtp_url": "smtp://host"},
        {"smtp_url": "smtp://host", "smtp_from": "a\nb@ma.example"},
    ],
)
def test_settings_of_the_mail_server_are_strict(desk: Desk, given: dict[str, str]) -> None:
    base = {"address": "MA", "country": "MA", "role": "bureau", "name": "NCB Rabat"}
    with pytest.raises(SettingsError):
        node_settings.make(desk.node.home.path, base | given)
