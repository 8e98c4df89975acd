"""Addresses: sign-in, second factors, invitations, sessions, officers."""

from django.urls import URLPattern, URLResolver, path

from jusur.desk.signin.views import account, arrival, entry, officers

app_name = "signin"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in", entry.sign_in, name="sign-in"),
    path("sign-in/passkey", entry.passkey, name="passkey"),
    path("sign-in/second-step", entry.second_step, name="second-step"),
    path("sign-in/confirm", entry.confirm, name="confirm"),
    path("sign-in/set-up", arrival.set_up, name="set-up"),
    path("sign-in/set-up/passkey", arrival.set_up_passkey, name="set-up-passkey"),
    path("sign-in/set-up/code", arrival.set_up_code, name="set-up-code"),
    path("sign-out", entry.sign_out, name="sign-out"),
    path("invitation", arrival.invitation, name="invitation"),
    path("account", account.account, name="account"),
    path("account/passkeys/new", account.add_passkey, name="add-passkey"),
    path("account/passkeys/<int:number>/remove", account.remove_passkey, name="remove-passkey"),
    path("account/code", account.set_code, name="set-code"),
    path("account/code/remove", account.remove_code, name="remove-code"),
    path("account/password", account.password, name="password"),
    path("account/recovery-codes", account.recovery_codes, name="recovery-codes"),
    path("account/sessions/<int:number>/end", account.end_session, name="end-session"),
    path("account/sessions/end-others", account.end_other_sessions, name="end-other-sessions"),
    path("settings/officers", officers.officers, name="officers"),
    path("settings/officers/invite", officers.invite, name="invite"),
    path("settings/officers/<uuid:officer_id>", officers.officer, name="officer"),
    path("settings/officers/<uuid:officer_id>/deactivate", officers.deactivate, name="deactivate"),
    path("settings/officers/<uuid:officer_id>/end-sessions", officers.end_sessions, name="end-sessions"),
    path("settings/officers/<uuid:officer_id>/invite", officers.reinvite, name="reinvite"),
    path("settings/officers/<uuid:officer_id>/lift", officers.lift, name="lift"),
]
