"""Asking this node's search process over loopback: on behalf of a signed-in officer, or of another bureau.

The web process and the gate have established who asks. They say so under a message authentication code of the node's
own secret that covers asker, time and body, so that nobody else on the machine can speak for anybody.
"""

import hashlib
import hmac
import json
import threading
import time
from typing import Any, Final

import httpx

from jusur.databases.budgets import BudgetSpentError, EnumerationError
from jusur.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    JusurError,
    NotFoundError,
    UnavailableError,
)
from jusur.node import context
from jusur.node.home import NodeHome
from jusur.node.settings import django_secret

SCHEME_OFFICER: Final = "Officer"
SCHEME_BUREAU: Final = "Bureau"
SCHEME_NODE: Final = "Node"
WINDOW_SECONDS: Final = 30
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - compared, never bound
_local = threading.local()


def location() -> str:
    """Where this node's search process answers.

    Raises:
        UnavailableError: it does not run.
    """
    node = context.current()
    host = node.settings.search_host
    try:
        port = node.settings.search_port or int(NodeHome(node.settings.home).search_port.read_text())
    except (OSError, ValueError):
        raise UnavailableError("The search process does not run.", fix="Start the node: jusur serve.") from None
    return f"http://{'127.0.0.1' if host in _EVERYWHERE else host}:{port}"


def code(scheme: str, asker: str, moment: int, body: bytes) -> str:
    """The message authentication code by which another process of this node speaks for ``asker``."""
    key = hmac.digest(django_secret(context.current().home).encode(), b"jusur search process", "sha256")
    said = f"{scheme}\n{asker}\n{moment}\n{hashlib.sha256(body).hexdigest()}".encode()
    return hmac.digest(key, said, "sha256").hex()


def authorization(scheme: str, asker: str, body: bytes) -> str:
    """The ``Authorization`` field for a request with ``body`` on behalf of ``asker``."""
    moment = int(time.time())
    return f"{scheme} {asker} {moment} {code(scheme, asker, moment, body)}"


def ask(path: str, body: Any, *, scheme: str, asker: str, seconds: float, channel: str = "desk") -> bytes:
    """Post ``body`` to ``path`` of the search process for ``asker``; its answer.

    Raises:
        UnavailableError: it does not answer.
        JusurError: it refuses; the process's own words.
    """
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    headers = {
        "authorization": authorization(scheme, asker, content),
        "content-type": "application/json",
        "jusur-channel": channel,
    }
    try:
        url = location() + path
        answer = _client().post(url, content=content, headers=headers, timeout=httpx.Timeout(seconds, connect=2.0))
    except httpx.HTTPError as error:
        raise UnavailableError(
            f"The search process does not answer ({type(error).__name__}).", fix="Try again; see: jusur status."
        ) from None
    if answer.status_code == httpx.codes.OK:
        return answer.content
    raise refusal(answer)


def refusal(answer: httpx.Response) -> JusurError:
    """The error that an answer other than 200 stands for."""
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "detail" not in problem:
        return UnavailableError("The search process answers something unreadable.", fix="Try again later.")
    detail, fix = str(problem["detail"]), str(problem.get("fix", ""))
    kind = str(problem.get("type", "")).rpartition(":")[2]
    known = {each.code: each for each in (BudgetSpentError, EnumerationError)}.get(kind)
    return (known or _BY_STATUS.get(answer.status_code, UnavailableError))(detail, fix=fix)


_BY_STATUS: Final[dict[int, type[JusurError]]] = {
    400: InvalidInputError,
    413: InvalidInputError,
    422: InvalidInputError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
}


def _client() -> httpx.Client:
    client: httpx.Client | None = getattr(_local, "client", None)
    if client is None:
        client = _local.client = httpx.Client(trust_env=False)
    return client
