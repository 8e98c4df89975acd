"""Addresses of the desk's pages, area by area."""

from django.urls import include, path

urlpatterns = [
    path("", include("jusur.desk.kit.urls")),
    path("", include("jusur.desk.signin.urls")),
    path("", include("jusur.desk.signin.directory_urls")),
    path("", include("jusur.desk.today.urls")),
    path("requests/", include("jusur.desk.requests.urls")),
    path("messages/", include("jusur.desk.messages.urls")),
    path("evidence/", include("jusur.desk.evidence.urls")),
    path("search/", include("jusur.desk.search.urls")),
    path("databases/", include("jusur.desk.databases.urls")),
    path("", include("jusur.desk.directory.urls")),
    path("indicators/", include("jusur.desk.indicators.urls")),
    path("audit/", include("jusur.desk.audit.urls")),
    path("settings/", include("jusur.desk.settings.urls")),
]
