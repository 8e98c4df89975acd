from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Evidence-exchange time: charts, tables, exports."""

    name = "jusur.desk.indicators"
    label = "desk_indicators"
