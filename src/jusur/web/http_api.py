"""The API of a node, for its officers' tools and national systems: OpenAPI 3.1 at ``/v1/openapi.json``."""

from ninja import NinjaAPI

from jusur import __version__
from jusur.web import problems
from jusur.web.auth import ActingOfficer

api = NinjaAPI(
    title="Jusur",
    version=__version__,
    description="Cross-border police cooperation: evidence requests, messages, directory, instruments, indicators.",
    auth=ActingOfficer(),
    docs_url=None,
    urls_namespace="v1",
)
problems.install(api)
