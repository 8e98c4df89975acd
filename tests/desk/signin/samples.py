"""Pages of sign-in to look at, on the sample desk."""

from typing import Any

from django.urls import reverse

from jusur.accounts import api as accounts


def make(desk: Any) -> dict[str, Any]:
    """One officer who is invited and has not come yet, one whose access is closed."""
    invited, secret = accounts.officer_invite(
        email="samira.haddad@ma.example", name="سميرة حداد", roles=["officer"], language="ar", actor="samples"
    )
    closed = accounts.officer_create(email="gone@ma.example", name="Idriss Fassi", roles=["examiner"], actor="samples")
    accounts.officer_deactivate(officer_id=closed.id, actor="samples")
    return {"invited": invited, "secret": secret, "closed": closed}


def pages(desk: Any) -> list[str]:
    """Their addresses."""
    named = ("account", "add-passkey", "set-code", "password", "recovery-codes", "officers", "invite", "confirm")
    return [
        *(reverse(f"signin:{name}") for name in named),
        reverse("signin:invitation"),
        reverse("signin:officer", args=[desk.officers["supervisor"].id]),
        reverse("signin:officer", args=[desk.made["signin"]["closed"].id]),
    ]
