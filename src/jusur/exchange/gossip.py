"""What envelopes and answers say of others' directories: who is ahead of us, behind us, or was shown another one."""

import time
from collections.abc import Iterable
from datetime import datetime

from jusur.exchange import own
from jusur.exchange.db import execute
from jusur.exchange.envelope import Header

NOTED_SECONDS = 1.0
_noted: dict[tuple[str, str], tuple[float, int]] = {}
"""When this process last wrote that a peer was heard from, and the directory version it named."""


def forget() -> None:
    """Drop what this process remembers of having noted."""
    _noted.clear()


def heard(headers: Iterable[Header], moment: datetime) -> None:
    """Note that peers are alive, and hold the directory each of them names against ours."""
    newest: dict[str, Header] = {}
    for header in headers:
        known = newest.get(header.sender)
        if known is None or header.directory.version > known.directory.version:
            newest[header.sender] = header
    for peer in sorted(newest):
        state = newest[peer].directory
        seen(peer, moment, directory_version=state.version)
        own.book().gossip(peer, state.version, state.digest)


def seen(peer: str, moment: datetime, *, directory_version: int = 0, again: bool = False) -> None:
    """Note that ``peer`` was heard from; at most once a second, but where it was silent ``again`` and anew."""
    key, present = (own.own().address, peer), time.monotonic()
    noted, version = _noted.get(key, (-NOTED_SECONDS, 0))
    if not again and present - noted < NOTED_SECONDS and directory_version <= version:
        return
    _noted[key] = present, max(version, directory_version)
    execute(
        """INSERT INTO exchange_peerstate (peer, last_heard_at, directory_version) VALUES (%s, %s, %s)
           ON CONFLICT (peer) DO UPDATE SET last_heard_at = EXCLUDED.last_heard_at, silent_since = NULL,
             directory_version = GREATEST(exchange_peerstate.directory_version, EXCLUDED.directory_version)
           WHERE exchange_peerstate.last_heard_at IS NULL
              OR exchange_peerstate.last_heard_at < EXCLUDED.last_heard_at - interval '1 second'
              OR exchange_peerstate.silent_since IS NOT NULL
              OR exchange_peerstate.directory_version < EXCLUDED.directory_version""",
        (peer, moment, directory_version),
    )
