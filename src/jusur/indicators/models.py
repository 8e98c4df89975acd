"""The kept reading: what the ledger's events say of each request, so that figures need not read the whole log again.

Nothing here is a source. Every row follows from the events up to the reading's place in the log, and is made anew from
them on demand (``jusur indicators --rebuild``).
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Reading(models.Model):
    """How far the log has been read, and by which definition of the stages; one row at most."""

    definition = models.CharField(max_length=64)
    position = models.BigIntegerField(default=-1)
    cases = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="indicators_reading_once"),)


class KeptKind(models.Model):
    """What many requests have in common: the values of their groups, in the groupings' order, and how they ended."""

    groups = ArrayField(models.TextField())
    grounds = ArrayField(models.TextField())
    fulfilled = models.BooleanField()
    late = models.BooleanField()


class KeptCase(models.Model):
    """One request: the packages that answer it, its kind, and its moments.

    ``moments`` are little-endian doubles, seconds since 1970 or NaN: when it began, when it was closed, then the
    beginning and the end of each stage.
    """

    request = models.TextField(primary_key=True)
    packages = ArrayField(models.TextField(), default=list)
    kind = models.ForeignKey(KeptKind, on_delete=models.PROTECT)
    moments = models.BinaryField()

    class Meta:
        indexes = (GinIndex(fields=["packages"], name="indicators_case_packages"),)


class KeptAnswer(models.Model):
    """What was reckoned for a question, from the log up to a position."""

    question = models.TextField(primary_key=True)
    answer = models.JSONField()
    position = models.BigIntegerField()
    reckoned_at = models.DateTimeField()
    asked_at = models.DateTimeField()
