"""The log's tables: events, tiles, this node's checkpoints, and the checkpoints peers have shown."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from jusur.kernel.ids import new_id

DIGEST_BYTES = 32
PEOPLE = "officer:"
"""How the actor of an event begins where a person (or a national system) of this bureau acted."""


class Parts(Func):
    """Every three characters in a row of a text, in capitals: what a text that contains another one contains too.

    A function of the database made by a migration: unlike pg_trgm it needs no extension, which a hosted PostgreSQL may
    not grant.
    """

    function = "ledger_parts"
    output_field = ArrayField(models.TextField())


class Event(models.Model):
    """One event: what happened to which subject, who did it and why.

    A database trigger lets a row change twice at most: once to get its place in the log (``leaf_index``), once to
    forget ``data`` and ``salt``. It is never deleted. ``commitment`` is
    SHA-256(salt || canonical JSON of subject, actor, purpose and data); the log's leaf holds the commitment alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=200)
    actor = models.CharField(max_length=200)
    purpose = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField()
    data = models.JSONField(null=True)
    salt = models.BinaryField(max_length=DIGEST_BYTES, null=True)
    commitment = models.BinaryField(max_length=DIGEST_BYTES)
    leaf_index = models.BigIntegerField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["id"], condition=Q(leaf_index__isnull=True), name="ledger_event_unsequenced"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="ledger_event_subject"),
            models.Index(fields=["kind", "occurred_at", "id"], name="ledger_event_kind"),
            models.Index(fields=["leaf_index"], condition=Q(actor__startswith=PEOPLE), name="ledger_event_people"),
            models.Index(
                fields=["actor", "leaf_index"], condition=Q(actor__startswith=PEOPLE), name="ledger_event_officer"
            ),
            models.Index(fields=["leaf_index"], condition=~Q(purpose=""), name="ledger_event_purpose"),
            GinIndex(Parts("purpose"), condition=~Q(purpose=""), name="ledger_event_purpose_parts"),
            models.Index(
                fields=["forgotten_at"], condition=Q(forgotten_at__isnull=False), name="ledger_event_forgotten"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True, data__isnull=False, salt__isnull=False)
                | Q(forgotten_at__isnull=False, data__isnull=True, salt__isnull=True),
                name="ledger_event_whole_or_forgotten",
            ),
            models.UniqueConstraint(
                fields=["leaf_index"], condition=Q(leaf_index__isnull=False), name="ledger_leaf_index_once"
            ),
            models.CheckConstraint(
                condition=Q(leaf_index__isnull=True) | Q(leaf_index__gte=0), name="ledger_leaf_index"
            ),
        )


class Tile(models.Model):
    """One tile of the tree (C2SP tlog-tiles): up to 256 hashes; it grows until it is full."""

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    width = models.SmallIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["level", "index"], name="ledger_tile_once"),
            models.CheckConstraint(condition=Q(width__gte=1, width__lte=256), name="ledger_tile_width"),
        )


class Checkpoint(models.Model):
    """A tree head this node signed; never changed, never deleted."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=DIGEST_BYTES)
    note = models.TextField()
    at = models.DateTimeField()


class PeerCheckpoint(models.Model):
    """A tree head a peer signed and showed us; the one of greatest size is the one to compare with.

    ``proven_from`` is the size of an earlier head that a consistency proof ties this one to.
    """

    peer = models.CharField(max_length=17)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=DIGEST_BYTES)
    note = models.TextField()
    received_at = models.DateTimeField()
    proven_from = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["peer", "size"], name="ledger_peer_checkpoint_once"),
            models.CheckConstraint(
                condition=Q(proven_from__isnull=True) | Q(proven_from__lte=F("size")), name="ledger_peer_proven_earlier"
            ),
        )


class PeerAlarm(models.Model):
    """A contradiction in a peer's log, with both signed notes: the peer cannot deny them."""

    SPLIT_VIEW = "split-view"
    ROLLBACK = "rollback"
    INCONSISTENT = "inconsistent"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    peer = models.CharField(max_length=17)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in (SPLIT_VIEW, ROLLBACK, INCONSISTENT)])
    known_note = models.TextField()
    shown_note = models.TextField()
    proof = models.JSONField(default=list)
    raised_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(blank=True)
