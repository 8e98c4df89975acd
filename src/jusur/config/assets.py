"""The address under which a process serves its style sheets, scripts and fonts: it changes when any of them does."""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

OTHERS = ("django-htmx", "django-allauth")
"""Packages whose scripts are served beside ours."""


def fingerprint() -> str:
    """Twelve hexadecimal digits that stand for the content of everything served under ``/static/``."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in OTHERS).encode())
    desk = files("jusur.desk")
    for area in sorted(desk.iterdir(), key=lambda entry: entry.name):
        if area.is_dir():
            _add(digest, area.joinpath("static"))
    return digest.hexdigest()[:12]


def _add(digest: "hashlib._Hash", place: Traversable) -> None:
    if place.is_file():
        digest.update(place.name.encode() + hashlib.sha256(place.read_bytes()).digest())
    elif place.is_dir():
        for entry in sorted(place.iterdir(), key=lambda inner: inner.name):
            _add(digest, entry)
