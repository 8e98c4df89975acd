"""From found records to what an asker is let see of them, with reasons in the asker's language (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from jusur.databases.searching_journal import NewHit
from jusur.databases.searching_questions import Key
from jusur.databases.searching_shapes import AnswerView, HandlingView, ReasonView
from jusur.databases.selectors import RecordView
from jusur.kernel import clock
from jusur.kernel.languages import Language
from jusur.matching import explain

IDENTIFYING: Final = frozenset(
    {
        "alias", "authority", "birthCountry", "birthDate", "birthPlace", "citizenship", "color", "country",
        "currency", "deathDate", "domainName", "email", "endDate", "fatherName", "firstName", "flag", "gender",
        "iban", "idNumber", "imei", "imoNumber", "incorporationDate", "issueDate", "jurisdiction", "lastName", "make",
        "middleName", "mmsi", "model", "name", "nationality", "nativeName", "number", "passportNumber", "phone",
        "previousName", "program", "programId", "publicKey", "registrationNumber", "secondName", "serialNumber",
        "startDate", "status", "title", "topics", "type", "vin", "weakAlias",
    }
)  # fmt: skip
"""What of a restricted record tells one from another; its notes, addresses and circumstances stay with its owner."""
NAMES: Final = ("name", "alias", "number", "registrationNumber", "iban", "publicKey", "phone", "email", "domainName")
MAX_VALUES: Final = 50
"""Values of one property that an answer shows."""
_EXACT: Final = {
    "ar": "{kind} مطابق تمامًا لما في السجل.",
    "en": "The {kind} is exactly the one in the record.",
    "fr": "Le numéro ({kind}) est exactement celui de l'enregistrement.",
    "es": "El número ({kind}) es exactamente el del registro.",
}


class Matched(Protocol):
    """A record that the engine found: its id, score and reasons."""

    @property
    def id(self) -> str:
        """The record."""
        ...

    @property
    def score(self) -> float:
        """A calibrated probability."""
        ...

    @property
    def reasons(self) -> Sequence[Any]:
        """Why."""
        ...


def answer(
    view: RecordView,
    *,
    matched: Matched | None,
    exact: Sequence[Key],
    asker: str,
    holder: str,
    hit_at: float,
    language: Language,
) -> AnswerView:
    """``view`` as an answer to ``asker``.

    Args:
        view: the record, as its conditions let the asker see it.
        matched: the engine's match by name, where there is one.
        exact: the keys that stand in the record exactly.
        asker: the asking organisation.
        holder: the node that answers.
        hit_at: the score from which on it counts as a hit; an exact key always does.
        language: of the sentences.
    """
    reasons = [_exact_reason(key, language) for key in exact]
    reasons += [_reason(reason, language) for reason in (matched.reasons if matched else ())]
    score = 1.0 if exact else (matched.score if matched else 0.0)
    return AnswerView(
        record=str(view.id),
        version=view.version,
        database=view.database,
        owner=view.originator,
        holder=holder,
        schema=view.schema,
        caption=caption(view),
        properties=let_out(view, asker),
        handling=_handling(view),
        score=round(score, 4),
        match=bool(exact) or score >= hit_at,
        exact=bool(exact),
        reasons=reasons,
    )


def let_out(view: RecordView, asker: str) -> dict[str, list[str]]:
    """The properties that the asker is let see of another owner's record.

    Of a confidential one none, of a restricted one what identifies, of others everything.
    """
    if view.originator == asker or view.classification == "official_use_only":
        return {name: list(values[:MAX_VALUES]) for name, values in view.properties.items()}
    if view.classification == "restricted":
        return {name: list(values[:MAX_VALUES]) for name, values in view.properties.items() if name in IDENTIFYING}
    return {}


def caption(view: RecordView) -> str:
    """What the record is called in a list; a confidential one by its schema alone."""
    if view.classification == "confidential":
        return view.schema
    return next((view.properties[name][0] for name in NAMES if view.properties.get(name)), view.schema)


def hit_of(given: AnswerView) -> NewHit:
    """The hit that an answer proposes; of its reasons the codes and weights, never what was written."""
    codes: list[Mapping[str, Any]] = [{"code": each.code, "weight": round(each.weight, 3)} for each in given.reasons]
    return NewHit(
        record=given.record, database=given.database, owner=given.owner, score=given.score, reasons=codes[:32]
    )


def _handling(view: RecordView) -> HandlingView:
    return HandlingView(
        classification=view.classification,
        handling_code=view.handling_code,
        source_evaluation=view.source_evaluation,
        forwarding=list(view.forwarding),
        conditions=view.conditions,
        expires_at=clock.timestamp(view.expires_at),
    )


def _exact_reason(key: Key, language: Language) -> ReasonView:
    shown = key.kind.replace("_", " ")
    return ReasonView("identifier-same", 1.0, key.value, key.value, _EXACT[language].format(kind=shown))


def _reason(reason: Any, language: Language) -> ReasonView:
    return ReasonView(
        reason.code, round(reason.weight, 3), reason.query, reason.record, explain.sentence(reason, language)
    )
