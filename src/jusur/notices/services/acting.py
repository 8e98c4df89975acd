"""What every act on a notice does: lock, check whose it is, move, remember, tell the ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel import canonical, clock, text
from jusur.kernel.errors import NotFoundError
from jusur.ledger import api as ledger
from jusur.node import context
from jusur.notices import content as contents
from jusur.notices.content import NoticeContent
from jusur.notices.errors import NoticeActError
from jusur.notices.models import Notice, NoticeAct
from jusur.notices.rules import ACTS, FINAL, OVER, Side, State, next_state, possible_acts

EVENTS = {
    "draft": "drafted",
    "edit": "edited",
    "check": "checked",
    "ask_approval": "approval_asked",
    "decline": "declined",
    "submit": "submitted",
    "circulate": "circulated",
    "screen": "screened",
    "assign": "assigned",
    "ask": "question_asked",
    "answer": "question_answered",
    "propose": "decision_proposed",
    "reject_proposal": "proposal_rejected",
    "return": "returned",
    "refuse": "refused",
    "publish": "published",
    "keep": "kept",
    "supplement": "supplemented",
    "suspend": "suspended",
    "resume": "resumed",
    "cancel": "cancelled",
    "extend": "extended",
    "withdraw": "withdrawn",
    "expire": "expired",
    "purge": "purged",
}
"""What the ledger calls each act, after ``notices.notice.``."""


def own() -> str:
    """This node's address."""
    return context.current().address


def is_secretariat() -> bool:
    """Whether this node is the secretariat."""
    return own() == directory.secretariat()


def sides(notice: Notice) -> frozenset[Side]:
    """The sides this node may act for on ``notice``."""
    found = {Side.ORIGIN} if notice.originator == own() else set()
    if is_secretariat():
        found.add(Side.REVIEW)
    return frozenset(found)


def locked(notice_id: UUID) -> Notice:
    """The notice, locked for this transaction.

    Raises:
        NotFoundError: this node holds no such notice.
    """
    notice = Notice.objects.select_for_update().filter(id=notice_id).first()
    if notice is None:
        raise NotFoundError("This node holds no such notice.", fix="Check the identifier.")
    return notice


def possible(notice: Notice) -> tuple[str, ...]:
    """The acts that this node may do on ``notice`` as it stands."""
    return possible_acts(notice.form, State(notice.state), sides(notice))


def permission(notice: Notice, act: str) -> str:
    """The permission that ``act`` on ``notice`` takes.

    Raises:
        NoticeActError: there is no such act.
    """
    rule = ACTS[notice.form].get(act)
    if rule is None:
        raise NoticeActError(f"A {notice.form} knows no act called {act[:24]!r}.", fix=_fix(notice))
    return rule.permission


def require_possible(notice: Notice, act: str) -> State:
    """The state that ``act`` by this node leads to.

    Raises:
        NoticeActError: it is not possible as things stand.
    """
    target = next_state(notice.form, State(notice.state), act, sides(notice))
    if target is None:
        raise NoticeActError(f"{act} is not possible while it is {notice.state.replace('_', ' ')}.", fix=_fix(notice))
    return target


def apply_act(notice: Notice, act: str, *, actor: str, data: dict[str, Any] | None = None) -> None:
    """Move ``notice`` (locked by the caller) by this node's ``act``.

    Raises:
        NoticeActError: not possible as things stand.
    """
    move(notice, act, require_possible(notice, act), by=own(), actor=actor, data=data)


def move(
    notice: Notice,
    act: str,
    target: State,
    *,
    by: str,
    actor: str,
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Set ``notice`` to ``target``, remember the act, tell the ledger."""
    moment = at or clock.now()
    before, notice.state = notice.state, target
    if target in FINAL:
        notice.visible = False
        notice.ended_at = notice.ended_at or moment
        notice.end_reason = notice.end_reason or (str(target) if target in OVER else "")
    notice.save()
    NoticeAct.objects.create(
        notice=notice, act=act, by=by, actor=actor, at=moment, before=before, after=target, data=data or {}
    )
    record(notice, f"notices.notice.{EVENTS[act]}", actor, by=by)


def record(notice: Notice, kind: str, actor: str, **data: Any) -> ledger.LedgerEvent:
    """A ledger event on ``notice``: what kind it is and where it stands, nothing of its content."""
    return ledger.record(
        kind,
        subject_type="notices.notice",
        subject_id=str(notice.id),
        actor=actor,
        purpose="notices",
        data={
            "form": notice.form,
            "type": notice.type,
            "originator": notice.originator,
            "state": str(notice.state),
            "revision": notice.revision,
            "content_sha256": notice.content_sha256,
        }
        | data,
    )


def fill(notice: Notice, content: NoticeContent) -> None:
    """Set what ``notice`` says; the caller saves."""
    encoded = contents.encode(content)
    notice.content = msgspec.to_builtins(content)
    notice.content_sha256 = canonical.sha256_hex(encoded)
    notice.case_reference = content.case.reference
    notice.urgency = content.urgency


def reason(value: str, *, field: str = "reason", required: bool = True) -> str:
    """``value`` as a text a person gives.

    Raises:
        TextError: empty, too long, hidden characters.
    """
    return text.paragraph(value, max_length=4000, field=field, required=required)


def recipients_of(notice: Notice) -> list[str]:
    """Who receives ``notice``: of a diffusion the chosen bureaus, of a notice every active one that is not excluded.

    A pilot's notices go to its participants alone.
    """
    from jusur.notices import types

    out = {own(), notice.originator, *notice.excluded}
    if notice.form == "diffusion":
        return sorted(set(notice.recipients) - out)
    pilot = types.notice_type(notice.type).pilot
    allowed = set(pilot.participants) if pilot and pilot.participants else None
    found = {each.address for each in directory.organisations(kind="bureau", status="active")} - out
    return sorted(found if allowed is None else found & allowed)


def alarm_warning(notice: Notice) -> None:
    """Put a warning before the officers of this node at once."""
    exchange.raise_alarm(
        "notice-warning", peer=notice.originator, subject=str(notice.id), detail=f"A warning ({notice.type}) came in."
    )


def _fix(notice: Notice) -> str:
    acts = possible(notice)
    return f"Possible now: {', '.join(acts)}." if acts else "Nothing can be done here at this stage."
