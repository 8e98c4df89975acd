import copy
import json

from jusur.kernel.sentences import Sentence, sentence

FRENCH = {"{free} free for {place}": "{free} libres pour {place}", "the {what} disk": "le disque {what}"}


def isolated(*texts: str) -> str:
    """Every other text isolated, as parts are."""
    return "".join(text if place % 2 else f"\u2068{text}\u2069" for place, text in enumerate(texts))


def test_it_reads_as_a_text_and_remembers_its_parts() -> None:
    said = sentence("{free} free for {place}", free=5, place="/srv")
    assert said == "5 free for /srv"
    assert json.loads(json.dumps({"detail": said})) == {"detail": "5 free for /srv"}
    assert (said.form, dict(said.parts)) == ("{free} free for {place}", {"free": "5", "place": "/srv"})


def test_it_is_said_in_another_language_with_the_sentences_in_it() -> None:
    said = sentence("{free} free for {place}", free=5, place=sentence("the {what} disk", what="B"))
    assert said.said(lambda form: FRENCH.get(form, form)) == isolated(
        "5", " libres pour ", f"le disque {isolated('B')}"
    )


def test_braces_in_a_part_are_only_text() -> None:
    hostile = sentence("{free} free for {place}", free="{place.__class__}", place="{0}")
    assert hostile.said(lambda form: FRENCH.get(form, form)) == isolated("{place.__class__}", " libres pour ", "{0}")


def test_a_copy_keeps_all_of_it() -> None:
    said = sentence("{a}", a="b")
    again = copy.deepcopy(said)
    assert isinstance(again, Sentence)
    assert (again, again.form, again.parts) == (said, said.form, said.parts)
