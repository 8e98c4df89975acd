"""Makes this process part of a node: its home, its settings, its database, Django."""

import os
from pathlib import Path

from jusur.node.home import NodeHome
from jusur.node.settings import NodeSettings, load


def setup(home: Path | str | None = None) -> NodeSettings:
    """Point this process at the node in ``home`` and start Django.

    The home is the argument, else ``JUSUR_HOME``, else the user's default. An embedded database must be running
    (``jusur serve``) for anything that touches it.

    Raises:
        jusur.kernel.errors.JusurError: there is no node there, or its settings are not valid.
    """
    settings = load(Path(home) if home else None)
    os.environ["JUSUR_HOME"] = str(settings.home)
    os.environ.setdefault("JUSUR_DATABASE_URL", settings.database_url or _embedded_url(settings))
    os.environ.setdefault("JUSUR_SECRET_KEY", NodeHome(settings.home).django_secret())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jusur.config.settings")
    import django

    django.setup()
    return settings


def _embedded_url(settings: NodeSettings) -> str:
    from jusur.node.postgres import EmbeddedPostgres

    return EmbeddedPostgres(settings.home).url()
