"""What makes a notice seen and unseen elsewhere: publication, circulation, supplement, extension, recall."""

from datetime import datetime
from typing import Literal

from django.db import connection

from jusur.kernel import clock
from jusur.notices import content as contents
from jusur.notices import messages, types
from jusur.notices.errors import NoticeActError
from jusur.notices.models import Distribution, Notice, NoticeVersion
from jusur.notices.rules import State, add_months
from jusur.notices.services import acting

Reason = Literal["suspended", "refused", "withdrawn", "cancelled", "expired"]


def publish(notice: Notice, actor: str) -> None:
    """Publish an approved notice to every bureau that may have it."""
    moment = clock.now()
    notice.reference = notice.reference or _next_reference(moment)
    _show(notice, moment)
    acting.apply_act(notice, "publish", actor=actor)
    distribute(notice)


def circulate(notice: Notice, actor: str) -> None:
    """Send a diffusion at once to the bureaus its source chose."""
    _show(notice, clock.now())
    acting.apply_act(notice, "circulate", actor=actor)
    distribute(notice)


def supplement(notice: Notice, version: NoticeVersion, reason: str, actor: str) -> None:
    """Put ``version`` in the place of what is in force, and tell every recipient why."""
    acting.fill(notice, contents.parse(version.content))
    notice.version = version.number
    notice.revision += 1
    acting.apply_act(notice, "supplement", actor=actor, data={"reason": reason, "version": version.number})
    distribute(notice, reason=reason)


def extend(notice: Notice, reason: str, actor: str) -> Notice:
    """Let ``notice`` stay in force for another retention of its type, from now; recipients are told.

    Raises:
        NoticeActError: it is not in force.
    """
    notice.expires_at = add_months(clock.now(), types.notice_type(notice.type).retention_months)
    notice.source_asked_at = None
    notice.revision += 1
    acting.apply_act(notice, "extend", actor=actor, data={"reason": reason})
    if notice.visible:
        distribute(notice, reason=reason)
    return notice


def distribute(notice: Notice, reason: str = "") -> list[str]:
    """Send ``notice`` as it stands to whoever may have it; the recipients."""
    to = acting.recipients_of(notice)
    _sent(notice, to)
    body = messages.published_body(notice, reason)
    kind = messages.SUPPLEMENT if reason else messages.PUBLISHED
    messages.send(kind, notice, body, to=to, priority=_urgency(notice))
    return to


def recall(notice: Notice, reason: Reason, *, final: bool, to: list[str] | None = None) -> None:
    """Have every recipient stop using ``notice``; where ``final``, delete it and say so."""
    notice.visible = False
    notice.revision += 1
    notice.save(update_fields=["visible", "revision"])
    moment = clock.now()
    held = Distribution.objects.filter(notice=notice)
    addresses = list(held.values_list("recipient", flat=True)) if to is None else to
    if final:
        held.filter(recalled_at__isnull=True).update(recalled_at=moment)
    body = messages.RecallBody(
        notice=str(notice.id), revision=notice.revision, final=final, reason=reason, at=clock.timestamp(moment)
    )
    messages.send(messages.RECALL, notice, body, to=addresses, priority="urgent")
    acting.record(notice, "notices.notice.recalled", "node", reason=reason, final=final, recipients=len(addresses))


def expect_recall(notice: Notice, recipients: list[str]) -> None:
    """Remember at the secretariat to whom a diffusion went, so that a recall reaches them and is counted."""
    _sent(notice, recipients)


def _show(notice: Notice, moment: datetime) -> None:
    kind = types.notice_type(notice.type)
    notice.published_at = notice.published_at or moment
    notice.expires_at = add_months(moment, kind.retention_months)
    notice.revision += 1
    notice.visible = True
    if notice.state in {State.PUBLISHED, State.CIRCULATED}:
        raise NoticeActError("It is in force already.")


def _sent(notice: Notice, to: list[str]) -> None:
    moment = clock.now()
    Distribution.objects.bulk_create(
        [Distribution(notice=notice, recipient=each, revision=notice.revision, sent_at=moment) for each in to],
        update_conflicts=True,
        unique_fields=["notice", "recipient"],
        update_fields=["revision", "sent_at"],
    )


def _urgency(notice: Notice) -> str:
    threat = notice.content.get("threat", {}).get("urgency", "")
    if types.notice_type(notice.type).warning:
        return "emergency" if threat == "imminent" else "urgent"
    return notice.urgency


def _next_reference(moment: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('notices_reference')")
        number = cursor.fetchone()[0]
    return f"{moment.year}/{number}"
