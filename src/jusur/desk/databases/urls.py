"""Addresses: databases, records of this bureau, editions of imported lists."""

from django.urls import path

from jusur.desk.databases.views import holding, listing, records, writing

app_name = "databases"
urlpatterns = [
    path("", holding.index, name="index"),
    path("records/", records.index, name="records"),
    path("records/new", writing.new, name="new"),
    path("records/<uuid:record_id>", records.detail, name="record"),
    path("records/<uuid:record_id>/correct", writing.correct, name="correct"),
    path("records/<uuid:record_id>/withdraw", writing.withdraw, name="withdraw"),
    path("lists/", listing.index, name="lists"),
    path("lists/import", listing.bring, name="import"),
    path("lists/<uuid:edition_id>", listing.detail, name="edition"),
    path("lists/<uuid:edition_id>/accept", listing.accept, name="accept"),
    path("lists/<uuid:edition_id>/discard", listing.discard, name="discard"),
    path("lists/<uuid:edition_id>/refused", listing.refused, name="refused"),
]
