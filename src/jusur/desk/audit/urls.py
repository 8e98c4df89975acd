"""Addresses: the trail of acts, and its proofs."""

from django.urls import path

from jusur.desk.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.index, name="index"),
    path("trail.csv", views.export, name="export"),
    path("log", views.log, name="log"),
    path("of/<str:subject_type>/<str:subject_id>", views.subject, name="subject"),
    path("<uuid:event_id>", views.event, name="event"),
    path("<uuid:event_id>/proof.zip", views.bundle, name="bundle"),
]
