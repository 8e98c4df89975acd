"""Addresses: conversations, warnings to many bureaus, attachments."""

from django.urls import path

from jusur.desk.messages.views import files, lists, threads, warnings, writing

app_name = "messages"
urlpatterns = [
    path("", lists.index, name="index"),
    path("read", lists.mark_read, name="mark-read"),
    path("unsent", lists.unsent, name="unsent"),
    path("new", writing.new, name="new"),
    path("unsent/<uuid:unsent_id>", writing.write, name="write"),
    path("unsent/<uuid:unsent_id>/kept", writing.keep, name="keep"),
    path("unsent/<uuid:unsent_id>/discard", writing.discard, name="discard"),
    path("unsent/<uuid:unsent_id>/files", files.bring, name="bring"),
    path("unsent/<uuid:unsent_id>/files/<uuid:upload_id>", files.part, name="part"),
    path("unsent/<uuid:unsent_id>/files/<uuid:upload_id>/drop", files.drop, name="drop"),
    path("warn", warnings.new, name="warn"),
    path("warn/<uuid:unsent_id>", warnings.write, name="warn-write"),
    path("warn/<uuid:unsent_id>/review", warnings.review, name="warn-review"),
    path("<uuid:conversation_id>", threads.conversation, name="conversation"),
    path("<uuid:conversation_id>/<uuid:message_id>/approval", threads.approve, name="approve"),
    path("<uuid:conversation_id>/<uuid:message_id>/recipients", threads.board, name="board"),
    path("<uuid:conversation_id>/<uuid:message_id>/receipts/<str:recipient>", threads.receipt, name="receipt"),
    path(
        "<uuid:conversation_id>/<uuid:message_id>/receipts/<str:recipient>/file",
        threads.receipt_file,
        name="receipt-file",
    ),
    path("<uuid:conversation_id>/<uuid:message_id>/files/<int:number>", files.download, name="download"),
]
