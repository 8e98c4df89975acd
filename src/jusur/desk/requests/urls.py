"""Addresses: evidence requests: compose, approve, follow, answer."""

from django.urls import path

from jusur.desk.requests.views import compose, detail, emergency, listing

app_name = "requests"
urlpatterns = [
    path("", listing.index, name="index"),
    path("new", compose.start, name="new"),
    path("emergency", emergency.emergency, name="emergency"),
    path("<uuid:request_id>", detail.detail, name="detail"),
    path("<uuid:request_id>/basics", compose.basics, name="basics"),
    path("<uuid:request_id>/edit", compose.edit, name="edit"),
    path("<uuid:request_id>/save", compose.save, name="save"),
    path("<uuid:request_id>/check", compose.check, name="check"),
    path("<uuid:request_id>/approval", detail.approve, name="approve"),
    path("<uuid:request_id>/return", detail.give_back, name="return"),
    path("<uuid:request_id>/acts/<slug:code>", detail.act, name="act"),
]
