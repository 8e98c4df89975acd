from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Members, legal instruments, joining, keys."""

    name = "jusur.desk.directory"
    label = "desk_directory"
