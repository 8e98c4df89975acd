"""Before anything is sent to a peer: is there a version of the protocol that both sides speak?

The peer's gate is asked once per `ASKED_SECONDS` and process, on the connection that is about to be used. Where there
is no common version nothing is sent, and the operator is told which side to upgrade; it is asked again later.
"""

import json
import threading
import time
from typing import Final

import msgspec

from jusur.exchange import alarms, envelope, own, wire
from jusur.exchange.db import execute
from jusur.exchange.errors import ProtocolMismatchError
from jusur.exchange.peer import Connection, refused

PATH: Final = "/exchange/v1/capabilities"
ALARM: Final = "protocol-unsupported"
ASKED_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 300.0
MAX_BYTES: Final = 64 * 1024

_agreed: dict[tuple[str, str], float] = {}
"""When this process last agreed with a peer."""
_mutex = threading.Lock()


def forget() -> None:
    """Drop what this process remembers of having agreed."""
    with _mutex:
        _agreed.clear()


def require_common_protocol(peer: str, connection: Connection) -> None:
    """Return if this node and ``peer`` speak a common version.

    Raises:
        ProtocolMismatchError: they do not; an alarm says so.
        PeerUnavailableError: the peer does not answer.
        PeerMisbehavesError: its answer is not one of the protocol.
    """
    key = (own.own().address, peer)
    with _mutex:
        known = _agreed.get(key)
    if known is not None and time.monotonic() - known < ASKED_SECONDS:
        return
    found = _ask(peer, connection)
    if wire.common_protocol(found.protocols) is None:
        raise _mismatch(peer, found)
    alarms.clear(ALARM, peer=peer)
    with _mutex:
        _agreed[key] = time.monotonic()


def _ask(peer: str, connection: Connection) -> wire.Capabilities:
    answer = connection.ask("GET", PATH, max_bytes=MAX_BYTES)
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise refused(peer, answer)
    found = wire.decode(answer.body, wire.Capabilities)
    execute(
        """INSERT INTO exchange_peerstate (peer, capabilities) VALUES (%s, %s::jsonb)
           ON CONFLICT (peer) DO UPDATE SET capabilities = EXCLUDED.capabilities""",
        (peer, json.dumps(msgspec.to_builtins(found))),
    )
    return found


def _mismatch(peer: str, found: wire.Capabilities) -> ProtocolMismatchError:
    theirs, ours = ", ".join(found.protocols)[:100] or "none", ", ".join(envelope.PROTOCOLS)
    behind = wire.newest_major(found.protocols) < wire.newest_major(envelope.PROTOCOLS)
    fix = (
        f"Ask {peer} to upgrade its node; until then, reach it by other means."
        if behind
        else "Upgrade this node (docs/how-to/run-a-node.md); what waits is sent then."
    )
    detail = f"{peer} speaks protocol {theirs}, this node {ours}: nothing is sent to it."
    alarms.raise_alarm(ALARM, peer=peer, detail=f"{detail} {fix}")
    return ProtocolMismatchError(detail, fix=fix, retry_after=AGAIN_SECONDS)
