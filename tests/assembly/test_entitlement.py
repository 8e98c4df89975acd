"""No order of events lets a member vote twice, without credentials, or in arrears."""

from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.assembly.house import HERE, LETTER, MANAGER, House, delegate_actor

from jusur.assembly.models import Delegate, Delegation, Elector, Poll, Vote
from jusur.assembly.rules.entitlement import Standing, bar
from jusur.assembly.rules.majorities import Count
from jusur.assembly.services import delegations, sessions, voting
from jusur.assembly.stages import Credentials
from jusur.kernel.errors import JusurError

ACTS = (
    *(
        "open",
        "close",
        "vote",
        "vote",
        "vote",
        "vote",
        "refuse",
        "present",
        "recommend",
        "accept",
        "arrears",
        "arrears",
    ),
    *("paid", "appeal", "grant", "enter", "leave", "deputy", "name", "withdraw", "register", "swap"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(("MA", "MA", "NO", "BJ")), st.sampled_from((0, 0, 0, 1, 2))),
    min_size=10,
    max_size=40,
)


def test_each_bar_is_enough() -> None:
    entitled = {"is_member": True, "credentials_accepted": True, "suspended": False, "is_voter": True}
    entitled |= {"withdrawn": False, "present": True}
    assert bar(Standing(**entitled)) is None
    for name, value in entitled.items():
        assert bar(Standing(**{**entitled, name: not value})) is not None


class Play:
    """Does acts as they come, whatever they are, and keeps its own account of who was entitled when."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.drafts = iter([house.draft() for _ in range(3)])
        self.poll: Poll | None = None
        self.accepted = dict.fromkeys(HERE, True)
        self.unmet: set[str] = set()
        self.granted: set[str] = set()
        self.cast: list[tuple[UUID, str]] = []

    def act(self, name: str, country: str, number: int) -> None:
        try:
            with transaction.atomic():
                getattr(self, f"do_{name}")(country, number)
        except (JusurError, StopIteration, LookupError):
            return

    def _people(self, country: str) -> list[Delegate]:
        return list(Delegate.objects.filter(delegation__party=country).order_by("serial"))

    def _delegation(self, country: str) -> Delegation:
        return Delegation.objects.filter(party=country)[:1][0]

    def do_open(self, _country: str, number: int) -> None:
        draft = next(self.drafts)
        self.poll = self.house.poll(draft, method=("electronic", "roll_call", "hands")[number])

    def do_close(self, _country: str, number: int) -> None:
        if self.poll is not None:
            hands = Count(number, 0) if self.poll.method == "hands" else None
            voting.poll_close(poll_id=self.poll.pk, actor=MANAGER, hands=hands)

    def do_vote(self, country: str, number: int) -> None:
        if self.poll is None:
            return
        delegate = self._people(country)[number]
        own = delegate.officer or uuid4()
        actor = MANAGER if self.poll.method == "roll_call" else delegate_actor(own)
        voting.vote_cast(poll_id=self.poll.pk, delegate_id=delegate.pk, choice="for", actor=actor)
        assert self.accepted.get(country), f"{country} voted without credentials"
        assert country not in self.unmet or country in self.granted, f"{country} voted in arrears"
        self.cast.append((self.poll.pk, country))

    def do_refuse(self, country: str, _number: int) -> None:
        self._decide(country, Credentials.REFUSED)

    def do_present(self, country: str, _number: int) -> None:
        self._decide(country, Credentials.PRESENTED)

    def do_recommend(self, country: str, _number: int) -> None:
        self._decide(country, Credentials.RECOMMENDED)

    def do_accept(self, country: str, _number: int) -> None:
        self._decide(country, Credentials.ACCEPTED)

    def _decide(self, country: str, decision: Credentials) -> None:
        delegations.credentials_decide(
            delegation_id=self._delegation(country).pk, decision=decision, reason="because", actor=MANAGER
        )
        self.accepted[country] = decision is Credentials.ACCEPTED

    def do_arrears(self, country: str, _number: int) -> None:
        self._unmet(country, [2024, 2025])
        self.unmet.add(country)

    def do_paid(self, country: str, number: int) -> None:
        self._unmet(country, [2024] * number)
        self.unmet.discard(country)

    def _unmet(self, country: str, years: list[int]) -> None:
        sessions.member_unmet_set(session_id=self.house.session.pk, country=country, years=years, actor=MANAGER)

    def do_appeal(self, country: str, _number: int) -> None:
        made = self.house.session.opens_on.replace(month=9)
        sessions.appeal_make(session_id=self.house.session.pk, country=country, made_on=made, actor=MANAGER)

    def do_grant(self, country: str, number: int) -> None:
        sessions.appeal_decide(session_id=self.house.session.pk, country=country, granted=bool(number), actor=MANAGER)
        if number:
            self.granted.add(country)

    def do_enter(self, country: str, number: int) -> None:
        delegations.passage_record(badge=self._people(country)[number].badge, entered=True, actor=MANAGER)

    def do_leave(self, country: str, number: int) -> None:
        delegations.passage_record(badge=self._people(country)[number].badge, entered=False, actor=MANAGER)

    def do_deputy(self, country: str, _number: int) -> None:
        row = delegations.delegate_register(
            delegation_id=self._delegation(country).pk, name="Deputy", language="en", officer=uuid4(), actor=MANAGER
        )
        delegations.passage_record(badge=row.badge, entered=True, actor=MANAGER)

    def do_name(self, country: str, number: int) -> None:
        delegations.voter_name(delegate_id=self._people(country)[number].pk, actor=MANAGER)

    def do_withdraw(self, country: str, number: int) -> None:
        delegations.delegate_withdraw(delegate_id=self._people(country)[number].pk, actor=MANAGER)

    def do_register(self, country: str, number: int) -> None:
        delegations.delegation_register(
            session_id=self.house.session.pk, party=country, letter_sha256=LETTER, observer=bool(number), actor=MANAGER
        )
        self.accepted[country] = False

    def do_swap(self, country: str, number: int) -> None:
        """Vote for a country by the account of another country's delegate."""
        if self.poll is not None:
            other = self._people(HERE[number])[0]
            mine = self._people(country)[0]
            if other.delegation_id != mine.delegation_id and other.officer is not None:
                voting.vote_cast(
                    poll_id=self.poll.pk, delegate_id=mine.pk, choice="for", actor=delegate_actor(other.officer)
                )
                raise AssertionError(f"{HERE[number]} voted for {country}")


class _UndoneError(Exception):
    """Ends an example without a trace."""


@pytest.mark.django_db
@pytest.mark.usefixtures("node")
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_order_of_events_lets_in_a_vote_too_many(house: House, steps: list[tuple[Any, ...]]) -> None:
    try:
        with transaction.atomic():
            play = Play(house)
            for step in (("open", "MA", 0), *steps):
                play.act(*step)
            voted = list(Vote.objects.values_list("elector__poll", "elector__country"))
            assert Counter(voted) == Counter(play.cast)
            assert not Counter(voted) or max(Counter(voted).values()) == 1
            for poll in Poll.objects.filter(state="closed"):
                counted = (poll.votes_for or 0) + (poll.votes_against or 0) + (poll.abstentions or 0)
                assert counted <= Elector.objects.filter(poll=poll).count()
            raise _UndoneError
    except _UndoneError:
        pass
