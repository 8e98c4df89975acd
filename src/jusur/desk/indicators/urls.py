"""Addresses: evidence-exchange time: charts, tables, exports."""

from django.urls import URLPattern, URLResolver, path

from jusur.desk.indicators import views

app_name = "indicators"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="index"),
    path("definitions", views.definitions, name="definitions"),
    path("evidence-exchange.csv", views.table, name="csv"),
    path("evidence-exchange.pdf", views.paper, name="pdf"),
]
