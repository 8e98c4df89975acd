"""What an officer is writing: kept as it is typed, theirs alone, forgotten when it is sent or long untouched."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from jusur.exchange.models import Unsent
from jusur.kernel import canonical
from jusur.kernel.clock import now
from jusur.kernel.errors import ForbiddenError, InvalidInputError, NotFoundError

MAX_KEPT = 50
"""Unsent messages of one officer."""
MAX_BYTES = 512 * 1024
MAX_FILES = 64
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An unsent message: the fields of its form, and the uploads brought for it (their identifiers, in order)."""

    id: UUID
    warning: bool
    fields: dict[str, Any]
    files: tuple[str, ...]
    changed_at: datetime


def written(identifier: UUID, *, officer: UUID) -> Written:
    """An unsent message of this officer.

    Raises:
        NotFoundError: there is none.
    """
    row = Unsent.objects.filter(id=identifier, officer=officer).first()
    if row is None:
        raise NotFoundError("There is no such unsent message of yours.", fix="It may have been sent: see the list.")
    return _view(row)


def written_by(officer: UUID) -> list[Written]:
    """The unsent messages of an officer, the one changed last first."""
    return [_view(row) for row in Unsent.objects.filter(officer=officer).order_by("-changed_at")[:MAX_KEPT]]


def written_keep(
    identifier: UUID,
    *,
    officer: UUID,
    warning: bool = False,
    fields: dict[str, Any] | None = None,
    add_file: str = "",
    drop_file: str = "",
) -> Written:
    """Keep what is being written under ``identifier``, which the form chose.

    Args:
        identifier: a UUIDv7; the same one again changes what is kept.
        officer: whose it is.
        warning: it is a warning.
        fields: the form's fields; what is kept stays as it is by default.
        add_file: identifier of an upload that belongs to it now.
        drop_file: of one that does not any more.

    Raises:
        NotFoundError: another officer writes under this identifier.
        ForbiddenError: too many unsent messages.
        InvalidInputError: too much text, or too many files.
    """
    if fields is not None and len(canonical.encode(fields)) > MAX_BYTES:
        raise InvalidInputError("That is too much text for one message.", fix="Attach it as a file.")
    with transaction.atomic():
        row = Unsent.objects.select_for_update().filter(id=identifier).first()
        if row is None:
            row = _begin(identifier, officer, warning)
        if row.officer != officer:
            raise NotFoundError("There is no such unsent message of yours.", fix="Begin a new one.")
        row.fields = row.fields if fields is None else fields
        row.files = [name for name in row.files if name != drop_file] + ([add_file] if add_file else [])
        if len(row.files) > MAX_FILES:
            raise InvalidInputError(f"A message has at most {MAX_FILES} attachments.", fix="Send several messages.")
        row.changed_at = now()
        row.save()
    return _view(row)


def written_discard(identifier: UUID, *, officer: UUID) -> None:
    """Forget an unsent message of this officer; nothing happens if there is none."""
    Unsent.objects.filter(id=identifier, officer=officer).delete()


def written_forget_old() -> list[str]:
    """Forget the messages that nobody changed for ``KEPT_FOR``; the uploads that were brought for them."""
    with transaction.atomic():
        old = list(Unsent.objects.select_for_update().filter(changed_at__lt=now() - KEPT_FOR))
        Unsent.objects.filter(id__in=[row.id for row in old]).delete()
    return [name for row in old for name in row.files]


def _begin(identifier: UUID, officer: UUID, warning: bool) -> Unsent:
    if Unsent.objects.filter(officer=officer).count() >= MAX_KEPT:
        raise ForbiddenError(f"You have {MAX_KEPT} unsent messages.", fix="Send or discard some of them first.")
    return Unsent(id=identifier, officer=officer, warning=warning)


def _view(row: Unsent) -> Written:
    return Written(id=row.id, warning=row.warning, fields=row.fields, files=tuple(row.files), changed_at=row.changed_at)
