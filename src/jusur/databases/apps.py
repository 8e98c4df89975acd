from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DatabasesConfig(AppConfig):
    """Shared records, their owners and who may see them; imported lists; searches and hits."""

    name = "jusur.databases"
    label = "databases"

    def ready(self) -> None:
        """Tell the exchange the kinds of this room; raise the walls whenever the tables were made or restored."""
        from jusur.databases import messages, search_messages, walls

        messages.register()
        search_messages.register()
        post_migrate.connect(walls.grant_after_migrate, sender=self)
