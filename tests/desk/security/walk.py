"""Who may do what, observed: every page and API operation asked as every role and as nobody.

Nothing is taken from declarations: the acts are those that the running view really checked, so that a view which
checks none shows as open. ``python -m tests.desk.security.permissions > docs/reference/permissions.md`` writes the
page anew; ``test_permissions.py`` compares it.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter
from tests.desk.signin.sessions import make_officer, signed_in

from jusur.accounts import api as accounts
from jusur.accounts import policies, rules

ROLES: Final = ("officer", "supervisor", "legal_adviser", "examiner", "administrator", "auditor", "delegate")
NOBODY: Final = "nobody"
METHODS: Final = ("GET", "POST")
SAMPLE: Final = UUID("01a20000-0000-7000-8000-000000000000")
_NAMED: Final = {"provider_id": "national", "code": "withdraw"}
"""Parts of addresses that name one of few things."""
_MACHINE: Final = ("v1/", "health", "metrics", "timestamp")
_SIGN_IN: Final = "/sign-in"
_HEAD: Final = """# Permissions

Who may open and send what. The table is observed, not declared: a test walks every page and every operation of the API
as every role and as nobody, notes which act the running view checks and whether it lets the person pass, and compares
the result with this page. Acts and roles are in `jusur.accounts.rules`; a page shows further only what the reader's
bureau holds. `·` stands for: refused. *Nobody* is whoever is not signed in.

- **off** officer, **sup** supervisor, **leg** legal adviser, **exa** examiner, **adm** administrator, **aud** auditor,
  **del** delegate.
- Acts marked † take, on a page, a factor given within the last minutes (`confirmation_minutes`).
- A person may hold several roles; nobody approves their own act, whatever their roles.
- Operations of the API take a token; a signed-in session opens none of them.

This page is generated: `python -m tests.desk.security.permissions > docs/reference/permissions.md`.
"""


@dataclass(slots=True)
class Row:
    """One page or operation by one method: the acts that were checked, and who passed."""

    name: str
    method: str
    acts: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    """Who met a failure of the server."""
    answers: bool = True
    """Whether the page answers the method at all."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the desk, at a sample address."""

    name: str
    path: str


def pages() -> list[Page]:
    """Every page of the desk."""
    return sorted(_pages(get_resolver().url_patterns, "", ""), key=lambda page: (page.name, page.path))


def observe_pages() -> list[Row]:
    """Every page asked as every role."""
    rows = {(page.name, method): Row(page.name, method) for page in pages() for method in METHODS}
    for who in (*ROLES, NOBODY):
        key = _session(who)
        for page in pages():
            for method in METHODS:
                if (row := rows[page.name, method]).answers:
                    _ask(row, page.path, key, who)
    return [row for row in rows.values() if row.answers and (row.passed or row.acts)]


def observe_operations() -> list[Row]:
    """Every operation of the API, asked with a token that carries nothing."""
    officer = make_officer(email="powerless@ma.example", name="Powerless")
    _token, secret = accounts.token_issue(officer_id=officer.id, name="walk", actor="walk")
    return sorted((_operation(*found, secret) for found in operations()), key=lambda row: (row.name, row.method))


def operations() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Method, address and view of every operation."""
    from jusur.config.urls import api

    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, "/v1/" + f"{prefix}/{path}".replace("//", "/").strip("/"), operation.view_func


def document() -> str:
    """The whole page."""
    parts = (_HEAD, "## The desk", page_table(observe_pages()), "## The API", operation_table(observe_operations()))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def page_table(rows: Sequence[Row]) -> str:
    """The table of the desk."""
    return _table("page", [(f"`{row.name}` {row.method}", row, True) for row in rows])


def operation_table(rows: Sequence[Row]) -> str:
    """The table of the API."""
    return _table("operation", [(f"`{row.method} {row.name}`", row, False) for row in rows])


def _table(what: str, rows: Sequence[tuple[str, Row, bool]]) -> str:
    lines = [
        f"| {what} | acts | off | sup | leg | exa | adm | aud | del | nobody |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row, page in rows:
        acts = ", ".join(f"`{act}`{'†' if page and act in rules.SENSITIVE else ''}" for act in sorted(row.acts))
        marks = " | ".join("yes" if who in row.passed else "·" for who in (*ROLES, NOBODY))
        lines.append(f"| {name} | {acts or '—'} | {marks} |")
    return "\n".join(lines)


def _pages(patterns: Sequence[Any], route: str, area: str) -> Iterator[Page]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if here.startswith(_MACHINE):
            continue
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns, here, pattern.namespace or area)
        elif isinstance(pattern, URLPattern):
            name = f"{area}:{pattern.name}" if area else str(pattern.name or here)
            yield Page(name, "/" + _filled(here, pattern))


def _filled(route: str, pattern: URLPattern) -> str:
    for name, converter in pattern.pattern.converters.items():
        value = {UUIDConverter: str(SAMPLE), IntConverter: "1"}.get(type(converter), _NAMED.get(name, "x"))
        before, _, rest = route.partition(f":{name}>") if f":{name}>" in route else route.partition(f"{name}>")
        route = before.rpartition("<")[0] + value + rest
    return route


def _session(who: str) -> str:
    if who == NOBODY:
        return ""
    client = signed_in(make_officer(who, email=f"walk-{who}@ma.example"))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _ask(row: Row, path: str, key: str, who: str) -> None:
    client = Client(raise_request_exception=False)
    if key:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    point = transaction.savepoint()
    with _watch(row):
        answer = client.generic(row.method, path, content_type="application/x-www-form-urlencoded")
    transaction.savepoint_rollback(point)
    if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        row.answers = False
        return
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
        row.failed.add(who)
    if who == NOBODY and answer.status_code == HTTPStatus.NO_CONTENT:
        return  # live updates end so for who is not signed in: a browser would ask again otherwise
    elsewhere = answer.headers.get("Location", "").partition("?")[0] == _SIGN_IN and path != "/sign-out"
    if answer.status_code not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} and not elsewhere:
        row.passed.add(who)


def _operation(method: str, path: str, view: Callable[..., Any], secret: str) -> Row:
    row = Row(path, method)
    with _watch(row):
        _over_http(method, path, secret)
        if not row.acts:
            _directly(view, method)
    status = _over_http(method, path, "")
    if status != HTTPStatus.UNAUTHORIZED:
        row.passed.add(NOBODY)
    for role in ROLES:
        if all(rules.may([role], None, act) for act in row.acts):
            row.passed.add(role)
    return row


def _over_http(method: str, path: str, secret: str) -> int:
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    point = transaction.savepoint()
    answer = client.generic(method, _sampled(path), content_type="application/json", headers=headers)
    transaction.savepoint_rollback(point)
    return int(answer.status_code)


def _sampled(path: str) -> str:
    parts = [str(SAMPLE) if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def _directly(view: Callable[..., Any], method: str) -> None:
    """Call ``view`` itself: the API reads the body before it asks who calls, and we send none."""
    request: HttpRequest = RequestFactory().generic(method, "/v1/")
    request.auth = accounts.Actor(SAMPLE, "Powerless", "person", (), None)  # type: ignore[attr-defined]
    names = list(inspect.signature(view).parameters)[1:]
    point = transaction.savepoint()
    with suppress(Exception):  # whatever fails after the check: that no act was seen would tell of its lack
        view(request, **dict.fromkeys(names))
    transaction.savepoint_rollback(point)


@contextmanager
def _watch(row: Row) -> Iterator[None]:
    """Note every act that is checked meanwhile."""
    check = policies.require

    def seen(actor: accounts.Actor, act: str) -> None:
        row.acts.add(act)
        check(actor, act)

    with patch.object(policies, "require", seen), patch.object(accounts, "require", seen):
        yield
