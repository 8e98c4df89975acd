"""Addresses of the web process."""

from django.urls import path

from jusur.web import service
from jusur.web.http_api import api

urlpatterns = [
    path("health", service.health),
    path("metrics", service.metrics),
    path("v1/", api.urls),
]
handler404 = service.not_found
