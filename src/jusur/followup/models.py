"""Commitments and their acts. The state columns are a reading of the acts."""

from django.db import models
from django.db.models import F, Q

from jusur.followup.rules import State
from jusur.kernel.ids import new_id

ADDRESS_LENGTH = 17


class Commitment(models.Model):
    """A commitment as this node holds it; identifier and content are the same at every party."""

    PARAGRAPH = "paragraph"
    AGREEMENT = "agreement"
    MEETING = "meeting"
    SOURCES = (PARAGRAPH, AGREEMENT, MEETING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source_kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in SOURCES])
    source_reference = models.CharField(max_length=80)
    source_place = models.CharField(max_length=40, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    texts = models.JSONField()
    verification = models.JSONField()
    keeper = models.CharField(max_length=ADDRESS_LENGTH)
    owner = models.CharField(max_length=ADDRESS_LENGTH)
    verifier = models.CharField(max_length=ADDRESS_LENGTH)
    first_due_on = models.DateField()
    entered_at = models.DateTimeField()
    state = models.CharField(max_length=14, choices=[(state, state) for state in State], default=State.PROPOSED)
    due_on = models.DateField()
    enhanced_since = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(State)), name="commitment_state_known"),
            models.CheckConstraint(
                condition=Q(source_kind__in=["paragraph", "agreement", "meeting"]), name="commitment_source"
            ),
            models.CheckConstraint(condition=~Q(owner=F("verifier")), name="commitment_verified_by_another"),
            models.CheckConstraint(condition=Q(due_on__gte=F("first_due_on")), name="commitment_due_only_later"),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="commitment_by_owner"),
            models.Index(fields=["state", "due_on"], name="commitment_by_due"),
            models.Index(fields=["source_reference"], name="commitment_by_source"),
        )


class CommitmentAct(models.Model):
    """One act on a commitment, by any of its parties; never changed (a trigger of migration 0002)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=10)
    by = models.CharField(max_length=ADDRESS_LENGTH)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    percent = models.PositiveSmallIntegerField(null=True)
    claim = models.CharField(max_length=10, blank=True)
    verdict = models.CharField(max_length=10, blank=True)
    due_on = models.DateField(null=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(percent__isnull=True) | Q(percent__lte=100), name="commitment_percent"),
        )
