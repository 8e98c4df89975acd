"""The assembly over HTTP. Each view finds out who acts and hands over to a service."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.assembly import badges, presenters, selectors, shapes
from jusur.assembly.models import AdoptedText, Draft, Poll
from jusur.assembly.rules.majorities import Count
from jusur.assembly.services import agenda, delegations, drafts, minutes, sessions, voting
from jusur.assembly.stages import Credentials
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page

router = Router(tags=["assembly"])

Text = Annotated[str, Field(max_length=16000)]
Line = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(max_length=64)]
Limit = Annotated[int, Field(ge=1, le=200)]
LanguageCode = Literal["ar", "en", "fr", "es"]


class Body(Schema):
    """A strict JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Convened(Body):
    """A session to convene; ``members`` (country to region) defaults to those of the directory."""

    number: Annotated[int, Field(ge=1, le=9999)]
    year: Annotated[int, Field(ge=1923, le=2200)]
    host: Code
    place: dict[str, Any]
    opens_on: date
    closes_on: date
    committee_on: date | None = None
    profile: Code = "2025-practice"
    members: dict[Code, Code] | None = None


class Obligations(Body):
    """For which years a member has not met its obligations."""

    country: Code
    years: Annotated[list[int], Field(max_length=50)]


class Appealed(Body):
    """An appeal made, or the decision on it."""

    country: Code
    made_on: date | None = None
    granted: bool | None = None


class NewDelegation(Body):
    """A delegation and the digest of its letter of credentials."""

    party: Code
    letter_sha256: Code
    observer: bool = False


class Decided(Body):
    """What the committee or the assembly says of credentials."""

    decision: Credentials
    reason: Line = ""


class NewDelegate(Body):
    """A person of a delegation; ``officer`` is the account by which the person acts here."""

    name: Line
    function: Line = ""
    language: LanguageCode = "en"
    gender: Code = "not_stated"
    head: bool = False
    officer: Code = ""
    votes: bool = False


class Passed(Body):
    """A badge read at the door."""

    badge: Code
    entered: bool


class NewItem(Body):
    """An item for the agenda."""

    titles: dict[str, Any]
    proposed_by: Code


class Order(Body):
    """The items of the agenda in their order."""

    items: Annotated[list[Code], Field(max_length=500)]
    provisional: bool = False


class FloorAsked(Body):
    """Who asks for the floor, for what."""

    party: Code
    kind: Code = "statement"


class NewDraft(Body):
    """A draft: its kind of decision, its text, who brings it in, its figures."""

    decision: Code = "resolution"
    titles: dict[str, Any]
    paragraphs: Annotated[list[dict[str, Any]], Field(max_length=200)]
    sponsors: Annotated[list[Code], Field(max_length=300)]
    budget: Annotated[list[dict[str, Any]], Field(default_factory=list, max_length=500)]


class Version(Body):
    """A language version: entered where ``texts`` are given, and distributed where asked."""

    language: LanguageCode
    texts: dict[Code, Text] | None = None
    distribute: bool = False


class Change(Body):
    """A change to one paragraph of a draft."""

    proposed_by: Code
    target: Code
    change: Code
    paragraph: dict[str, Any] | None = None


class Rank(Body):
    """The chair's ranking of an amendment, and the languages in which it goes out."""

    distance: Annotated[int, Field(ge=0, le=1000)]
    excludes: Annotated[list[Code], Field(default_factory=list, max_length=200)]
    distribute: Annotated[list[LanguageCode], Field(default_factory=list, max_length=4)]


class Put(Body):
    """What is put to the vote, and how."""

    draft: Code
    method: Code = "electronic"
    amendment: Code = ""
    part: Code = ""


class Cast(Body):
    """A vote."""

    delegate: Code
    choice: Code


class Hands(Body):
    """What the tellers counted, where hands were shown; a reason where the vote is annulled."""

    votes_for: Annotated[int, Field(ge=0)] | None = None
    votes_against: Annotated[int, Field(ge=0)] = 0
    abstentions: Annotated[int, Field(ge=0)] = 0
    annul: Line = ""


class Entry(Body):
    """An entry of the minutes."""

    language: LanguageCode
    text: Text
    item: Code = ""
    corrects: Code = ""


@router.get("/sessions", summary="Sessions, newest first", response=shapes.SessionPage)
def list_sessions(request: HttpRequest, cursor: Code = "", limit: Limit = 50) -> dict[str, Any]:
    """The sessions this node holds."""
    accounts.acting(request, "assembly.read")
    return page(selectors.sessions(), presenters.session_view, cursor=cursor, limit=limit)


@router.post("/sessions", summary="Convene a session", response={201: shapes.SessionView})
def convene(request: HttpRequest, body: Convened) -> Status[dict[str, Any]]:
    """Convene a session under a rulebook as it stands now."""
    actor = accounts.acting(request, "assembly.manage")
    row = sessions.session_convene(actor=actor, **body.model_dump())
    return Status(201, presenters.session_view(row))


@router.get("/sessions/{session_id}/hall", summary="The screen in the hall", response=shapes.Hall)
def show_hall(request: HttpRequest, session_id: str) -> dict[str, Any]:
    """Presence and quorum, speakers, the vote under way."""
    accounts.acting(request, "assembly.read")
    return presenters.hall(selectors.session(parse_id(session_id)))


@router.get("/sessions/{session_id}/me", summary="A delegate's page", response=shapes.DelegatePage)
def show_delegate(request: HttpRequest, session_id: str) -> dict[str, Any]:
    """One's delegation's standing, the open vote, whether one's vote was taken."""
    actor = accounts.acting(request, "assembly.take_part")
    return presenters.delegate_page(selectors.session(parse_id(session_id)), actor.id)


@router.post("/sessions/{session_id}/stage", summary="Open or close a session", response=shapes.SessionView)
def stage(request: HttpRequest, session_id: str, to: Literal["sitting", "closed"]) -> dict[str, Any]:
    """Open a convened session, or close one that sits."""
    actor = accounts.acting(request, "assembly.manage")
    act = sessions.session_open if to == "sitting" else sessions.session_close
    return presenters.session_view(act(session_id=parse_id(session_id), actor=actor))


@router.post("/sessions/{session_id}/obligations", summary="Unmet obligations of a member", response=shapes.MemberView)
def set_obligations(request: HttpRequest, session_id: str, body: Obligations) -> dict[str, Any]:
    """Enter for which years a member has not met its obligations."""
    actor = accounts.acting(request, "assembly.manage")
    row = sessions.member_unmet_set(
        session_id=parse_id(session_id), country=body.country, years=body.years, actor=actor
    )
    return presenters.member_view(row)


@router.post("/sessions/{session_id}/appeals", summary="A member's appeal", response=shapes.MemberView)
def appeal(request: HttpRequest, session_id: str, body: Appealed) -> dict[str, Any]:
    """Enter an appeal (``made_on``), or the decision on it (``granted``)."""
    actor = accounts.acting(request, "assembly.manage")
    seat = parse_id(session_id)
    if body.made_on is not None:
        row = sessions.appeal_make(session_id=seat, country=body.country, made_on=body.made_on, actor=actor)
    else:
        row = sessions.appeal_decide(session_id=seat, country=body.country, granted=bool(body.granted), actor=actor)
    return presenters.member_view(row)


@router.get("/sessions/{session_id}/delegations", summary="Delegations", response=shapes.Delegations)
def list_delegations(request: HttpRequest, session_id: str) -> dict[str, Any]:
    """Every delegation with its credentials and what bars it from voting."""
    accounts.acting(request, "assembly.read")
    seat = selectors.session(parse_id(session_id))
    return {"items": [presenters.delegation_view(row) for row in selectors.delegations(seat)]}


@router.post("/sessions/{session_id}/delegations", summary="Register a delegation", response=shapes.DelegationView)
def register_delegation(request: HttpRequest, session_id: str, body: NewDelegation) -> dict[str, Any]:
    """Register a delegation on its letter of credentials."""
    actor = accounts.acting(request, "assembly.manage")
    row = delegations.delegation_register(session_id=parse_id(session_id), actor=actor, **body.model_dump())
    return presenters.delegation_view(row)


@router.post("/delegations/{delegation_id}/credentials", summary="Credentials", response=shapes.DelegationView)
def decide_credentials(request: HttpRequest, delegation_id: str, body: Decided) -> dict[str, Any]:
    """Recommend, accept or refuse credentials."""
    actor = accounts.acting(request, "assembly.manage")
    row = delegations.credentials_decide(
        delegation_id=parse_id(delegation_id), decision=body.decision, reason=body.reason, actor=actor
    )
    return presenters.delegation_view(row)


@router.post("/delegations/{delegation_id}/delegates", summary="Register a delegate", response=shapes.DelegateView)
def register_delegate(request: HttpRequest, delegation_id: str, body: NewDelegate) -> dict[str, Any]:
    """Register a person; with ``votes`` also as the one who votes."""
    actor = accounts.acting(request, "assembly.manage")
    given = body.model_dump(exclude={"votes", "officer"})
    officer = parse_id(body.officer, field="officer") if body.officer else None
    row = delegations.delegate_register(delegation_id=parse_id(delegation_id), officer=officer, actor=actor, **given)
    if body.votes:
        delegations.voter_name(delegate_id=row.pk, actor=actor)
    return presenters.delegate_view(row)


@router.post("/delegates/{delegate_id}/voter", summary="Name the voting delegate", response=shapes.DelegationView)
def name_voter(request: HttpRequest, delegate_id: str) -> dict[str, Any]:
    """Name the one delegate who votes for a delegation."""
    actor = accounts.acting(request, "assembly.manage")
    return presenters.delegation_view(delegations.voter_name(delegate_id=parse_id(delegate_id), actor=actor))


@router.post("/delegates/{delegate_id}/withdrawal", summary="Withdraw a delegate", response=shapes.DelegateView)
def withdraw_delegate(request: HttpRequest, delegate_id: str) -> dict[str, Any]:
    """Withdraw a delegate and the badge."""
    actor = accounts.acting(request, "assembly.manage")
    return presenters.delegate_view(delegations.delegate_withdraw(delegate_id=parse_id(delegate_id), actor=actor))


@router.post("/passages", summary="A badge read at the door", response=shapes.DelegateView)
def record_passage(request: HttpRequest, body: Passed) -> dict[str, Any]:
    """Let a delegate into the hall, or out of it."""
    actor = accounts.acting(request, "assembly.manage")
    row = delegations.passage_record(badge=body.badge, entered=body.entered, actor=actor)
    return presenters.delegate_view(row)


@router.get("/sessions/{session_id}/badges", summary="Badges to print", openapi_extra=shapes.PDF_FILE)
def print_badges(request: HttpRequest, session_id: str, language: LanguageCode = "en") -> HttpResponse:
    """The badges of every delegate, ten a page."""
    accounts.acting(request, "assembly.manage")
    made = badges.pdf(selectors.session(parse_id(session_id)), language)
    return HttpResponse(made, content_type="application/pdf")


@router.post("/sessions/{session_id}/items", summary="Propose an item", response=shapes.AgendaItemView)
def propose_item(request: HttpRequest, session_id: str, body: NewItem) -> dict[str, Any]:
    """Propose an item for the agenda."""
    actor = accounts.acting(request, "assembly.read")
    row = agenda.item_propose(session_id=parse_id(session_id), actor=actor, **body.model_dump())
    return presenters.item_view(row)


@router.put("/sessions/{session_id}/agenda", summary="Draw up or adopt the agenda", response=shapes.Hall)
def set_agenda(request: HttpRequest, session_id: str, body: Order) -> dict[str, Any]:
    """Draw up the provisional agenda, or adopt the agenda."""
    actor = accounts.acting(request, "assembly.manage")
    act = agenda.agenda_provisional if body.provisional else agenda.agenda_adopt
    return presenters.hall(act(session_id=parse_id(session_id), items=body.items, actor=actor))


@router.post("/items/{item_id}/speeches", summary="Ask for the floor", response=shapes.SpeechView)
def ask_floor(request: HttpRequest, item_id: str, body: FloorAsked) -> dict[str, Any]:
    """Ask for the floor on an item."""
    actor = accounts.acting(request, "assembly.read")
    row = agenda.speech_ask(item_id=parse_id(item_id), party=body.party, kind=body.kind, actor=actor)
    return presenters.speech_view(row)


@router.post("/items/{item_id}/next-speaker", summary="Give the floor to the next", response=shapes.FloorView)
def next_speaker(request: HttpRequest, item_id: str, close: bool = False) -> dict[str, Any]:
    """End the speech under way and give the floor to the next; ``close`` closes the list for statements."""
    actor = accounts.acting(request, "assembly.manage")
    if close:
        agenda.speakers_close(item_id=parse_id(item_id), actor=actor)
    row = agenda.speech_next(item_id=parse_id(item_id), actor=actor)
    return {"speaking": presenters.speech_view(row) if row else None}


@router.post("/speeches/{speech_id}/withdrawal", summary="Give up one's place", response=shapes.SpeechView)
def withdraw_speech(request: HttpRequest, speech_id: str) -> dict[str, Any]:
    """Give up a place on the list of speakers."""
    actor = accounts.acting(request, "assembly.read")
    return presenters.speech_view(agenda.speech_withdraw(speech_id=parse_id(speech_id), actor=actor))


@router.post("/items/{item_id}/drafts", summary="Submit a draft", response={201: shapes.DraftView})
def submit_draft(request: HttpRequest, item_id: str, body: NewDraft) -> Status[dict[str, Any]]:
    """Submit a draft under an item."""
    actor = accounts.acting(request, "assembly.read")
    row = drafts.draft_submit(item_id=parse_id(item_id), actor=actor, **body.model_dump())
    return Status(201, presenters.draft_view(row))


@router.get("/drafts/{draft_id}", summary="A draft", response=shapes.DraftView)
def show_draft(request: HttpRequest, draft_id: str) -> dict[str, Any]:
    """A draft as it stands, with the amendments that wait."""
    accounts.acting(request, "assembly.read")
    return presenters.draft_view(selectors.found(Draft.objects.select_related("session"), parse_id(draft_id)))


@router.post("/drafts/{draft_id}/sponsors", summary="Join the sponsors", response=shapes.DraftView)
def join_sponsors(request: HttpRequest, draft_id: str, party: Code) -> dict[str, Any]:
    """Another party brings the draft in too."""
    actor = accounts.acting(request, "assembly.read")
    return presenters.draft_view(drafts.sponsor_add(draft_id=parse_id(draft_id), party=party, actor=actor))


@router.post("/drafts/{draft_id}/versions", summary="A language version", response=shapes.DraftView)
def set_version(request: HttpRequest, draft_id: str, body: Version) -> dict[str, Any]:
    """Enter a language version, distribute it, or both."""
    actor = accounts.acting(request, "assembly.manage")
    which = parse_id(draft_id)
    if body.texts is not None:
        drafts.draft_translate(draft_id=which, language=body.language, texts=body.texts, actor=actor)
    if body.distribute:
        drafts.draft_distribute(draft_id=which, language=body.language, actor=actor)
    return presenters.draft_view(selectors.found(Draft.objects.select_related("session"), which))


@router.post("/drafts/{draft_id}/withdrawal", summary="Withdraw a draft", response=shapes.DraftView)
def withdraw_draft(request: HttpRequest, draft_id: str) -> dict[str, Any]:
    """Its first sponsor withdraws a draft."""
    actor = accounts.acting(request, "assembly.read")
    return presenters.draft_view(drafts.draft_withdraw(draft_id=parse_id(draft_id), actor=actor))


@router.post("/drafts/{draft_id}/amendments", summary="Propose an amendment", response=shapes.DraftView)
def propose_amendment(request: HttpRequest, draft_id: str, body: Change) -> dict[str, Any]:
    """Propose a change to one paragraph."""
    actor = accounts.acting(request, "assembly.read")
    row = drafts.amendment_propose(draft_id=parse_id(draft_id), actor=actor, **body.model_dump())
    return presenters.draft_view(row.draft)


@router.post("/amendments/{amendment_id}/rank", summary="Rank an amendment", response=shapes.DraftView)
def rank_amendment(request: HttpRequest, amendment_id: str, body: Rank) -> dict[str, Any]:
    """Rank an amendment by its distance from the original, and distribute its versions."""
    actor = accounts.acting(request, "assembly.manage")
    which = parse_id(amendment_id)
    row = drafts.amendment_rank(amendment_id=which, distance=body.distance, excludes=body.excludes, actor=actor)
    for language in body.distribute:
        drafts.amendment_distribute(amendment_id=which, language=language, actor=actor)
    return presenters.draft_view(row.draft)


@router.post("/amendments/{amendment_id}/withdrawal", summary="Withdraw an amendment", response=shapes.DraftView)
def withdraw_amendment(request: HttpRequest, amendment_id: str) -> dict[str, Any]:
    """Withdraw an amendment before it is put."""
    actor = accounts.acting(request, "assembly.read")
    return presenters.draft_view(drafts.amendment_withdraw(amendment_id=parse_id(amendment_id), actor=actor).draft)


@router.post("/polls", summary="Put something to the vote", response={201: shapes.PollView})
def put_to_vote(request: HttpRequest, body: Put) -> Status[dict[str, Any]]:
    """Put a draft, a part of it or an amendment to the vote."""
    actor = accounts.acting(request, "assembly.manage")
    row = voting.poll_open(
        draft_id=parse_id(body.draft, field="draft"),
        method=body.method,
        amendment_id=parse_id(body.amendment, field="amendment") if body.amendment else None,
        part=body.part,
        actor=actor,
    )
    return Status(201, presenters.poll_view(row))


@router.get("/polls/{poll_id}", summary="A vote", response=shapes.PollView)
def show_poll(request: HttpRequest, poll_id: str) -> dict[str, Any]:
    """A vote, with each member's once it is closed."""
    accounts.acting(request, "assembly.read")
    return presenters.poll_view(selectors.found(Poll.objects.all(), parse_id(poll_id)))


@router.post("/polls/{poll_id}/votes", summary="Vote", response=shapes.VoteTaken)
def cast_vote(request: HttpRequest, poll_id: str, body: Cast) -> dict[str, Any]:
    """Vote as a delegate, or record a vote at a roll call."""
    actor = accounts.acting(request, "assembly.read")
    row = voting.vote_cast(
        poll_id=parse_id(poll_id),
        delegate_id=parse_id(body.delegate, field="delegate"),
        choice=body.choice,
        actor=actor,
    )
    return {"country": row.elector.country, "choice": row.choice}


@router.post("/polls/{poll_id}/closing", summary="Close or annul a vote", response=shapes.PollView)
def close_poll(request: HttpRequest, poll_id: str, body: Hands) -> dict[str, Any]:
    """Close a vote and let it take effect, or annul it."""
    actor = accounts.acting(request, "assembly.manage")
    which = parse_id(poll_id)
    if body.annul:
        return presenters.poll_view(voting.poll_annul(poll_id=which, reason=body.annul, actor=actor))
    hands = None
    if body.votes_for is not None:
        hands = Count(body.votes_for, body.votes_against, body.abstentions)
    return presenters.poll_view(voting.poll_close(poll_id=which, hands=hands, actor=actor))


@router.get("/sessions/{session_id}/texts", summary="Adopted texts", response=shapes.TextPage)
def list_texts(request: HttpRequest, session_id: str, cursor: Code = "", limit: Limit = 50) -> dict[str, Any]:
    """What the session adopted, newest first."""
    accounts.acting(request, "assembly.read")
    rows = AdoptedText.objects.filter(session=selectors.session(parse_id(session_id)))
    return page(rows, presenters.adopted_text, cursor=cursor, limit=limit)


@router.get("/sessions/{session_id}/minutes", summary="Minutes", response=shapes.Minutes)
def show_minutes(request: HttpRequest, session_id: str) -> dict[str, Any]:
    """The minutes in their order."""
    accounts.acting(request, "assembly.read")
    return {"items": presenters.minutes(selectors.session(parse_id(session_id)))}


@router.post("/sessions/{session_id}/minutes", summary="Enter into the minutes", response=shapes.Minutes)
def enter_minute(request: HttpRequest, session_id: str, body: Entry) -> dict[str, Any]:
    """Enter something into the minutes, or correct an entry by a new one."""
    actor = accounts.acting(request, "assembly.manage")
    row = minutes.minute_enter(
        session_id=parse_id(session_id),
        language=body.language,
        entry=body.text,
        item_id=parse_id(body.item, field="item") if body.item else None,
        corrects=parse_id(body.corrects, field="corrects") if body.corrects else None,
        actor=actor,
    )
    return {"items": presenters.minutes(row.session)}
