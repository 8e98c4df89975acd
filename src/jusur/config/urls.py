"""Addresses of the web process."""

from django.urls import include, path

from jusur.desk.kit import faults
from jusur.web import http_api, service, timestamps

api = http_api.build(http_api.all_mounts())

urlpatterns = [
    path("health", service.health),
    path("metrics", service.metrics),
    path("timestamp", timestamps.stamp),
    path("v1/", api.urls),
    path("", include("jusur.desk.urls")),
]
handler400 = faults.bad_request
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.failed
