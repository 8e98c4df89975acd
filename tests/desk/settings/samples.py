"""Sample rows of the settings: alarms, a national system with its token, a webhook."""

from typing import Any

from jusur.accounts import api as accounts
from jusur.exchange import api as exchange
from jusur.web import webhooks


def make(desk: Any) -> dict[str, Any]:
    """France does not answer, a package could not be fetched; the case system holds a token and is told of events."""
    by = desk.actor("administrator").reference
    exchange.raise_alarm("peer-silent", peer="FR", detail="FR has not answered for 4 hours.")
    exchange.raise_alarm(
        "transfer-failed",
        peer="NO",
        detail="The gate answered 404 six times.",
        subject="019366aa-0000-7000-8000-00000000abcd",
    )
    system = accounts.officer_create(
        email="cases@dgsn.example", name="Système des affaires", roles=["officer"], kind="system", actor=by
    )
    token, secret = accounts.token_issue(
        officer_id=system.id, name="Case system, production", scopes=["request.read", "message.read"], actor=by
    )
    hook, _signs = webhooks.webhook_create(
        url="https://cases.dgsn.example/jusur", kinds=["evidence.request."], actor=by
    )
    return {"system": system, "token": token, "secret": secret, "webhook": hook}


def pages(desk: Any) -> list[str]:
    """The addresses of the pages to be looked at."""
    system = desk.made["settings"]["system"]
    return [
        "/settings/",
        "/settings/first-hour",
        "/settings/health",
        "/settings/node",
        "/settings/backup",
        "/settings/exchange",
        "/settings/exchange/FR",
        "/settings/alarms",
        "/settings/systems",
        "/settings/systems/new",
        f"/settings/systems/{system.id}/token",
        "/settings/systems/webhooks/new",
    ]
