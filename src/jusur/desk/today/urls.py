"""Addresses: the first page: what is due, what waits, what came in."""

from django.urls import URLPattern, URLResolver

app_name = "today"
urlpatterns: list[URLPattern | URLResolver] = []
