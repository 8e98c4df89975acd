"""State of notices as one node holds them. Rules that must never break are constraints here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jusur.kernel.ids import new_id
from jusur.notices.rules import FINAL, Side, State


class Notice(models.Model):
    """One notice or diffusion as this node holds it; its identifier is the same at every node.

    ``revision`` counts what the publishing node said of it; ``content`` is empty once it was purged or recalled: the
    row that stays is the tombstone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    form = models.CharField(max_length=10)
    type = models.CharField(max_length=32)
    side = models.CharField(max_length=10)
    originator = models.CharField(max_length=17)
    state = models.CharField(max_length=20)
    reference = models.CharField(max_length=20, blank=True)
    case_reference = models.CharField(max_length=200, blank=True)
    urgency = models.CharField(max_length=10, default="routine")
    classification = models.CharField(max_length=20, default="official_use_only")
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=0)
    visible = models.BooleanField(default=False)
    recipients = ArrayField(models.CharField(max_length=17), default=list)
    """Of a diffusion: to whom it goes. Of a notice: nobody named, every bureau but the excluded."""
    excluded = ArrayField(models.CharField(max_length=17), default=list)
    drafted_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    source_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(State)), name="notice_state_known"),
            models.CheckConstraint(condition=Q(side__in=list(Side)), name="notice_side_known"),
            models.CheckConstraint(condition=Q(form__in=["notice", "diffusion"]), name="notice_form_known"),
            models.CheckConstraint(
                condition=~Q(form="notice") | Q(visible=False) | Q(state__in=["published"]),
                name="notice_seen_only_when_published",
            ),
            models.CheckConstraint(
                condition=Q(visible=False) | ~Q(state__in=sorted(FINAL)), name="notice_over_is_not_seen"
            ),
            models.CheckConstraint(condition=~Q(state="purged") | Q(content={}), name="notice_purged_is_empty"),
        )
        indexes = (
            models.Index(fields=["state", "-id"], name="notice_by_state"),
            models.Index(fields=["type", "-id"], name="notice_by_type"),
            models.Index(fields=["originator", "-id"], name="notice_by_originator"),
            models.Index(fields=["reference"], name="notice_by_reference"),
            models.Index(fields=["expires_at"], condition=Q(visible=True), name="notice_by_expiry"),
            models.Index(fields=["-id"], condition=Q(visible=True), name="notice_seen"),
        )


class NoticeAct(models.Model):
    """One act on a notice, by any node as this one heard of it; emptied with the purge, never changed otherwise."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="acts")
    act = models.CharField(max_length=24)
    by = models.CharField(max_length=17)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("at", "id")


class NoticeVersion(models.Model):
    """A content as two officers agreed to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "number"], name="notice_version_once"),)


class Review(models.Model):
    """The secretariat's review of one notice: who is assigned, what screening found, the opinion."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="review")
    assigned_to = models.UUIDField(null=True)
    findings = models.JSONField(default=list)
    opinion = models.JSONField(null=True)
    opened_at = models.DateTimeField()
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField(null=True)


class ReviewQuestion(models.Model):
    """A question of the review to the source, and its answer; held by both."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)


class RefugeeStatus(models.Model):
    """That a person of a notice is a refugee, and who granted it: for the review alone, never sent, never shown."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="refugee")
    granting_country = models.CharField(max_length=2)
    confirmed = models.BooleanField()
    noted_by = models.UUIDField()
    noted_at = models.DateTimeField()


class Distribution(models.Model):
    """One recipient of what this node published: sent, read, acknowledged, recalled, deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="distributions")
    recipient = models.CharField(max_length=17)
    revision = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "recipient"], name="distribution_once"),)
        indexes = (
            models.Index(
                fields=["recalled_at"],
                condition=Q(recalled_at__isnull=False, deleted_at__isnull=True),
                name="distribution_undeleted",
            ),
        )


class Information(models.Model):
    """What a bureau told the source about a notice: a hit, a place, an asset. Held by the two of them alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="information")
    by = models.CharField(max_length=17)
    incoming = models.BooleanField()
    kind = models.CharField(max_length=24)
    text = models.TextField()
    assets = models.JSONField(default=list)
    at = models.DateTimeField()


class SilverFigure(models.Model):
    """A located asset or a reply, as the source reported it to the pilot's evaluation: figures, no content."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.UUIDField()
    originator = models.CharField(max_length=17)
    by = models.CharField(max_length=17)
    published_at = models.DateTimeField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=24, blank=True)
    value_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        indexes = (models.Index(fields=["notice", "at"], name="silver_by_notice"),)
