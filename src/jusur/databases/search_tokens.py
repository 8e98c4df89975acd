"""The purpose and reference of a token, for clients that cannot state them with each search (yente's)."""

from uuid import UUID

from django.db import transaction

from jusur.databases.search_models import TokenPurpose
from jusur.databases.search_purposes import purpose as purpose_of
from jusur.kernel import clock, text
from jusur.ledger import api as ledger


def token_purpose(token: UUID) -> tuple[str, str]:
    """Purpose and reference under which ``token`` searches; empty where none was set."""
    found = TokenPurpose.objects.filter(token=token).values_list("purpose", "reference").first()
    return found or ("", "")


@transaction.atomic
def token_purpose_set(*, token: UUID, purpose: str, reference: str, actor: str) -> None:
    """Have ``token`` search for ``purpose`` under ``reference`` from now on, where its client states neither.

    Raises:
        UnknownPurposeError: the purpose is not allowed.
        TextError: the reference is not a line of text.
    """
    key = purpose_of(purpose).key
    line = text.line(reference, max_length=100, field="reference")
    TokenPurpose.objects.update_or_create(
        token=token, defaults={"purpose": key, "reference": line, "set_by": actor[:64], "set_at": clock.now()}
    )
    ledger.record(
        "search.token.purpose",
        subject_type="accounts.token",
        subject_id=str(token),
        actor=actor,
        purpose=key,
        data={"reference": line},
    )
