"""Databases, their records and what became of them. Row-level security (``walls``) decides who reads a record."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jusur.databases.rules import (
    CLASSIFICATIONS,
    HANDLING_CODES,
    DatabaseKind,
    EditionState,
    Mode,
    RecordState,
    Writers,
)
from jusur.kernel.ids import new_id

ADDRESS_LENGTH = 17


class Database(models.Model):
    """One database as one organisation hosts it: ``nominal@GS``. Other nodes know it by the host's word.

    ``recipients`` are the organisations it is shared with; nobody where there are none. A remote database is never
    copied: it is asked at its host.
    """

    id = models.CharField(primary_key=True, max_length=64)
    key = models.CharField(max_length=40)
    host = models.CharField(max_length=ADDRESS_LENGTH)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in DatabaseKind])
    mode = models.CharField(max_length=10, choices=[(mode, mode) for mode in Mode])
    writers = models.CharField(max_length=16, choices=[(writers, writers) for writers in Writers])
    names = models.JSONField()
    schemata = ArrayField(models.CharField(max_length=40))
    recipients = ArrayField(models.CharField(max_length=ADDRESS_LENGTH), default=list)
    purposes = ArrayField(models.CharField(max_length=24))
    retention_days = models.PositiveIntegerField()
    source = models.CharField(max_length=400, blank=True)
    verified_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key", "host"], name="database_once_a_host"),
            models.CheckConstraint(condition=Q(mode__in=list(Mode)), name="database_mode_known"),
            models.CheckConstraint(condition=Q(kind__in=list(DatabaseKind)), name="database_kind_known"),
            models.CheckConstraint(condition=Q(writers__in=list(Writers)), name="database_writers_known"),
        )


class Record(models.Model):
    """A record as it stands: a FollowTheMoney entity with its owner and the conditions it is under.

    ``sequence`` is the place of its last change in this node's feed. A record that was withdrawn or purged keeps its
    row as a tombstone without content, so that no older version comes back. ``dropped`` names organisations that may
    hold a copy from when they were allowed to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    database = models.ForeignKey(Database, on_delete=models.PROTECT, related_name="records", db_index=False)
    originator = models.CharField(max_length=ADDRESS_LENGTH)
    reference = models.CharField(max_length=255)
    schema = models.CharField(max_length=40)
    entity = models.JSONField(null=True)
    classification = models.CharField(max_length=20)
    handling_code = models.CharField(max_length=2)
    source_evaluation = models.CharField(max_length=2)
    allowed_recipients = ArrayField(models.CharField(max_length=ADDRESS_LENGTH), default=list)
    forwarding = ArrayField(models.CharField(max_length=ADDRESS_LENGTH), default=list)
    conditions = models.TextField(blank=True)
    purpose = models.CharField(max_length=500)
    purposes = ArrayField(models.CharField(max_length=24), default=list)
    legal_basis = models.CharField(max_length=500, blank=True)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in RecordState])
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64, blank=True)
    signature = models.JSONField(null=True)
    dropped = ArrayField(models.CharField(max_length=ADDRESS_LENGTH), default=list)
    refusal = models.CharField(max_length=500, blank=True)
    """Why the host did not take this version; empty where it did, or was not asked."""
    recorded_by = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sequence = models.BigIntegerField(unique=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["database", "originator", "reference"], name="record_reference_once"),
            models.CheckConstraint(condition=Q(state__in=list(RecordState)), name="record_state_known"),
            models.CheckConstraint(condition=Q(classification__in=list(CLASSIFICATIONS)), name="record_classified"),
            models.CheckConstraint(condition=Q(handling_code__in=list(HANDLING_CODES)), name="record_handled"),
            models.CheckConstraint(
                condition=Q(source_evaluation__regex=r"^[ABCX][1-4]$"), name="record_source_evaluated"
            ),
            models.CheckConstraint(
                condition=~Q(handling_code="H3", state="held") | ~Q(conditions=""), name="record_h3_conditions"
            ),
            models.CheckConstraint(
                condition=Q(state="held", entity__isnull=False)
                & ~Q(purpose="")
                & ~Q(purposes=[])
                & ~Q(content_sha256="")
                | ~Q(state="held") & Q(entity__isnull=True, content_sha256=""),
                name="record_whole_or_tombstone",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="record_version_counts"),
            models.CheckConstraint(condition=Q(expires_at__gte=F("created_at")), name="record_expires"),
        )
        indexes = (
            models.Index(fields=["database", "sequence"], name="record_feed_of_database"),
            models.Index(fields=["originator", "-id"], name="record_by_originator"),
            models.Index(fields=["database", "-id"], name="record_by_database"),
            models.Index(fields=["expires_at"], condition=~Q(state="purged"), name="record_to_purge"),
        )


class RecordVersion(models.Model):
    """A version that was corrected or withdrawn, as it stood; forgotten with its record."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    """Why it was replaced or withdrawn."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "version"], name="record_version_once"),)


class Identifier(models.Model):
    """One normalised identifier of a held record: ``passport:MA:AB123456``."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="identifiers", db_index=False)
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=200)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "key"], name="identifier_once_a_record"),)
        indexes = (models.Index(fields=["key"], name="identifier_by_key"),)


class Follower(models.Model):
    """How far another node has been told of a database: of all that it may see, or, at the host, of what is ours.

    ``sequence`` is the place in this node's feed up to which batches were sent, ``acknowledged`` up to where they were
    taken. ``trouble`` says why nothing goes there at present.
    """

    database = models.ForeignKey(Database, on_delete=models.CASCADE, related_name="followers")
    peer = models.CharField(max_length=ADDRESS_LENGTH)
    sequence = models.BigIntegerField(default=0)
    acknowledged = models.BigIntegerField(default=0)
    in_flight = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["database", "peer"], name="follower_once"),)


class Edition(models.Model):
    """One edition of an imported list: where it came from, how far it was read and taken, and its exact counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    database = models.ForeignKey(Database, on_delete=models.PROTECT, related_name="editions")
    state = models.CharField(max_length=10, choices=[(state, state) for state in EditionState])
    format = models.CharField(max_length=24)
    mapping = models.JSONField(null=True)
    url = models.CharField(max_length=500, blank=True)
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    published = models.CharField(max_length=40, blank=True)
    handling = models.JSONField()
    whole = models.BooleanField(default=True)
    """Whether the file was read to its proper end."""
    read = models.BigIntegerField(default=0)
    """Entries read so far, refused ones among them."""
    refused = models.BigIntegerField(default=0)
    new = models.BigIntegerField(null=True)
    changed = models.BigIntegerField(null=True)
    unchanged = models.BigIntegerField(null=True)
    gone = models.BigIntegerField(null=True)
    held_before = models.BigIntegerField(null=True)
    taken = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0)
    held_for = models.CharField(max_length=500, blank=True)
    """Why it waits for a person's word; empty where it does not."""
    changes_sha256 = models.CharField(max_length=64, blank=True)
    """Chained over every change taken: what the ledger's event commits to."""
    actor = models.CharField(max_length=64)
    decided_by = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(EditionState)), name="edition_state_known"),
            models.UniqueConstraint(
                fields=["database"],
                condition=Q(state__in=["reading", "comparing", "held", "taking"]),
                name="edition_one_under_way",
            ),
        )
        indexes = (models.Index(fields=["database", "-id"], name="edition_by_database"),)


class Staged(models.Model):
    """An entry of an edition that was read, or a record that it no longer names; deleted as it is taken.

    ``verdict``: ``n`` new, ``c`` changed, ``u`` unchanged (its entity is not kept), ``g`` gone from the list.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField()
    record = models.UUIDField()
    reference = models.CharField(max_length=255)
    schema = models.CharField(max_length=40)
    entity = models.JSONField(null=True)
    content_sha256 = models.CharField(max_length=64)
    identifiers = ArrayField(models.CharField(max_length=200), default=list)
    verdict = models.CharField(max_length=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["edition", "reference"], name="staged_once"),)
        indexes = (models.Index(fields=["edition", "number"], name="staged_in_order"),)


class Refusal(models.Model):
    """An entry of an edition that was not taken, and why."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="refusals", db_index=False)
    number = models.BigIntegerField()
    line = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["edition", "number"], name="refusal_once"),)


from jusur.databases import search_models  # noqa: E402, F401 - Django finds its models here
