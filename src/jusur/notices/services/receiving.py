"""What other nodes say of notices. Each handler may see its message twice, late, or before one it builds upon."""

from datetime import datetime
from uuid import UUID

from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.errors import UnavailableError
from jusur.notices import content as contents
from jusur.notices import messages, types
from jusur.notices.models import (
    Distribution,
    Information,
    Notice,
    NoticeAct,
    NoticeVersion,
    ReviewQuestion,
    SilverFigure,
)
from jusur.notices.rules import FINAL, UNKNOWN, Side, Standing, State, settle
from jusur.notices.services import acting, keeping, publishing

_AFTER = {
    "published": State.PUBLISHED,
    "refused": State.REFUSED,
    "returned": State.RETURNED,
    "compliant": State.CIRCULATED,
    "suspended": State.SUSPENDED,
    "resumed": State.PUBLISHED,
    "cancelled": State.CANCELLED,
    "expired": State.EXPIRED,
}
_ACT = {
    "published": "publish",
    "refused": "refuse",
    "returned": "return",
    "compliant": "keep",
    "suspended": "suspend",
    "resumed": "resume",
    "cancelled": "cancel",
    "expired": "expire",
    "extended": "extend",
    "supplemented": "supplement",
}
_ENDED = {
    "refused": State.REFUSED,
    "withdrawn": State.WITHDRAWN,
    "cancelled": State.CANCELLED,
    "expired": State.EXPIRED,
}


def receive_submitted(message: exchange.ReceivedMessage) -> None:
    """At the secretariat: a notice for review, a diffusion for the record, or a new version of either."""
    body: messages.SubmittedBody = message.body
    if not acting.is_secretariat():
        raise exchange.MessageRefusedError("Notices are submitted to the secretariat.", fix="Send it there.")
    types.notice_type(body.type)
    content = contents.parse(body.content)
    notice = _known(body.notice)
    if notice is None:
        _enter(message, body, content)
        return
    _require_origin(notice, message)
    if notice.state in FINAL or body.version <= notice.version:
        return
    if notice.state == State.PUBLISHED:
        _keep_version(notice, body.version, content)
        acting.record(notice, "notices.notice.supplement_received", message.sender, version=body.version)
        return
    acting.fill(notice, content)
    notice.version = body.version
    _keep_version(notice, body.version, content)
    if notice.form == "notice" and notice.state == State.RETURNED:
        notice.submitted_at = clock.parse_timestamp(body.submitted_at)
        acting.move(notice, "submit", State.SUBMITTED, by=message.sender, actor=message.sender)
    else:
        notice.save()


def receive_question(message: exchange.ReceivedMessage) -> None:
    """At the source: the review asks."""
    body: messages.QuestionBody = message.body
    notice = _own(body.notice, message)
    _, new = ReviewQuestion.objects.get_or_create(
        id=UUID(body.question), defaults={"notice": notice, "text": body.text, "asked_at": _moment(body.at)}
    )
    if new and notice.form == "notice" and notice.state not in FINAL:
        acting.move(notice, "ask", State.QUESTION_ASKED, by=message.sender, actor=message.sender)


def receive_answer(message: exchange.ReceivedMessage) -> None:
    """At the secretariat: the source answers."""
    body: messages.AnswerBody = message.body
    notice = _reviewed(body.notice, message)
    changed = ReviewQuestion.objects.filter(id=UUID(body.question), notice=notice, answered_at__isnull=True).update(
        answer=body.text, answered_at=_moment(body.at)
    )
    if changed and notice.state == State.QUESTION_ASKED:
        acting.move(notice, "answer", State.IN_REVIEW, by=message.sender, actor=message.sender)


def receive_decision(message: exchange.ReceivedMessage) -> None:
    """At the source: what the secretariat decided."""
    body: messages.DecisionBody = message.body
    notice = _own(body.notice, message)
    told = {"message": body.message, "grounds": list(body.grounds), "message_id": str(message.id)}
    if NoticeAct.objects.filter(notice=notice, data__message_id=str(message.id)).exists():
        return
    notice.decided_at = _moment(body.at)
    notice.reference = body.reference or notice.reference
    notice.revision = max(notice.revision, body.revision)
    if body.expires_at:
        notice.expires_at = _moment(body.expires_at)
    target = _AFTER.get(body.outcome, State(notice.state))
    if notice.state in FINAL:
        target = State(notice.state)
    notice.visible = target in {State.PUBLISHED, State.CIRCULATED}
    if body.outcome == "published" and notice.published_at is None:
        notice.published_at = _moment(body.at)
    if body.outcome == "supplemented":
        _take_version(notice, body.version)
    act = _ACT[body.outcome]
    acting.move(notice, act, target, by=message.sender, actor=message.sender, data=told)


def receive_published(message: exchange.ReceivedMessage) -> None:
    """At a recipient: a notice in force, or a diffusion, as it stands at its revision."""
    body: messages.PublishedBody = message.body
    publisher = body.originator if body.form == "diffusion" else directory.secretariat()
    if message.sender != publisher:
        raise exchange.MessageRefusedError("Only its publisher may publish a notice.", fix="Ask the secretariat.")
    notice = _known(body.notice)
    if notice is not None and (notice.side != Side.RECEIVED or notice.originator not in {"", body.originator}):
        return
    known = standing(notice)
    told = settle(known, Standing(body.revision, visible=True))
    if told == known:
        return
    notice = notice or Notice(
        id=UUID(body.notice), side=Side.RECEIVED, received_at=message.received_at, created_at=message.received_at
    )
    _fill_published(notice, body)
    notice.visible = told.visible
    first = notice._state.adding  # noqa: SLF001 - Django's own word for a row not yet saved
    act = "supplement" if not first and known.revision else ("circulate" if body.form == "diffusion" else "publish")
    state = State.CIRCULATED if body.form == "diffusion" else State.PUBLISHED
    acting.move(notice, act, state, by=message.sender, actor=message.sender)
    if types.all_types().get(body.type) and types.notice_type(body.type).warning and notice.acknowledged_at is None:
        acting.alarm_warning(notice)


def receive_recall(message: exchange.ReceivedMessage) -> None:
    """At a recipient: stop using it; where it is over, delete it and send the receipt, known or not."""
    body: messages.RecallBody = message.body
    notice = _known(body.notice)
    if notice is not None and notice.side != Side.RECEIVED:
        return
    if message.sender not in _may_recall(notice, message.sender):
        raise exchange.MessageRefusedError("Only its publisher may recall a notice.", fix="Ask the secretariat.")
    known = standing(notice)
    told = settle(known, Standing(body.revision, visible=False, final=body.final))
    if notice is None:
        notice = _stone(UUID(body.notice), message)
    elif known.final or told == known:
        if body.final:
            _receipt_again(notice, message)
        return
    notice.revision, notice.visible = told.revision, False
    if body.final:
        keeping.copy_delete(notice, _ENDED[body.reason], by=message.sender, reason=body.reason)
    elif told != known:
        acting.move(notice, "suspend", State.SUSPENDED, by=message.sender, actor=message.sender)


def receive_deletion(message: exchange.ReceivedMessage) -> None:
    """At the publisher: a recipient deleted its copy."""
    body: messages.DeletionBody = message.body
    changed = Distribution.objects.filter(
        notice_id=UUID(body.notice), recipient=message.sender, deleted_at__isnull=True
    ).update(deleted_at=_moment(body.deleted_at))
    notice = _known(body.notice)
    if changed and notice is not None:
        acting.record(notice, "notices.copy.deletion_receipted", message.sender, in_log=body.event)


def receive_read(message: exchange.ReceivedMessage) -> None:
    """At the publisher: an officer of a recipient read it, or acknowledged the warning."""
    body: messages.ReadBody = message.body
    held = Distribution.objects.filter(notice_id=UUID(body.notice), recipient=message.sender)
    held.filter(read_at__isnull=True).update(read_at=_moment(body.at))
    if body.acknowledged:
        held.filter(acknowledged_at__isnull=True).update(acknowledged_at=_moment(body.at))


def receive_wish(message: exchange.ReceivedMessage) -> None:
    """At the secretariat: the source ends its notice (carried out at once), or needs it longer (a person decides)."""
    body: messages.WishBody = message.body
    if not acting.is_secretariat():
        raise exchange.MessageRefusedError("Only the secretariat takes this.")
    notice = _known(body.notice)
    if notice is None:
        if body.wish == "withdraw":
            stone = _stone(UUID(body.notice), message, side=Side.REVIEW)
            stone.originator = message.sender
            acting.move(stone, "withdraw", State.WITHDRAWN, by=message.sender, actor=message.sender)
        return
    _require_origin(notice, message)
    if notice.state in FINAL:
        return
    if body.wish == "extend":
        acting.record(notice, "notices.notice.extension_asked", message.sender)
        NoticeAct.objects.create(
            notice=notice,
            act="extension_asked",
            by=message.sender,
            actor=message.sender,
            at=clock.now(),
            before=notice.state,
            after=notice.state,
            data={"reason": body.reason},
        )
        return
    shown = notice.published_at is not None and notice.form == "notice"
    acting.move(notice, "withdraw", State.WITHDRAWN, by=message.sender, actor=message.sender)
    if shown:
        publishing.recall(notice, "withdrawn", final=True)


def receive_reminder(message: exchange.ReceivedMessage) -> None:
    """At the source: the notice ends soon."""
    body: messages.ReminderBody = message.body
    notice = _own(body.notice, message)
    if notice.state not in FINAL and notice.source_asked_at is None:
        notice.source_asked_at = clock.now()
        notice.save(update_fields=["source_asked_at"])
        acting.record(notice, "notices.notice.review_due", message.sender)


def receive_information(message: exchange.ReceivedMessage) -> None:
    """At the source: a recipient tells what it knows."""
    body: messages.InformationBody = message.body
    notice = _known(body.notice)
    if notice is None or notice.side != Side.ORIGIN:
        raise exchange.MessageRefusedError("This bureau issued no such notice.")
    _, new = Information.objects.get_or_create(
        id=message.id,
        defaults={
            "notice": notice,
            "by": message.sender,
            "incoming": True,
            "kind": body.kind,
            "text": body.text,
            "assets": [_asset(asset) for asset in body.assets],
            "at": _moment(body.at),
        },
    )
    if new:
        acting.record(notice, "notices.information.received", message.sender, about=body.kind)


def receive_figure(message: exchange.ReceivedMessage) -> None:
    """At the secretariat: a figure for the evaluation of a pilot."""
    body: messages.FigureBody = message.body
    if not acting.is_secretariat():
        raise exchange.MessageRefusedError("Only the secretariat evaluates the pilot.")
    SilverFigure.objects.get_or_create(
        id=UUID(body.figure),
        defaults={
            "notice": UUID(body.notice),
            "originator": message.sender,
            "by": body.by,
            "published_at": _moment(body.published_at),
            "at": _moment(body.at),
            "kind": body.kind,
            "value_minor": body.value_minor,
            "currency": body.currency,
        },
    )


def standing(notice: Notice | None) -> Standing:
    """What this node knows of the publication of ``notice``."""
    if notice is None:
        return UNKNOWN
    return Standing(notice.revision, notice.visible, notice.state in FINAL)


def _enter(message: exchange.ReceivedMessage, body: messages.SubmittedBody, content: contents.NoticeContent) -> None:
    notice = Notice(
        id=UUID(body.notice),
        form=body.form,
        type=body.type,
        side=Side.REVIEW,
        originator=message.sender,
        state=State.SUBMITTED,
        classification=body.classification,
        recipients=list(body.recipients),
        excluded=list(body.excluded),
        version=body.version,
        created_at=message.received_at,
        submitted_at=_moment(body.submitted_at),
        received_at=message.received_at,
        expires_at=_moment(body.expires_at) if body.expires_at else None,
    )
    acting.fill(notice, content)
    acting.move(notice, "submit", State.SUBMITTED, by=message.sender, actor=message.sender)
    _keep_version(notice, body.version, content)
    if body.form == "diffusion":
        notice.revision = 1
        notice.save(update_fields=["revision"])
        publishing.expect_recall(notice, list(body.recipients))


def _fill_published(notice: Notice, body: messages.PublishedBody) -> None:
    notice.form, notice.type, notice.originator = body.form, body.type, body.originator
    notice.reference, notice.revision = body.reference, body.revision
    notice.classification = body.classification
    notice.published_at, notice.expires_at = _moment(body.published_at), _moment(body.expires_at)
    acting.fill(notice, contents.parse(body.content))


def _stone(notice_id: UUID, message: exchange.ReceivedMessage, side: Side = Side.RECEIVED) -> Notice:
    """A tombstone for what was never seen here, so that a late copy of it finds it over."""
    return Notice(
        id=notice_id,
        form="notice" if message.sender == directory.secretariat() else "diffusion",
        type="",
        side=side,
        originator="" if message.sender == directory.secretariat() else message.sender,
        state=State.SUBMITTED,
        content={},
        content_sha256="",
        created_at=message.received_at,
        received_at=message.received_at,
    )


def _receipt_again(notice: Notice, message: exchange.ReceivedMessage) -> None:
    """Another publisher recalls what is deleted already (source and secretariat crossed): it gets its receipt too."""
    keeping.deletion_send(notice, [message.sender])


def _may_recall(notice: Notice | None, sender: str) -> set[str]:
    allowed = {directory.secretariat()}
    if notice is None:
        return allowed | {sender}
    if notice.form == "diffusion":
        allowed.add(notice.originator)
    return allowed


def _keep_version(notice: Notice, number: int, content: contents.NoticeContent) -> None:
    holder = Notice()
    acting.fill(holder, content)
    NoticeVersion.objects.get_or_create(
        notice=notice,
        number=number,
        defaults={"content": holder.content, "content_sha256": holder.content_sha256, "at": clock.now()},
    )


def _take_version(notice: Notice, number: int) -> None:
    version = notice.versions.filter(number=number).first()
    if version is not None:
        acting.fill(notice, contents.parse(version.content))
        notice.version = number


def _known(notice_id: str) -> Notice | None:
    return Notice.objects.select_for_update().filter(id=UUID(notice_id)).first()


def _own(notice_id: str, message: exchange.ReceivedMessage) -> Notice:
    notice = _known(notice_id)
    if message.sender != directory.secretariat():
        raise exchange.MessageRefusedError("Only the secretariat may say this.")
    if notice is None or notice.side != Side.ORIGIN:
        raise exchange.MessageRefusedError("This bureau issued no such notice.")
    return notice


def _reviewed(notice_id: str, message: exchange.ReceivedMessage) -> Notice:
    notice = _known(notice_id)
    if notice is None:
        raise UnavailableError("What this belongs to has not come yet.")
    _require_origin(notice, message)
    return notice


def _require_origin(notice: Notice, message: exchange.ReceivedMessage) -> None:
    if notice.originator != message.sender:
        raise exchange.MessageRefusedError("Only its source may say this of a notice.")


def _moment(value: str) -> datetime:
    return clock.parse_timestamp(value)


def _asset(asset: contents.Asset) -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(asset)
    return plain
