"""The badges of a session as a PDF."""

from typing import Final

from jusur.assembly.models import Session
from jusur.assembly.services.delegations import badge_rows
from jusur.documents import badges
from jusur.kernel import countries
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import Language

_WORDS: Final[dict[Language, tuple[str, str, str]]] = {
    "ar": ("الجمعية العامة", "مندوب", "مراقب"),
    "en": ("General Assembly", "Delegate", "Observer"),
    "fr": ("Assemblée générale", "Délégué", "Observateur"),
    "es": ("Asamblea General", "Delegado", "Observador"),
}


def pdf(session: Session, language: Language) -> bytes:
    """The badges of every delegate of ``session``, by delegation; countries are named in ``language``.

    Raises:
        InvalidInputError: nobody is registered.
        DocumentError: they cannot be set.
    """
    rows = badge_rows(session.pk)
    if not rows:
        raise InvalidInputError("No delegate is registered.", fix="Register delegates first.")
    assembly, delegate, observer = _WORDS[language]
    made = [
        badges.Badge(
            serial=row["serial"],
            name=row["name"],
            function=row["function"],
            party=countries.name(row["party"], language) if countries.is_country(row["party"]) else row["party"],
            code=row["party"],
            kind=observer if row["observer"] else delegate,
            secret=row["code"],
        )
        for row in rows
    ]
    return badges.build(made, title=f"{assembly} {session.number}", made_at=session.created_at)
