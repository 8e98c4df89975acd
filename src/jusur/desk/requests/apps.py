from django.apps import AppConfig


class RequestsConfig(AppConfig):
    """Evidence requests: compose, approve, follow, answer."""

    name = "jusur.desk.requests"
    label = "desk_requests"
