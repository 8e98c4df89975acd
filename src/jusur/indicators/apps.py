from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Figures computed from the ledger's events; nothing here is typed in."""

    name = "jusur.indicators"
    label = "indicators"
