from django.apps import AppConfig


class WebConfig(AppConfig):
    """The HTTP side of a node: the API of officers and national systems, and its webhooks."""

    name = "jusur.web"
    label = "web"
