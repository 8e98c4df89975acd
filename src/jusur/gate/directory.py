"""The gate's directory: the signed document, served to every node. It is published here, never posted."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jusur.directory import api
from jusur.kernel.errors import JusurError, NotFoundError

_MAX_VERSION_DIGITS = 15


async def current(request: Request) -> Response:
    """The directory this node holds; 304 where the asker has it (``If-None-Match``: the digest as ETag)."""
    return await _serve(request, None)


async def version(request: Request) -> Response:
    """One version of the directory, as this node accepted it; for nodes that missed some."""
    number = request.path_params["version"]
    fits = number.isascii() and number.isdecimal() and len(number) <= _MAX_VERSION_DIGITS
    return await _serve(request, int(number) if fits else 0)


async def _serve(request: Request, number: int | None) -> Response:
    try:
        held = await run_in_threadpool(_held, number)
        if held is None:
            raise NotFoundError("This node does not hold this version of the directory.")
    except JusurError as error:
        return JSONResponse(error.problem(), status_code=error.status, media_type="application/problem+json")
    (found, digest), envelope = held
    headers = {
        "ETag": f'"{digest}"',
        "Cache-Control": "no-cache" if number is None else "max-age=31536000, immutable",
        "Jusur-Directory-Version": str(found),
    }
    if f'"{digest}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(envelope, media_type="application/json", headers=headers)


def _held(number: int | None) -> tuple[api.Current, bytes] | None:
    """The stored envelope; the thread's database connection goes back in order whatever happens."""
    from django.db import close_old_connections

    close_old_connections()
    try:
        return api.envelope(number)
    finally:
        close_old_connections()


routes = [
    Route("/directory/v1/current", current, methods=["GET"]),
    Route("/directory/v1/{version}", version, methods=["GET"]),
]
