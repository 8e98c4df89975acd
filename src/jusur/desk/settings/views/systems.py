"""National systems: who they are, the tokens they act by, the webhooks that tell them."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit.forms import show_error
from jusur.desk.settings.forms import SystemForm, TokenForm, WebhookForm
from jusur.kernel.errors import JusurError, NotFoundError
from jusur.web import webhooks

ACT = "webhook.manage"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Systems, tokens and webhooks as they are."""
    accounts.acting(request, ACT)
    context = {"systems": accounts.systems(), "tokens": accounts.tokens(), "webhooks": webhooks.webhooks()}
    return render(request, "settings/systems.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new system."""
    actor = accounts.acting(request, ACT)
    accounts.require(actor, "officer.manage")
    form = SystemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            system = accounts.officer_create(
                **form.cleaned_data, kind=accounts.Officer.SYSTEM, language=actor.language, actor=actor.reference
            )
        except JusurError as error:
            show_error(form, error)
        else:
            return HttpResponseRedirect(reverse("settings:token", args=[system.id]))
    return render(request, "settings/system.html", {"form": form})


@require_http_methods(["GET", "POST"])
def token(request: HttpRequest, system_id: UUID) -> HttpResponse:
    """A new token of a system; its secret is shown this once."""
    actor = accounts.acting(request, ACT)
    accounts.require(actor, "officer.manage")
    system = accounts.officer(system_id)
    if system.kind != accounts.Officer.SYSTEM:
        raise NotFoundError("There is no such national system.")
    form = TokenForm(request.POST or None, system=system)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        lifetime = timedelta(days=int(given["days"]))
        try:
            row, secret = accounts.token_issue(
                officer_id=system_id,
                name=given["name"],
                scopes=given["scopes"],
                lifetime=lifetime,
                actor=actor.reference,
            )
        except JusurError as error:
            show_error(form, error)
        else:
            return render(request, "settings/secret.html", {"system": system, "token": row, "secret": secret})
    return render(request, "settings/token.html", {"form": form, "system": system})


@require_POST
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token now."""
    actor = accounts.acting(request, ACT)
    accounts.token_revoke(token_id=token_id, actor=actor.reference)
    messages.success(request, _("The token is revoked."))
    return HttpResponseRedirect(reverse("settings:systems"))


@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """A new webhook; the secret that signs its deliveries is shown this once."""
    actor = accounts.acting(request, ACT)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hook, secret = webhooks.webhook_create(**form.cleaned_data, actor=actor.reference)
        except JusurError as error:
            show_error(form, error, "url")
        else:
            return render(request, "settings/secret.html", {"webhook": hook, "secret": secret})
    return render(request, "settings/webhook.html", {"form": form})


@require_POST
def unwatch(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """End a webhook."""
    actor = accounts.acting(request, ACT)
    webhooks.webhook_end(webhook_id=webhook_id, actor=actor.reference)
    messages.success(request, _("The webhook is ended: nothing is told there any more."))
    return HttpResponseRedirect(reverse("settings:systems"))
