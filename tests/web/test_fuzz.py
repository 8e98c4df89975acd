"""Schemathesis against the whole OpenAPI document, in process: no answer is a 5xx, and each is as documented.

Every case goes out twice: as generated, and with identifiers of things that exist. ``JUSUR_FUZZ_EXAMPLES`` asks for
more examples an operation than CI has time for.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tests.directory.network import gates, new_authority, new_material
from tests.web.conftest import Caller

from jusur.directory.services.authority import Authority
from jusur.directory.services.enrolment import KeyMaterial
from jusur.directory.services.founding import bootstrap_secretariat
from jusur.evidence.content import Conditions, parse
from jusur.evidence.models import EvidencePackage, EvidenceRequest
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

EXAMPLES = int(os.environ.get("JUSUR_FUZZ_EXAMPLES", "0"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]

application = WSGIHandler()
schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", application)


CONTENT = {
    "measure": "preservation",
    "instrument": "budapest-2001",
    "urgency": "routine",
    "case_reference": "2026/1",
    "purpose": "investigation of a scam centre",
    "offence": {"description": "fraud"},
    "contents": {},
}


@contextmanager
def one_transaction() -> Iterator[None]:
    """Requests within share a transaction, which is undone; Django's handler would else drop its connection."""
    for signal in request_started, request_finished:
        signal.disconnect(close_old_connections)
    try:
        atomic = transaction.atomic()
        atomic._from_testcase = True  # type: ignore[attr-defined]  # views that demand to be outermost may run within
        with atomic:
            yield
            transaction.set_rollback(True)
    finally:
        for signal in request_started, request_finished:
            signal.connect(close_old_connections)


@cache
def network() -> tuple[Authority, KeyMaterial]:
    return new_authority(), new_material()


@pytest.fixture
def known(everything: Caller) -> dict[str, str]:
    """Names of path parameters, and one of each that exists."""
    authority, material = network()
    bootstrap_secretariat(
        authority=authority, material=material, endpoints=gates("https://gs.example.org:8443"), actor="founder"
    )
    me = everything.get("/officers/me").json()["id"]
    token = everything.post(f"/officers/{me}/tokens", {"name": "other"}).json()["id"]
    hook = everything.post("/webhooks", {"url": "https://ncb.example/", "kinds": ["custody."]}).json()["id"]
    upload = everything.post("/evidence/uploads", {"name": "a", "size": 10}).json()["id"]
    request = a_request()
    ledger.integrate()
    return {
        "officer_id": me,
        "token_id": token,
        "webhook_id": hook,
        "upload_id": upload,
        "request_id": str(request.id),
        "package_id": str(a_package(request).id),
        "event_id": str(ledger.events("officer", me)[0].id),
        "path": "0/000.p/1",
        "instrument_id": "budapest-2001",
        "address": "GS",
    }


def a_request() -> EvidenceRequest:
    now, content = clock.now(), parse(CONTENT)
    return EvidenceRequest.objects.create(
        side="requested",
        counterpart="MA",
        state="sent",
        measure="preservation",
        instrument="budapest-2001",
        urgency="routine",
        case_reference="2026/1",
        content=msgspec.to_builtins(content),
        content_sha256="ab" * 32,
        created_at=now,
        sent_at=now,
        received_at=now,
        due_at=now,
    )


def a_package(request: EvidenceRequest) -> EvidencePackage:
    return EvidencePackage.objects.create(
        bag_id=new_id(),
        direction="outgoing",
        state="collecting",
        request=request,
        counterpart="MA",
        originator="NO",
        case_reference="2026/1",
        conditions=msgspec.to_builtins(Conditions(purposes=("investigation",))),
        purpose="investigation",
        legal_basis="Budapest Convention, article 29",
        created_at=clock.now(),
    )


@schema.parametrize()
@settings(
    max_examples=EXAMPLES or 8,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db
@pytest.mark.urls("jusur.config.urls")
def test_every_answer_is_as_documented(case: schemathesis.Case[Any], everything: Caller, known: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {everything.secret}"}
    parameters = dict(case.path_parameters)
    for given in parameters, {name: known.get(name, value) for name, value in parameters.items()}:
        case.path_parameters = given
        with one_transaction():
            case.call_and_validate(headers=headers, checks=CHECKS)
        if not known.keys() & parameters:
            break
