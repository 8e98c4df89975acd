"""Addresses: the first page: what is due, what waits, what came in."""

from django.urls import path

from jusur.desk.today import views

app_name = "today"
urlpatterns = [
    path("", views.index, name="index"),
    path("notifications", views.notifications, name="notifications"),
    path("notifications/seen", views.seen, name="seen"),
    path("notifications/<uuid:notification_id>", views.follow, name="follow"),
]
