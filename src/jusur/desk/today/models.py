"""Notifications of officers, how far the events were read, and figures reckoned aside from any page."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from jusur.kernel.ids import new_id


class Notification(models.Model):
    """Something an officer should know: of which kind, about what; never what it contains."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    event = models.UUIDField()
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=200)
    partner = models.CharField(max_length=17, blank=True)
    percent = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["officer", "event"], name="notification_once"),)
        indexes = (
            models.Index(fields=["officer", "-id"], name="notification_of_officer"),
            models.Index(fields=["officer"], condition=Q(seen_at__isnull=True), name="notification_unseen"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notification_to_mail"),
        )


class Reading(models.Model):
    """How far a reader of the ledger has come: the last leaf it read."""

    name = models.CharField(max_length=32, primary_key=True)
    last_leaf = models.BigIntegerField()


class Figure(models.Model):
    """A figure that takes long to reckon, and when it was reckoned."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.JSONField()
    computed_at = models.DateTimeField()
