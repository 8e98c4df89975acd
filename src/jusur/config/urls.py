"""Addresses of the web process."""

from django.urls import include, path

from jusur.web import http_api, service, timestamps

api = http_api.build(http_api.all_mounts())

urlpatterns = [
    path("health", service.health),
    path("metrics", service.metrics),
    path("timestamp", timestamps.stamp),
    path("v1/", api.urls),
    path("", include("jusur.desk.urls")),
]
handler400 = service.bad_request
handler404 = service.not_found
handler500 = service.failed
