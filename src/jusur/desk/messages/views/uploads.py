"""Files brought for a message that is being written: the intake's uploads, named by the unsent message."""

from collections.abc import Iterable
from contextlib import ExitStack, suppress
from typing import Any, Final

from jusur.accounts import api as accounts
from jusur.evidence import api as evidence
from jusur.exchange import api as exchange
from jusur.kernel.errors import JusurError
from jusur.kernel.ids import parse_id

MAX_PLAIN: Final = 32 << 20
"""Bytes of a file that comes with the form itself, where there is no script to send it in parts."""
MAX_CHUNK: Final = 16 << 20
"""Bytes of one part; it is held in memory until its digest was compared."""


def listed(names: Iterable[str], actor: accounts.Actor) -> list[dict[str, Any]]:
    """The files of an unsent message, in order; those that were given up meanwhile are left out."""
    found = []
    for name in names:
        with suppress(JusurError):
            found.append(view(evidence.upload(parse_id(name), actor=actor)))
    return found


def view(upload: evidence.Upload) -> dict[str, Any]:
    """An upload as the page and its script see it."""
    return {
        "id": str(upload.id),
        "name": upload.name,
        "size": upload.size,
        "offset": upload.offset,
        "complete": upload.complete,
    }


def opened(name: str, actor: accounts.Actor, stack: ExitStack) -> exchange.OpenFile:
    """The whole file ``name`` for sending; closed by ``stack``.

    Raises:
        JusurError: it is not whole, or not here any more.
    """
    identifier = parse_id(name)
    upload = evidence.upload(identifier, actor=actor)
    source = stack.enter_context(evidence.upload_read(upload_id=identifier, actor=actor))
    return exchange.OpenFile(upload.name, source)


def drop_all(names: Iterable[str], actor: accounts.Actor) -> None:
    """Remove the files from the intake; what is gone already does not matter."""
    for name in names:
        with suppress(JusurError):
            evidence.upload_drop(upload_id=parse_id(name), actor=actor)
