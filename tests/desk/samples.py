"""Sample data of a desk: Rabat's node in a small network, with an officer of every role.

Areas add theirs in ``tests/desk/<area>/samples.py``: ``make(desk)`` makes rows by the rooms' services, ``pages(desk)``
gives the addresses of the pages to be looked at.
"""

import atexit
import importlib.util
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from django.db import transaction
from tests.directory.network import Ceremony, Nodes, gates, new_authority, new_material

from jusur.accounts import api as accounts
from jusur.accounts.models import Officer
from jusur.accounts.rules import ROLES
from jusur.cli.founding import material_of
from jusur.directory import api as directory
from jusur.directory.services.enrolment import KeyMaterial
from jusur.node import settings as node_settings
from jusur.node.context import Node, current
from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore

HERE: Final = Path(__file__).parent
AREAS: Final = (
    "kit",
    "signin",
    "today",
    "requests",
    "messages",
    "evidence",
    "search",
    "databases",
    "directory",
    "indicators",
    "audit",
    "settings",
)
ADDRESS: Final = "MA"
PEER: Final = "NO"
MEMBERS: Final = ("MA", "NO", "FR", "ES", "SE")
"""The bureaus that have joined the sample network; all other members are listed and have not."""
EVERYTHING: Final = "everything"
"""Who holds every role, as one person may in a small bureau."""

NAMES: Final = {
    "officer": "سلمى بناني",
    "supervisor": "يوسف العلوي",
    "legal_adviser": "Nadia Berrada",
    "examiner": "Omar Tazi",
    "administrator": "Hind Chraïbi",
    "auditor": "Karim El Fassi",
    "delegate": "Amina Idrissi",
    "second_supervisor": "Rachid Ouazzani",
    EVERYTHING: "Leïla Amrani",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """A folder of keys, and the store that reads it."""

    path: Path
    store: Keystore


@dataclass(frozen=True, slots=True)
class Desk:
    """A node's desk with sample data: who works there, and what each area made (``made[area]``)."""

    node: Node
    officers: dict[str, Officer]
    made: dict[str, Any] = field(default_factory=dict)

    def actor(self, role: str) -> accounts.Actor:
        """The officer of ``role`` as who acts."""
        officer = self.officers[role]
        return accounts.Actor(
            officer.id, officer.name, officer.kind, tuple(officer.roles), None, language=officer.language
        )


def make_home(folder: Path, **values: Any) -> Node:
    """Rabat's node home in ``folder``, with its keys; to be named by JUSUR_HOME before ``make``."""
    home = NodeHome(folder).create()
    given = {"address": ADDRESS, "country": ADDRESS, "role": "bureau", "name": "NCB Rabat", "demo": True} | values
    node_settings.save(node_settings.make(folder, given))
    take_keys(home)
    current.cache_clear()
    return Node(home)


def take_keys(home: NodeHome) -> None:
    """Rabat's keys for ``home``."""
    shutil.copytree(own_keys().path, home.keys, dirs_exist_ok=True)


@cache
def own_keys() -> Keys:
    """Rabat's keys; made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="jusur-sample-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o700)
    store = Keystore(folder)
    store.create("signing", "sealing", "evidence", "log", "tls", "seal")
    return Keys(folder, store)


def make(*, rows: bool = True) -> Desk:
    """The sample desk in the present database and home; with ``rows`` also what every area adds."""
    hold_directory()
    desk = Desk(current(), make_officers())
    if rows:
        for area in AREAS:
            module = area_samples(area)
            if module is not None and hasattr(module, "make"):
                desk.made[area] = module.make(desk)
    return desk


def make_officers() -> dict[str, Officer]:
    """An officer of every role, a second supervisor, and one person who holds every role."""
    roles: dict[str, tuple[str, ...]] = {role: (role,) for role in ROLES}
    roles |= {"second_supervisor": ("supervisor",), EVERYTHING: tuple(ROLES)}
    return {
        name: accounts.officer_create(
            email=f"{name.replace('_', '.')}@ma.example",
            name=NAMES.get(name, name),
            roles=held,
            language="en",
            actor="samples",
        )
        for name, held in roles.items()
    }


def hold_directory() -> None:
    """Let this node hold the sample network's directory."""
    made = network()
    directory.directory_pin(envelope=made.envelope, fingerprint=made.words, actor="samples")
    directory.forget()
    for use, pem in made.certificates.items():
        current().keys.install_certificate(use, pem)


@dataclass(frozen=True, slots=True)
class Network:
    """The sample network: its signed directory, the fingerprint of its key, and the other bureaus' own keys."""

    envelope: bytes
    words: str
    peers: dict[str, KeyMaterial]
    certificates: dict[str, str]


@cache
def network() -> Network:
    """Found the network in the present database, and take its rows away again; made once a process."""
    with transaction.atomic():
        authority, own = new_authority(), new_material()
        directory.bootstrap_secretariat(
            authority=authority, material=own, endpoints=gates("https://gs.example.org:8443"), actor="samples"
        )
        nodes = Nodes(authority, own)
        peers: dict[str, KeyMaterial] = {"GS": own}
        for address in MEMBERS:
            peers[address] = material_of(own_keys().store) if address == ADDRESS else new_material()
            joining = Ceremony(nodes, address, peers[address])  # type: ignore[arg-type] # it needs no more than this
            joining.issue()
            joining.admit()
        held = directory.envelope()
        certificates = {str(k.use): k.public for k in directory.organisation(ADDRESS).keys if k.use in {"tls", "seal"}}
        made = Network(held[1] if held else b"", joining.directory_words(), peers, certificates)
        transaction.set_rollback(True)
    directory.forget()
    return made


def area_samples(area: str) -> ModuleType | None:
    """The samples module of an area, or ``None`` where it has none."""
    path = HERE / area / "samples.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"desk_samples_{area}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pages(desk: Desk) -> dict[str, list[str]]:
    """The addresses of the pages to be looked at, by area."""
    found: dict[str, list[str]] = {}
    for area in AREAS:
        module = area_samples(area)
        if module is not None and hasattr(module, "pages"):
            found[area] = list(module.pages(desk))
    return found
