"""What the HTTP side keeps: answers to repeated requests, and webhooks with their deliveries."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jusur.kernel.ids import new_id


class IdempotentAnswer(models.Model):
    """The answer given to a request that carried an Idempotency-Key, given again when the request is repeated."""

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once_a_scope"),)


class Webhook(models.Model):
    """An address of a national system that wants to be told of events. ``sealed_secret``: as `jusur.web.secrets`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    url = models.URLField(max_length=2000)
    kinds = ArrayField(models.CharField(max_length=64))
    sealed_secret = models.BinaryField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_leaf = models.BigIntegerField(default=-1)
    failures = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
