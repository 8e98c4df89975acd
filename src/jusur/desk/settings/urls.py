"""Addresses: what a bureau's administrator sets, and the guide of the first hour."""

from django.urls import URLPattern, URLResolver

app_name = "settings"
urlpatterns: list[URLPattern | URLResolver] = []
