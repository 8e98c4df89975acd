from django.apps import AppConfig


class KitConfig(AppConfig):
    """Design system: base pages, components, icons, live updates, help."""

    name = "jusur.desk.kit"
    label = "desk_kit"
