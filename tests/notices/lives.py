"""Steps of a notice's life that tests take together."""

from typing import Any
from uuid import UUID

from tests.notices.network import APPROVE, DECIDER, OFFICER, REVIEWER, SUPERVISOR, Network
from tests.notices.samples import CONTENTS

from jusur.notices.models import Notice
from jusur.notices.services import drafting, reviewing


def drafted(network: Network, *, form: Any = "notice", type: str = "red", at: str = "MA", **rest: Any) -> Notice:  # noqa: A002
    with network.acting(at):
        if form == "diffusion":
            rest.setdefault("recipients", ["NO", "SE"])
        content = rest.pop("content", CONTENTS[type])
        return drafting.notice_draft(form=form, type=type, content=content, actor=OFFICER, **rest)


def sent(network: Network, notice_id: UUID, at: str = "MA") -> None:
    with network.acting(at):
        drafting.notice_check(notice_id=notice_id, actor=OFFICER)
        drafting.notice_ask_approval(notice_id=notice_id, actor=OFFICER)
        drafting.notice_approve(notice_id=notice_id, actor=SUPERVISOR)


def under_review(network: Network, notice_id: UUID) -> None:
    with network.acting("GS"):
        reviewing.review_screen(notice_id=notice_id, actor=REVIEWER)
        reviewing.review_assign(notice_id=notice_id, reviewer=REVIEWER.id, actor=REVIEWER)


def decided(network: Network, notice_id: UUID, opinion: dict[str, Any] | None = None) -> None:
    with network.acting("GS"):
        reviewing.review_propose(notice_id=notice_id, opinion=opinion or APPROVE, actor=REVIEWER)
        reviewing.review_decide(notice_id=notice_id, actor=DECIDER)


def published(network: Network, **rest: Any) -> UUID:
    """A notice that every other bureau received."""
    notice = drafted(network, **rest)
    sent(network, notice.id, at=rest.get("at", "MA"))
    network.deliver_all()
    under_review(network, notice.id)
    decided(network, notice.id)
    network.deliver_all()
    return notice.id
