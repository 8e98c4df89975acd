from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """What a bureau's administrator sets, and the guide of the first hour."""

    name = "jusur.desk.settings"
    label = "desk_settings"
