"""Addresses: evidence-exchange time: charts, tables, exports."""

from django.urls import URLPattern, URLResolver

app_name = "indicators"
urlpatterns: list[URLPattern | URLResolver] = []
