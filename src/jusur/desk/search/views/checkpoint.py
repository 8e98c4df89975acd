"""The page of a checkpoint: one field that a passport reader fills, one large answer, at once ready for the next."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.kit import language
from jusur.desk.kit.forms import show_error
from jusur.desk.search import answers, asking, names
from jusur.desk.search.forms import CheckForm, PostForm
from jusur.desk.search.noticing import noticed
from jusur.kernel.errors import JusurError

PLACE = "checkpoint"
FIRST_PURPOSE = "border-check"
ANSWERS = 5
DEADLINE = 2_000


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The field."""
    actor = accounts.acting(request, "search.do")
    standing = asking.remembered(request, PLACE)
    if not standing["reference"]:
        return HttpResponseRedirect(reverse("search:checkpoint-post"))
    if request.method != "POST":
        return _page(request, standing, CheckForm())
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, standing, form, status=422)
    try:
        search = asking.ask(_body(form.cleaned_data["text"], standing), actor)
    except (databases.BudgetSpentError, databases.EnumerationError) as error:
        return _page(request, standing, CheckForm(), refused=error.code, status=error.status)
    except JusurError as error:
        show_error(form, error)
        return _page(request, standing, form, status=error.status)
    return HttpResponseRedirect(reverse("search:checkpoint-answer", args=[search]))


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """For which purpose and check this post searches, until it is changed or the session ends."""
    accounts.acting(request, "search.do")
    standing = asking.remembered(request, PLACE)
    begun = standing if standing["purpose"] else standing | {"purpose": FIRST_PURPOSE}
    form = PostForm(request.POST if request.method == "POST" else None, initial=begun)
    if request.method == "POST" and form.is_valid():
        asking.remember(request, PLACE, form.cleaned_data)
        return HttpResponseRedirect(reverse("search:checkpoint"))
    return render(request, "search/post.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def answer(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """The answer, and the field for the next."""
    actor = accounts.acting(request, "search.do")
    shown = databases.answer_kept(search_id, officer=actor.id)
    asked, found = shown["asked"], shown["found"]
    every = answers.of(found, asked)
    recognised = found["recognised"] or {}
    context = {
        "verdict": verdict(found),
        "search_id": search_id,
        "answers": every[:3],
        "more": max(0, len(every) - 3),
        "zone": answers.zone_of(recognised["value"]) if recognised.get("kind") == "mrz" else {},
        "taken_for": recognised.get("kind", ""),
        "taken_value": "" if recognised.get("kind") == "mrz" else recognised.get("value", ""),
        "noticed": [noticed(each) for each in found["noticed"]],
        "done": databases.search_done(search_id),
    }
    return _page(request, asking.remembered(request, PLACE), CheckForm(), **context)


def verdict(found: dict[str, Any]) -> str:
    """What the officer is told.

    ``stop`` where a record is at or above the purpose's threshold, ``look`` where one is near or something is faulty,
    ``partial`` where something that was asked has not answered, else ``nothing``.
    """
    if any(each["match"] for each in found["answers"]):
        return "stop"
    if found["answers"] or found["noticed"]:
        return "look"
    return "partial" if found["partial"] else "nothing"


def _body(text: str, standing: dict[str, str]) -> dict[str, Any]:
    return standing | {
        "query": {"text": text.strip()},
        "limit": ANSWERS,
        "deadline_ms": DEADLINE,
        "language": language.current(),
    }


def _page(
    request: HttpRequest, standing: dict[str, str], form: CheckForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    whole = {"form": form, "reference": standing["reference"], "purpose": names.purpose(standing["purpose"])} | context
    return render(request, "search/checkpoint.html", whole, status=status)
