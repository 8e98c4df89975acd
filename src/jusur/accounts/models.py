"""Officers, the tokens they and national systems act by, and four-eyes approvals."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jusur.kernel.ids import new_id


class Officer(AbstractBaseUser):
    """A person of this bureau, or a national system that acts under a bureau's authority."""

    PERSON = "person"
    SYSTEM = "system"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=[(PERSON, PERSON), (SYSTEM, SYSTEM)], default=PERSON)
    roles = ArrayField(models.CharField(max_length=32), default=list)
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    sessions_from = models.DateTimeField(null=True)
    """Sessions that began earlier no longer count."""

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(kind__in=["person", "system"]), name="officer_kind_known"),)


class Invitation(models.Model):
    """A one-time way in for an officer who has no factors (yet, or any more); only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="invitations")
    secret_sha256 = models.BinaryField(max_length=32, unique=True)
    invited_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["officer"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open_an_officer",
            ),
        )


class ApiToken(models.Model):
    """A bearer token; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    secret_sha256 = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=64), null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Approval(models.Model):
    """One act that takes two people: what is to be done, exactly which content, who asked and who decided."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    content_sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="approval_takes_two_people"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, granted__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False, granted__isnull=False),
                name="approval_decided_whole",
            ),
            models.UniqueConstraint(
                fields=["act", "subject_type", "subject_id"],
                condition=Q(decided_at__isnull=True),
                name="approval_one_open_an_act",
            ),
        )
