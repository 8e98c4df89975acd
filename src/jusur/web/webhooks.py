"""Webhooks: national systems are told that something happened, never what it contains.

A delivery is an HTTP POST signed as the Standard Webhooks specification says (``webhook-id``, ``webhook-timestamp``,
``webhook-signature``: HMAC-SHA256). It names the event's kind and subject; the system then asks the API, with its own
rights. Each webhook goes through the ledger in order and is tried again with growing pauses until it answers.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from django.db import connections, transaction

from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.ledger import api as ledger
from jusur.web.models import Webhook

KINDS = ("custody.", "evidence.request.", "exchange.")
BATCH = 200
TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 2.0
LONGEST_PAUSE = timedelta(hours=1)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def webhook_create(*, url: str, kinds: list[str], actor: str) -> tuple[Webhook, str]:
    """A new webhook for events whose kind begins with one of ``kinds``, and its secret (shown this once).

    Raises:
        InvalidInputError: not an https address (http only on this machine), or kinds that cannot be watched.
    """
    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.scheme == "https" or plain) or not parts.hostname or parts.username or len(url) > 2000:  # noqa: PLR2004
        raise InvalidInputError("The webhook's address is not usable.", fix="Give an https:// address.")
    if not kinds or any(not kind.startswith(KINDS) for kind in kinds):
        raise InvalidInputError("These events cannot be watched.", fix=f"Kinds begin with {', '.join(KINDS)}.")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    now = clock.now()
    with transaction.atomic():
        hook = Webhook.objects.create(
            url=url,
            kinds=sorted(set(kinds)),
            secret=secret,
            created_at=now,
            next_attempt_at=now,
            last_leaf=ledger.size() - 1,
        )
        ledger.record(
            "web.webhook.created",
            subject_type="webhook",
            subject_id=str(hook.id),
            actor=actor,
            data={"kinds": hook.kinds},
        )
    return hook, secret


@transaction.atomic
def webhook_end(*, webhook_id: UUID, actor: str) -> None:
    """Stop a webhook.

    Raises:
        NotFoundError: no such live webhook.
    """
    if not Webhook.objects.filter(id=webhook_id, ended_at__isnull=True).update(ended_at=clock.now()):
        raise NotFoundError("There is no such webhook.")
    ledger.record("web.webhook.ended", subject_type="webhook", subject_id=str(webhook_id), actor=actor, data={})


def run(stop: threading.Event) -> None:
    """Deliver until told to stop."""
    while not stop.wait(POLL_SECONDS):
        for hook in Webhook.objects.filter(ended_at__isnull=True, next_attempt_at__lte=clock.now()):
            deliver(hook)
        connections["default"].close_if_unusable_or_obsolete()


def deliver(hook: Webhook) -> int:
    """Deliver what ``hook`` has not been told yet, in the ledger's order; the number delivered."""
    told = 0
    for event in ledger.sequenced_after(hook.last_leaf, limit=BATCH):
        if event.kind.startswith(tuple(hook.kinds)):
            if not _post(hook, event):
                hook.failures += 1
                hook.next_attempt_at = clock.now() + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(hook.failures, 12)))
                break
            told += 1
        hook.last_leaf, hook.failures = event.leaf_index, 0
    hook.save(update_fields=["last_leaf", "failures", "next_attempt_at"])
    return told


def sign(secret: str, message_id: str, stamp: int, body: bytes) -> str:
    """The ``webhook-signature`` header of ``body`` (Standard Webhooks, version 1)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _post(hook: Webhook, event: ledger.LedgerEvent) -> bool:
    body = json.dumps(
        {
            "type": event.kind,
            "timestamp": clock.timestamp(event.occurred_at),
            "data": {"subject_type": event.subject_type, "subject_id": event.subject_id},
        }
    ).encode()
    stamp = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(event.id),
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(hook.secret, str(event.id), stamp, body),
    }
    try:
        answer = httpx.post(hook.url, content=body, headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=False)
    except httpx.HTTPError:
        return False
    return answer.is_success
