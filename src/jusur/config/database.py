"""From a ``postgresql://`` address to Django's connection settings."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from jusur.kernel.errors import InvalidInputError


def connection_settings(url: str) -> dict[str, Any]:
    """Django's ``DATABASES`` entry for the PostgreSQL at ``url``.

    Raises:
        InvalidInputError: the address is not one PostgreSQL's own programs would accept.
    """
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except Exception as error:
        raise InvalidInputError(
            "JUSUR_DATABASE_URL is not a PostgreSQL address.",
            fix="Write it as postgresql://user:password@host:5432/database.",
        ) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "jusur"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
    }
