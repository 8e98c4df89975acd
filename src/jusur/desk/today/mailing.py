"""Notifications by e-mail: that something waits and where, never what it contains or whom it concerns."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from jusur.accounts import api as accounts
from jusur.desk.kit import words
from jusur.desk.today.models import Notification
from jusur.kernel import clock
from jusur.kernel.errors import JusurError
from jusur.kernel.ids import new_id
from jusur.node import context as node
from jusur.node.settings import NodeSettings

log = structlog.get_logger()

AT_ONCE: Final = 50
TIMEOUT: Final = 20.0
LONGEST_PAUSE: Final = timedelta(hours=1)
ATTEMPTS: Final = 12
"""After so many failures a mail is given up; the notification stays on the desk."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class MailError(JusurError):
    """The mail server cannot be used as the settings say."""

    code = "mail"
    title = "The mail server cannot be used"
    status = 503


def send_due() -> int:
    """Send the mails that are due; how many went. What fails is tried again later, with growing pauses."""
    settings = node.current().settings
    if not settings.smtp_url:
        return 0
    with transaction.atomic():
        due = list(
            Notification.objects.select_for_update(skip_locked=True)
            .filter(mail_due_at__lte=clock.now())
            .select_related("officer")
            .order_by("mail_due_at")[:AT_ONCE]
        )
        return _send(due, settings) if due else 0


def _send(due: list[Notification], settings: NodeSettings) -> int:
    done: list[Notification] = []
    refused: list[Notification] = []
    try:
        with _server(settings) as server:
            for one in due:
                if not one.officer.is_active or _sent(server, one, settings):
                    done.append(one)
                else:
                    refused.append(one)
    except (OSError, smtplib.SMTPException, MailError) as error:
        log.warning("mail.not_sent", error=type(error).__name__, waiting=len(due) - len(done))
        refused = [one for one in due if one not in done]
    _put_off(refused)
    Notification.objects.filter(id__in=[one.id for one in done]).update(mailed_at=clock.now(), mail_due_at=None)
    return len(done)


def _sent(server: smtplib.SMTP, one: Notification, settings: NodeSettings) -> bool:
    """Whether the server took the mail; a refused address keeps no other waiting."""
    try:
        server.send_message(message(one, settings))
    except smtplib.SMTPRecipientsRefused:
        log.warning("mail.address_refused", officer=str(one.officer_id))
        return False
    return True


def message(one: Notification, settings: NodeSettings) -> EmailMessage:
    """The mail about a notification, in its officer's language."""
    with translation.override(one.officer.language):
        said = str(words.word("notification", one.kind))
        made = _letter(one.officer, settings, said, one.at, str(one.id))
        link = f"{settings.web_location}/notifications"
        closing = _("This message holds no case data. Sign in to read it:")
        if one.kind == "way-in-changed":
            said = f"{said}.\n\n" + _("If it was not you, tell your administrator at once by another way than e-mail")
        made.set_content(f"{said}.\n\n{closing}\n{link}\n")
    made["Content-Language"] = one.officer.language
    return made


def send_test(officer: accounts.Officer) -> None:
    """Send ``officer`` a mail now that says nothing but that mails arrive.

    Raises:
        MailError: no server is named, or it did not take the mail.
    """
    settings = node.current().settings
    if not settings.smtp_url:
        raise MailError(
            "The node has no mail server.", fix="Set smtp_url and smtp_from in node.toml, then restart the node."
        )
    with translation.override(officer.language):
        made = _letter(officer, settings, _("Test of the notifications"), clock.now(), str(new_id()))
        made.set_content(_("Notifications reach you by e-mail.") + "\n")
    made["Content-Language"] = officer.language
    try:
        with _server(settings) as server:
            server.send_message(made)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail.test_failed", error=type(error).__name__)
        raise MailError(
            "The mail server did not take the mail.",
            fix="Check smtp_url, smtp_from and the password's file, and that this machine may reach the server.",
        ) from None


def _letter(officer: accounts.Officer, settings: NodeSettings, subject: str, at: datetime, number: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = _("Jusur %(address)s: %(what)s") % {"address": settings.address, "what": subject}
    made["From"] = settings.smtp_from
    made["To"] = officer.email
    made["Date"] = format_datetime(at)
    made["Message-ID"] = make_msgid(number, domain=settings.smtp_from.rpartition("@")[2] or "jusur.invalid")
    made["Auto-Submitted"] = "auto-generated"
    return made


@contextmanager
def _server(settings: NodeSettings) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(settings.smtp_url)
    with _connected(parts) as server:
        if parts.username:
            server.login(unquote(parts.username), _password(settings))
        yield server


def _connected(parts: SplitResult) -> smtplib.SMTP:
    """A connection that nobody reads on the way; in the clear only to this machine itself."""
    host, trusted = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or smtplib.SMTP_SSL_PORT, timeout=TIMEOUT, context=trusted)
    server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls") and host not in LOOPBACK:
            server.starttls(context=trusted)
        elif host not in LOOPBACK:
            raise MailError("The mail server offers no TLS.", fix="Use smtps:// or a server that offers STARTTLS.")
    except BaseException:
        server.close()
        raise
    return server


def _password(settings: NodeSettings) -> str:
    """The password: of the environment, else of its file; never of the settings themselves."""
    given = os.environ.get("JUSUR_SMTP_PASSWORD", "")
    if not given and settings.smtp_password_file:
        given = (settings.home / Path(settings.smtp_password_file).expanduser()).read_text("utf-8").strip()
    if not given:
        raise MailError("The mail server's password is missing.", fix="Set smtp_password_file or JUSUR_SMTP_PASSWORD.")
    return given


def _put_off(rows: list[Notification]) -> None:
    for one in rows:
        attempts = one.mail_attempts + 1
        pause = min(LONGEST_PAUSE, timedelta(seconds=15 * 2**attempts))
        again = clock.now() + pause if attempts < ATTEMPTS else None
        Notification.objects.filter(id=one.id).update(mail_attempts=F("mail_attempts") + 1, mail_due_at=again)
