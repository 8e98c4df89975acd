"""How the node is: the overview, the first hour, the doctor, the settings as they are, the backup."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jusur import __version__
from jusur.accounts import api as accounts
from jusur.desk.kit import faults
from jusur.desk.settings import health
from jusur.desk.today import mailing
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel.sentences import Sentence
from jusur.node import context as node
from jusur.node import settings as node_settings

ACT = "settings.manage"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything an administrator sets or watches, with how it stands."""
    accounts.acting(request, ACT)
    tasks = health.first_hour()
    queues = exchange.queues()
    joined = directory.has_directory()
    context = {
        "own": node.current().settings,
        "home": node.current().home.path,
        "version": __version__,
        "open_tasks": sum(not task.done for task in tasks),
        "tasks": len(tasks),
        "alarms": health.alarms_open(),
        "waiting": sum(queue.count for queue in queues),
        "services": health.services(),
        "backup": health.last_backup(),
        "directory": directory.current() if joined else None,
        "expires": directory.expires() if joined else None,
    }
    return render(request, "settings/index.html", context)


@require_safe
def first_hour(request: HttpRequest) -> HttpResponse:
    """The guide of the first hour, from the node's real state."""
    accounts.acting(request, ACT)
    tasks = health.first_hour()
    context = {
        "tasks": tasks,
        "done": sum(task.done for task in tasks),
        "next": next((task for task in tasks if not task.done), None),
    }
    return render(request, "settings/first_hour.html", context)


@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """The doctor's checks, run now."""
    accounts.acting(request, ACT)
    rows = [row | {name: _said(row[name]) for name in ("detail", "fix")} for row in health.findings()]
    context = {
        "rows": rows,
        "wrong": sum(row["verdict"] == "wrong" for row in rows),
        "look": sum(row["verdict"] == "look" for row in rows),
        "services": health.services(),
    }
    return render(request, "settings/health.html", context)


def _said(text: str) -> str:
    """A sentence of the doctor in the reader's language, its parts put in."""
    if isinstance(text, Sentence):
        return text.said(_)
    return _(text) if text else ""


@require_safe
def node_page(request: HttpRequest) -> HttpResponse:
    """The settings as they hold: value, source, meaning. Secrets are no settings and are never shown."""
    accounts.acting(request, ACT)
    home = node.current().home
    rows = [{"setting": each, "about": _(each.about)} for each in node_settings.explain(home)]
    context = {"rows": rows, "file": home.settings_file, "mails": bool(node.current().settings.smtp_url)}
    return render(request, "settings/node.html", context)


@require_POST
def mail_test(request: HttpRequest) -> HttpResponse:
    """Send the administrator who asks a mail, and say what came of it."""
    actor = accounts.acting(request, ACT)
    try:
        mailing.send_test(accounts.officer(actor.id))
    except mailing.MailError as error:
        said = faults.shown(error)
        messages.error(request, f"{said['detail']} {said['fix']}")
    else:
        messages.success(request, _("A mail is on its way to your address."))
    return redirect("settings:node")


@require_safe
def backup(request: HttpRequest) -> HttpResponse:
    """The last backup, and how to make and try one."""
    accounts.acting(request, ACT)
    context = {"last": health.last_backup(), "home": node.current().home.path}
    return render(request, "settings/backup.html", context)
