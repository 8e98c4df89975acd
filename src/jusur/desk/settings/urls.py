"""Addresses: what a bureau's administrator sets, and the guide of the first hour."""

from django.urls import path

from jusur.desk.settings.views import exchange, state, systems

app_name = "settings"
urlpatterns = [
    path("", state.index, name="index"),
    path("first-hour", state.first_hour, name="first-hour"),
    path("health", state.health_page, name="health"),
    path("node", state.node_page, name="node"),
    path("mail-test", state.mail_test, name="mail-test"),
    path("backup", state.backup, name="backup"),
    path("exchange", exchange.index, name="exchange"),
    path("exchange/retry/<uuid:subject>", exchange.retry, name="retry"),
    path("exchange/<str:address>", exchange.peer, name="peer"),
    path("exchange/<str:address>/compare", exchange.compare, name="compare"),
    path("alarms", exchange.alarms, name="alarms"),
    path("alarms/<int:number>/dismiss", exchange.dismiss, name="dismiss"),
    path("alarms/logs/<uuid:alarm_id>", exchange.resolve, name="resolve"),
    path("systems", systems.index, name="systems"),
    path("systems/new", systems.add, name="add-system"),
    path("systems/<uuid:system_id>/token", systems.token, name="token"),
    path("systems/tokens/<uuid:token_id>/revoke", systems.revoke, name="revoke-token"),
    path("systems/webhooks/new", systems.watch, name="watch"),
    path("systems/webhooks/<uuid:webhook_id>/end", systems.unwatch, name="unwatch"),
]
