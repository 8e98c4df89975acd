from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InstrumentsConfig(AppConfig):
    """Legal instruments: who is party to what, what may be asked under it, how fast, and when it may be refused."""

    name = "jusur.instruments"
    label = "instruments"

    def ready(self) -> None:
        """Bring the shipped instruments into the database after each migration."""
        post_migrate.connect(_load, sender=self)


def _load(*, using: str, **_kwargs: Any) -> None:
    from jusur.instruments.services import load_shipped

    load_shipped(using=using)
