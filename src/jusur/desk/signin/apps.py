from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Sign-in, second factors, invitations, sessions, officers."""

    name = "jusur.desk.signin"
    label = "desk_signin"

    def ready(self) -> None:
        """Hear of lock-outs."""
        from axes.signals import user_locked_out

        from jusur.desk.signin import lockout

        user_locked_out.connect(lockout.note, dispatch_uid="jusur.desk.signin.lockout")
