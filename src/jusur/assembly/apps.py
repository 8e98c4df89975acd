from django.apps import AppConfig


class AssemblyConfig(AppConfig):
    """The General Assembly: sessions, credentials, agenda, drafts, open votes, minutes and adopted texts."""

    name = "jusur.assembly"
    label = "assembly"
