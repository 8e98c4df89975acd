"""What the doctor asks of the search process: whether it answers, and whether its index is true to the records."""

from collections.abc import Iterator
from typing import Final

import httpx

from jusur.databases import feed, searching_client
from jusur.kernel.errors import UnavailableError
from jusur.node import context, supervisor
from jusur.node.doctor import Finding

SECONDS: Final = 5.0


def findings() -> Iterator[Finding]:
    """The findings of a node whose database is open, for `jusur.node.doctor.examine`."""
    if not supervisor.status(context.current().home)["running"]:
        yield Finding("search", ok=True, detail="not asked: the node does not run")
        return
    try:
        state = httpx.get(f"{searching_client.location()}/health", timeout=SECONDS, trust_env=False).json()
    except (httpx.HTTPError, ValueError, UnavailableError):
        yield Finding("search", ok=False, detail="the search process does not answer", fix="See logs/search.log.")
        return
    if state["state"] != "serving":
        fix = "Searches are refused until it is built; see logs/search-build.log."
        yield Finding("search", ok=True, detail="the index is being built", fix=fix, warning=True)
        return
    behind = max(0, feed.latest() - int(state["position"]))
    detail = f"{state['names']} names, {state['keys']} keys, {behind} changes behind"
    yield Finding("search", ok=True, detail=detail, warning=behind > 0, fix="Ask again in a moment." if behind else "")
