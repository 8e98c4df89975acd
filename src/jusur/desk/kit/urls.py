"""Addresses: design system: base pages, components, icons, live updates, help."""

from django.urls import URLPattern, URLResolver, path

from jusur.desk.kit import views

app_name = "kit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("gallery", views.gallery_, name="gallery"),
    path("help", views.help_, name="help"),
    path("live", views.live_, name="live"),
    path("view", views.view, name="view"),
    path("language", views.language, name="language"),
]
