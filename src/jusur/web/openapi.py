"""What the framework's OpenAPI document lacks: the errors of every operation, the security scheme, headers."""

from http import HTTPStatus
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from jusur.web.idempotency import HEADER, MAX_KEY
from jusur.web.problems import MEDIA_TYPE

_ALWAYS = (401, 403, 404, 409, 422, 429, 503)
_WITH_BODY = (411, 413, 415)
_WRITES = frozenset({"post", "patch", "put"})

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "What went wrong, for a program (type, status) and for a person (detail, fix): RFC 9457.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "pattern": "^urn:jusur:problem:[a-z0-9-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "fix": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["at", "why"],
                "properties": {"at": {"type": "string"}, "why": {"type": "string"}},
            },
        },
    },
}
_IDEMPOTENCY_KEY: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Makes a repetition of this request harmless: it gets the first one's answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]+$"},
}


def complete(document: OpenAPISchema) -> OpenAPISchema:
    """``document`` with what every operation shares."""
    components = document["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of this node, issued to an officer or a national system; scopes limit it to acts.",
        }
    }
    for path in document["paths"].values():
        for method, operation in path.items():
            _complete_operation(method, operation)
    return document


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    for status in _ALWAYS + (_WITH_BODY if method in _WRITES else ()):
        responses.setdefault(str(status), _problem(status, head=method == "head"))
    if not operation.get("security"):
        operation["security"] = []
        return
    operation["security"] = [{"bearer": []}]
    if method == "post":
        operation["parameters"].append(_IDEMPOTENCY_KEY)


def _problem(status: int, *, head: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if not head:
        answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
    if status == HTTPStatus.UNAUTHORIZED:
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return answer
