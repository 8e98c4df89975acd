"""Notices as the API and the command show them."""

from typing import Any

from jusur.kernel import clock
from jusur.notices import selectors
from jusur.notices.models import Distribution, Information, Notice, NoticeAct, ReviewQuestion
from jusur.notices.rules import Side
from jusur.notices.services import acting

MOMENTS = ("created_at", "submitted_at", "published_at", "expires_at", "ended_at", "acknowledged_at", "source_asked_at")


def summary(notice: Notice) -> dict[str, Any]:
    """A notice in a list."""
    return {
        "id": str(notice.id),
        "form": notice.form,
        "type": notice.type,
        "side": notice.side,
        "state": notice.state,
        "reference": notice.reference,
        "originator": notice.originator,
        "title": notice.content.get("title", ""),
        "names": _names(notice),
        "urgency": notice.urgency,
        "classification": notice.classification,
        "version": notice.version,
        "revision": notice.revision,
        "in_force": notice.visible,
        "end_reason": notice.end_reason,
        **{name: _moment(getattr(notice, name)) for name in MOMENTS},
    }


def detail(notice: Notice) -> dict[str, Any]:
    """A notice with its content, its acts, what may be done next; to whom it went, where this node sent it."""
    return summary(notice) | {
        "content": notice.content,
        "content_sha256": notice.content_sha256,
        "recipients": notice.recipients,
        "excluded": notice.excluded,
        "possible_acts": list(acting.possible(notice)) if notice.side != Side.RECEIVED else [],
        "acts": [_act(each) for each in notice.acts.all()],
        "questions": [_question(each) for each in selectors.questions(notice.id)],
        "distribution": [_distribution(each) for each in selectors.distributions(notice.id)],
        "information": [_information(each) for each in selectors.information(notice.id)],
    }


def standing(notice: Notice) -> dict[str, Any]:
    """How a notice stands, for whoever checks a paper copy: no content."""
    return {
        "id": str(notice.id),
        "reference": notice.reference,
        "type": notice.type,
        "state": notice.state,
        "in_force": notice.visible,
        "version": notice.version,
        "revision": notice.revision,
        "content_sha256": notice.content_sha256,
        "expires_at": _moment(notice.expires_at),
        "ended_at": _moment(notice.ended_at),
    }


def review(notice: Notice) -> dict[str, Any]:
    """A review as its reviewers see it: findings, opinion, whether a status is noted; never who granted it."""
    held = getattr(notice, "review", None)
    noted = getattr(notice, "refugee", None)
    return {
        "notice": str(notice.id),
        "assigned_to": str(held.assigned_to) if held and held.assigned_to else None,
        "findings": held.findings if held else [],
        "opinion": held.opinion if held else None,
        "status_noted": bool(noted),
        "status_confirmed": bool(noted and noted.confirmed),
    }


def _names(notice: Notice) -> list[str]:
    persons = notice.content.get("persons", [])
    return [
        " ".join(filter(None, [name.get("forename", ""), name["name"]]))
        for person in persons
        for name in person.get("names", [])[:4]
    ]


def _act(act: NoticeAct) -> dict[str, Any]:
    return {
        "act": act.act,
        "by": act.by,
        "actor": act.actor,
        "at": clock.timestamp(act.at),
        "after": act.after,
        "reason": act.data.get("reason") or act.data.get("message") or None,
        "grounds": act.data.get("grounds") or [],
    }


def _question(question: ReviewQuestion) -> dict[str, Any]:
    return {
        "id": str(question.id),
        "text": question.text,
        "asked_at": clock.timestamp(question.asked_at),
        "answer": question.answer,
        "answered_at": _moment(question.answered_at),
    }


def _distribution(sent: Distribution) -> dict[str, Any]:
    names = ("sent_at", "read_at", "acknowledged_at", "recalled_at", "deleted_at")
    return {"recipient": sent.recipient, "revision": sent.revision} | {
        name: _moment(getattr(sent, name)) for name in names
    }


def _information(told: Information) -> dict[str, Any]:
    return {
        "id": str(told.id),
        "by": told.by,
        "incoming": told.incoming,
        "kind": told.kind,
        "text": told.text,
        "assets": told.assets,
        "at": clock.timestamp(told.at),
    }


def _moment(moment: Any) -> str | None:
    return clock.timestamp(moment) if moment else None
