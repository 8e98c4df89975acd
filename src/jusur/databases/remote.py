"""Asking other bureaus' nodes, and answering theirs: a signed request at the gate, because an officer waits.

``POST /search/v1/queries`` is asked over the gate's mutual TLS under an RFC 9421 signature. The asked node applies its
own walls, budgets and thresholds to the asking bureau, journals the search as any other, and lets out what its records'
conditions let that bureau see. A bureau that does not answer in time is said to be late, never silently left out.
"""

import threading
from collections.abc import Sequence
from typing import Final

import msgspec

from jusur.databases import searching_client
from jusur.databases.searching_shapes import AnswerView, DatabaseView, Found, SearchBody
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel.errors import ForbiddenError, JusurError
from jusur.node import context

PATH: Final = "/search/v1/queries"
KIND: Final = "database.search"
"""What the directory's limits call a search between bureaus."""
CLASSIFICATION: Final = "restricted"
MAX_ANSWER_BYTES: Final = 8 << 20
MAX_QUESTION_BYTES: Final = 64 * 1024
ANSWER_SECONDS: Final = 30.0
KEPT_PER_PEER: Final = 4
_pool: dict[str, list[exchange.PeerConnection]] = {}
_mutex = threading.Lock()


def reachable() -> list[str]:
    """The other organisations that may be asked now: they take part, have a gate, and no limit stands between."""
    own = context.current().address
    return [
        each.address
        for each in directory.organisations(status="active")
        if each.address != own and directory.gate_url(each.address) and allowed(own, each.address)
    ]


def allowed(asker: str, asked: str) -> bool:
    """Whether the limits that the directory sets both organisations let ``asker`` search at ``asked``."""
    sends = directory.may_send(asker, KIND, CLASSIFICATION)
    return sends and directory.may_receive(asked, KIND, CLASSIFICATION)


def bureaus(named: Sequence[str]) -> list[str]:
    """Whom to ask: those named, or with ``*`` all that can be reached; never this node itself."""
    own = context.current().address
    wanted = reachable() if "*" in named else [address for address in named if address != "*"]
    return [address for address in dict.fromkeys(wanted) if address != own]


def ask(address: str, body: SearchBody, *, seconds: float) -> Found:
    """``body`` asked at the node of ``address``; its answer, held by that node whatever it says.

    Raises:
        JusurError: it cannot be reached, refuses, or answers something else than the form.
    """
    content = msgspec.json.encode(body)
    connection = _take(address)
    try:
        answer = connection.ask("POST", PATH, body=content, max_bytes=MAX_ANSWER_BYTES, seconds=seconds)
    except JusurError:
        connection.close()
        raise
    _give_back(address, connection)
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise _refusal(address, answer.body)
    try:
        found = msgspec.json.decode(answer.body, type=Found)
    except msgspec.DecodeError:
        raise exchange.PeerMisbehavesError(f"{address} answers a search with something else.") from None
    return msgspec.structs.replace(
        found,
        answers=[_held_by(each, address) for each in found.answers],
        databases=[msgspec.structs.replace(each, holder=address) for each in found.databases],
    )


def missing(address: str, state: str, detail: str) -> DatabaseView:
    """How a bureau that gave no answer stands among the databases of an answer."""
    return DatabaseView(database="*", holder=address, state=state, detail=detail[:300])


def close() -> None:
    """Close the connections that are kept."""
    with _mutex:
        for kept in _pool.values():
            for connection in kept:
                connection.close()
        _pool.clear()


def _held_by(answer: AnswerView, address: str) -> AnswerView:
    """An answer as it came from ``address``: hits are this node's own to number."""
    return msgspec.structs.replace(answer, holder=address, hit=None)


def _refusal(address: str, body: bytes) -> JusurError:
    try:
        problem = msgspec.json.decode(body)
        detail = str(problem["detail"])
    except (msgspec.DecodeError, KeyError, TypeError):
        detail = "no reason that can be read"
    return exchange.PeerMisbehavesError(f"{address} refuses: {detail}")


def _take(address: str) -> exchange.PeerConnection:
    with _mutex:
        kept = _pool.get(address)
        if kept:
            return kept.pop()
    return exchange.peer_connect(address)


def _give_back(address: str, connection: exchange.PeerConnection) -> None:
    with _mutex:
        kept = _pool.setdefault(address, [])
        if len(kept) < KEPT_PER_PEER:
            kept.append(connection)
            return
    connection.close()


def answer_bureau(body: bytes, *, asker: str) -> bytes:
    """Answer ``POST /search/v1/queries`` of the bureau ``asker``, by this node's search process.

    Raises:
        ForbiddenError: the directory's limits stand between.
        JusurError: the search process refuses, or does not answer.
    """
    own = context.current().address
    if not allowed(asker, own):
        raise ForbiddenError(f"The directory does not let {asker} search at {own}.")
    return searching_client.ask(
        "/v1/search", body, scheme=searching_client.SCHEME_BUREAU, asker=asker, seconds=ANSWER_SECONDS
    )
