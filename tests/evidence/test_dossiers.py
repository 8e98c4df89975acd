import pytest

from jusur.documents import labels
from jusur.evidence import custody, dossiers
from jusur.evidence.content import Classification, Urgency
from jusur.instruments import api as instruments


@pytest.mark.parametrize("event", sorted(custody.CUSTODY_EVENTS))
def test_every_event_of_custody_has_a_name_in_four_languages(event: str) -> None:
    kind = dossiers.EVENTS.get(event, event.removeprefix("custody."))
    names = {labels.event(kind, language) for language in ("ar", "en", "fr", "es")}
    assert kind not in names


@pytest.mark.parametrize("word", [*Urgency.__args__, *Classification.__args__])  # type: ignore[attr-defined]
def test_urgency_and_classification_have_names(word: str) -> None:
    assert word not in {labels.word(word, language) for language in ("ar", "en", "fr", "es")}


def test_every_measure_has_a_name() -> None:
    from jusur.evidence.rules import Measure

    assert {str(measure) for measure in Measure} <= set(instruments.catalogue().measures)
