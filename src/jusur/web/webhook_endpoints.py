"""Webhooks over HTTP: a national system says where it wants to be told of what."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.kernel import clock
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page
from jusur.web import webhooks
from jusur.web.models import Webhook

router = Router(tags=["webhooks"])

Kind = Annotated[str, Field(max_length=64, description="The beginning of a kind of event: custody., exchange. …")]


class NewWebhook(Schema):
    """Where to tell, and of which events."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=webhooks.MAX_URL)]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=20)]


class WebhookView(Schema):
    """A webhook and how its deliveries go."""

    id: str
    url: str
    kinds: list[str]
    created_at: str
    ended_at: str | None
    last_leaf: int
    failures: int
    next_attempt_at: str


class WebhookPage(Schema):
    """Webhooks, newest first."""

    items: list[WebhookView]
    next: str | None


class CreatedWebhook(WebhookView):
    """A new webhook with the secret that signs its deliveries, which is shown this once."""

    secret: str


@router.get("", summary="Webhooks, newest first", response=WebhookPage)
def list_webhooks(
    request: HttpRequest,
    cursor: Annotated[str, Field(max_length=64)] = "",
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Live and ended ones, without their secrets."""
    accounts.acting(request, "webhook.manage")
    return page(Webhook.objects.all(), _view, cursor=cursor, limit=limit)


@router.post("", summary="Ask to be told of events", response={201: CreatedWebhook})
def create(request: HttpRequest, body: NewWebhook) -> Status[dict[str, Any]]:
    """Events from now on are told to the address, signed with the secret in this answer."""
    actor = accounts.acting(request, "webhook.manage")
    hook, secret = webhooks.webhook_create(url=body.url, kinds=body.kinds, actor=actor.reference)
    return Status(201, _view(hook) | {"secret": secret})


@router.get("/{webhook_id}", summary="One webhook", response=WebhookView)
def show(request: HttpRequest, webhook_id: Annotated[str, Path(max_length=64)]) -> dict[str, Any]:
    """How its deliveries go."""
    accounts.acting(request, "webhook.manage")
    return _view(webhooks.webhook(parse_id(webhook_id)))


@router.delete("/{webhook_id}", summary="End a webhook", response={204: None})
def end(request: HttpRequest, webhook_id: Annotated[str, Path(max_length=64)]) -> Status[None]:
    """Nothing is told there any more."""
    actor = accounts.acting(request, "webhook.manage")
    webhooks.webhook_end(webhook_id=parse_id(webhook_id), actor=actor.reference)
    return Status(204, None)


def _view(hook: Webhook) -> dict[str, Any]:
    return {
        "id": str(hook.id),
        "url": hook.url,
        "kinds": hook.kinds,
        "created_at": clock.timestamp(hook.created_at),
        "ended_at": clock.timestamp(hook.ended_at) if hook.ended_at else None,
        "last_leaf": hook.last_leaf,
        "failures": hook.failures,
        "next_attempt_at": clock.timestamp(hook.next_attempt_at),
    }
