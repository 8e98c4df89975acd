from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Sign-in, second factors, invitations, sessions, officers."""

    name = "jusur.desk.signin"
    label = "desk_signin"
