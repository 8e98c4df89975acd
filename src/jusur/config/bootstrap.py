"""Makes this process part of a node: its home, its settings, its database, Django."""

import atexit
import os
from pathlib import Path
from urllib.parse import urlsplit

from jusur.config import schema
from jusur.kernel.errors import ConflictError
from jusur.node.home import HOME_VARIABLE, NodeHome
from jusur.node.postgres import EmbeddedPostgres
from jusur.node.processes import wait_until
from jusur.node.settings import NodeSettings, django_secret, load

RESTART_SECONDS = 20.0
"""How long a command waits for the database of a running node, which its supervisor starts again."""


_EXPORTED = (
    "session_idle_minutes",
    "session_hours",
    "confirmation_minutes",
    "lockout_attempts",
    "lockout_minutes",
    "oidc_issuer",
    "oidc_name",
    "oidc_client_id",
    "oidc_secret_file",
    "oidc_trust_mfa",
)
"""Settings of the node that Django's settings repeat, handed over in the environment."""


def setup(home: Path | str | None = None, *, pages: bool = False) -> NodeSettings:
    """Point this process at the node in ``home`` and start Django.

    The home is the argument, else ``JUSUR_HOME``, else the user's default. An embedded database that does not run is
    started for as long as this process lives, so that commands work while the node is down.

    Args:
        home: the node's folder.
        pages: whether this process needs what pages need (sign-in, sessions, templates); it starts faster without.

    Raises:
        jusur.kernel.errors.JusurError: there is no node there, its settings are not valid, or no database answers.
    """
    place = NodeHome.find(home)
    settings = load(place)
    os.environ[HOME_VARIABLE] = str(settings.home)
    os.environ["JUSUR_SECRET_KEY"] = django_secret(place)
    os.environ["JUSUR_DATABASE_URL"] = settings.database_url or _embedded_database(place)
    os.environ["JUSUR_ALLOWED_HOSTS"] = ",".join(
        dict.fromkeys((urlsplit(settings.web_location).hostname or "", settings.web_host, "127.0.0.1", "localhost"))
    )
    os.environ["JUSUR_DESK_ADDRESS"] = settings.address
    os.environ["JUSUR_DESK_ORIGIN"] = _origin(settings.web_location)
    os.environ["JUSUR_PAGES"] = "yes" if pages else "no"
    for name in _EXPORTED:
        value = getattr(settings, name)
        os.environ[f"JUSUR_{name.upper()}"] = str(value).lower() if isinstance(value, bool) else str(value)
    os.environ["DJANGO_SETTINGS_MODULE"] = "jusur.config.settings"
    import django

    django.setup()
    return settings


def migrate(home: Path) -> None:
    """Bring the database's tables to this version, and the shipped legal instruments into the register."""
    from django.core.management import call_command

    from jusur.instruments import api as instruments

    call_command("migrate", verbosity=0, interactive=False)
    instruments.load_shipped()
    schema.note_current(NodeHome(home))


def _origin(url: str) -> str:
    """The desk's origin; this machine by its name, because browsers make no passkeys for bare addresses."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.replace('127.0.0.1', 'localhost')}"


def _embedded_database(place: NodeHome) -> str:
    server = EmbeddedPostgres(place)
    if server.status().accepting:
        return server.url()
    try:
        server.start()
    except ConflictError:  # the node runs and is just starting it again
        if not wait_until(lambda: server.status().accepting, seconds=RESTART_SECONDS):
            raise
    else:
        atexit.register(server.stop)
    return server.url()
