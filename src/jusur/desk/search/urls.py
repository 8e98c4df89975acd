"""Addresses: searches and their answers, hits, watches, the checkpoint. None says whom a search is about."""

from django.urls import path

from jusur.desk.search.views import checkpoint, hits, searching, watches

app_name = "search"
urlpatterns = [
    path("", searching.index, name="index"),
    path("hits/", hits.index, name="hits"),
    path("hits/<uuid:hit_id>", hits.detail, name="hit"),
    path("hits/<uuid:hit_id>/decision", hits.decide, name="decide"),
    path("watches/", watches.index, name="watches"),
    path("watches/new", watches.place, name="place"),
    path("watches/<uuid:watch_id>", watches.detail, name="watch"),
    path("watches/<uuid:watch_id>/lift", watches.lift, name="lift"),
    path("checkpoint/", checkpoint.index, name="checkpoint"),
    path("checkpoint/post", checkpoint.post, name="checkpoint-post"),
    path("checkpoint/<uuid:search_id>", checkpoint.answer, name="checkpoint-answer"),
    path("<uuid:search_id>", searching.answer, name="answer"),
    path("<uuid:search_id>/<int:number>", searching.compare, name="compare"),
]
