from django.apps import AppConfig


class TodayConfig(AppConfig):
    """The first page: what is due, what waits, what came in."""

    name = "jusur.desk.today"
    label = "desk_today"
