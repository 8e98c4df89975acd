"""Conversations as people see them: one row each, kept by the database itself, and who has read how far.

A row holds no content: addresses, times and the last messages' identifiers only. Triggers (migration 0006) write it in
the transaction that stores a message, whatever code stores it.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from jusur.kernel.ids import new_id


class Conversation(models.Model):
    """What was said between this bureau and others under one identifier, both directions together.

    ``partners``: whom it was sent to or came from. ``priority``: the most urgent of its messages (see `models`).
    ``last_received``: the newest `InboundMessage`'s key; ``last_sent``: the newest `OutboundMessage`'s.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partners = ArrayField(models.CharField(max_length=17))
    priority = models.SmallIntegerField()
    warning = models.BooleanField(default=False)
    received = models.IntegerField(default=0)
    sent = models.IntegerField(default=0)
    last_at = models.DateTimeField()
    last_received_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    last_received = models.BigIntegerField(null=True)
    last_sent = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["-last_at", "-id"], name="conversation_newest"),
            models.Index(
                fields=["-last_received_at", "-id"],
                condition=Q(last_received_at__isnull=False),
                name="conversation_received",
            ),
            models.Index(fields=["-last_at", "-id"], condition=Q(last_sent_at__isnull=False), name="conversation_sent"),
            models.Index(fields=["priority", "-last_at", "-id"], name="conversation_urgent", condition=~Q(priority=2)),
            GinIndex(fields=["partners"], name="conversation_partners"),
        )


class Reading(models.Model):
    """How far an officer has read a conversation. Kept for that officer's marks; the ledger says who saw what."""

    officer = models.UUIDField()
    conversation = models.UUIDField()
    seen_at = models.DateTimeField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["officer", "conversation"], name="reading_once"),)


class ReadFloor(models.Model):
    """What came before this moment counts as read by the officer: the officer marked everything as read."""

    officer = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField()


class Unsent(models.Model):
    """What an officer has begun to write and not sent yet: the form's fields, and the files brought for it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.UUIDField()
    warning = models.BooleanField(default=False)
    fields = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["officer", "-changed_at"], name="unsent_of_officer"),
            models.Index(fields=["changed_at"], name="unsent_to_forget"),
        )
