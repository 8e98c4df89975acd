from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices and diffusions: drafting, review, publication, recall, purge."""

    name = "jusur.notices"
    label = "notices"

    def ready(self) -> None:
        """Tell the exchange which message kinds this room sends and accepts."""
        from jusur.notices import messages

        messages.register()
