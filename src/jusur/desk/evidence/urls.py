"""Addresses: packages, chain of custody, verification, exports."""

from django.urls import URLPattern, URLResolver, path

from jusur.desk.evidence.views import collecting, custody, holding, lists, packages, releasing, uploading, verification

app_name = "evidence"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.index, name="index"),
    path("new", lists.new, name="new"),
    path("uploads", uploading.open_upload, name="uploads"),
    path("uploads/<uuid:upload_id>", uploading.upload, name="upload"),
    path("<uuid:package_id>", packages.detail, name="detail"),
    path("<uuid:package_id>/standing", packages.standing, name="standing"),
    path("<uuid:package_id>/collect", collecting.collect, name="collect"),
    path("<uuid:package_id>/remove", collecting.remove, name="remove"),
    path("<uuid:package_id>/release", releasing.release, name="release"),
    path("<uuid:package_id>/release/ask", releasing.ask, name="ask-release"),
    path("<uuid:package_id>/verification", verification.verification, name="verification"),
    path("<uuid:package_id>/countersign", holding.countersign, name="countersign"),
    path("<uuid:package_id>/export", holding.export, name="export"),
    path("<uuid:package_id>/files/<int:number>", holding.file, name="file"),
    path("<uuid:package_id>/forward", holding.forward, name="forward"),
    path("<uuid:package_id>/return", holding.give_back, name="return"),
    path("<uuid:package_id>/destroy", holding.destroy, name="destroy"),
    path("<uuid:package_id>/dossier", custody.dossier, name="dossier"),
    path("<uuid:package_id>/custody.json", custody.document, name="custody-file"),
]
