from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Members, organisations and their keys; the signed directory; joining."""

    name = "jusur.directory"
    label = "directory"
