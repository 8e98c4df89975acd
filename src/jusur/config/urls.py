"""Addresses of the web process."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
