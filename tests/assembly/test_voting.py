from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.assembly.house import AUDITOR, HERE, MANAGER, MEMBERS, TEXT, House, delegate_actor, paragraph, texts

from jusur.assembly import selectors
from jusur.assembly.errors import (
    AlreadyVotedError,
    NoQuorumError,
    NotEntitledError,
    NoticeError,
    StageError,
    VersionsMissingError,
)
from jusur.assembly.models import AdoptedText, Amendment, Draft, Elector, Poll, Vote
from jusur.assembly.rules.majorities import Count
from jusur.assembly.services import delegations, drafts, sessions, voting
from jusur.assembly.stages import Credentials
from jusur.kernel.errors import ForbiddenError, InvalidInputError
from jusur.ledger import api as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node")]
YES = dict.fromkeys(HERE, "for")
NO = dict.fromkeys(HERE, "against")


def test_a_resolution_is_adopted_numbered_and_kept(house: House) -> None:
    draft = house.draft()
    poll = house.decide(house.poll(draft), {"MA": "for", "NO": "for", "BR": "against", "KE": "abstain"})
    assert (poll.votes_for, poll.votes_against, poll.abstentions) == (2, 1, 1)
    assert (poll.base, poll.needed, poll.carried, poll.members, poll.quorum) == (3, 2, True, 6, 2)
    text = AdoptedText.objects.get(draft=draft)
    assert text.number == "GA-2025-93-RES-01"
    assert [(each["key"], each["number"]) for each in text.paragraphs] == [("p1", None), ("o1", 1), ("o2", 2)]
    assert selectors.votes_of(poll) == [("BR", "against"), ("KE", "abstain"), ("MA", "for"), ("NO", "for")]
    draft.refresh_from_db()
    assert draft.state == "adopted"
    second = house.decide(house.poll(house.draft()), YES)
    assert AdoptedText.objects.get(poll=second).number == "GA-2025-93-RES-02"


def test_a_tie_is_not_carried(house: House) -> None:
    draft = house.draft()
    assert house.decide(house.poll(draft), {"MA": "for", "NO": "against"}).carried is False
    draft.refresh_from_db()
    assert draft.state == "rejected"
    with pytest.raises(StageError, match="rejected"):
        house.poll(draft)


def test_the_constitution_takes_two_thirds_of_all_members(house: House) -> None:
    draft = house.draft(decision="constitution_amendment")
    poll = house.decide(house.poll(draft), dict.fromkeys(("MA", "NO", "BR"), "for"))
    assert (poll.base, poll.needed, poll.carried) == (6, 4, False)
    assert house.decide(house.poll(house.draft(decision="constitution_amendment")), YES).carried is True


def test_a_draft_that_circulated_late_is_not_put(house: House) -> None:
    late = house.draft(decision="general_regulations_amendment", distributed=False)
    for language in ("ar", "en", "fr", "es"):
        late = drafts.draft_distribute(draft_id=late.pk, language=language, actor=MANAGER, on=date(2025, 8, 27))
    with pytest.raises(NoticeError, match="circulate early enough"):
        house.poll(late)
    assert house.poll(house.draft(decision="general_regulations_amendment")).state == "open"


def test_nothing_is_voted_before_four_versions_are_out(house: House) -> None:
    draft = house.draft(distributed=False)
    for language in ("en", "fr", "es"):
        with pytest.raises(VersionsMissingError, match="ar"):
            house.poll(draft)
        drafts.draft_distribute(draft_id=draft.pk, language=language, actor=MANAGER)
    with pytest.raises(VersionsMissingError, match="in: ar"):
        house.poll(draft)
    drafts.draft_distribute(draft_id=draft.pk, language="ar", actor=MANAGER)
    assert house.poll(draft).state == "open"


def test_a_version_goes_out_whole_and_once(house: House) -> None:
    part = {**paragraph("o1"), "texts": {**texts("o1"), "ar": ""}}
    draft = house.draft(distributed=False, paragraphs=[part])
    with pytest.raises(StageError, match="lacks paragraphs"):
        drafts.draft_distribute(draft_id=draft.pk, language="ar", actor=MANAGER)
    drafts.draft_translate(draft_id=draft.pk, language="ar", texts={"o1": "فقرة"}, actor=MANAGER)
    drafts.draft_distribute(draft_id=draft.pk, language="ar", actor=MANAGER)
    with pytest.raises(StageError, match="changed by amendments"):
        drafts.draft_translate(draft_id=draft.pk, language="ar", texts={"o1": "غيرها"}, actor=MANAGER)


def test_without_a_third_of_the_members_nothing_is_put(house: House) -> None:
    draft = house.draft()
    for country in ("BR", "KE", "MA"):
        delegations.passage_record(badge=house.delegates[country].badge, entered=False, actor=MANAGER)
    with pytest.raises(NoQuorumError, match="1 of 6 members are present; the quorum is 2"):
        house.poll(draft)


def test_hands_are_counted_by_tellers_within_the_roll(house: House) -> None:
    poll = house.poll(house.draft(), method="hands")
    with pytest.raises(StageError, match="hands are counted"):
        house.vote(poll, "MA", "for")
    with pytest.raises(InvalidInputError, match="tellers' count"):
        voting.poll_close(poll_id=poll.pk, actor=MANAGER)
    with pytest.raises(InvalidInputError, match="5 hands of 4 members"):
        voting.poll_close(poll_id=poll.pk, actor=MANAGER, hands=Count(3, 1, 1))
    closed = voting.poll_close(poll_id=poll.pk, actor=MANAGER, hands=Count(2, 1, 1))
    assert (closed.carried, closed.abstentions) == (True, 1)


def test_a_roll_call_is_recorded_by_the_secretary(house: House) -> None:
    poll = house.poll(house.draft(), method="roll_call")
    for country in HERE:
        voting.vote_cast(poll_id=poll.pk, delegate_id=house.delegates[country].pk, choice="for", actor=MANAGER)
    assert voting.poll_close(poll_id=poll.pk, actor=MANAGER).votes_for == len(HERE)


def test_an_electronic_vote_is_the_delegates_own(house: House) -> None:
    poll = house.poll(house.draft())
    other = house.delegates["NO"].officer
    assert other is not None
    with pytest.raises(NotEntitledError, match="somebody else"):
        voting.vote_cast(
            poll_id=poll.pk, delegate_id=house.delegates["MA"].pk, choice="for", actor=delegate_actor(other)
        )
    with pytest.raises(ForbiddenError):
        voting.vote_cast(poll_id=poll.pk, delegate_id=house.delegates["MA"].pk, choice="for", actor=MANAGER)


def test_nobody_votes_twice(house: House) -> None:
    poll = house.poll(house.draft())
    house.vote(poll, "MA", "for")
    with pytest.raises(AlreadyVotedError):
        house.vote(poll, "MA", "against")
    deputy = delegations.delegate_register(
        delegation_id=house.delegations["MA"].pk, name="Deputy", language="ar", officer=MANAGER.id, actor=MANAGER
    )
    delegations.passage_record(badge=deputy.badge, entered=True, actor=MANAGER)
    delegations.voter_name(delegate_id=deputy.pk, actor=MANAGER)
    with pytest.raises(AlreadyVotedError):
        voting.vote_cast(poll_id=poll.pk, delegate_id=deputy.pk, choice="against", actor=delegate_actor(MANAGER.id))


@pytest.mark.parametrize("reason", ["credentials", "arrears", "absent", "withdrawn", "not on the roll"])
def test_who_may_not_vote_does_not(house: House, reason: str) -> None:
    draft = house.draft()
    poll = house.poll(draft) if reason != "not on the roll" else None
    if reason == "credentials":
        delegations.credentials_decide(
            delegation_id=house.delegations["MA"].pk, decision=Credentials.REFUSED, reason="forged", actor=MANAGER
        )
    elif reason == "arrears":
        sessions.member_unmet_set(session_id=house.session.pk, country="MA", years=[2024, 2025], actor=MANAGER)
    elif reason == "withdrawn":
        delegations.delegate_withdraw(delegate_id=house.delegates["MA"].pk, actor=MANAGER)
        reason = "not_the_voter"
    else:
        delegations.passage_record(badge=house.delegates["MA"].badge, entered=False, actor=MANAGER)
    if poll is None:
        poll = house.poll(draft)
        delegations.passage_record(badge=house.delegates["MA"].badge, entered=True, actor=MANAGER)
    with pytest.raises(NotEntitledError, match=reason):
        house.vote(poll, "MA", "for")
    assert not Vote.objects.exists()


def test_the_tables_refuse_what_the_services_would(house: House) -> None:
    poll = house.poll(house.draft())
    elector = Elector.objects.get(poll=poll, country="MA")
    foreign = {"elector": elector, "delegate": house.delegates["NO"], "choice": "for", "cast_at": poll.opened_at}
    with pytest.raises(IntegrityError, match="for another member"), transaction.atomic():
        Vote.objects.create(**foreign)
    house.vote(poll, "MA", "for")
    for statement in (
        "UPDATE assembly_vote SET choice = 'against'",
        "DELETE FROM assembly_vote",
        "DELETE FROM assembly_elector",
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(elector=elector, delegate=house.delegates["MA"], choice="for", cast_at=poll.opened_at)
    voting.poll_close(poll_id=poll.pk, actor=MANAGER)
    late = Elector.objects.get(poll=poll, country="NO")
    with pytest.raises(IntegrityError, match="outside an open vote"), transaction.atomic():
        Vote.objects.create(elector=late, delegate=house.delegates["NO"], choice="for", cast_at=poll.opened_at)


def test_the_furthest_amendment_is_put_first_and_may_make_others_fall(house: House) -> None:
    draft = house.draft()
    soften = house.amendment(draft, "o1", "replace", 2, key="o1-soft")
    delete = house.amendment(draft, "o1", "delete", 9)
    add = house.amendment(draft, "o2", "insert_after", 1, key="o3")
    with pytest.raises(StageError, match="Amendments are put first"):
        house.poll(draft)
    with pytest.raises(StageError, match="not this amendment's turn"):
        house.poll(draft, amendment_id=soften)
    assert house.decide(house.poll(draft, amendment_id=delete), YES).carried
    assert Amendment.objects.get(pk=soften).state == "fallen"
    assert house.decide(house.poll(draft, amendment_id=add), YES).carried
    house.decide(house.poll(draft), YES)
    assert [each["key"] for each in AdoptedText.objects.get().paragraphs] == ["p1", "o2", "o3"]


def test_amendments_are_ranked_and_out_in_four_languages(house: House) -> None:
    draft = house.draft()
    amendment = house.amendment(draft, "o1", "delete", None)
    with pytest.raises(StageError, match="not ranked"):
        house.poll(draft, amendment_id=amendment)
    row = drafts.amendment_propose(
        draft_id=draft.pk, proposed_by="NO", target="o2", change="replace", paragraph=paragraph("o9"), actor=MANAGER
    )
    drafts.amendment_rank(amendment_id=row.pk, distance=9, actor=MANAGER)
    drafts.amendment_rank(amendment_id=amendment, distance=1, actor=MANAGER)
    with pytest.raises(VersionsMissingError):
        house.poll(draft, amendment_id=row.pk)
    drafts.amendment_withdraw(amendment_id=row.pk, actor=MANAGER)
    assert house.decide(house.poll(draft, amendment_id=amendment), NO).carried is False


def test_a_text_is_voted_by_parts_and_falls_without_an_operative_one(house: House) -> None:
    draft = house.draft()
    house.decide(house.poll(draft, part="o1"), NO)
    with pytest.raises(InvalidInputError, match="or it was voted"):
        house.poll(draft, part="o1")
    house.decide(house.poll(draft), YES)
    assert [(each["key"], each["number"]) for each in AdoptedText.objects.get().paragraphs] == [("p1", None), ("o2", 1)]
    other = house.draft()
    house.decide(house.poll(other, part="o1"), NO)
    house.decide(house.poll(other, part="o2"), NO)
    assert Draft.objects.get(pk=other.pk).state == "rejected"


def test_one_vote_at_a_time_and_an_annulled_one_decides_nothing(house: House) -> None:
    draft = house.draft()
    poll = house.poll(draft)
    with pytest.raises(StageError, match="Another vote is open"):
        house.poll(house.draft())
    with pytest.raises(StageError, match="A vote is open"):
        sessions.session_close(session_id=house.session.pk, actor=MANAGER)
    voting.poll_annul(poll_id=poll.pk, reason="the screen failed", actor=MANAGER)
    with pytest.raises(StageError, match="not open"):
        house.vote(poll, "MA", "for")
    assert house.decide(house.poll(draft), YES).carried


def test_a_draft_is_withdrawn_only_before_the_assembly_took_hold_of_it(house: House) -> None:
    draft = house.draft()
    amendment = house.amendment(draft, "o2", "delete", 1)
    house.decide(house.poll(draft, amendment_id=amendment), YES)
    with pytest.raises(StageError, match="was amended"):
        drafts.draft_withdraw(draft_id=draft.pk, actor=MANAGER)
    free = house.draft()
    assert drafts.draft_withdraw(draft_id=free.pk, actor=MANAGER).state == "withdrawn"


def test_only_who_manages_the_session_puts_and_closes_votes(house: House) -> None:
    draft = house.draft()
    with pytest.raises(ForbiddenError):
        voting.poll_open(draft_id=draft.pk, method="electronic", actor=AUDITOR)
    poll = house.poll(draft)
    with pytest.raises(ForbiddenError):
        voting.poll_close(poll_id=poll.pk, actor=AUDITOR)


def test_figures_of_a_budget_are_adopted_with_it(house: House) -> None:
    lines = [{"labels": texts("Training"), "amount": 1_250_000_00, "currency": "EUR", "year": 2026}]
    house.decide(house.poll(house.draft(decision="budget", budget=lines)), YES)
    assert AdoptedText.objects.get().budget == lines


def test_the_ledger_has_the_votes_and_no_names(house: House) -> None:
    poll = house.decide(house.poll(house.draft()), YES)
    events = ledger.events("assembly.poll", str(poll.pk))
    kinds = [event.kind for event in events]
    assert kinds == ["assembly.poll.opened", *["assembly.vote.cast"] * 4, "assembly.poll.closed"]
    assert "Delegate of" not in repr(events)
    assert len(MEMBERS) == poll.members
    assert len(TEXT) == Poll.objects.get(pk=poll.pk).draft.paragraphs.__len__()
