"""Fills a database and a home with the sample desk, for a web process to serve.

Writes what a browser needs (the officers' session cookies, the pages to look at) as JSON to standard output.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jusur.node.home import NodeHome


def main(fill: Callable[[], None] | None = None) -> int:
    """Make the desk in the folder and on the port that the command line names; 0 when done.

    Args:
        fill: makes rows of its own before the samples are made.
    """
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    os.environ["JUSUR_HOME"] = str(folder)
    home = _make_home(folder, port)
    from jusur.config.bootstrap import migrate, setup

    setup(folder, pages=True)
    migrate(folder)
    from tests.desk import samples

    samples.take_keys(home)
    if fill is not None:
        fill()
    desk = samples.make()
    from django.conf import settings

    json.dump(
        {
            "cookie": settings.SESSION_COOKIE_NAME,
            "sessions": {role: _session(officer) for role, officer in desk.officers.items()},
            "pages": samples.pages(desk),
        },
        sys.stdout,
    )
    return 0


def _make_home(folder: Path, port: int) -> "NodeHome":
    from jusur.node import settings as node_settings
    from jusur.node.home import NodeHome

    home = NodeHome(folder).create()
    values = {"address": "MA", "country": "MA", "role": "bureau", "name": "NCB Rabat", "demo": True, "web_port": port}
    node_settings.save(node_settings.make(folder, values))
    return home


def _session(officer: object) -> str:
    from django.conf import settings
    from django.test import Client
    from tests.desk.signin.sessions import sign_in

    from jusur.accounts.models import Officer

    assert isinstance(officer, Officer)
    client = sign_in(Client(), officer)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


if __name__ == "__main__":
    sys.exit(main())
