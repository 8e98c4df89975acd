"""Whether a node's database has this version's tables and shipped data, told without opening it."""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from jusur import __version__
from jusur.node.home import NodeHome, write_private

OTHERS = ("django", "django-allauth", "django-axes")
"""Packages that bring tables of their own."""


def is_current(place: NodeHome) -> bool:
    """Whether the database in ``place`` was last prepared by exactly these migrations and instruments."""
    try:
        return (place.path / "schema").read_text() == _mark()
    except OSError:
        return False


def note_current(place: NodeHome) -> None:
    """Remember that the database in ``place`` has just been prepared."""
    write_private(place.path / "schema", _mark().encode())


def _mark() -> str:
    digest = hashlib.sha256(" ".join((__version__, *(version(name) for name in OTHERS))).encode())
    root = files("jusur")
    apps = (*root.iterdir(), *root.joinpath("desk").iterdir())
    for app in sorted(apps, key=lambda entry: entry.name):
        for folder in ("migrations", "data"):
            _add(digest, app.joinpath(folder))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", place: Traversable) -> None:
    if place.is_file() and place.name.endswith((".py", ".json")):
        digest.update(place.name.encode() + hashlib.sha256(place.read_bytes()).digest())
    elif place.is_dir() and place.name != "__pycache__":
        for entry in sorted(place.iterdir(), key=lambda inner: inner.name):
            _add(digest, entry)
