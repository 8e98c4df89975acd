"""Webhooks: national systems are told that something happened, never what it contains.

A delivery is an HTTP POST signed as the Standard Webhooks specification says (``webhook-id``, ``webhook-timestamp``,
``webhook-signature``: HMAC-SHA256). It names the event's kind and subject; the system then asks the API, with its own
rights. Each webhook goes through the ledger in order and is tried again with growing pauses until it answers.
"""

import base64
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

import structlog
from django.db import connections, transaction
from django.db.models import F

from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger
from jusur.node.context import current
from jusur.rows.claims import claim
from jusur.web import deliveries
from jusur.web import secrets as sealing
from jusur.web.models import Webhook

log = structlog.get_logger()

KINDS = ("custody.", "evidence.request.", "exchange.")
MAX_URL = 2000
BATCH = 200
POLL_SECONDS = 2.0
TURN_SECONDS = 30.0
"""How long one webhook is served before the others are looked at again."""
AT_ONCE = 4
LONGEST_PAUSE = timedelta(hours=1)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def webhook_create(*, url: str, kinds: list[str], actor: str) -> tuple[Webhook, str]:
    """A new webhook for events whose kind begins with one of ``kinds``, and its secret (shown this once).

    Raises:
        InvalidInputError: not an https address (http only on this machine), or kinds that cannot be watched.
    """
    if not _usable(url):
        raise InvalidInputError("The webhook's address is not usable.", fix="Give an https:// address.")
    if not kinds or any(not kind.startswith(KINDS) or not kind.isprintable() for kind in kinds):
        raise InvalidInputError("These events cannot be watched.", fix=f"Kinds begin with {', '.join(KINDS)}.")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    now, number = clock.now(), new_id()
    with transaction.atomic():
        hook = Webhook.objects.create(
            id=number,
            url=url,
            kinds=sorted(set(kinds)),
            sealed_secret=sealing.seal(current().keys, number, secret),
            created_at=now,
            next_attempt_at=now,
            last_leaf=ledger.size() - 1,
        )
        _record("web.webhook.created", hook.id, actor, {"kinds": hook.kinds})
    return hook, secret


@transaction.atomic
def webhook_end(*, webhook_id: UUID, actor: str) -> None:
    """Stop a webhook.

    Raises:
        NotFoundError: no such live webhook.
    """
    if not Webhook.objects.filter(id=webhook_id, ended_at__isnull=True).update(ended_at=clock.now()):
        raise NotFoundError("There is no such webhook.")
    _record("web.webhook.ended", webhook_id, actor, {})


def webhook(webhook_id: UUID) -> Webhook:
    """The webhook, live or ended.

    Raises:
        NotFoundError: there is none.
    """
    hook = Webhook.objects.filter(id=webhook_id).first()
    if hook is None:
        raise NotFoundError("There is no such webhook.")
    return hook


def webhooks() -> list[Webhook]:
    """The live webhooks, the newest first."""
    return list(Webhook.objects.filter(ended_at__isnull=True).order_by("-id"))


def run(stop: threading.Event) -> None:
    """Deliver until told to stop; one slow receiver keeps no other waiting."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        while not stop.wait(POLL_SECONDS):
            list(pool.map(_deliver_in_thread, due()))
            connections["default"].close_if_unusable_or_obsolete()


def due() -> list[UUID]:
    """The live webhooks whose pause is over."""
    rows = Webhook.objects.filter(ended_at__isnull=True, next_attempt_at__lte=clock.now())
    return list(rows.order_by("next_attempt_at").values_list("id", flat=True))


def deliver(webhook_id: UUID) -> int:
    """Tell a webhook what it has not been told yet, in the ledger's order; the number told now.

    What was told is written down at once: after a kill at most one event is told twice, under the same ``webhook-id``.
    """
    with claim("webhook", webhook_id) as ours:
        hook = Webhook.objects.filter(id=webhook_id, ended_at__isnull=True).first()
        return _deliver(hook) if ours and hook is not None else 0


def _deliver(hook: Webhook) -> int:
    told, ends = 0, time.monotonic() + TURN_SECONDS
    secret = sealing.open_sealed(current().keys, hook.id, bytes(hook.sealed_secret))
    rows = Webhook.objects.filter(id=hook.id, ended_at__isnull=True)
    for event in ledger.sequenced_after(hook.last_leaf, limit=BATCH):
        watched = event.kind.startswith(tuple(hook.kinds))
        if watched and (time.monotonic() > ends or not rows.exists()):
            break
        if watched and not deliveries.post(hook, secret, event):
            _pause(hook)
            break
        told += watched
        rows.update(last_leaf=event.leaf_index, failures=0)
    return told


def _pause(hook: Webhook) -> None:
    failures = Webhook.objects.values_list("failures", flat=True).get(id=hook.id) + 1
    pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(failures, 12)))
    Webhook.objects.filter(id=hook.id).update(failures=F("failures") + 1, next_attempt_at=clock.now() + pause)
    log.warning("webhook.not_delivered", webhook=str(hook.id), failures=failures, again_in_seconds=pause.seconds)


def _deliver_in_thread(webhook_id: UUID) -> int:
    try:
        return deliver(webhook_id)
    finally:
        connections.close_all()


def _usable(url: str) -> bool:
    try:
        parts: SplitResult = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
    written = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL
    return written and (parts.scheme == "https" or plain) and bool(parts.hostname) and not parts.username


def _record(kind: str, webhook_id: UUID, actor: str, data: dict[str, list[str]]) -> None:
    ledger.record(kind, subject_type="webhook", subject_id=str(webhook_id), actor=actor, data=data)
