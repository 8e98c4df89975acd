"""What a node keeps of the network: organisations, keys, directory versions, alarms, invitations, join requests.

At the secretariat, organisations and keys are what the next version is made of. At every other node they repeat the
version last accepted, for queries; decisions are taken on the signed document itself (``selectors``).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jusur.directory.schema import KEY_USES, KINDS, STATUSES
from jusur.kernel.ids import new_id

KEY_STATES = ("active", "retired", "revoked")
ALARM_KINDS = ("rollback", "fork", "forged", "stale", "clock", "gossip")
REQUEST_STATES = ("made", "received", "admitted", "refused", "completed")


class Organisation(models.Model):
    """An organisation of the network, by its address."""

    address = models.CharField(max_length=16, primary_key=True)
    kind = models.CharField(max_length=12)
    name = models.JSONField(help_text="By language: ar, en, fr, es.")
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=12, default="not-joined")
    status_reason = models.CharField(max_length=1000, blank=True, help_text="The secretariat's own note; not sent.")
    sends = ArrayField(models.CharField(max_length=64), default=list)
    receives = ArrayField(models.CharField(max_length=64), default=list)
    classifications = ArrayField(models.CharField(max_length=32), default=list)
    endpoints = models.JSONField(default=list)
    relay = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="organisation_kind_known"),
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="organisation_status_known"),
            models.CheckConstraint(condition=~Q(relay=F("address")), name="organisation_not_own_relay"),
        )


class OrganisationKey(models.Model):
    """A public key of an organisation. A revoked key keeps its row for ever."""

    keyid = models.CharField(max_length=32, primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    use = models.CharField(max_length=10)
    public = models.TextField()
    state = models.CharField(max_length=8, default="active")
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(use__in=KEY_USES), name="organisation_key_use_known"),
            models.CheckConstraint(condition=Q(state__in=KEY_STATES), name="organisation_key_state_known"),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False)
                | Q(state="retired", revoked_at__isnull=True, not_after__isnull=False)
                | Q(state="active", revoked_at__isnull=True, not_after__isnull=True),
                name="organisation_key_dates_fit_state",
            ),
            models.UniqueConstraint(
                fields=["organisation", "use"],
                condition=Q(state="active") & ~Q(use="recovery"),
                name="organisation_one_active_key_a_use",
            ),
        )


class DirectoryVersion(models.Model):
    """One accepted (or, at the secretariat, published) version: the signed envelope, byte for byte."""

    version = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    document = models.BinaryField(help_text="The DSSE envelope as JSON.")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(version__gte=1), name="directory_version_positive"),)


class DirectoryAlarm(models.Model):
    """Something is wrong with a directory offered to this node. Only an operator closes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8)
    detail = models.CharField(max_length=1000)
    subject = models.CharField(max_length=96, help_text="What it is about, so that one thing raises one alarm.")
    evidence = models.BinaryField(null=True, help_text="For a fork: the contradicting signed envelope.")
    count = models.BigIntegerField(default=1)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closing = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ALARM_KINDS), name="directory_alarm_kind_known"),
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(closed_at__isnull=True), name="directory_alarm_one_open"
            ),
        )


class Invitation(models.Model):
    """A one-time right to ask to join as one organisation. Only the token's SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    token_sha256 = models.BinaryField(max_length=32, unique=True)
    issued_by = models.CharField(max_length=200)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class JoinRequest(models.Model):
    """A request to join: at the secretariat as received, at the joining node as made."""

    id = models.UUIDField(primary_key=True, editable=False)
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, null=True)
    address = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the signed request; its fingerprint is compared.")
    document = models.BinaryField(help_text="The DSSE envelope as JSON.")
    state = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    welcome = models.BinaryField(null=True, help_text="The signed welcome, once admitted.")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="join_request_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["made", "received"], decided_at__isnull=True)
                | Q(state__in=["admitted", "refused", "completed"], decided_at__isnull=False),
                name="join_request_decided_whole",
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=Q(state__in=["made", "received"]),
                name="join_request_one_open_an_organisation",
            ),
        )
