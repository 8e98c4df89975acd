from django.apps import AppConfig


class DatabasesConfig(AppConfig):
    """Databases, this bureau's records in them, imported lists."""

    name = "jusur.desk.databases"
    label = "desk_databases"
