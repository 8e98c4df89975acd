"""Reads of the notices room, for pages, the API and the command."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError
from jusur.notices import types
from jusur.notices.models import Distribution, Information, Notice, NoticeVersion, ReviewQuestion, SilverFigure
from jusur.notices.rules import FINAL, Side, State

SOON = timedelta(days=183)
REVIEWING = (
    State.SUBMITTED,
    State.SCREENED,
    State.IN_REVIEW,
    State.QUESTION_ASKED,
    State.DECISION_PROPOSED,
)


def notices(
    *,
    state: str = "",
    type: str = "",  # noqa: A002 - the field's word
    form: str = "",
    originator: str = "",
    side: str = "",
    reference: str = "",
) -> QuerySet[Notice]:
    """Notices and diffusions, narrowed by what is given. Of received ones, only those that may be seen."""
    wanted = {
        "state": state,
        "type": type,
        "form": form,
        "originator": originator,
        "side": side,
        "reference": reference,
    }
    rows = Notice.objects.filter(**{name: value for name, value in wanted.items() if value})
    return rows.filter(~Q(side=Side.RECEIVED) | Q(visible=True))


def notice(notice_id: UUID) -> Notice:
    """One notice; of a received one that is not in force, nothing.

    Raises:
        NotFoundError: this node holds none that may be seen.
    """
    found = Notice.objects.filter(id=notice_id).filter(~Q(side=Side.RECEIVED) | Q(visible=True)).first()
    if found is None:
        raise NotFoundError("This node holds no such notice in force.", fix="Check the identifier.")
    return found


def notice_state(notice_id: UUID) -> Notice:
    """The row of a notice whatever its state, for telling how it stands (a tombstone has no content).

    Raises:
        NotFoundError: never heard of.
    """
    found = Notice.objects.filter(id=notice_id).first()
    if found is None:
        raise NotFoundError("This node has never held such a notice.", fix="Check the identifier.")
    return found


def counts() -> dict[str, int]:
    """What waits, for the first page: warnings, approvals, reviews, questions, sources to answer, undeleted copies."""
    now = clock.now()
    return Notice.objects.aggregate(
        warnings=Count(
            "id", filter=Q(side=Side.RECEIVED, visible=True, acknowledged_at=None, type__in=_warning_types())
        ),
        awaiting_approval=Count("id", filter=Q(side=Side.ORIGIN, state=State.AWAITING_APPROVAL)),
        questions=Count("id", filter=Q(side=Side.ORIGIN, state=State.QUESTION_ASKED)),
        returned=Count("id", filter=Q(side=Side.ORIGIN, state=State.RETURNED)),
        review_due=Count("id", filter=Q(side=Side.ORIGIN, source_asked_at__isnull=False) & ~Q(state__in=sorted(FINAL))),
        to_review=Count("id", filter=Q(side=Side.REVIEW, state__in=REVIEWING)),
        ending=Count("id", filter=Q(visible=True, expires_at__lte=now + SOON)),
        in_force=Count("id", filter=Q(visible=True)),
    ) | {"undeleted": Distribution.objects.filter(recalled_at__isnull=False, deleted_at=None).count()}


def warnings_open() -> QuerySet[Notice]:
    """Warnings this bureau received and has not acknowledged, the newest first."""
    return Notice.objects.filter(
        side=Side.RECEIVED, visible=True, acknowledged_at=None, type__in=_warning_types()
    ).order_by("-id")


def reviews_waiting(reviewer: UUID | None = None) -> QuerySet[Notice]:
    """What the secretariat has to review, the oldest first; of one reviewer where named."""
    rows = Notice.objects.filter(side=Side.REVIEW, state__in=REVIEWING).select_related("review").order_by("id")
    return rows if reviewer is None else rows.filter(review__assigned_to=reviewer)


def supplements_waiting() -> QuerySet[NoticeVersion]:
    """Supplements of notices in force that wait for a decision, the oldest first."""
    newer = Q(number__gt=F("notice__version"))
    return NoticeVersion.objects.filter(newer, notice__form="notice", notice__state=State.PUBLISHED).order_by("at")


def questions(notice_id: UUID) -> list[ReviewQuestion]:
    """The review's questions on a notice, the oldest first."""
    return list(ReviewQuestion.objects.filter(notice_id=notice_id).order_by("asked_at"))


def distributions(notice_id: UUID) -> list[Distribution]:
    """To whom this node sent a notice: read, acknowledged, recalled, deleted; by address."""
    return list(Distribution.objects.filter(notice_id=notice_id).order_by("recipient"))


def information(notice_id: UUID) -> list[Information]:
    """What this bureau was told, or told, about a notice, the oldest first."""
    return list(Information.objects.filter(notice_id=notice_id).order_by("at"))


def refusals() -> dict[str, Any]:
    """Decisions of this secretariat and their grounds, for the commission: counted from the acts."""
    from jusur.notices.models import NoticeAct

    acts = NoticeAct.objects.filter(notice__side=Side.REVIEW, act__in=["publish", "keep", "refuse", "return", "cancel"])
    by_ground: Counter[str] = Counter()
    for grounds in acts.filter(act="refuse").values_list("data__grounds", flat=True):
        by_ground.update(grounds or ["purged"])
    decided = Counter(acts.values_list("act", flat=True))
    return {"decided": dict(sorted(decided.items())), "grounds": dict(sorted(by_ground.items()))}


def silver_evaluation(code: str = "silver") -> dict[str, Any]:
    """The pilot's evaluation: notices, replies, assets located, value by currency (smallest unit), hours to reply.

    ``hours_to_first_reply`` is the median over notices that were answered; ``shares`` counts notices by source.
    """
    kind = types.notice_type(code)
    published = Notice.objects.filter(type=code, form="notice", published_at__isnull=False).exclude(side=Side.RECEIVED)
    figures = list(SilverFigure.objects.order_by("at"))
    first: dict[UUID, float] = {}
    values: Counter[str] = Counter()
    for figure in figures:
        hours = (figure.at - figure.published_at).total_seconds() / 3600
        first[figure.notice] = min(first.get(figure.notice, hours), hours)
        if figure.currency:
            values[figure.currency] += figure.value_minor
    waits = sorted(first.values())
    return {
        "notices": published.count(),
        "shares": dict(Counter(published.values_list("originator", flat=True))),
        "share_of_each": kind.pilot.share() if kind.pilot else None,
        "quota": kind.pilot.quota if kind.pilot else None,
        "ends_on": kind.pilot.ends_on if kind.pilot else None,
        "replies": len(figures),
        "bureaus_replying": len({figure.by for figure in figures}),
        "notices_answered": len(first),
        "assets_located": sum(1 for figure in figures if figure.kind),
        "value_minor": dict(sorted(values.items())),
        "hours_to_first_reply": waits[len(waits) // 2] if waits else None,
    }


def _warning_types() -> list[str]:
    return sorted(code for code, kind in types.all_types().items() if kind.warning)
