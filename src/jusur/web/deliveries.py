"""One delivery to a webhook: signed, bounded in time and in what is read of the answer, never redirected."""

import asyncio
import base64
import hashlib
import hmac
import json

import httpx

from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.web.models import Webhook

DEADLINE_SECONDS = 10.0
"""From the first packet to the answer's status line; a receiver that drips loses its turn."""


def post(hook: Webhook, secret: str, event: ledger.LedgerEvent) -> bool:
    """Tell ``hook`` of ``event``, signed with its ``secret``; whether it answered with a 2xx status in time."""
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
        "User-Agent": "jusur",
        "webhook-id": str(event.id),
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret, str(event.id), stamp, body),
    }
    try:
        return asyncio.run(_send(hook.url, body, headers))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError):
        return False


def sign(secret: str, message_id: str, stamp: int, body: bytes) -> str:
    """The ``webhook-signature`` header of ``body`` (Standard Webhooks, version 1)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


async def _send(url: str, body: bytes, headers: dict[str, str]) -> bool:
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        httpx.AsyncClient(timeout=DEADLINE_SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, content=body, headers=headers) as answer,
    ):
        return answer.is_success  # the body of the answer is never read
