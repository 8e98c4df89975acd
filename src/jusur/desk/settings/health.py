"""How the node is: the doctor's findings, its services, its last backup; and what the first hour still asks for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jusur.accounts import api as accounts
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.node import backup, doctor, supervisor
from jusur.node import context as node

BACKUP_AGE: Final = timedelta(days=7)
"""A backup older than this is too old."""

_PORT: Final = "port-"
"""Checks of a node that does not run: while this page is served, its ports are in use, and rightly so."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done in the first hour: whether it is, where, and by which command where no page does it."""

    title: Promise
    why: Promise
    done: bool
    url: str = ""
    command: str = ""


def findings() -> list[dict[str, Any]]:
    """What the doctor finds, what is wrong first: ``{name, verdict, detail, fix}``."""
    examined = doctor.examine(node.current().home, extra=[exchange.findings])
    found = [each for each in examined if not each.name.startswith(_PORT)]
    rows = [{"name": each.name, "verdict": _verdict(each), "detail": each.detail, "fix": each.fix} for each in found]
    order = ("wrong", "look", "well")
    return sorted(rows, key=lambda row: order.index(row["verdict"]))


def services() -> dict[str, Any]:
    """The node's processes as its supervisor last told."""
    return dict(supervisor.status(node.current().home))


def last_backup() -> dict[str, Any] | None:
    """When and where the last backup was written, and whether it is too old; None where none is remembered."""
    last = backup.last(node.current().home)
    if last is None:
        return None
    return {"at": last.at, "file": last.file, "bytes": last.bytes, "old": clock.now() - last.at > BACKUP_AGE}


def alarms_open() -> int:
    """How many alarms are open: of the exchange, the directory and peers' logs."""
    of_directory = len(directory.alarms()) if directory.has_directory() else 0
    return len(exchange.open_alarms()) + of_directory + len(ledger.alarms())


def first_hour() -> list[Task]:
    """The tasks of the first hour, in their order, as far as this node's state tells."""
    return [*_network_tasks(), *_people_tasks(), *_safety_tasks()]


def _network_tasks() -> list[Task]:
    joined, own = directory.has_directory(), node.current()
    keys = directory.organisation(own.address).keys if joined else ()
    recovery = any(key.use == "recovery" and key.state == "active" for key in keys)
    return [
        Task(
            _("The node's home is made"),
            _("Its folder, settings, keys and database."),
            done=True,
            url=reverse("settings:node"),
        ),
        Task(
            _("The node is in the network"),
            _("The secretariat's invitation, and two fingerprints read over the telephone."),
            joined,
            reverse("directory:keys" if joined else "directory:join"),
        ),
        Task(
            _("A recovery key is locked up"),
            _("With it, stolen keys are replaced in minutes. It is made when joining."),
            recovery or (joined and own.settings.role == "secretariat"),
            reverse("directory:keys"),
        ),
    ]


def _people_tasks() -> list[Task]:
    people = [officer for officer in accounts.officers() if officer.is_active and officer.kind == "person"]
    factors = accounts.with_second_factor()
    administrators = [officer for officer in people if "administrator" in officer.roles]
    drafters = [officer for officer in people if "request.draft" in accounts.permitted_acts(officer.roles)]
    approvers = [officer for officer in people if "request.approve" in accounts.permitted_acts(officer.roles)]
    two = len({officer.id for officer in (*drafters, *approvers)}) > 1 and bool(drafters) and bool(approvers)
    at_officers = reverse("signin:officers")
    return [
        Task(
            _("There is a second administrator"),
            _("One may be away, or lose the keys to the desk."),
            len(administrators) > 1,
            at_officers,
        ),
        Task(
            _("Two people can send a request"),
            _("One drafts, another approves: four eyes always mean two people."),
            two,
            at_officers,
        ),
        Task(
            _("Every officer has a second factor"),
            _("A passkey or an authenticator app. Nobody works without."),
            bool(people) and all(officer.id in factors for officer in people),
            at_officers,
        ),
    ]


def _safety_tasks() -> list[Task]:
    settings, last = node.current().settings, last_backup()
    return [
        Task(
            _("A backup was made in the last seven days"),
            _("And tried: a backup that nobody restored is a hope."),
            last is not None and not last["old"],
            reverse("settings:backup"),
            "jusur backup /media/backup/node.age --recipient age1…",
        ),
        Task(
            _("A time-stamp authority is set"),
            _("It proves to a court when evidence was sealed."),
            bool(settings.timestamp_url) and settings.timestamp_roots.is_file(),
            reverse("settings:node"),
        ),
        Task(
            _("Officers reach the desk over https"),
            _("Passkeys and cookies are safe only there."),
            settings.web_location.startswith("https://"),
            reverse("settings:node"),
        ),
        Task(
            _("Notifications can go out by e-mail"),
            _("They never hold content. Without a mail server officers see them only in the desk."),
            bool(settings.smtp_url),
            reverse("settings:node"),
        ),
        Task(
            _("A first message was exchanged"),
            _("Write to a bureau that knows you, and see its receipt."),
            exchange.exchanged(),
            reverse("settings:exchange"),
        ),
    ]


def _verdict(finding: doctor.Finding) -> str:
    if not finding.ok:
        return "wrong"
    return "look" if finding.warning else "well"
