"""What recipients do with a notice: read it, acknowledge a warning, tell the source; the figures of a pilot."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.accounts import api as accounts
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import new_id
from jusur.notices import messages, types
from jusur.notices.errors import NoticeActError
from jusur.notices.models import Information, Notice, SilverFigure
from jusur.notices.rules import Side
from jusur.notices.services import acting


@transaction.atomic
def notice_read(*, notice_id: UUID, actor: accounts.Actor) -> Notice:
    """An officer opens a received notice: its publisher gets one read receipt, which names no person.

    Raises:
        NoticeActError, ForbiddenError: it may not be seen; reading is not the actor's act.
    """
    accounts.require(actor, "notice.read")
    notice = acting.locked(notice_id)
    if notice.side == Side.RECEIVED:
        _require_seen(notice)
        if notice.read_at is None:
            notice.read_at = clock.now()
            notice.save(update_fields=["read_at"])
            _tell_read(notice, notice.read_at, acknowledged=False)
    acting.record(notice, "notices.notice.read", actor.reference)
    return notice


@transaction.atomic
def warning_acknowledge(*, notice_id: UUID, actor: accounts.Actor) -> Notice:
    """Acknowledge a warning (a type that warns: Orange, Purple): its publisher is told, the alarm is closed.

    Raises:
        NoticeActError, ForbiddenError: no warning, or not to be seen; not the actor's act.
    """
    accounts.require(actor, "notice.acknowledge")
    notice = acting.locked(notice_id)
    if notice.side != Side.RECEIVED or not types.notice_type(notice.type).warning:
        raise NoticeActError("This is no warning that this bureau received.")
    _require_seen(notice)
    if notice.acknowledged_at is None:
        notice.acknowledged_at = clock.now()
        notice.read_at = notice.read_at or notice.acknowledged_at
        notice.save(update_fields=["acknowledged_at", "read_at"])
        _tell_read(notice, notice.acknowledged_at, acknowledged=True)
        exchange.alarm_clear("notice-warning", peer=notice.originator, subject=str(notice.id))
        acting.record(notice, "notices.warning.acknowledged", actor.reference)
    return notice


@transaction.atomic
def information_send(
    *, notice_id: UUID, kind: str, text: str, assets: list[dict[str, Any]] | None = None, actor: accounts.Actor
) -> Information:
    """Tell the source of a notice what this bureau knows. Only the source can read it.

    Raises:
        InvalidInputError, NoticeActError, ForbiddenError: not of the form; not a received notice; not the actor's.
    """
    accounts.require(actor, "notice.inform")
    notice = acting.locked(notice_id)
    if notice.side != Side.RECEIVED:
        raise NoticeActError("Information goes to the source of a received notice.")
    _require_seen(notice)
    moment = clock.now()
    plain = {
        "notice": str(notice.id),
        "kind": kind,
        "text": acting.reason(text, field="text"),
        "assets": assets or [],
        "at": clock.timestamp(moment),
    }
    try:
        body = msgspec.convert(plain, messages.InformationBody)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"The information is not valid: {error}.") from None
    messages.send(messages.INFORMATION, notice, body, to=[notice.originator])
    acting.record(notice, "notices.information.sent", actor.reference, about=kind)
    return Information.objects.create(
        notice=notice,
        by=acting.own(),
        incoming=False,
        kind=kind,
        text=body.text,
        assets=msgspec.to_builtins(list(body.assets)),
        at=moment,
    )


@transaction.atomic
def figure_report(
    *, information_id: UUID, value_minor: int = 0, currency: str = "", kind: str = "", actor: accounts.Actor
) -> SilverFigure:
    """Report a confirmed answer to a pilot's evaluation: who answered, when, what asset, what value; no content.

    Raises:
        NotFoundError, InvalidInputError, NoticeActError, ForbiddenError: nothing received; no pilot; not the actor's.
    """
    accounts.require(actor, "notice.draft")
    information = Information.objects.select_related("notice").filter(id=information_id, incoming=True).first()
    if information is None or types.notice_type(information.notice.type).pilot is None:
        raise NoticeActError("Figures are reported of information received on a pilot's notice.")
    notice = information.notice
    if value_minor < 0 or (value_minor and len(currency) != 3):  # noqa: PLR2004 - ISO 4217
        raise InvalidInputError("A value has a currency.", fix="Give the three letters of ISO 4217.")
    figure = SilverFigure(
        id=new_id(),
        notice=notice.id,
        originator=acting.own(),
        by=information.by,
        published_at=notice.published_at or information.at,
        at=information.at,
        kind=kind[:24],
        value_minor=value_minor,
        currency=currency,
    )
    figure.save(force_insert=True)
    acting.record(notice, "notices.pilot.figure_reported", actor.reference, currency=currency)
    if not acting.is_secretariat():
        body = messages.FigureBody(
            figure=str(figure.id),
            notice=str(notice.id),
            by=figure.by,
            published_at=clock.timestamp(figure.published_at),
            at=clock.timestamp(figure.at),
            kind=figure.kind,
            value_minor=value_minor,
            currency=currency,
        )
        messages.send(messages.FIGURE, notice, body, to=[directory.secretariat()], priority="routine")
    return figure


def _tell_read(notice: Notice, at: datetime, *, acknowledged: bool) -> None:
    publisher = notice.originator if notice.form == "diffusion" else directory.secretariat()
    body = messages.ReadBody(notice=str(notice.id), at=clock.timestamp(at), acknowledged=acknowledged)
    messages.send(messages.READ, notice, body, to=[publisher], priority="routine")


def _require_seen(notice: Notice) -> None:
    if not notice.visible:
        raise NoticeActError("This notice is not in force: it may not be used.")
