"""Addresses: members, legal instruments, joining, keys."""

from django.urls import path

from jusur.desk.directory.views import law, members, network, own_keys, standing

app_name = "directory"
urlpatterns = [
    path("directory/", members.index, name="index"),
    path("directory/<str:address>", members.organisation, name="organisation"),
    path("instruments/", law.index, name="instruments"),
    path("instruments/between", law.between, name="between"),
    path("instruments/<str:instrument_id>", law.instrument, name="instrument"),
    path("settings/keys", own_keys.index, name="keys"),
    path("settings/keys/join", own_keys.join, name="join"),
    path("settings/keys/join/complete", own_keys.complete, name="join-complete"),
    path("settings/keys/new", own_keys.renew, name="renew"),
    path("settings/keys/new/install", own_keys.install, name="install"),
    path("settings/keys/new/abandon", own_keys.abandon, name="abandon"),
    path("settings/keys/refresh", own_keys.refresh, name="refresh"),
    path("settings/keys/alarms", standing.alarms, name="alarms"),
    path("settings/keys/alarms/<uuid:alarm_id>/close", standing.close, name="close-alarm"),
    path("settings/network", network.index, name="network"),
    path("settings/network/invite", network.invite, name="invite"),
    path("settings/network/requests", network.receive, name="receive"),
    path("settings/network/requests/<uuid:request_id>", network.join_request, name="join-request"),
    path("settings/network/requests/<uuid:request_id>/refuse", network.refuse, name="refuse-request"),
    path("settings/network/requests/<uuid:request_id>/welcome", network.welcome, name="welcome"),
    path("settings/network/grant", network.grant, name="grant"),
    path("settings/network/directory-key", network.announce, name="announce"),
    path("settings/network/directory-key/<str:keyid>/retire", network.retire, name="retire"),
    path("settings/network/members/<str:address>", standing.manage, name="manage"),
    path("settings/network/members/<str:address>/limits", standing.limit, name="limit"),
    path("settings/network/members/<str:address>/keys/<str:keyid>", standing.revoke, name="revoke"),
    path("settings/network/members/<str:address>/<str:name>", standing.change, name="change"),
]
