import json
import re
import tomllib
from pathlib import Path

from tests.docs import events, pages, reference

from jusur.accounts import rules as accounts
from jusur.evidence import content, custody, rules
from jusur.indicators import stages

REQUESTS = "docs/reference/evidence-requests.md"
REWRITE = "Write the page anew: python tests/docs/reference.py"
INSTRUMENTS = pages.ROOT / "src/jusur/instruments/data/instruments"
_ARABIC = re.compile(r"[\u0600-\u06ff]")


def test_every_command_is_in_the_reference() -> None:
    assert pages.text("docs/reference/cli.md") == reference.cli(), REWRITE


def test_settings_are_those_of_the_node() -> None:
    assert pages.text("docs/reference/settings.md") == reference.settings(), REWRITE


def test_states_acts_and_measures_are_described() -> None:
    described = _in_code(REQUESTS)
    assert set(rules.State) <= described
    assert set(rules.ACTS) <= described
    assert set(rules.Measure) <= described
    assert set(custody.PackageState) <= described
    assert described >= custody.CUSTODY_EVENTS


def test_kinds_of_events_are_those_the_program_records() -> None:
    table = pages.text("docs/reference/ledger.md").partition("## Kinds of events")[2].partition("\n## ")[0]
    described = re.findall(r"^\| `([a-z._-]+)` \|", table, re.MULTILINE)
    recorded = events.Scan().kinds()
    assert len(described) == len(set(described))
    assert sorted(recorded - set(described)) == [], "name them in docs/reference/ledger.md, Kinds of events"
    assert sorted(set(described) - recorded) == [], "nothing records these any more"


def test_fields_of_a_request_are_described() -> None:
    described = _in_code(REQUESTS)
    for form in (content.RequestContent, content.Offence, content.Conditions):
        assert set(form.__struct_fields__) <= described


def test_roles_and_their_acts_are_described() -> None:
    described = _in_code(REQUESTS)
    assert set(accounts.ROLES) <= described


def test_stages_and_their_events_are_described() -> None:
    described = _in_code("docs/reference/indicators.md")
    assert {stage.name for stage in stages.STAGES} <= described
    assert described >= stages.EVENT_KINDS


def test_requests_shown_are_right_first_time() -> None:
    shown = [value for name in pages.NAMES for value in _json(name) if "measure" in value and "contents" in value]
    assert len(shown) >= 2
    for value in shown:
        parsed = content.parse(value)
        assert not _missing(parsed)


def test_conditions_shown_are_conditions() -> None:
    shown = [value for name in pages.NAMES for value in _json(name) if value.keys() & {"retention_days", "forwarding"}]
    assert shown
    for value in shown:
        content.parse_conditions(value)


def test_every_kind_of_message_is_listed() -> None:
    listed = _in_code("docs/reference/message-kinds.md")
    schemas = {path.stem for path in (pages.ROOT / "docs/reference/schemas").glob("*.*.json")}
    assert schemas
    assert schemas <= listed


def test_the_plan_of_the_house_is_the_one_that_is_kept() -> None:
    laws = tomllib.loads((pages.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    kept = next(law["layers"] for law in laws if law["type"] == "layers")
    plan = next(block.body for block in pages.blocks("docs/explanation/architecture.md") if "kernel" in block.body)
    drawn = [re.split(r"\s{2,}", line.replace("  |  ", " | "))[0] for line in plan.splitlines()]
    rooms = [{room.strip().removeprefix("jusur.") for room in layer.split("|")} for layer in kept]
    assert [{room.strip() for room in line.split("|")} for line in drawn] == rooms


def test_glossary_has_four_languages() -> None:
    rows = [_cells(line) for line in pages.text("docs/glossary.md").splitlines() if line.startswith("| ")]
    terms = [row for row in rows if row[0] != "English"]
    assert len(terms) > 100
    for english, arabic, french, spanish, meaning in terms:
        assert all((english, french, spanish, meaning))
        assert _ARABIC.search(arabic), english


def test_glossary_has_the_terms_of_the_fast_track() -> None:
    lower = pages.text("docs/glossary.md").lower()
    for term in ("evidence request", "chain of custody", "receipt", "four eyes", "checkpoint", "clock stop", "dossier"):
        assert f"| {term}" in lower


def _missing(request: content.RequestContent) -> list[str]:
    document = json.loads((INSTRUMENTS / f"{request.instrument}.json").read_text(encoding="utf-8"))
    measure = next(each for each in document["measures"] if each["id"] == request.measure)
    wanted = list(measure["contents"]["fields"])
    if request.urgency != "routine":
        wanted += measure["contents"].get("urgent_fields", [])
    stated = {"purpose", "offence", "case_reference", *(name for name, text in request.contents.items() if text)}
    return [name for name in wanted if name not in stated]


def _json(name: str) -> list[dict[str, object]]:
    values = [json.loads(block.body) for block in pages.blocks(name) if block.language == "json"]
    return [value for value in values if isinstance(value, dict)]


def _in_code(name: str) -> set[str]:
    return {word for span in re.findall(r"`([^`\n]+)`", Path(pages.ROOT / name).read_text()) for word in [span.strip()]}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
