"""An assembly in miniature, for tests."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from jusur.accounts.api import Actor
from jusur.assembly.models import AgendaItem, Delegate, Delegation, Draft, Poll, Session
from jusur.assembly.services import agenda, delegations, drafts, sessions, voting
from jusur.assembly.stages import Credentials
from jusur.kernel.languages import LANGUAGES

MANAGER = Actor(uuid4(), "Secretary", "officer", ("supervisor",), None)
AUDITOR = Actor(uuid4(), "Auditor", "officer", ("auditor",), None)
MEMBERS = {"BJ": "africa", "BR": "americas", "IN": "asia", "KE": "africa", "MA": "africa", "NO": "europe"}
HERE = ("BR", "KE", "MA", "NO")
LETTER = "a" * 64
EARLY = date(2025, 6, 1)


def texts(words: str) -> dict[str, str]:
    return {language: f"{words} {language}" for language in LANGUAGES}


def paragraph(key: str, *, operative: bool = True) -> dict[str, Any]:
    return {"key": key, "operative": operative, "texts": texts(key)}


TEXT = [paragraph("p1", operative=False), paragraph("o1"), paragraph("o2")]


def delegate_actor(officer: UUID) -> Actor:
    return Actor(officer, "Delegate", "officer", ("delegate",), None)


@dataclass
class House:
    """A session with its delegations, each with one delegate who has an account."""

    session: Session
    item: AgendaItem
    delegations: dict[str, Delegation] = field(default_factory=dict)
    delegates: dict[str, Delegate] = field(default_factory=dict)

    @classmethod
    def open(cls) -> "House":
        session = sessions.session_convene(
            number=93,
            year=2025,
            host="MA",
            place=texts("Marrakech"),
            opens_on=date(2025, 11, 24),
            closes_on=date(2025, 11, 27),
            committee_on=date(2025, 11, 22),
            members=MEMBERS,
            actor=MANAGER,
        )
        item = agenda.item_propose(
            session_id=session.pk, titles=texts("Scam centres"), proposed_by="MA", actor=MANAGER, on=EARLY
        )
        sessions.session_open(session_id=session.pk, actor=MANAGER)
        agenda.agenda_adopt(session_id=session.pk, items=[str(item.pk)], actor=MANAGER)
        session.refresh_from_db()
        item.refresh_from_db()
        house = cls(session, item)
        for country in HERE:
            house.seat(country)
        return house

    def seat(self, country: str) -> Delegate:
        """A delegation with accepted credentials, and its voting delegate in the hall."""
        delegation = delegations.delegation_register(
            session_id=self.session.pk, party=country, letter_sha256=LETTER, actor=MANAGER
        )
        for step in (Credentials.RECOMMENDED, Credentials.ACCEPTED):
            delegation = delegations.credentials_decide(delegation_id=delegation.pk, decision=step, actor=MANAGER)
        delegate = delegations.delegate_register(
            delegation_id=delegation.pk,
            name=f"Delegate of {country}",
            language="en",
            gender="woman",
            head=True,
            officer=uuid4(),
            actor=MANAGER,
        )
        delegations.voter_name(delegate_id=delegate.pk, actor=MANAGER)
        delegations.passage_record(badge=delegate.badge, entered=True, actor=MANAGER)
        self.delegations[country], self.delegates[country] = delegation, delegate
        return delegate

    def draft(self, *, decision: str = "resolution", distributed: bool = True, **changes: Any) -> Draft:
        row = drafts.draft_submit(
            item_id=self.item.pk,
            decision=decision,
            titles=texts("Scam centres"),
            paragraphs=changes.pop("paragraphs", TEXT),
            sponsors=["MA", "NO"],
            actor=MANAGER,
            **changes,
        )
        for language in LANGUAGES if distributed else ():
            row = drafts.draft_distribute(draft_id=row.pk, language=language, actor=MANAGER, on=EARLY)
        return row

    def amendment(self, draft: Draft, target: str, change: str, distance: int | None, key: str = "") -> UUID:
        row = drafts.amendment_propose(
            draft_id=draft.pk,
            proposed_by="NO",
            target=target,
            change=change,
            paragraph=paragraph(key) if key else None,
            actor=MANAGER,
        )
        for language in LANGUAGES if key else ():
            drafts.amendment_distribute(amendment_id=row.pk, language=language, actor=MANAGER)
        if distance is not None:
            drafts.amendment_rank(amendment_id=row.pk, distance=distance, actor=MANAGER)
        return row.pk

    def poll(self, draft: Draft, **what: Any) -> Poll:
        return voting.poll_open(draft_id=draft.pk, method=what.pop("method", "electronic"), actor=MANAGER, **what)

    def vote(self, poll: Poll, country: str, choice: str) -> None:
        delegate = self.delegates[country]
        assert delegate.officer is not None
        actor = delegate_actor(delegate.officer)
        voting.vote_cast(poll_id=poll.pk, delegate_id=delegate.pk, choice=choice, actor=actor)

    def decide(self, poll: Poll, votes: dict[str, str]) -> Poll:
        for country, choice in votes.items():
            self.vote(poll, country, choice)
        return voting.poll_close(poll_id=poll.pk, actor=MANAGER)
