"""State of the exchange. Every rule that must never break is a constraint here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jusur.exchange.conversation_models import Conversation, ReadFloor, Reading, Unsent
from jusur.exchange.message import Priority
from jusur.kernel.ids import new_id

__all__ = [
    "PRIORITY",
    "PRIORITY_NAME",
    "Conversation",
    "Delivery",
    "ExchangeAlarm",
    "InboundConversation",
    "InboundMessage",
    "OutboundConversation",
    "OutboundMessage",
    "OutgoingBlob",
    "PeerState",
    "ReadFloor",
    "Reading",
    "RelayItem",
    "Summary",
    "Transfer",
    "Unsent",
]

PRIORITY: dict[Priority, int] = {"emergency": 0, "urgent": 1, "routine": 2, "bulk": 3}
PRIORITY_NAME: dict[int, Priority] = {number: name for name, number in PRIORITY.items()}


class OutboundMessage(models.Model):
    """A message this node sends: one row, whatever the number of recipients."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=64)
    recipients = ArrayField(models.CharField(max_length=17))
    conversation = models.UUIDField(db_index=True)
    priority = models.SmallIntegerField()
    handling = models.JSONField()
    purpose = models.TextField()
    legal_basis = models.TextField()
    body = models.JSONField()
    attachments = models.JSONField(default=list)
    actor = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200, blank=True)
    drafted = models.BooleanField(default=False)
    via = models.CharField(max_length=17, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["created_at"], condition=Q(forgotten_at=None), name="outbound_to_forget"),)


class Delivery(models.Model):
    """One recipient's copy: the envelope exactly as it travels, and how far it has come."""

    class State(models.TextChoices):
        DRAFTED = "drafted"
        APPROVED = "approved"
        QUEUED = "queued"
        DELIVERED = "delivered"
        RECEIPTED = "receipted"
        REFUSED = "refused"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(OutboundMessage, on_delete=models.PROTECT, related_name="deliveries")
    recipient = models.CharField(max_length=17)
    route = models.CharField(max_length=17)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    priority = models.SmallIntegerField()
    sequence = models.BigIntegerField(null=True)
    envelope_id = models.UUIDField(null=True, unique=True)
    envelope = models.BinaryField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    reseals = models.SmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    receipt = models.BinaryField(null=True)
    refusal = models.JSONField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["message", "recipient"], name="delivery_once_a_recipient"),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "approved"]) | Q(envelope__isnull=False), name="delivery_sealed"
            ),
            models.CheckConstraint(
                condition=~Q(state="receipted") | Q(receipt__isnull=False), name="delivery_receipted_has_receipt"
            ),
        )
        indexes = (
            models.Index(
                fields=["route", "priority", "created_at"],
                condition=Q(state__in=["queued", "delivered"]),
                name="delivery_lane",
            ),
            models.Index(
                fields=["next_attempt_at"], condition=Q(state__in=["queued", "delivered"]), name="delivery_due"
            ),
            models.Index(
                fields=["state", "message"],
                condition=Q(state__in=["drafted", "refused", "expired"]),
                name="delivery_troubled",
            ),
        )


class OutboundConversation(models.Model):
    """How many messages of a conversation went to a recipient: the next one's ``sequence``."""

    conversation = models.UUIDField()
    recipient = models.CharField(max_length=17)
    sent = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["conversation", "recipient"], name="outbound_conversation_once"),
        )


class InboundConversation(models.Model):
    """How far the messages of a conversation with a sender were processed; its row lock keeps their order."""

    sender = models.CharField(max_length=17)
    conversation = models.UUIDField()
    next_sequence = models.BigIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sender", "conversation"], name="inbound_conversation_once"),)
        indexes = (models.Index(fields=["conversation"], name="inbound_conversation_of"),)


class InboundMessage(models.Model):
    """An envelope that was accepted (or refused with a signed reason), known at least until it has expired."""

    class State(models.TextChoices):
        RECEIVED = "received"
        PROCESSED = "processed"
        FAILED = "failed"
        REFUSED = "refused"
        DUPLICATE = "duplicate"

    envelope_id = models.UUIDField()
    sender = models.CharField(max_length=17)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices)
    receipt = models.BinaryField(null=True)
    refusal = models.JSONField(null=True)
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    message_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=64, blank=True)
    priority = models.SmallIntegerField(default=2)
    inbound_conversation = models.ForeignKey(InboundConversation, on_delete=models.PROTECT, null=True)
    sequence = models.BigIntegerField(null=True)
    document = models.BinaryField(null=True)
    content = models.JSONField(null=True)
    hold_until = models.DateTimeField(null=True)
    in_order = models.BooleanField(default=True)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    processed_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sender", "envelope_id"], name="inbound_envelope_once"),
            models.UniqueConstraint(
                fields=["sender", "message_id"],
                condition=Q(state__in=["received", "processed", "failed"]),
                name="inbound_message_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["inbound_conversation", "sequence"],
                condition=Q(processed_at__isnull=True, inbound_conversation__isnull=False),
                name="inbound_waiting",
            ),
            models.Index(fields=["sender", "-id"], name="inbound_by_sender"),
            models.Index(fields=["received_at"], condition=Q(forgotten_at=None), name="inbound_to_forget"),
        )


class RelayItem(models.Model):
    """Somebody else's envelope on its way through this node, unread."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RECEIPTED = "receipted"
        RETURNED = "returned"
        EXPIRED = "expired"

    sender = models.CharField(max_length=17)
    recipient = models.CharField(max_length=17)
    envelope_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    envelope = models.BinaryField()
    path = ArrayField(models.CharField(max_length=17))
    priority = models.SmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    acceptance = models.BinaryField(null=True)
    receipt = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sender", "envelope_id"], name="relay_envelope_once"),)
        indexes = (
            models.Index(fields=["recipient", "priority"], condition=Q(state="queued"), name="relay_waiting"),
            models.Index(fields=["sender"], condition=Q(state="receipted"), name="relay_receipts_waiting"),
            models.Index(fields=["received_at"], condition=~Q(state="queued"), name="relay_to_forget"),
        )


class Summary(models.Model):
    """Count and fold (XOR of digests, in two halves) of what was exchanged with a peer in one hour."""

    peer = models.CharField(max_length=17)
    outgoing = models.BooleanField()
    bucket = models.IntegerField()
    count = models.BigIntegerField(default=0)
    fold_high = models.BigIntegerField(default=0)
    fold_low = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["peer", "outgoing", "bucket"], name="summary_once"),)


class ExchangeAlarm(models.Model):
    """Something an operator must know. The same trouble with the same peer is one open alarm, counted."""

    kind = models.CharField(max_length=64)
    peer = models.CharField(max_length=17)
    subject = models.CharField(max_length=128, blank=True)
    detail = models.TextField()
    count = models.IntegerField(default=1)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "peer", "subject"], condition=Q(cleared_at__isnull=True), name="alarm_open_once"
            ),
        )


class PeerState(models.Model):
    """What this node has seen of a peer: when it last answered, and since when it is silent."""

    peer = models.CharField(max_length=17, primary_key=True)
    last_heard_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0, db_default=0)
    directory_version = models.BigIntegerField(default=0, db_default=0)
    capabilities = models.JSONField(null=True)


class OutgoingBlob(models.Model):
    """Sealed bytes in this node's vault that one recipient may fetch until they expire."""

    class State(models.TextChoices):
        OFFERED = "offered"
        COMPLETED = "completed"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    name = models.CharField(max_length=128)
    recipient = models.CharField(max_length=17)
    size = models.BigIntegerField()
    chunk_size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OFFERED)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name", "recipient"], name="outgoing_blob_once"),)


class Transfer(models.Model):
    """A blob this node fetches from a peer."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        PAUSED = "paused"
        COMPLETED = "completed"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=128)
    sender = models.CharField(max_length=17)
    descriptor = models.JSONField()
    conversation = models.UUIDField()
    purpose = models.TextField()
    legal_basis = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    bytes_done = models.BigIntegerField(default=0)
    chunks_fetched = models.BigIntegerField(default=0)
    priority = models.SmallIntegerField(default=2)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name", "sender"], name="transfer_once"),)
