"""A session of the assembly: its members and delegations, agenda, drafts, votes, minutes and adopted texts.

What a vote may never do is kept by the tables themselves: a vote belongs to one place on the roll of its poll, and that
place takes one; votes, adopted texts and minutes are never changed (triggers of migration 0002).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jusur.assembly.stages import (
    AmendmentState,
    Credentials,
    DraftState,
    Gender,
    ItemState,
    Method,
    PollState,
    SessionState,
    SpeechKind,
    SpeechState,
    choices,
)
from jusur.kernel.ids import new_id

ADDRESS_LENGTH = 17


class Session(models.Model):
    """One session, with the rulebook it is held under as it stood when the session was convened."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField()
    year = models.PositiveIntegerField()
    host = models.CharField(max_length=2)
    place = models.JSONField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    committee_on = models.DateField(null=True)
    """The Executive Committee's session that hears appeals against suspension."""
    rulebook = models.JSONField()
    rulebook_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=choices(SessionState), default=SessionState.CONVENED)
    agenda_adopted_at = models.DateTimeField(null=True)
    texts_adopted = models.PositiveIntegerField(default=0)
    badges = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["number", "year"], name="assembly_session_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="assembly_session_lasts"),
            models.CheckConstraint(condition=Q(state__in=list(SessionState)), name="assembly_session_state"),
        )


class Member(models.Model):
    """A member of the organisation as of this session: the base of "all members", and its standing under Article 52."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="members")
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=10)
    unmet_years = ArrayField(models.PositiveIntegerField(), default=list)
    appeal_made_on = models.DateField(null=True)
    appeal_granted = models.BooleanField(null=True)
    appeal_decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["session", "country"], name="assembly_member_once"),)


class Delegation(models.Model):
    """Who represents a member, or an observer (no ``member``), and whether its credentials are in order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="delegations")
    party = models.CharField(max_length=ADDRESS_LENGTH)
    member = models.OneToOneField(Member, on_delete=models.PROTECT, null=True, related_name="delegation")
    credentials = models.CharField(max_length=12, choices=choices(Credentials), default=Credentials.PRESENTED)
    letter_sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    voter = models.OneToOneField("Delegate", on_delete=models.PROTECT, null=True, related_name="votes_for")
    """The one delegate who votes; nobody votes for another member."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["session", "party"], name="assembly_delegation_once"),
            models.CheckConstraint(condition=Q(credentials__in=list(Credentials)), name="assembly_credentials_known"),
        )


class Delegate(models.Model):
    """A person of a delegation. ``officer`` is the account by which the person acts here; ``badge`` opens the doors."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="delegates")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="delegates")
    serial = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    function = models.CharField(max_length=200, blank=True)
    gender = models.CharField(max_length=12, choices=choices(Gender), default=Gender.NOT_STATED)
    language = models.CharField(max_length=2)
    head = models.BooleanField(default=False)
    officer = models.UUIDField(null=True)
    badge = models.CharField(max_length=32, unique=True)
    present = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["session", "serial"], name="assembly_delegate_serial"),
            models.UniqueConstraint(
                fields=["session", "officer"], condition=Q(officer__isnull=False), name="assembly_delegate_once"
            ),
            models.UniqueConstraint(
                fields=["delegation"], condition=Q(head=True, withdrawn_at__isnull=True), name="assembly_one_head"
            ),
            models.CheckConstraint(
                condition=Q(present=False) | Q(withdrawn_at__isnull=True), name="assembly_withdrawn_is_absent"
            ),
        )
        indexes = (models.Index(fields=["session"], condition=Q(present=True), name="assembly_present"),)


class Passage(models.Model):
    """A delegate came into the hall or left it."""

    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="passages")
    entered = models.BooleanField()
    at = models.DateTimeField()


class AgendaItem(models.Model):
    """An item proposed for the agenda; ``late`` where it came after the statutory period."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField(null=True)
    titles = models.JSONField()
    proposed_by = models.CharField(max_length=ADDRESS_LENGTH)
    proposed_on = models.DateField()
    late = models.BooleanField()
    state = models.CharField(max_length=12, choices=choices(ItemState), default=ItemState.PROPOSED)
    speakers_closed = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["session", "place"], condition=Q(place__isnull=False), name="assembly_item_place"
            ),
        )


class Speech(models.Model):
    """A place on the speakers' list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="speeches")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="speeches")
    kind = models.CharField(max_length=16, choices=choices(SpeechKind))
    state = models.CharField(max_length=10, choices=choices(SpeechState), default=SpeechState.WAITING)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item", "delegation", "kind"], condition=Q(state="waiting"), name="assembly_speech_asked_once"
            ),
            models.UniqueConstraint(fields=["item"], condition=Q(state="speaking"), name="assembly_one_speaker"),
        )


class Draft(models.Model):
    """A draft text: paragraphs in four languages, who brings it in, and what became of it.

    ``paragraphs`` is a list of ``{key, operative, texts}``; ``distributed`` says since when each language version is
    out. ``budget`` is a list of ``{labels, amount, currency, year}`` with amounts in the currency's smallest unit.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="drafts")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="drafts")
    decision = models.CharField(max_length=40)
    titles = models.JSONField()
    paragraphs = models.JSONField()
    budget = models.JSONField(default=list)
    distributed = models.JSONField(default=dict)
    circulated_on = models.DateField(null=True)
    rejected_parts = ArrayField(models.CharField(max_length=40), default=list)
    voted_parts = ArrayField(models.CharField(max_length=40), default=list)
    state = models.CharField(max_length=12, choices=choices(DraftState), default=DraftState.SUBMITTED)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(state__in=list(DraftState)), name="assembly_draft_state"),)


class Sponsor(models.Model):
    """A member (or the Executive Committee, or the secretariat) that brings a draft in."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="sponsors")
    party = models.CharField(max_length=ADDRESS_LENGTH)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["draft", "party"], name="assembly_sponsor_once"),)


class Amendment(models.Model):
    """A change proposed to a draft; ``distance`` is the chair's ranking, the furthest being put first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="amendments")
    proposed_by = models.CharField(max_length=ADDRESS_LENGTH)
    place = models.PositiveIntegerField()
    target = models.CharField(max_length=40)
    change = models.CharField(max_length=12)
    paragraph = models.JSONField(null=True)
    distributed = models.JSONField(default=dict)
    distance = models.PositiveIntegerField(null=True)
    excludes = ArrayField(models.UUIDField(), default=list)
    state = models.CharField(max_length=10, choices=choices(AmendmentState), default=AmendmentState.PROPOSED)
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["draft", "place"], name="assembly_amendment_place"),)


class Poll(models.Model):
    """One vote: on a draft, on one of its parts, or on an amendment to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="polls")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="polls")
    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, null=True, related_name="polls")
    part = models.CharField(max_length=40, blank=True)
    decision = models.CharField(max_length=40)
    method = models.CharField(max_length=12, choices=choices(Method))
    state = models.CharField(max_length=8, choices=choices(PollState), default=PollState.OPEN)
    members = models.PositiveIntegerField()
    quorum = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    votes_for = models.PositiveIntegerField(null=True)
    votes_against = models.PositiveIntegerField(null=True)
    abstentions = models.PositiveIntegerField(null=True)
    base = models.PositiveIntegerField(null=True)
    needed = models.PositiveIntegerField(null=True)
    carried = models.BooleanField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    """Why it was annulled."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["session"], condition=Q(state="open"), name="assembly_one_open_poll"),
            models.CheckConstraint(condition=Q(present__gte=F("quorum")), name="assembly_poll_has_quorum"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(carried__isnull=False, votes_for__isnull=False), name="assembly_result"
            ),
        )


class Elector(models.Model):
    """A place on a poll's roll: a member entitled to vote when the vote was opened."""

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="electors")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["poll", "country"], name="assembly_elector_once"),)


class Vote(models.Model):
    """The vote of a place on the roll: one, never changed."""

    elector = models.OneToOneField(Elector, on_delete=models.PROTECT, primary_key=True, related_name="vote")
    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(choice__in=["for", "against", "abstain"]), name="assembly_choice_known"),
        )


class AdoptedText(models.Model):
    """A text as the assembly adopted it, with its number; its operative paragraphs are numbered from 1."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="texts")
    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="text")
    poll = models.OneToOneField(Poll, on_delete=models.PROTECT, related_name="text")
    number = models.CharField(max_length=40, unique=True)
    decision = models.CharField(max_length=40)
    titles = models.JSONField()
    paragraphs = models.JSONField()
    budget = models.JSONField()
    sha256 = models.CharField(max_length=64)
    adopted_at = models.DateTimeField()


class Minute(models.Model):
    """An entry of the minutes; a mistake is corrected by a later entry that names it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="minutes")
    number = models.PositiveIntegerField()
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    language = models.CharField(max_length=2)
    text = models.TextField()
    entered_by = models.CharField(max_length=64)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["session", "number"], name="assembly_minute_number"),)
