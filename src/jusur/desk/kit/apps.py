from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KitConfig(AppConfig):
    """Design system: base pages, components, icons, live updates, help."""

    name = "jusur.desk.kit"
    label = "desk_kit"

    def ready(self) -> None:
        """Let every area put its words and its part of the frame in place."""
        autodiscover_modules("words", "frame")
