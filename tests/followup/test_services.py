from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from jusur.accounts.api import Actor
from jusur.exchange import api as exchange
from jusur.followup import messages, receiving, selectors, services
from jusur.followup.errors import ActNotPossibleError, CommitmentNotFoundError
from jusur.followup.models import Commitment, CommitmentAct
from jusur.kernel import clock
from jusur.kernel.errors import ForbiddenError, InvalidInputError, UnavailableError
from jusur.kernel.languages import LANGUAGES
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db
CHIEF = Actor(uuid4(), "Chief", "officer", ("supervisor",), None)
OFFICER = Actor(uuid4(), "Officer", "officer", ("officer",), None)
ENTERED = clock.timestamp(clock.now())
SOON = clock.now().date() + timedelta(days=120)
Sent = list[dict[str, Any]]


def texts(words: str) -> dict[str, str]:
    return {language: f"{words} ({language})" for language in LANGUAGES}


def enter(**changes: Any) -> Commitment:
    given: dict[str, Any] = {
        "source_kind": "paragraph",
        "source_reference": "GA-2025-93-RES-01",
        "source_place": "3",
        "source_sha256": "b" * 64,
        "texts": texts("Answer evidence requests within the time set"),
        "verification": texts("Median evidence-exchange time of the quarter"),
        "owner": "NO",
        "verifier": "GS",
        "due_on": SOON,
        "actor": CHIEF,
    }
    return services.commitment_enter(**(given | changes))


def received(kind: str, body: Any, sender: str) -> exchange.ReceivedMessage:
    known = exchange.MessageKind(kind, messages.CommitmentBody if "commitment" in kind else messages.ActBody, print)
    moment = clock.now()
    return exchange.ReceivedMessage(
        id=uuid4(),
        envelope_id=uuid4(),
        kind=kind,
        sender=sender,
        recipients=("MA",),
        conversation=uuid4(),
        sequence=1,
        priority="routine",
        created_at=moment,
        received_at=moment,
        handling=exchange.for_recipients(["MA"]),
        purpose="follow-up of decisions",
        legal_basis="GA-2025-93-RES-01",
        body=known.parse(body),
        attachments=(),
    )


def foreign(**changes: Any) -> dict[str, Any]:
    """A commitment of the secretariat's that this bureau owns."""
    return {
        "commitment": "01a20000-0000-7000-8000-00000000000a",
        "source_kind": "agreement",
        "source_reference": "MOU-MA-NO",
        "source_place": "",
        "source_sha256": "",
        "texts": texts("Train ten examiners"),
        "verification": texts("Certificates"),
        "owner": "MA",
        "verifier": "NO",
        "due_on": str(SOON),
        "entered_at": ENTERED,
        **changes,
    }


def word(act: str, **given: Any) -> dict[str, Any]:
    return {
        "commitment": "01a20000-0000-7000-8000-00000000000a",
        "act_id": str(uuid4()),
        "act": act,
        "at": clock.timestamp(clock.now()),
        "actor": "officer:1",
        "text": "words",
        **given,
    }


def take_in(**changes: Any) -> Commitment:
    receiving.receive_commitment(received("followup.commitment", foreign(**changes), "GS"))
    return Commitment.objects.get()


def kinds(row: Commitment) -> list[str]:
    return [event.kind.rpartition(".")[2] for event in ledger.events("followup.commitment", str(row.pk))]


def test_a_commitment_is_told_to_its_owner_and_verifier(sent: Sent) -> None:
    row = enter()
    (message,) = sent
    assert (message["kind"], message["to"], message["conversation"]) == ("followup.commitment", ["GS", "NO"], row.pk)
    assert message["legal_basis"] == "GA-2025-93-RES-01"
    assert received("followup.commitment", message["body"], "MA").body.due_on == str(SOON)
    assert kinds(row) == ["proposed"]


def test_the_owner_reports_and_another_verifies(sent: Sent) -> None:
    row = take_in()
    services.commitment_act(commitment_id=row.pk, act="accept", actor=CHIEF)
    services.commitment_act(
        commitment_id=row.pk, act="report", claim="done", percent=100, words="Ten were trained.", actor=OFFICER
    )
    assert [message["kind"] for message in sent] == ["followup.act"] * 2
    assert sent[1]["to"] == ["GS", "NO"]
    receiving.receive_act(received("followup.act", word("verify", verdict="met"), "NO"))
    row.refresh_from_db()
    assert row.state == "met"
    assert kinds(row) == ["proposed", "accepted", "reported", "verified"]
    shown = selectors.detail(row)
    assert [each["verdict"] for each in shown["verdicts"]] == ["met"]
    assert shown["possible_acts"] == ["dispute"]


def test_a_verdict_can_be_disputed_openly_and_judged_anew(sent: Sent) -> None:
    row = take_in()
    services.commitment_act(commitment_id=row.pk, act="accept", actor=CHIEF)
    receiving.receive_act(received("followup.act", word("verify", verdict="not_met"), "NO"))
    row.refresh_from_db()
    assert (row.state, row.enhanced_since) == ("not_met", clock.now().date())
    services.commitment_act(commitment_id=row.pk, act="dispute", words="See the certificates.", actor=OFFICER)
    receiving.receive_act(received("followup.act", word("verify", verdict="met"), "NO"))
    row.refresh_from_db()
    assert (row.state, row.enhanced_since) == ("met", None)
    assert [each["verdict"] for each in selectors.detail(row)["verdicts"]] == ["not_met", "met"]


def test_what_is_not_this_bureaus_act_is_refused(sent: Sent) -> None:
    row = take_in()
    with pytest.raises(ActNotPossibleError, match="proposed"):
        services.commitment_act(commitment_id=row.pk, act="verify", verdict="met", words="Fine.", actor=CHIEF)
    with pytest.raises(ForbiddenError):
        services.commitment_act(commitment_id=row.pk, act="accept", actor=OFFICER)
    with pytest.raises(InvalidInputError, match="no such claim"):
        services.commitment_act(commitment_id=row.pk, act="report", claim="maybe", words="Soon.", actor=OFFICER)
    with pytest.raises(InvalidInputError, match="text is empty"):
        services.commitment_act(commitment_id=row.pk, act="decline", actor=CHIEF)
    with pytest.raises(CommitmentNotFoundError):
        services.commitment_act(commitment_id=uuid4(), act="accept", actor=CHIEF)
    assert not sent
    assert not CommitmentAct.objects.exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"verifier": "NO"}, "their own work"),
        ({"due_on": date(2025, 1, 1)}, "The date is over"),
        ({"due_on": SOON + timedelta(days=5000)}, "ten years"),
        ({"source_kind": "rumour"}, "comes from"),
        ({"source_sha256": "abc"}, "comes from"),
        ({"texts": {"en": "only"}}, "ar, en, fr and es"),
        ({"texts": texts("a\u202eb")}, "U\\+202E"),
    ],
)
def test_a_commitment_that_says_too_little_is_refused(sent: Sent, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        enter(**changes)
    assert not sent


def test_messages_are_taken_once_and_only_from_whose_they_are(sent: Sent) -> None:
    with pytest.raises(UnavailableError, match="not arrived"):
        receiving.receive_act(received("followup.act", word("verify", verdict="met"), "NO"))
    row = take_in()
    take_in()
    with pytest.raises(exchange.MessageRefusedError, match="another commitment"):
        take_in(texts=texts("Something else"))
    with pytest.raises(exchange.MessageRefusedError, match="does not name this bureau"):
        take_in(owner="SE")
    with pytest.raises(exchange.MessageRefusedError, match="not its sender's"):
        receiving.receive_act(received("followup.act", word("verify", verdict="met"), "SE"))
    with pytest.raises(exchange.MessageRefusedError, match="not its sender's"):
        receiving.receive_act(received("followup.act", word("accept"), "NO"))
    future = clock.timestamp(clock.now() + timedelta(hours=1))
    with pytest.raises(exchange.MessageRefusedError, match="future"):
        receiving.receive_act(received("followup.act", word("verify", verdict="met", at=future), "NO"))
    extension = word("extend", due_on=str(SOON + timedelta(days=30)))
    for _ in range(2):
        receiving.receive_act(received("followup.act", extension, "GS"))
    row.refresh_from_db()
    assert (row.due_on, row.acts.count()) == (SOON + timedelta(days=30), 1)


def test_an_act_that_came_too_late_is_kept_and_counts_for_nothing(sent: Sent) -> None:
    row = take_in()
    before = clock.timestamp(clock.now())
    receiving.receive_act(received("followup.act", word("withdraw"), "GS"))
    with pytest.raises(ActNotPossibleError):
        services.commitment_act(commitment_id=row.pk, act="accept", actor=CHIEF)
    receiving.receive_act(received("followup.act", word("verify", verdict="met", at=before), "NO"))
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert [each["counts"] for each in selectors.detail(row)["acts"]] == [False, True]


def test_nothing_done_or_promised_is_rewritten(sent: Sent) -> None:
    row = take_in()
    services.commitment_act(commitment_id=row.pk, act="accept", actor=CHIEF)
    for statement in (
        "UPDATE followup_commitmentact SET by = 'NO'",
        "DELETE FROM followup_commitmentact",
        "UPDATE followup_commitment SET owner = 'SE'",
        "UPDATE followup_commitment SET texts = '{}'",
        "DELETE FROM followup_commitment",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_who_is_late_is_put_under_enhanced_follow_up_once(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    row = take_in()
    services.commitment_act(commitment_id=row.pk, act="accept", actor=CHIEF)
    assert services.watch_late() == 0
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(121 * 86400))
    assert services.watch_late() == 1
    assert services.watch_late() == 0
    assert Commitment.objects.get().enhanced_since == clock.now().date()
    assert kinds(row)[-1] == "enhanced"
    assert [alarm["kind"] for alarm in exchange.open_alarms()] == ["commitment-late"]
    assert selectors.counts() | {"late": 1, "enhanced": 1, "accepted": 1} == selectors.counts()
    assert [each.pk for each in selectors.commitments(late=True)] == [row.pk]
    receiving.receive_act(received("followup.act", word("verify", verdict="met"), "NO"))
    row.refresh_from_db()
    assert (row.state, row.enhanced_since, len(exchange.open_alarms())) == ("met", None, 0)
