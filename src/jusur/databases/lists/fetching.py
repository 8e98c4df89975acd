"""Fetching a list from its publisher: over TLS, bounded in size and time, whole or not at all."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from jusur.databases.errors import ListUnreadableError
from jusur.databases.lists.publishers import check_url
from jusur.kernel.errors import UnavailableError

MAX_BYTES: Final = 8 * 1024**3
"""Largest list fetched; the largest published one (OpenSanctions' default collection) has about 3 GB."""
MAX_REDIRECTS: Final = 5
TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0)
Progress = Callable[[int, int | None], None]


def fetch(url: str, target: Path, *, progress: Progress | None = None, max_bytes: int = MAX_BYTES) -> None:
    """Write what ``url`` answers to the file ``target``.

    Args:
        url: an https:// address.
        target: a file that does not exist; it does not afterwards where fetching failed.
        progress: called with the bytes so far and all of them, where the publisher says so.
        max_bytes: the most that is taken.

    Raises:
        UnavailableError: the publisher does not answer, or not with the file, or breaks off.
        ListUnreadableError: the file is larger than ``max_bytes``.
        InvalidInputError: it leads to an address that is not fetched over TLS.
    """
    try:
        with httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "jusur"}) as client:
            _take(client, url, target, progress, max_bytes)
    except httpx.HTTPError as error:
        target.unlink(missing_ok=True)
        raise UnavailableError(
            f"{urlsplit(url).hostname} could not be reached or broke off ({type(error).__name__}).",
            fix="Try again later, or take a copy you fetched yourself: --file.",
        ) from None
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _take(client: httpx.Client, url: str, target: Path, progress: Progress | None, max_bytes: int) -> None:
    for _ in range(MAX_REDIRECTS + 1):
        check_url(url)
        with client.stream("GET", url) as answer:
            if answer.is_redirect:
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status_code != httpx.codes.OK:
                raise UnavailableError(
                    f"{urlsplit(url).hostname} answered {answer.status_code} instead of the list.",
                    fix="Try again later, or take a copy you fetched yourself: --file.",
                )
            _write(answer, target, progress, max_bytes)
            return
    raise UnavailableError("The publisher's address leads on and on.", fix="Correct the address in the settings.")


def _write(answer: httpx.Response, target: Path, progress: Progress | None, max_bytes: int) -> None:
    total: int | None = None
    with contextlib.suppress(KeyError, ValueError):
        total = int(answer.headers["Content-Length"])
    taken = 0
    with target.open("xb") as file:
        for piece in answer.iter_bytes(256 * 1024):
            taken += len(piece)
            if taken > max_bytes:
                raise ListUnreadableError(f"The publisher's file is larger than {max_bytes:,} bytes.")
            file.write(piece)
            if progress:
                progress(taken, total)
