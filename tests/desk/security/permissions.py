"""Writes the page of permissions: ``python -m tests.desk.security.permissions > docs/reference/permissions.md``."""

import logging
import os
import sys
import tempfile
from pathlib import Path

import structlog

from jusur.node.postgres import temporary_postgres


def main() -> int:
    """Print the page."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with temporary_postgres() as server, tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "jusur.config.settings",
            "JUSUR_DATABASE_URL": server.url(),
            "JUSUR_HOME": f"{folder}/node",
            "JUSUR_SECRET_KEY": "a secret of tests",
            "JUSUR_API_RATE": "0",
        }
        sys.stdout.write(_observed(Path(folder) / "node"))
    return 0


def _observed(home: Path) -> str:
    import django

    django.setup()
    from django.db import connection, transaction
    from django.test.utils import setup_test_environment
    from tests.desk import samples
    from tests.desk.security import walk

    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    samples.make_home(home)
    with transaction.atomic():
        samples.make(rows=False)
        text = walk.document()
        transaction.set_rollback(True)
    connection.close()
    return text


if __name__ == "__main__":
    sys.exit(main())
