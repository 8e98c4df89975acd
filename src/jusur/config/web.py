"""The web process: the API (and later the desk) under granian, one interpreter, a few threads."""

import sys

from granian import Granian
from granian.constants import Interfaces

from jusur.config.bootstrap import setup

THREADS = 8
BACKLOG = 256


def main() -> int:
    """Serve until told to stop."""
    settings = setup(pages=True)
    Granian(
        "jusur.config.wsgi:application",
        address=settings.web_host,
        port=settings.web_port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        log_enabled=settings.log_level == "debug",
        respawn_failed_workers=False,
    ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
