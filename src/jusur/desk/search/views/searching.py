"""One search over every shared database, its answers, and each answer beside the question."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.kit.forms import show_error
from jusur.desk.search import answers, asking, names
from jusur.desk.search.forms import DecisionForm, SearchForm, initial_of
from jusur.desk.search.noticing import noticed
from jusur.kernel.errors import JusurError, NotFoundError

LATEST = 6
"""Earlier searches that the page reminds of."""
PLACE = "search"


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The box."""
    actor = accounts.acting(request, "search.do")
    if request.method != "POST":
        return _box(request, actor, SearchForm(initial=asking.remembered(request, PLACE)))
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _box(request, actor, form, status=422)
    asking.remember(request, PLACE, form.cleaned_data)
    try:
        search = asking.ask(form.body(), actor)
    except (databases.BudgetSpentError, databases.EnumerationError) as error:
        return _box(request, actor, form, refused=error.code, status=error.status)
    except JusurError as error:
        show_error(form, error)
        return _box(request, actor, form, status=error.status)
    return HttpResponseRedirect(reverse("search:answer", args=[search]))


@require_safe
def answer(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """What answered, ranked; which databases did and which did not."""
    actor = accounts.acting(request, "search.do")
    shown = databases.answer_kept(search_id, officer=actor.id)
    asked, found = shown["asked"], shown["found"]
    every = answers.of(found, asked)
    here = request.GET.get("database", "")
    context = {
        "search_id": search_id,
        "asked": asked,
        "found": found,
        "answers": [each for each in every if not here or each.database == here],
        "counts": _counts(every),
        "here": here,
        "states": _states(found["databases"]),
        "silent": [each for each in _states(found["databases"]) if each["state"] != "answered"],
        "noticed": [noticed(each) for each in found["noticed"]],
        "zone": answers.zone_of(found["recognised"]["value"]) if _is_zone(found) else {},
        "taken_for": (found["recognised"] or {}).get("kind", "") or initial_of(asked)["kind"],
        "also": answers.also(asked["query"]),
        "purpose": names.purpose(asked["purpose"]),
        "watchable": databases.search_purpose(asked["purpose"]).watch_recent,
        "form": SearchForm(initial=initial_of(asked)),
        "done": databases.search_done(search_id),
    }
    return render(request, "search/answer.html", context)


@require_safe
def compare(request: HttpRequest, search_id: UUID, number: int) -> HttpResponse:
    """One answer beside the question, and the decision on its hit.

    Raises:
        NotFoundError: the search has no such answer.
    """
    actor = accounts.acting(request, "search.do")
    shown = databases.answer_kept(search_id, officer=actor.id)
    asked, found = shown["asked"], shown["found"]
    every = answers.of(found, asked)
    if not 1 <= number <= len(every):
        raise NotFoundError(_("The search has no such answer."), fix=_("Go back to the answers."))
    one, wire = every[number - 1], found["answers"][number - 1]
    hit = databases.hit(UUID(one.hit)) if one.hit else None
    properties = {} if one.gone else wire["properties"]
    context = {
        "search_id": search_id,
        "asked": asked,
        "answer": one,
        "of": len(every),
        "before": number - 1,
        "after": number + 1 if number < len(every) else 0,
        "pairs": answers.compared(asked["query"], found["recognised"], properties, wire["reasons"]),
        "purpose": names.purpose(asked["purpose"]),
        "hit": hit,
        "form": DecisionForm(),
    }
    return render(request, "search/compare.html", context)


def _box(
    request: HttpRequest, actor: accounts.Actor, form: SearchForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    latest = databases.searches(actor=actor.reference)[:LATEST]
    kept = databases.answers_kept(actor.id)
    rows = [{"search": each, "kept": each.id in kept, "purpose": names.purpose(each.purpose)} for each in latest]
    context = {"form": form, "refused": refused, "latest": rows, "opened": _opened(form)}
    return render(request, "search/index.html", context, status=status)


def _opened(form: SearchForm) -> bool:
    """Whether what else is known was filled in, or is wrong."""
    return any(form[name].errors or (form.is_bound and form[name].value()) for name in ("birth_date", "country", "sex"))


def _counts(every: list[answers.Answer]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for each in every:
        found[each.database] = found.get(each.database, 0) + 1
    return sorted(found.items())


def _states(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = names.databases_named(each["database"] for each in given if each["database"] != "*")
    return [each | {"name": named.get(each["database"], "")} for each in given]


def _is_zone(found: dict[str, Any]) -> bool:
    return bool(found["recognised"]) and found["recognised"]["kind"] == "mrz"
