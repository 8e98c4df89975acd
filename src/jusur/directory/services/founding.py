"""The secretariat's first directory: all members and partner organisations listed, none joined but itself."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from django.db import transaction

from jusur.directory import form
from jusur.directory.errors import DirectoryDocumentError
from jusur.directory.models import DirectoryVersion, Organisation
from jusur.directory.schema import ADDRESS, CLASSIFICATIONS, KINDS, Endpoint, Kind, Limits
from jusur.directory.services import acceptance, membership
from jusur.directory.services.authority import Authority
from jusur.directory.services.enrolment import KeyMaterial, request_build
from jusur.directory.services.publication import directory_publish
from jusur.kernel import text
from jusur.kernel.errors import ConflictError
from jusur.kernel.languages import LANGUAGES
from jusur.ledger import api as ledger

SECRETARIAT: Final = "GS"
SECRETARIAT_NAMES: Final = {
    "ar": "الأمانة العامة",
    "en": "General Secretariat",
    "fr": "Secrétariat général",
    "es": "Secretaría General",
}
_UNLIMITED: Final = ("*",)


@transaction.atomic
def bootstrap_secretariat(
    *,
    authority: Authority,
    material: KeyMaterial,
    endpoints: Sequence[Endpoint],
    actor: str,
    address: str = SECRETARIAT,
    names: Mapping[str, str] = SECRETARIAT_NAMES,
) -> DirectoryVersion:
    """Found a network: list the members and organisations shipped with the software, join the secretariat, publish.

    Args:
        authority: the new network's directory key and certification authority.
        material: the secretariat's own keys, one for each use.
        endpoints: its gates.
        actor: who founds it.
        address: its address.
        names: its name in the four languages.

    Raises:
        ConflictError: this node holds a directory already.
        DirectoryDocumentError: the data shipped, an endpoint or a name is not valid.
    """
    acceptance.hold_lock()
    if acceptance.has_directory():
        raise ConflictError("This node holds a directory already; a network is founded once.")
    Organisation.objects.bulk_create([*_members(), *_organisations()])
    own = Organisation.objects.create(
        address=address,
        kind="secretariat",
        name=dict(names),
        status="active",
        sends=list(_UNLIMITED),
        receives=list(_UNLIMITED),
        classifications=sorted(CLASSIFICATIONS),
    )
    request = request_build(
        act="join", address=address, material=material, endpoints=endpoints, relay="", invitation=""
    )
    membership.install_keys(row=own, request=request, authority=authority, overlap=None)
    return directory_publish(authority=authority, actor=actor)


@transaction.atomic
def organisation_add(
    *,
    address: str,
    kind: Kind,
    names: Mapping[str, str],
    country: str,
    region: str,
    limits: Limits,
    authority: Authority,
    actor: str,
) -> DirectoryVersion:
    """List another organisation (not joined) and publish it.

    Raises:
        ConflictError: the address is taken.
        DirectoryDocumentError, InvalidInputError: the address, names, country, region or limits are not valid.
    """
    acceptance.hold_lock()
    if kind not in KINDS or not ADDRESS.fullmatch(address):
        raise DirectoryDocumentError("The kind or the address is not valid.", fix="An address is capitals, e.g. AIMC.")
    if Organisation.objects.filter(address=address).exists():
        raise ConflictError(f"There is an organisation {address} already.")
    form.check_limits(limits, address)
    row = Organisation.objects.create(
        address=address,
        kind=kind,
        name={code: text.line(names.get(code, ""), max_length=200, field=f"name ({code})") for code in LANGUAGES},
        country=country,
        region=region,
        sends=list(limits.sends),
        receives=list(limits.receives),
        classifications=list(limits.classifications),
    )
    ledger.record(
        "directory.organisation.added",
        subject_type="directory.organisation",
        subject_id=row.address,
        actor=actor,
        data={"kind": kind, "country": country},
    )
    return directory_publish(authority=authority, actor=actor)


def _members() -> list[Organisation]:
    return [
        Organisation(
            address=member["code"],
            kind="bureau",
            name=_names(member["names"]),
            country=member["code"],
            region=member["region"],
            sends=list(_UNLIMITED),
            receives=list(_UNLIMITED),
            classifications=sorted(CLASSIFICATIONS),
        )
        for member in _shipped("members")
    ]


def _organisations() -> list[Organisation]:
    return [
        Organisation(
            address=entry["code"],
            kind=entry["kind"],
            name=_names(entry["names"]),
            country=entry["country"] or "",
            region=entry["region"] or "",
            sends=sorted(entry["limits"]["message_kinds"]),
            receives=sorted(entry["limits"]["message_kinds"]),
            classifications=_up_to(entry["limits"]["max_classification"]),
        )
        for entry in _shipped("organisations")
    ]


def _shipped(name: str) -> list[Any]:
    data = json.loads((files("jusur.directory") / "data" / f"{name}.json").read_text("utf-8"))
    found: list[Any] = data[name]
    return found


def _names(names: Mapping[str, str]) -> dict[str, str]:
    return {code: text.line(names[code], max_length=200, field="name") for code in LANGUAGES}


def _up_to(highest: str | None) -> list[str]:
    return [] if highest is None else sorted(CLASSIFICATIONS[: CLASSIFICATIONS.index(highest) + 1])
