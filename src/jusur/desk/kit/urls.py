"""Addresses: design system: base pages, components, icons, live updates, help."""

from django.urls import URLPattern, URLResolver

app_name = "kit"
urlpatterns: list[URLPattern | URLResolver] = []
