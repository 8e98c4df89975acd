"""Who asks: by a token of this node, by the web process for a signed-in officer, by the gate for another bureau.

What a header says is looked up once and remembered for ``REMEMBERED_SECONDS``; a token that is revoked meanwhile works
no longer than that.
"""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from jusur.accounts import api as accounts
from jusur.databases import searching_api as databases
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import parse_id

REMEMBERED_SECONDS: Final = 2.0
REMEMBERED: Final = 10_000
MAX_HEADER: Final = 512
_PARTS: Final = 4


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who asks, what they may do, and under which purpose and reference their token searches where none is stated."""

    asker: databases.Asker
    actor: accounts.Actor | None
    token: UUID | None = None
    purpose: str = ""
    reference: str = ""
    scheme: str = "token"

    def require(self, act: str) -> None:
        """Let the speaker pass if ``act`` is theirs to do; another bureau may search and nothing else.

        Raises:
            ForbiddenError: it is not.
        """
        if self.actor is not None:
            accounts.require(self.actor, act)
        elif act != "search.do":
            accounts.require(_NOBODY, act)


_NOBODY: Final = accounts.Actor(UUID(int=0), "", "system", (), frozenset())


class Askers:
    """The speakers that were heard lately. Database work is left to ``look_up``, which the caller runs in a thread."""

    def __init__(self, address: str, now: Callable[[], float] = time.monotonic) -> None:
        self._address, self._now = address, now
        self._known: OrderedDict[str, tuple[float, Speaker]] = OrderedDict()

    def known(self, header: str) -> Speaker | None:
        """The speaker of an ``Authorization`` field that was looked up lately."""
        found = self._known.get(header)
        if found is not None and self._now() - found[0] < REMEMBERED_SECONDS:
            return found[1]
        return None

    def look_up(self, header: str, body: bytes) -> Speaker:
        """Who speaks by ``header`` (``Bearer``, ``ApiKey``, or a process of this node).

        Raises:
            NotSignedInError: nobody that this node knows.
        """
        scheme, _, rest = header[:MAX_HEADER].partition(" ")
        if scheme.lower() in {"bearer", "apikey"}:
            speaker = self._by_token(rest.strip())
            self._known[header] = (self._now(), speaker)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return speaker
        if scheme in {databases.SCHEME_OFFICER, databases.SCHEME_BUREAU, databases.SCHEME_NODE}:
            return self._by_process(scheme, rest, body)
        raise accounts.NotSignedInError(
            "The request carries no valid token.", fix="Send Authorization: Bearer (or ApiKey) with a token."
        )

    def _by_token(self, secret: str) -> Speaker:
        use = accounts.token_use(secret)
        purpose, reference = databases.token_purpose(use.token)
        asker = databases.Asker(use.actor.reference, self._address, use.actor.kind)
        return Speaker(asker, use.actor, use.token, purpose, reference)

    def _by_process(self, scheme: str, rest: str, body: bytes) -> Speaker:
        parts = rest.split(" ")
        if len(parts) != _PARTS - 1 or not parts[1].isdecimal():
            raise accounts.NotSignedInError("The request is not signed by a process of this node.")
        name, moment, code = parts[0], int(parts[1]), parts[2]
        fresh = abs(time.time() - moment) <= databases.SEARCH_WINDOW_SECONDS
        if not fresh or not hmac.compare_digest(code, databases.search_code(scheme, name, moment, body)):
            raise accounts.NotSignedInError("The request is not signed by a process of this node.")
        if scheme == databases.SCHEME_OFFICER:
            try:
                actor = accounts.actor_by_id(parse_id(name))
            except InvalidInputError as error:
                raise accounts.NotSignedInError("There is no such officer.") from error
            return Speaker(databases.Asker(actor.reference, self._address, actor.kind), actor, scheme=scheme)
        kind = "other" if scheme == databases.SCHEME_BUREAU else "system"
        bureau = name if scheme == databases.SCHEME_BUREAU else self._address
        return Speaker(databases.Asker(name, bureau, kind), None, scheme=scheme)
