"""Pages of the frame itself: language, appearance, help."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit import gallery, live
from jusur.desk.kit import language as languages
from jusur.desk.kit import view as views
from jusur.desk.kit.forms import Form
from jusur.kernel.languages import check

PUBLIC = frozenset({"kit:help", "kit:view", "kit:language"})
"""Pages of the kit that anybody may open, signed in or not: they show nothing of the node's work."""


class ViewForm(Form):
    """How pages look in this browser."""

    theme = forms.ChoiceField(
        label=_("Theme"),
        widget=forms.RadioSelect,
        choices=[("auto", _("As the device has it")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    contrast = forms.ChoiceField(
        label=_("Contrast"),
        widget=forms.RadioSelect,
        choices=[("auto", _("As the device has it")), ("more", _("High"))],
    )
    hijri = forms.ChoiceField(
        label=_("Hijri date"),
        help_text=_("Shown beside the Gregorian date, by the Umm al-Qura calendar."),
        widget=forms.RadioSelect,
        choices=[("no", _("Do not show")), ("yes", _("Show"))],
    )
    keys = forms.ChoiceField(
        label=_("Keyboard shortcuts"),
        help_text=_("Switch them off where they disturb a screen reader or voice control."),
        widget=forms.RadioSelect,
        choices=[("yes", _("On")), ("no", _("Off"))],
    )


def back(request: HttpRequest, default: str = "/") -> str:
    """The address of this desk to return to; never another site's."""
    wanted = request.POST.get("next") or request.GET.get("next") or default
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else default


@require_safe
def help_(request: HttpRequest) -> HttpResponse:
    """Shortcuts, and where to find what."""
    return render(request, "kit/help.html")


def view(request: HttpRequest) -> HttpResponse:
    """Choose theme, contrast, calendar and shortcuts for this browser."""
    chosen = views.of(request)
    initial = {name: getattr(chosen, name) for name in views.NAMES}
    form = ViewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        response = HttpResponseRedirect(back(request))
        views.remember(response, views.View(**form.cleaned_data))
        return response
    return render(request, "kit/view.html", {"form": form, "next": back(request)})


@require_safe
def gallery_(request: HttpRequest) -> HttpResponse:
    """Every component in all its states."""
    accounts.signed_in(request)
    return render(request, "kit/gallery.html", gallery.samples())


@require_safe
def live_(request: HttpRequest) -> StreamingHttpResponse:
    """Server-sent events: topics of which something is new (see ``jusur.desk.kit.live``)."""
    actor = accounts.signed_in(request).actor
    reader = live.Reader(actor.id, accounts.permitted_acts(actor.roles))
    events = live.hub.stream(reader, request.headers.get("Last-Event-ID", "")[:40])
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"  # proxies that gather an answer before passing it on
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language: for this browser, and for the officer who is signed in."""
    code = check(request.POST.get("language"))
    if request.user.is_authenticated:
        accounts.officer_language_set(officer_id=request.user.pk, language=code)
    response = HttpResponseRedirect(back(request))
    languages.remember(response, code)
    return response
