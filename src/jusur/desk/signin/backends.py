"""Who may sign in by password: active persons, never systems."""

from django.contrib.auth.backends import ModelBackend

from jusur.accounts import api as accounts


class Passwords(ModelBackend):
    """Django's check of passwords (of equal duration whether or not the account exists), for active persons."""

    def user_can_authenticate(self, user: object) -> bool:
        """Whether ``user`` is an active person."""
        return isinstance(user, accounts.Officer) and user.is_active and user.kind == accounts.Officer.PERSON
