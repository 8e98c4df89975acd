from typing import ClassVar

from django.db import models
from django.db.models import Q

from jusur.kernel.ids import new_id


class InstrumentVersion(models.Model):
    """One version of a legal instrument's document, never changed once stored; at most one version is active.

    The shipped versions and the organisation's own are numbered apart. A case keeps the digest of the version it was
    opened under, so that what was required then can be shown later.
    """

    SHIPPED = "shipped"
    ORGANISATION = "organisation"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    instrument_id = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    origin = models.CharField(max_length=12)
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    added_by = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instrument_id", "origin", "version"], name="instrument_version_once"),
            models.UniqueConstraint(
                fields=["instrument_id"], condition=Q(active=True), name="instrument_one_active_version"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="instrument_version_positive"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="instrument_digest_is_sha256"),
            models.CheckConstraint(
                condition=Q(origin__in=["shipped", "organisation"]), name="instrument_origin_is_known"
            ),
        ]
