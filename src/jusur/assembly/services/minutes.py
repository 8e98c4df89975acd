"""Minutes: entries in the order they were made, each corrected only by a later one."""

from uuid import UUID

from django.db import transaction
from django.db.models import Max

from jusur.accounts import api as accounts
from jusur.assembly import selectors
from jusur.assembly.models import AgendaItem, Minute
from jusur.assembly.services.common import event, locked_session
from jusur.assembly.stages import SessionState
from jusur.kernel import canonical, clock, languages, text
from jusur.kernel.errors import InvalidInputError
from jusur.ledger import api as ledger

MAX_ENTRY = 16_000


@transaction.atomic
def minute_enter(
    *,
    session_id: UUID,
    language: str,
    entry: str,
    actor: accounts.Actor,
    item_id: UUID | None = None,
    corrects: UUID | None = None,
) -> Minute:
    """Enter something into the minutes, or correct an earlier entry by a new one.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such session or item; it never sat.
        InvalidInputError: the text is not valid, or what it corrects is of another session.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.SITTING, SessionState.CLOSED)
    if item_id is not None:
        selectors.found(AgendaItem.objects.filter(session=session), item_id)
    if corrects is not None and not Minute.objects.filter(pk=corrects, session=session).exists():
        raise InvalidInputError("There is no such entry in these minutes.")
    last = session.minutes.aggregate(last=Max("number"))["last"] or 0
    words = text.paragraph(entry, max_length=MAX_ENTRY, field="entry")
    row = Minute.objects.create(
        session=session,
        number=last + 1,
        item_id=item_id,
        corrects_id=corrects,
        language=languages.check(language),
        text=words,
        entered_by=actor.reference,
        entered_at=clock.now(),
    )
    ledger.record(
        "assembly.minute.entered",
        actor=actor.reference,
        **event(row, session=str(session.pk), number=row.number, sha256=canonical.sha256_hex(words.encode())),
    )
    return row
