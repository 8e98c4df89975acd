import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest
from tests.notices.lives import decided, drafted, published, sent, under_review
from tests.notices.network import APPROVE, DECIDER, OFFICER, REFUSE, REVIEWER, SUPERVISOR, Network, officer
from tests.notices.samples import CONTENTS, red

from jusur.accounts.errors import SecondPersonNeededError
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.errors import ForbiddenError, InvalidInputError
from jusur.ledger import api as ledger
from jusur.notices import messages, types
from jusur.notices.errors import ConditionsUnmetError, NoticeActError, QuotaUsedError
from jusur.notices.models import Distribution, Information, NoticeAct, Review, SilverFigure
from jusur.notices.services import drafting, informing, keeping, receiving, reviewing

OTHERS = ("NO", "SE")


def state(network: Network, address: str, notice_id: UUID) -> str:
    held = network.held(address, notice_id)
    return held.state if held else ""


def seen(network: Network, notice_id: UUID) -> list[str]:
    return [each for each in ("NO", "SE") if (held := network.held(each, notice_id)) and held.visible]


def test_a_notice_is_seen_nowhere_before_two_people_of_the_secretariat_approved(network: Network) -> None:
    notice = drafted(network)
    sent(network, notice.id)
    network.deliver_all()
    assert state(network, "GS", notice.id) == "submitted"
    under_review(network, notice.id)
    with network.acting("GS"):
        reviewing.review_propose(notice_id=notice.id, opinion=APPROVE, actor=REVIEWER)
        with pytest.raises(ForbiddenError):
            reviewing.review_decide(notice_id=notice.id, actor=REVIEWER)
    network.deliver_all()
    assert seen(network, notice.id) == []
    with network.acting("GS"):
        decided_by = reviewing.review_decide(notice_id=notice.id, actor=DECIDER)
    assert decided_by.reference.startswith(str(clock.now().year))
    network.deliver_all()
    assert seen(network, notice.id) == ["NO", "SE"]
    assert state(network, "MA", notice.id) == "published"
    kept = network.held("NO", notice.id)
    assert kept is not None
    assert kept.content["persons"][0]["names"][1]["name"] == "النجم"
    assert kept.expires_at is not None
    assert 1820 < (kept.expires_at - clock.now()).days < 1830


def test_unmet_conditions_stop_a_draft_and_are_explained(network: Network) -> None:
    notice = drafted(network, content=red(case={"warrant": None}))
    with network.acting("MA"), pytest.raises(ConditionsUnmetError) as error:
        drafting.notice_check(notice_id=notice.id, actor=OFFICER)
    (told,) = error.value.problem()["unmet"]
    assert told["id"] == "judicial-data"
    assert told["article"] == "RPD Art. 83(2)(b)"
    assert set(told["text"]) == {"ar", "en", "fr", "es"}


def test_the_officer_who_asks_does_not_approve(network: Network) -> None:
    both = officer(9, "officer", "supervisor")
    with network.acting("MA"):
        notice = drafting.notice_draft(form="notice", type="red", content=CONTENTS["red"], actor=both)
        drafting.notice_check(notice_id=notice.id, actor=both)
        drafting.notice_ask_approval(notice_id=notice.id, actor=both)
        with pytest.raises(SecondPersonNeededError):
            drafting.notice_approve(notice_id=notice.id, actor=both)
        drafting.notice_approve(notice_id=notice.id, granted=False, reason="Date wrong", actor=SUPERVISOR)
    assert state(network, "MA", notice.id) == "drafted"


def test_a_question_goes_to_the_source_and_its_answer_comes_back(network: Network) -> None:
    notice = drafted(network)
    sent(network, notice.id)
    network.deliver_all()
    under_review(network, notice.id)
    with network.acting("GS"):
        asked = reviewing.review_ask(notice_id=notice.id, question="Is the warrant final?", actor=REVIEWER)
    network.deliver_all()
    assert state(network, "MA", notice.id) == "question_asked"
    with network.acting("MA"):
        drafting.notice_answer(notice_id=notice.id, question_id=asked.id, answer="Yes.", actor=OFFICER)
    network.deliver_all()
    assert state(network, "GS", notice.id) == "in_review"
    with network.acting("GS"):
        asked.refresh_from_db()
        assert asked.answer == "Yes."


def test_a_returned_notice_is_corrected_and_comes_again(network: Network) -> None:
    notice = drafted(network)
    sent(network, notice.id)
    network.deliver_all()
    under_review(network, notice.id)
    back = REFUSE | {"outcome": "return", "grounds": ["data-quality"], "message": "Say the place."}
    decided(network, notice.id, back)
    network.deliver_all()
    assert state(network, "MA", notice.id) == "returned"
    with network.acting("MA"):
        drafting.notice_edit(notice_id=notice.id, content=red(title="Corrected"), actor=OFFICER)
    sent(network, notice.id)
    network.deliver_all()
    assert state(network, "GS", notice.id) == "submitted"
    under_review(network, notice.id)
    decided(network, notice.id)
    network.deliver_all()
    kept = network.held("SE", notice.id)
    assert kept is not None
    assert kept.content["title"] == "Corrected"


def test_a_refused_notice_never_leaves_and_is_purged(network: Network) -> None:
    notice = drafted(network)
    sent(network, notice.id)
    network.deliver_all()
    under_review(network, notice.id)
    decided(network, notice.id, REFUSE)
    network.deliver_all()
    assert seen(network, notice.id) == []
    assert {letter.message.kind for letter in network.delivered} == {messages.SUBMITTED, messages.DECISION}
    with network.acting("GS"):
        assert keeping.purge_due() == 1
        kept = network.held("GS", notice.id)
        assert kept is not None
        assert (kept.state, kept.content, kept.end_reason) == ("purged", {}, "refused")
        assert not Review.objects.exists()
        assert all(act.data == {} for act in NoticeAct.objects.all())
        last = list(ledger.events("notices.notice", str(notice.id)))
        assert any(event.kind == "notices.notice.purged" for event in last)


def test_the_assigned_reviewer_alone_judges(network: Network) -> None:
    notice = drafted(network)
    sent(network, notice.id)
    network.deliver_all()
    under_review(network, notice.id)
    with network.acting("GS"):
        with pytest.raises(ForbiddenError):
            reviewing.review_propose(notice_id=notice.id, opinion=APPROVE, actor=officer(7, "legal_adviser"))
        with pytest.raises(NoticeActError):
            reviewing.notice_suspend(notice_id=notice.id, reason="x", actor=DECIDER)


def test_the_refugee_rule_refuses_and_reveals_nothing(network: Network) -> None:
    notice = drafted(network)
    sent(network, notice.id)
    network.deliver_all()
    under_review(network, notice.id)
    with network.acting("GS"):
        reviewing.refugee_note(notice_id=notice.id, granting_country="SE", confirmed=True, actor=REVIEWER)
        for outcome in (
            APPROVE,
            REFUSE | {"grounds": ["refugee-status"], "message": "Granted by Sweden."},
            REFUSE | {"grounds": ["refugee-status"], "message": "منحتها السويد."},
            REFUSE | {"grounds": ["refugee-status"], "message": "Granted by SE."},
        ):
            with pytest.raises(InvalidInputError):
                reviewing.review_propose(notice_id=notice.id, opinion=outcome, actor=REVIEWER)
    decided(network, notice.id, REFUSE | {"grounds": ["refugee-status"], "message": "The rule applies."})
    said = b"".join(repr(letter.message.body).encode() for letter in network.letters)
    assert b"Sweden" not in said
    assert b"'SE'" not in said
    network.deliver_all()
    assert state(network, "MA", notice.id) == "refused"


def test_a_withdrawn_notice_is_recalled_everywhere_and_every_deletion_receipted(network: Network) -> None:
    notice_id = published(network)
    with network.acting("MA"):
        drafting.notice_withdraw(notice_id=notice_id, reason="Arrested.", actor=SUPERVISOR)
    network.deliver_all()
    assert seen(network, notice_id) == []
    for address in OTHERS:
        kept = network.held(address, notice_id)
        assert kept is not None
        assert (kept.state, kept.content) == ("purged", {})
    with network.acting("GS"):
        assert Distribution.objects.filter(deleted_at__isnull=False).count() == 2
        assert keeping.undeleted() == []


def test_suspending_hides_and_resuming_shows(network: Network) -> None:
    notice_id = published(network)
    with network.acting("GS"):
        reviewing.notice_suspend(notice_id=notice_id, reason="A request of the person.", actor=DECIDER)
    network.deliver_all()
    assert seen(network, notice_id) == []
    assert state(network, "MA", notice_id) == "suspended"
    with network.acting("GS"):
        reviewing.notice_resume(notice_id=notice_id, reason="Examined.", actor=DECIDER)
    network.deliver_all()
    assert seen(network, notice_id) == ["NO", "SE"]
    with network.acting("GS"):
        reviewing.notice_cancel(notice_id=notice_id, reason="Article 3.", grounds=["article-3"], actor=DECIDER)
    network.deliver_all()
    assert seen(network, notice_id) == []
    assert state(network, "MA", notice_id) == "cancelled"


def test_a_supplement_takes_two_officers_and_the_review(network: Network) -> None:
    notice_id = published(network)
    with network.acting("MA"):
        drafting.supplement_ask(notice_id=notice_id, content=red(title="New photograph"), actor=OFFICER)
        drafting.supplement_approve(notice_id=notice_id, reason="Photograph", actor=SUPERVISOR)
    network.deliver_all()
    kept = network.held("NO", notice_id)
    assert kept is not None
    assert kept.content["title"] == "Fraud by investment"
    with network.acting("GS"):
        reviewing.supplement_decide(notice_id=notice_id, granted=True, reason="Photograph", actor=DECIDER)
    network.deliver_all()
    for address in ("NO", "SE", "MA"):
        kept = network.held(address, notice_id)
        assert kept is not None
        assert kept.content["title"] == "New photograph", address


def test_a_notice_reaches_nobody_its_source_excluded(network: Network) -> None:
    notice_id = published(network, excluded=["SE"])
    assert seen(network, notice_id) == ["NO"]
    assert network.held("SE", notice_id) is None


def test_a_diffusion_is_sent_at_once_to_those_chosen_and_recorded(network: Network) -> None:
    notice = drafted(network, form="diffusion", recipients=["NO"])
    sent(network, notice.id)
    assert sorted((each.to, each.message.kind) for each in network.letters) == [
        ("GS", messages.SUBMITTED),
        ("NO", messages.PUBLISHED),
    ]
    network.deliver_all()
    assert seen(network, notice.id) == ["NO"]
    under_review(network, notice.id)
    decided(network, notice.id)
    network.deliver_all()
    assert state(network, "GS", notice.id) == "compliant"
    assert seen(network, notice.id) == ["NO"]


def test_a_refused_diffusion_is_recalled_and_its_deletions_receipted(network: Network) -> None:
    notice = drafted(network, form="diffusion")
    sent(network, notice.id)
    network.deliver_all()
    under_review(network, notice.id)
    decided(network, notice.id, REFUSE)
    network.deliver_all()
    assert seen(network, notice.id) == []
    assert state(network, "MA", notice.id) == "refused"
    for publisher in ("GS", "MA"):
        with network.acting(publisher):
            assert Distribution.objects.filter(deleted_at__isnull=False).count() == 2, publisher


def test_nobody_but_its_publisher_publishes_or_recalls(network: Network) -> None:
    notice_id = published(network)
    genuine = next(each for each in network.delivered if each.message.kind == messages.PUBLISHED and each.to == "NO")
    with network.acting("NO"), pytest.raises(exchange.MessageRefusedError):
        receiving.receive_published(dataclasses.replace(genuine.message, sender="SE"))
    body = messages.RecallBody(
        notice=str(notice_id), revision=9, final=True, reason="cancelled", at=clock.timestamp(clock.now())
    )
    with network.acting("NO"), pytest.raises(exchange.MessageRefusedError):
        receiving.receive_recall(dataclasses.replace(genuine.message, sender="SE", body=body))
    assert seen(network, notice_id) == ["NO", "SE"]


def test_the_source_is_asked_six_months_before_and_what_runs_out_ends(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id = published(network)
    day = 86400
    for days, asked in ((1640, 0), (1646, 1), (1647, 0)):
        monkeypatch.setenv(clock.OFFSET_VARIABLE, str(days * day))
        with network.acting("GS"):
            assert keeping.sources_ask() == asked, days
    network.deliver_all()
    own = network.held("MA", notice_id)
    assert own is not None
    assert own.source_asked_at is not None
    with network.acting("MA"):
        drafting.notice_extension_ask(notice_id=notice_id, reason="Still sought.", actor=SUPERVISOR)
    network.deliver_all()
    with network.acting("GS"):
        reviewing.notice_extend(notice_id=notice_id, reason="Still sought.", actor=DECIDER)
    network.deliver_all()
    kept = network.held("NO", notice_id)
    assert kept is not None
    assert kept.expires_at is not None
    assert kept.expires_at > clock.now() + timedelta(days=1800)
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str((1647 + 1830) * day))
    with network.acting("NO"):
        assert keeping.keep_time() == 1
    with network.acting("GS"):
        assert keeping.expire_due() == 1
    network.deliver_all()
    assert seen(network, notice_id) == []
    assert state(network, "MA", notice_id) == "expired"


def test_a_bureau_that_joins_later_gets_what_is_in_force(network: Network) -> None:
    notice_id = published(network)
    with network.acting("GS"):
        Distribution.objects.filter(recipient="SE").delete()
        assert keeping.missing_distribute() == 1
        assert keeping.missing_distribute() == 0
    assert [each.to for each in network.letters] == ["SE"]
    network.deliver_all()
    assert seen(network, notice_id) == ["NO", "SE"]


def test_a_warning_raises_an_alarm_until_it_is_acknowledged(network: Network) -> None:
    notice_id = published(network, type="orange")
    urgent = [each for each in network.delivered if each.message.kind == messages.PUBLISHED]
    assert {each.message.priority for each in urgent} == {"emergency"}
    assert len([each for each in exchange.open_alarms() if each["kind"] == "notice-warning"]) == 1
    for address in OTHERS:
        with network.acting(address):
            informing.warning_acknowledge(notice_id=notice_id, actor=OFFICER)
    network.deliver_all()
    assert [each for each in exchange.open_alarms() if each["kind"] == "notice-warning"] == []
    with network.acting("GS"):
        assert Distribution.objects.filter(acknowledged_at__isnull=False).count() == 2


def test_reading_is_receipted_once_and_names_nobody(network: Network) -> None:
    notice_id = published(network)
    with network.acting("NO"):
        informing.notice_read(notice_id=notice_id, actor=OFFICER)
        informing.notice_read(notice_id=notice_id, actor=OFFICER)
    (letter,) = network.letters
    assert set(letter.message.body.__struct_fields__) == {"notice", "at", "acknowledged"}
    network.deliver_all()
    with network.acting("GS"):
        assert Distribution.objects.get(recipient="NO").read_at is not None


def test_information_goes_to_the_source_alone_and_figures_to_the_pilot(network: Network) -> None:
    notice_id = published(network, type="silver")
    account = {"kind": "account", "identifier": "NO9386011117947", "value_minor": 250_000, "currency": "NOK"}
    with network.acting("NO"):
        informing.information_send(notice_id=notice_id, kind="asset", text="Found it.", assets=[account], actor=OFFICER)
    assert [each.to for each in network.letters] == ["MA"]
    network.deliver_all()
    with network.acting("GS"):
        assert not Information.objects.exists()
    with network.acting("MA"):
        received = Information.objects.get()
        informing.figure_report(
            information_id=received.id, value_minor=250_000, currency="NOK", kind="account", actor=OFFICER
        )
    network.deliver_all()
    with network.acting("GS"):
        figure = SilverFigure.objects.get()
        assert (figure.originator, figure.by, figure.value_minor, figure.currency) == ("MA", "NO", 250_000, "NOK")
        from jusur.notices import selectors

        report = selectors.silver_evaluation()
        assert report["notices"] == 1
        assert report["replies"] == 1
        assert report["assets_located"] == 1
        assert report["value_minor"] == {"NOK": 250_000}


def test_a_share_of_the_pilot_that_is_used_stops_the_next(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    kind = types.shipped()["silver"]
    assert kind.pilot is not None
    small = msgspec.structs.replace(
        kind, pilot=msgspec.structs.replace(kind.pilot, quota=3, participants=("MA", "NO", "SE"))
    )
    monkeypatch.setattr(types, "all_types", lambda: types.shipped() | {"silver": small})
    published(network, type="silver")
    with pytest.raises(QuotaUsedError):
        published(network, type="silver")


def test_after_the_recall_a_late_copy_finds_it_over(network: Network) -> None:
    notice = drafted(network, form="diffusion", recipients=["NO"])
    sent(network, notice.id)
    late = next(each for each in network.letters if each.to == "NO")
    network.letters.remove(late)
    network.deliver_all()
    with network.acting("MA"):
        drafting.notice_withdraw(notice_id=notice.id, reason="Found.", actor=SUPERVISOR)
    network.deliver_all()
    network.letters.append(late)
    network.deliver_all()
    kept = network.held("NO", notice.id)
    assert kept is not None
    assert (kept.visible, kept.content) == (False, {})
