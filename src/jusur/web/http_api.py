"""The API of a node, for its officers' tools and national systems: OpenAPI 3.1 at ``/v1/openapi.json``."""

from collections.abc import Mapping
from typing import NamedTuple

from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from jusur import __version__
from jusur.web import openapi, problems
from jusur.web.auth import ActingOfficer
from jusur.web.parsing import StrictParser


class Mount(NamedTuple):
    """A router, and the act that all of it takes where the router itself cannot ask."""

    router: Router
    act: str = ""


class Api(NinjaAPI):
    """The API with its document made once, and with names of operations that outlive moved code."""

    _document: OpenAPISchema | None = None

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """``<area>_<view>``, such as ``evidence_show_request``."""
        area = operation.tags[0] if operation.tags else "jusur"
        return f"{area}_{operation.view_func.__name__}"

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: object = None) -> OpenAPISchema:
        """The OpenAPI 3.1 document."""
        if self._document is None:
            self._document = openapi.complete(super().get_openapi_schema(path_prefix=path_prefix))
        return self._document


def build(mounts: Mapping[str, Mount], namespace: str = "v1") -> Api:
    """An API of ``mounts``: the address each router stands at, and the router.

    Args:
        mounts: by address within the API, such as ``/evidence``.
        namespace: Django's name for these addresses; one API a name in a process.
    """
    api = Api(
        title="Jusur",
        version=__version__,
        description="Cross-border police cooperation: evidence requests, messages, directory, instruments, indicators.",
        auth=ActingOfficer(),
        docs_url=None,
        parser=StrictParser(),
        urls_namespace=namespace,
    )
    problems.install(api)
    for address, mount in mounts.items():
        if mount.act:
            api.add_router(address, mount.router, auth=ActingOfficer(mount.act))
        else:
            api.add_router(address, mount.router)
    return api


def all_mounts() -> dict[str, Mount]:
    """Every room's router. A room without one stops the process here, at its start."""
    from jusur.assembly.endpoints import router as assembly
    from jusur.databases.endpoints import databases, lists, recorded
    from jusur.databases.searching_endpoints import router as searching
    from jusur.directory.endpoints import join_router as joining
    from jusur.directory.endpoints import router as directory
    from jusur.evidence.endpoints import router as evidence
    from jusur.exchange.endpoints import router as exchange
    from jusur.followup.endpoints import router as commitments
    from jusur.indicators.endpoints import router as indicators
    from jusur.instruments.endpoints import router as instruments
    from jusur.notices.endpoints import router as notices

    return own_mounts() | {
        "/assembly": Mount(assembly),
        "/commitments": Mount(commitments),
        "/evidence": Mount(evidence),
        "/indicators": Mount(indicators),
        "/exchange": Mount(exchange),
        "/databases": Mount(databases),
        "/records": Mount(recorded),
        "/lists": Mount(lists),
        "/directory": Mount(directory, "directory.read"),
        "/join": Mount(joining),
        "/instruments": Mount(instruments, "instruments.read"),
        "/notices": Mount(notices),
        "/search": Mount(searching),
    }


def own_mounts() -> dict[str, Mount]:
    """The routers that every node has whatever it is for: its log, its officers, its webhooks."""
    from jusur.accounts.endpoints import router as officers
    from jusur.ledger.endpoints import router as ledger
    from jusur.web.webhook_endpoints import router as webhooks

    return {
        "/ledger": Mount(ledger, "audit.read"),
        "/officers": Mount(officers),
        "/webhooks": Mount(webhooks),
    }
