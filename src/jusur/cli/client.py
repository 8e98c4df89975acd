"""The commands that act as an officer are clients of the node's API, with that officer's token."""

import os
from pathlib import Path
from typing import Any

import httpx

from jusur.kernel.errors import JusurError, UnavailableError
from jusur.kernel.ids import new_id
from jusur.node.home import NodeHome
from jusur.node.settings import load

TOKEN_VARIABLE = "JUSUR_TOKEN"  # noqa: S105 - names a variable, holds no secret
API_VARIABLE = "JUSUR_API"
TIMEOUT_SECONDS = 60.0


class RefusedError(JusurError):
    """The node refused; carries the node's own words."""

    code = "refused"
    title = "The node refused"


class Client:
    """One officer at one node's API."""

    def __init__(self, base: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_SECONDS, trust_env=False
        )

    @classmethod
    def of(cls, home: str | None) -> "Client":
        """The client for the officer whose token is in ``JUSUR_TOKEN``, at the node of ``home`` or ``JUSUR_API``.

        Raises:
            RefusedError: there is no token.
        """
        token = os.environ.get(TOKEN_VARIABLE, "")
        if not token:
            raise RefusedError(
                "You are not signed in.",
                fix=f"Set {TOKEN_VARIABLE} to a token; an administrator issues one: jusur officer token EMAIL.",
            )
        base = os.environ.get(API_VARIABLE) or load(NodeHome.find(Path(home) if home else None)).web_location
        return cls(f"{base}/v1", token)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at ``path``.

        Raises:
            RefusedError, UnavailableError: the node says no; the node does not answer.
        """
        return self._send("GET", path, params={name: value for name, value in query.items() if value})

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Do what ``path`` stands for, exactly once even if the answer gets lost."""
        return self._send("POST", path, json=body or {}, headers={"Idempotency-Key": str(new_id())})

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Put ``body`` in place of what is at ``path``."""
        return self._send("PUT", path, json=body)

    def raw(self, path: str, **query: Any) -> bytes:
        """The bytes at ``path``."""
        return self._exchange("GET", path, params=query).content

    def _send(self, method: str, path: str, **kwargs: Any) -> Any:
        return self._exchange(method, path, **kwargs).json()

    def _exchange(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"The node does not answer ({type(error).__name__}).", fix="Is it running? See: jusur status."
            ) from None
        if answer.is_success:
            return answer
        try:
            problem = answer.json()
            detail, fix = str(problem.get("detail", "")), str(problem.get("fix", ""))
            faults = "; ".join(f"{fault['at']}: {fault['why']}" for fault in problem.get("errors", []))
        except ValueError:
            detail, fix, faults = f"The node answered {answer.status_code}.", "", ""
        raise RefusedError(" ".join(filter(None, (detail, faults))), fix=fix)
