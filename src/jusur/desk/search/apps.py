from django.apps import AppConfig


class SearchConfig(AppConfig):
    """One query over every shared database; hits, watches, the page of a checkpoint."""

    name = "jusur.desk.search"
    label = "desk_search"
