"""Searches, hits, watches and what was used of budgets. Nothing here shows in the clear whom a search was about.

What was asked is kept sealed, and only as long as the purpose's rule says (``data/search_purposes.json``) or a hit
waits for its decision.
"""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jusur.kernel.ids import new_id

CHANNELS: Final = ("api", "desk", "batch", "compatible", "remote", "command")
OUTCOMES: Final = ("hit", "no-hit", "refused")


class Search(models.Model):
    """One search, or one batch (``queries`` over 1), as this node answered or refused it.

    ``commitment`` is SHA-256(salt || canonical JSON of the search); the ledger's event ``entry`` carries it, so that
    neither can be changed alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    bureau = models.CharField(max_length=17)
    purpose = models.CharField(max_length=32)
    reference = models.CharField(max_length=100)
    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=24)
    databases = ArrayField(models.CharField(max_length=64), default=list)
    asked = ArrayField(models.CharField(max_length=17), default=list)
    """Other bureaus that were asked."""
    outcome = models.CharField(max_length=8)
    refusal = models.CharField(max_length=40, blank=True)
    partial = models.BooleanField(default=False)
    queries = models.PositiveIntegerField(default=1)
    answers = models.PositiveIntegerField(default=0)
    microseconds = models.PositiveIntegerField(default=0)
    sealed_query = models.BinaryField(null=True)
    keep_until = models.DateTimeField(null=True)
    salt = models.BinaryField(max_length=16)
    commitment = models.BinaryField(max_length=32)
    entry = models.UUIDField()

    class Meta:
        indexes = (
            models.Index(fields=["actor", "-id"], name="search_by_actor"),
            models.Index(fields=["reference", "-id"], name="search_by_reference"),
            models.Index(fields=["keep_until"], condition=Q(sealed_query__isnull=False), name="search_kept"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="search_outcome_known"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="search_channel_known"),
            models.CheckConstraint(
                condition=Q(sealed_query__isnull=True) | Q(keep_until__isnull=False), name="search_query_ends"
            ),
            models.CheckConstraint(
                condition=(Q(outcome="refused") & ~Q(refusal="")) | (~Q(outcome="refused") & Q(refusal="")),
                name="search_refusal_says_why",
            ),
        )


class Hit(models.Model):
    """A record that may be the one searched for: proposed by the engine, confirmed or discarded by a person.

    The bureau that searched and the record's owner each hold one, under the same identifier. The same record, bureau
    and reference are one hit, however often they are searched for.
    """

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    side = models.CharField(max_length=8)
    source = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default=PROPOSED)
    search = models.UUIDField(null=True)
    watch = models.UUIDField(null=True)
    record = models.CharField(max_length=200)
    database = models.CharField(max_length=64)
    owner = models.CharField(max_length=17)
    bureau = models.CharField(max_length=17)
    actor = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32)
    reference = models.CharField(max_length=100)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    sealed_query = models.BinaryField(null=True)
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=32, blank=True)
    remark = models.TextField(blank=True)
    decision_told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["state", "-id"], name="hit_by_state"),
            models.Index(fields=["reference", "-id"], name="hit_by_reference"),
            models.Index(fields=["found_at"], condition=Q(told_at__isnull=True, side="searcher"), name="hit_untold"),
            models.Index(
                fields=["decided_at"],
                condition=Q(decision_told_at__isnull=True, decided_at__isnull=False),
                name="hit_decision_untold",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["side", "record", "bureau", "reference"], name="hit_counted_once"),
            models.CheckConstraint(condition=Q(side__in=["searcher", "owner"]), name="hit_side_known"),
            models.CheckConstraint(condition=Q(source__in=["search", "watch", "edition"]), name="hit_source_known"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True, reason="")
                | (Q(state__in=["confirmed", "discarded"], decided_at__isnull=False) & ~Q(reason="")),
                name="hit_decided_with_reason",
            ),
        )


class Watch(models.Model):
    """What an officer asked to be told of when a record of it appears, until a day; what is watched for is sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32)
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=24)
    databases = ArrayField(models.CharField(max_length=64), default=list)
    sealed_query = models.BinaryField(null=True)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["expires_at"], condition=Q(lifted_at__isnull=True), name="watch_standing"),
            models.Index(fields=["actor", "-id"], name="watch_by_actor"),
        )


class WatchProgress(models.Model):
    """How far the watching loop has followed the changes of records."""

    name = models.CharField(max_length=32, primary_key=True)
    position = models.BigIntegerField()


class BudgetUse(models.Model):
    """How many searches one subject (an officer, a bureau, a purpose) used in one span of time."""

    subject = models.CharField(max_length=120)
    span = models.CharField(max_length=6)
    begins = models.DateTimeField()
    used = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subject", "span", "begins"], name="budget_use_once"),)
        indexes = (models.Index(fields=["begins"], name="budget_use_old"),)


class TokenPurpose(models.Model):
    """The purpose and reference under which a token searches where its client cannot state them (yente's clients)."""

    token = models.UUIDField(primary_key=True)
    purpose = models.CharField(max_length=32)
    reference = models.CharField(max_length=100)
    set_by = models.CharField(max_length=64)
    set_at = models.DateTimeField()


class ShownAnswer(models.Model):
    """What an officer's page showed as the answer to a search, sealed, for as long as the page may be opened again."""

    search = models.UUIDField(primary_key=True)
    officer = models.UUIDField()
    sealed = models.BinaryField()
    until = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["until"], name="shown_answer_over"),)
