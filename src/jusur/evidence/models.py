"""Requests, their acts, packages and their items. State columns are readings of the acts and of the ledger."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jusur.evidence.custody import Direction, PackageState
from jusur.evidence.rules import ANSWERED, OPEN, Measure, Side, State
from jusur.kernel.ids import new_id


class EvidenceRequest(models.Model):
    """One request as this bureau holds it; the identifier and content are the same at both bureaus."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    side = models.CharField(max_length=10, choices=[(side, side) for side in Side])
    counterpart = models.CharField(max_length=16)
    state = models.CharField(max_length=24, choices=[(state, state) for state in State])
    measure = models.CharField(max_length=32, choices=[(measure, measure) for measure in Measure])
    instrument = models.CharField(max_length=64)
    urgency = models.CharField(max_length=10)
    case_reference = models.CharField(max_length=100)
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    related = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    drafted_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    extended_to = models.DateTimeField(null=True)
    preserved_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    alarms_raised = ArrayField(models.PositiveSmallIntegerField(), default=list)
    revision = models.PositiveIntegerField(default=0)
    """How often the draft was saved: two officers who write at once are told."""
    saved_by = models.UUIDField(null=True)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(State)), name="request_state_known"),
            models.CheckConstraint(condition=Q(side__in=list(Side)), name="request_side_known"),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "awaiting_approval"]) | Q(sent_at__isnull=False),
                name="request_sent_has_time",
            ),
        )
        indexes = (
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["counterpart", "state"]),
            models.Index(fields=["case_reference"]),
            models.Index(fields=["side", "-id"], name="request_by_side"),
            models.Index(fields=["state", "-id"], name="request_by_state"),
            models.Index(fields=["counterpart", "-id"], name="request_by_counterpart"),
            models.Index(fields=["urgency", "-id"], name="request_by_urgency"),
            models.Index(fields=["case_reference"], name="request_by_case_start", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=sorted(OPEN)), name="request_open_by_due"),
            models.Index(fields=["-id"], condition=~Q(state__in=sorted(ANSWERED)), name="request_not_answered"),
            models.Index(
                fields=["drafted_by", "-id"], condition=Q(drafted_by__isnull=False), name="request_by_drafter"
            ),
        )


class RequestVersion(models.Model):
    """A request's content as it was put before the second officer; never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(EvidenceRequest, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    submitted_by = models.UUIDField()
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["request", "number"], name="request_version_once"),)
        ordering = ("number",)


class RequestAct(models.Model):
    """One act on a request, by either bureau; never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(EvidenceRequest, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=24)
    by = models.CharField(max_length=16)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    before = models.CharField(max_length=24)
    after = models.CharField(max_length=24)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("at", "id")


class EvidencePackage(models.Model):
    """A package of evidence being collected, sealed, sent or received; its identifier is the same at both bureaus.

    ``bag_id`` is the identifier inside the seal: its own, except for a package that is passed on as it came.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bag_id = models.UUIDField()
    direction = models.CharField(max_length=8, choices=[(direction, direction) for direction in Direction])
    state = models.CharField(max_length=20, choices=[(state, state) for state in PackageState])
    request = models.ForeignKey(EvidenceRequest, on_delete=models.PROTECT, null=True, related_name="packages")
    counterpart = models.CharField(max_length=16)
    originator = models.CharField(max_length=16)
    forwarded_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    case_reference = models.CharField(max_length=100)
    purpose = models.TextField()
    legal_basis = models.TextField()
    conditions = models.JSONField(default=dict)
    completes = models.BooleanField(default=True)
    statement = models.JSONField(null=True)
    blob = models.CharField(max_length=128, blank=True)
    packed = models.BigIntegerField(null=True)
    """Bytes of its files that the sealing under way has packed, as last noted."""
    size = models.BigIntegerField(null=True)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    verification = models.JSONField(null=True)
    failure = models.TextField(blank=True)
    waits_for = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    countersigned_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(PackageState)), name="package_state_known"),
            models.CheckConstraint(condition=Q(direction__in=list(Direction)), name="package_direction_known"),
        )
        indexes = (
            models.Index(fields=["state", "-id"], name="package_by_state"),
            models.Index(fields=["direction", "-id"], name="package_by_direction"),
            models.Index(fields=["counterpart", "-id"], name="package_by_counterpart"),
            models.Index(fields=["case_reference", "-id"], name="package_by_case"),
        )


class EvidenceExport(models.Model):
    """One opening of a held package into a folder of the exports, done by the worker."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    package = models.ForeignKey(EvidencePackage, on_delete=models.PROTECT, related_name="exports")
    folder = models.CharField(max_length=255)
    purpose = models.TextField()
    actor = models.CharField(max_length=64)
    state = models.CharField(max_length=8, default="waiting")
    failure = models.TextField(blank=True)
    files = models.IntegerField(null=True)
    bytes = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=["waiting", "done", "failed"]), name="export_state_known"),
        )
        indexes = (models.Index(fields=["state"]),)


class EvidenceItem(models.Model):
    """One file of an outgoing package, hashed when it was collected."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    package = models.ForeignKey(EvidencePackage, on_delete=models.PROTECT, related_name="items")
    path = models.CharField(max_length=1024)
    source = models.CharField(max_length=2048)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    modified_at = models.DateTimeField()
    method = models.CharField(max_length=200)
    tool = models.CharField(max_length=200)
    collected_by = models.UUIDField()
    collected_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["package", "path"], name="item_path_once_a_package"),)
        ordering = ("path",)
