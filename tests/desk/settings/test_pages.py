import dataclasses
import inspect
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext
from tests.desk import samples
from tests.desk.conftest import As
from tests.desk.settings import samples as rows

from jusur.accounts import api as accounts
from jusur.desk.settings import health
from jusur.desk.settings.words import ADVICE, MEANINGS
from jusur.exchange import api as exchange
from jusur.exchange import wellness
from jusur.exchange.models import Delivery, OutboundMessage
from jusur.kernel import clock
from jusur.ledger.models import Event
from jusur.node import backup, doctor
from jusur.node.backup import Manifest
from jusur.node.context import current
from jusur.node.settings import NodeSettings
from jusur.web import webhooks

OTHERS = ("officer", "supervisor", "legal_adviser", "examiner", "auditor", "delegate")


def test_an_administrator_opens_every_page(shown: samples.Desk, as_role: As) -> None:
    client = as_role("administrator")
    for path in rows.pages(shown):
        if path != "/settings/exchange/FR":
            assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_does(role: str, shown: samples.Desk, as_role: As) -> None:
    client = as_role(role)
    for path in rows.pages(shown):
        expected = 200 if path == "/settings/alarms" and role == "supervisor" else 403
        assert path == "/settings/exchange/FR" or client.get(path).status_code == expected, path


def test_few_queries(shown: samples.Desk, as_role: As) -> None:
    client = as_role("administrator")
    client.get("/settings/")
    most = {"/settings/": 20, "/settings/exchange": 9, "/settings/alarms": 9, "/settings/systems": 10}
    for path, limit in most.items():
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert len(asked) <= limit, (path, [query["sql"][:100] for query in asked])


def test_the_first_hour_follows_the_node_s_state(desk: samples.Desk) -> None:
    def done() -> list[bool]:
        return [task.done for task in health.first_hour()]

    before = {str(task.title): task.done for task in health.first_hour()}
    assert before["The node is in the network"]
    assert not before["A backup was made in the last seven days"]
    assert not before["Every officer has a second factor"]
    assert not before["A first message was exchanged"]
    backup._remember(current().home, Path(__file__), _manifest(clock.timestamp(clock.now())))
    assert sum(done()) == sum(before.values()) + 1
    backup._remember(current().home, Path(__file__), _manifest(clock.timestamp(clock.now() - timedelta(days=8))))
    assert sum(done()) == sum(before.values())


def test_a_damaged_memory_of_the_last_backup_is_none(desk: samples.Desk) -> None:
    for damaged in (b"", b"[]", b'{"at": 1}', b'{"at":"x","file":"y","bytes":1}', b"\xff"):
        (current().home.path / "last-backup.json").write_bytes(damaged)
        assert backup.last(current().home) is None


def _manifest(created_at: str) -> Manifest:
    return Manifest(address="MA", created_at=created_at, postgres_major=15, checkpoint="", rows={}, files={})


def test_settings_show_their_source_and_no_password(
    desk: samples.Desk, as_role: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUSUR_DATABASE_URL", "postgresql://jusur:opensesame@db.example/jusur")
    page = as_role("administrator").get("/settings/node").content.decode()
    assert "opensesame" not in page
    assert "postgresql://jusur:•••@db.example/jusur" in page
    assert "Environment" in page


def test_every_setting_s_meaning_is_translated() -> None:
    meanings = {str(meaning) for meaning in MEANINGS}
    told = {field.metadata["about"] for field in dataclasses.fields(NodeSettings) if field.name != "home"}
    assert told <= meanings


def test_an_alarm_is_closed_with_a_reason_that_is_recorded(shown: samples.Desk, as_role: As) -> None:
    client, alarm = as_role("administrator"), exchange.open_alarms()[0]
    assert client.post(f"/settings/alarms/{alarm['id']}/dismiss", {"reason": ""}).status_code == 422
    assert len(exchange.open_alarms()) == 2
    answer = client.post(f"/settings/alarms/{alarm['id']}/dismiss", {"reason": "They restarted\u0007"})
    assert answer.status_code == 422
    client.post(f"/settings/alarms/{alarm['id']}/dismiss", {"reason": "They restarted their gate"})
    assert [each["id"] for each in exchange.open_alarms()] != [alarm["id"]]
    recorded = Event.objects.get(kind="exchange.alarm.dismissed")
    assert "They restarted their gate" in str(recorded.data)


def test_what_waits_is_tried_again(shown: samples.Desk, as_role: As) -> None:
    later = clock.now() + timedelta(minutes=5)
    message = OutboundMessage.objects.create(
        kind="message.text", recipients=["NO"], conversation=uuid4(), priority=1, handling={}, purpose="",
        legal_basis="", body={"subject": "Confidential case"}, actor="x", created_at=clock.now(), expires_at=later,
    )  # fmt: skip
    delivery = Delivery.objects.create(
        message=message, recipient="NO", route="NO", priority=1, envelope_id=uuid4(), envelope=b"{}",
        expires_at=later, next_attempt_at=later, created_at=clock.now(), last_error="TLS failed", attempts=3,
    )  # fmt: skip
    client = as_role("administrator")
    page = client.get("/settings/exchange/NO").content.decode()
    assert "TLS failed" in page
    assert "Confidential case" not in page
    assert "TLS failed" in client.get("/settings/exchange").content.decode()
    answer = client.post(f"/settings/exchange/retry/{message.id}")
    assert answer.status_code == 302
    delivery.refresh_from_db()
    assert delivery.next_attempt_at <= clock.now()
    assert client.post(f"/settings/exchange/retry/{uuid4()}").status_code == 404
    for nobody in ("SE", "%00", "N" * 300):
        assert client.get(f"/settings/exchange/{nobody}").status_code == 404


def test_a_token_is_shown_once_and_opens_what_it_names(desk: samples.Desk, as_role: As) -> None:
    client = as_role("administrator")
    given = {"name": "Case system", "email": "cases@example.ma", "roles": ["officer"]}
    answer = client.post("/settings/systems/new", given)
    assert answer.status_code == 302
    page = client.post(
        answer["Location"], {"name": "Production", "scopes": ["request.read"], "days": "30"}
    ).content.decode()
    secret = page[page.index("jusur_") :].partition("<")[0].partition('"')[0]
    actor = accounts.actor_by_token(secret)
    assert (actor.kind, actor.scopes) == ("system", frozenset({"request.read"}))
    listed = client.get("/settings/systems").content.decode()
    assert secret not in listed
    token = accounts.tokens().get()
    client.post(f"/settings/systems/tokens/{token.id}/revoke")
    assert not accounts.tokens().exists()


def test_a_system_never_holds_a_role_that_approves(desk: samples.Desk, as_role: As) -> None:
    given = {"name": "Case system", "email": "cases@example.ma", "roles": ["supervisor"]}
    assert as_role("administrator").post("/settings/systems/new", given).status_code == 200
    assert not accounts.systems().exists()


def test_tokens_are_for_systems_not_for_people(desk: samples.Desk, as_role: As) -> None:
    officer = desk.officers["officer"]
    given = {"name": "x", "scopes": ["request.read"], "days": "30"}
    assert as_role("administrator").post(f"/settings/systems/{officer.id}/token", given).status_code == 404
    assert not accounts.tokens().exists()


@pytest.mark.parametrize("url", ["http://cases.example", "javascript:alert(1)", "https://u:p@x.example", "x" * 3000])
def test_a_webhook_goes_to_a_safe_address_only(url: str, desk: samples.Desk, as_role: As) -> None:
    given = {"url": url, "kinds": ["exchange."]}
    assert as_role("administrator").post("/settings/systems/webhooks/new", given).status_code == 200
    assert webhooks.webhooks() == []


def test_a_webhook_s_secret_is_shown_once(desk: samples.Desk, as_role: As) -> None:
    client = as_role("administrator")
    given = {"url": "https://cases.example/hook", "kinds": ["exchange."]}
    page = client.post("/settings/systems/webhooks/new", given).content.decode()
    (hook,) = webhooks.webhooks()
    secret = page[page.index("whsec_") :].partition("<")[0].partition('"')[0]
    assert len(secret) > 40
    assert "whsec_" not in client.get("/settings/systems").content.decode()
    client.post(f"/settings/systems/webhooks/{hook.id}/end")
    assert webhooks.webhooks() == []


def test_changes_need_a_recent_confirmation(shown: samples.Desk, as_role: As) -> None:
    client = as_role("administrator")
    session = client.session
    session["jusur"] = session["jusur"] | {"confirmed": clock.now().timestamp() - 3600}
    session.save()
    answer = client.post("/settings/systems/new", {"name": "x", "email": "x@example.ma", "roles": ["officer"]})
    assert answer.status_code == 302
    assert "confirm" in answer["Location"]
    assert accounts.systems().count() == 1


def test_the_doctor_runs_in_the_page(shown: samples.Desk, as_role: As) -> None:
    page = as_role("administrator").get("/settings/health").content.decode()
    assert "Set timestamp_url to a qualified authority" in page
    assert "peer-silent" in page
    assert "Vault" in page


@pytest.mark.parametrize("language", ["ar", "fr", "es"])
def test_whatever_the_doctor_says_is_said_in_the_reader_s_language(desk: samples.Desk, language: str) -> None:
    source = inspect.getsource(doctor) + inspect.getsource(wellness)
    forms = [form for form in map(str, ADVICE) if "{" in form]
    assert len(forms) > 20
    with translation.override(language):
        for form in forms:
            assert form in source, "the doctor does not say this any more"
            assert gettext(form) != form, form
            assert set(re.findall(r"{\w+}", gettext(form))) == set(re.findall(r"{\w+}", form))


def test_a_sentence_of_the_doctor_has_its_parts_in_every_language(
    desk: samples.Desk, as_role: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _place: SimpleNamespace(free=3 << 30))
    page = as_role("administrator", language="fr").get("/settings/health").content.decode()
    assert f"\u20683.0\u2069 Gio libres pour \u2068{current().home.path}\u2069" in page
    assert "Free space" not in page
