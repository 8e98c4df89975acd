from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """Commitments that follow from decisions, agreements and meetings: reported, verified by another, disputed."""

    name = "jusur.followup"
    label = "followup"

    def ready(self) -> None:
        """Tell the exchange which message kinds this room sends and accepts."""
        from jusur.followup import messages

        messages.register()
