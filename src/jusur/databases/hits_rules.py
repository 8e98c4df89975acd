"""Why a person confirms or discards a hit: codes in four languages (data), and which fit which decision (pure)."""

from typing import Final

from jusur.databases.search_models import Hit
from jusur.kernel.errors import InvalidInputError

CONFIRMED: Final[dict[str, dict[str, str]]] = {
    "same-person": {
        "ar": "الشخص نفسه",
        "en": "The same person",
        "fr": "La même personne",
        "es": "La misma persona",
    },
    "same-object": {
        "ar": "الوثيقة أو الشيء نفسه",
        "en": "The same document or object",
        "fr": "Le même document ou objet",
        "es": "El mismo documento u objeto",
    },
    "same-organisation": {
        "ar": "المنظمة نفسها",
        "en": "The same organisation",
        "fr": "La même organisation",
        "es": "La misma organización",
    },
    "confirmed-by-owner": {
        "ar": "أكّدها مالك السجل",
        "en": "Confirmed by the record's owner",
        "fr": "Confirmé par le propriétaire de l'enregistrement",
        "es": "Confirmado por el propietario del registro",
    },
}
DISCARDED: Final[dict[str, dict[str, str]]] = {
    "other-person": {
        "ar": "شخص آخر يحمل اسمًا مشابهًا",
        "en": "Another person with a similar name",
        "fr": "Une autre personne au nom semblable",
        "es": "Otra persona de nombre parecido",
    },
    "other-birth-date": {
        "ar": "تاريخ ميلاد مختلف",
        "en": "Another date of birth",
        "fr": "Une autre date de naissance",
        "es": "Otra fecha de nacimiento",
    },
    "other-object": {
        "ar": "وثيقة أو شيء آخر",
        "en": "Another document or object",
        "fr": "Un autre document ou objet",
        "es": "Otro documento u objeto",
    },
    "typing-error": {
        "ar": "خطأ في الإدخال",
        "en": "A typing error in the search",
        "fr": "Une erreur de saisie dans la recherche",
        "es": "Un error de escritura en la búsqueda",
    },
    "record-outdated": {
        "ar": "السجل لم يعد محدّثًا",
        "en": "The record is out of date",
        "fr": "L'enregistrement n'est plus à jour",
        "es": "El registro está desactualizado",
    },
    "insufficient": {
        "ar": "المعطيات غير كافية للجزم",
        "en": "Too little to decide by",
        "fr": "Trop peu d'éléments pour décider",
        "es": "Datos insuficientes para decidir",
    },
}


def check(state: str, reason: str) -> None:
    """See that ``reason`` is one for a decision to ``state``.

    Raises:
        InvalidInputError: an unknown decision or reason.
    """
    known = {Hit.CONFIRMED: CONFIRMED, Hit.DISCARDED: DISCARDED}.get(state)
    if known is None:
        raise InvalidInputError("A hit is confirmed or discarded.", fix="Decide confirmed or discarded.")
    if reason not in known:
        raise InvalidInputError(f"This is no reason for which a hit is {state}.", fix=f"Use one of {', '.join(known)}.")
