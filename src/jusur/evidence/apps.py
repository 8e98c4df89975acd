from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Evidence requests, sealed packages and their chain of custody."""

    name = "jusur.evidence"
    label = "evidence"

    def ready(self) -> None:
        """Tell the exchange which message kinds this room sends and accepts."""
        from jusur.evidence import messages

        messages.register()
