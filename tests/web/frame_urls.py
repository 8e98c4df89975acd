"""The API of the routers that every node has, and of a probe that fails as it is told."""

import threading
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import path
from ninja import Router, Schema

from jusur.evidence.upload_endpoints import router as uploads
from jusur.kernel.errors import ConflictError
from jusur.ledger import api as ledger
from jusur.web import http_api, service, timestamps

probe = Router(tags=["probe"])
running = threading.Semaphore(0)
may_end = threading.Event()


class Told(Schema):
    do: str
    value: Any = None


def trace(kind: str) -> None:
    ledger.record(f"probe.{kind}", subject_type="probe", subject_id="1", actor="test", data={})


@probe.post("", response=dict[str, Any])
def obey(request: HttpRequest, body: Told) -> dict[str, Any]:
    trace("began")
    match body.do:
        case "fail":
            raise RuntimeError("as told, with a secret")
        case "refuse":
            raise ConflictError("As told.")
        case "wait":
            running.release()
            assert may_end.wait(20)
        case "break":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        case "overflow":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 99999::smallint")
    return {"value": body.value}


api = http_api.build(
    http_api.own_mounts() | {"/evidence/uploads": http_api.Mount(uploads), "/probe": http_api.Mount(probe)},
    namespace="frame",
)
urlpatterns = [
    path("health", service.health),
    path("metrics", service.metrics),
    path("timestamp", timestamps.stamp),
    path("v1/", api.urls),
]
handler400 = service.bad_request
handler404 = service.not_found
handler500 = service.failed
