"""Both lives on four nodes while messages are late, reordered and repeated."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.notices.lives import decided, drafted, sent, under_review
from tests.notices.network import DECIDER, REFUSE, SUPERVISOR, Network
from tests.notices.samples import red

from jusur.kernel.errors import JusurError
from jusur.notices.models import Distribution, Notice, NoticeAct
from jusur.notices.rules import OVER, State
from jusur.notices.services import drafting, keeping, reviewing

OVER_FOR_GOOD = {*OVER, State.PURGED}
Step = Callable[[Network, UUID], Any]


def _withdraw(network: Network, notice_id: UUID) -> None:
    with network.acting("MA"):
        drafting.notice_withdraw(notice_id=notice_id, reason="Found.", actor=SUPERVISOR)


def _suspend(network: Network, notice_id: UUID) -> None:
    with network.acting("GS"):
        reviewing.notice_suspend(notice_id=notice_id, reason="Examined.", actor=DECIDER)


def _resume(network: Network, notice_id: UUID) -> None:
    with network.acting("GS"):
        reviewing.notice_resume(notice_id=notice_id, reason="Kept.", actor=DECIDER)


def _cancel(network: Network, notice_id: UUID) -> None:
    with network.acting("GS"):
        reviewing.notice_cancel(notice_id=notice_id, reason="No.", grounds=["article-2"], actor=DECIDER)


def _refuse(network: Network, notice_id: UUID) -> None:
    decided(network, notice_id, REFUSE)


def _supplement(network: Network, notice_id: UUID) -> None:
    with network.acting("MA"):
        from tests.notices.network import OFFICER

        drafting.supplement_ask(notice_id=notice_id, content=red(title="Supplemented"), actor=OFFICER)
        drafting.supplement_approve(notice_id=notice_id, reason="More", actor=SUPERVISOR)


STEPS: dict[str, Step] = {
    "review": under_review,
    "approve": decided,
    "refuse": _refuse,
    "withdraw": _withdraw,
    "suspend": _suspend,
    "resume": _resume,
    "cancel": _cancel,
    "supplement": _supplement,
}


def _check(network: Network, notice_id: UUID, form: str) -> None:
    """At every moment: nothing is seen that was not approved (a notice) or sent (a diffusion)."""
    with network.acting("GS"):
        approved = NoticeAct.objects.filter(notice_id=notice_id, act="publish").exists()
    for address in ("NO", "SE"):
        held = network.held(address, notice_id)
        if held is not None and held.visible:
            assert approved or form == "diffusion"
            assert held.content


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_is_over_is_seen_nowhere_once_all_messages_came(network: Network, data: st.DataObject) -> None:
    with transaction.atomic():
        network.letters.clear()
        network.delivered.clear()
        form = data.draw(st.sampled_from(["notice", "diffusion"]))
        notice_id = drafted(network, form=form).id
        sent(network, notice_id)
        for _ in range(data.draw(st.integers(5, 25))):
            choice = data.draw(st.sampled_from(["deliver", "deliver", "repeat", *STEPS]))
            if choice in {"deliver", "repeat"}:
                if network.letters:
                    number = data.draw(st.integers(0, len(network.letters) - 1))
                    network.deliver(number, again=choice == "repeat")
            else:
                with suppress(JusurError, Notice.DoesNotExist), transaction.atomic():
                    before = len(network.letters)
                    try:
                        STEPS[choice](network, notice_id)
                    except Exception:
                        del network.letters[before:]
                        raise
            _check(network, notice_id, form)
        network.deliver_all()
        _settled(network, notice_id, form)
        transaction.set_rollback(True)


def _settled(network: Network, notice_id: UUID, form: str) -> None:
    publisher = network.held("GS" if form == "notice" else "MA", notice_id)
    assert publisher is not None
    for address in ("NO", "SE"):
        held = network.held(address, notice_id)
        assert bool(held and held.visible) == publisher.visible, (address, publisher.state)
        if held is not None and publisher.state in OVER_FOR_GOOD:
            assert (held.state, held.content) == ("purged", {})
        if held is not None and held.visible:
            assert held.content_sha256 == publisher.content_sha256
    if publisher.state in OVER_FOR_GOOD:
        with network.acting(publisher.originator if form == "diffusion" else "GS"):
            assert keeping.undeleted() == []
            assert Distribution.objects.filter(recalled_at=None).count() in {0, 2} or form == "notice"
