"""Drafts, who brings them in, their language versions, and amendments to them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from jusur.accounts import api as accounts
from jusur.assembly import contents, selectors
from jusur.assembly.errors import StageError
from jusur.assembly.models import AgendaItem, Amendment, Draft, Sponsor
from jusur.assembly.services.common import event, identifiers, locked_draft, locked_session, require_of_party
from jusur.assembly.stages import AmendmentState, DraftState, ItemState, PollState, SessionState
from jusur.kernel import clock, languages, text
from jusur.kernel.errors import InvalidInputError
from jusur.ledger import api as ledger

_CHANGES = ("replace", "delete", "insert_after")
MAX_DISTANCE = 1000


@transaction.atomic
def draft_submit(
    *,
    item_id: UUID,
    decision: str,
    titles: Any,
    paragraphs: Any,
    sponsors: Sequence[str],
    actor: accounts.Actor,
    budget: Any = (),
) -> Draft:
    """Submit a draft under an item, brought in by ``sponsors``; language versions may still be missing.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such item or kind of decision; the item
            was left out or the session is closed.
        InvalidInputError: the text or a figure is not valid, or nobody brings the draft in.
    """
    item = selectors.found(AgendaItem.objects.select_related("session"), item_id)
    session = locked_session(item.session_id, SessionState.CONVENED, SessionState.SITTING)
    names = [text.line(each, max_length=17, field="sponsor") for each in sponsors]
    if not names or len(set(names)) != len(names):
        raise InvalidInputError("A draft has sponsors, each named once.")
    require_of_party(actor, session, names[0])
    if item.state == ItemState.LEFT_OUT:
        raise StageError("The item is not on the agenda.")
    if selectors.rules_of(session).decision(decision).choice != "question":
        raise InvalidInputError("Offices are filled by elections, not by drafts.")
    moment = clock.now()
    row = Draft.objects.create(
        session=session,
        item=item,
        decision=decision,
        titles=contents.titles(titles),
        paragraphs=contents.paragraphs(paragraphs),
        budget=contents.budget(list(budget)),
        submitted_at=moment,
    )
    Sponsor.objects.bulk_create(Sponsor(draft=row, party=name, at=moment) for name in names)
    ledger.record(
        "assembly.draft.submitted",
        actor=actor.reference,
        **event(row, decision=decision, sponsors=names, sha256=contents.digest(row.paragraphs)),
    )
    return row


@transaction.atomic
def sponsor_add(*, draft_id: UUID, party: str, actor: accounts.Actor) -> Draft:
    """Another party joins those who bring a draft in.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError, InvalidInputError: not the actor's act; no such draft; it is
            decided; the party's code is not valid.
    """
    draft = locked_draft(draft_id)
    name = text.line(party, max_length=17, field="party")
    require_of_party(actor, draft.session, name)
    _, new = Sponsor.objects.get_or_create(draft=draft, party=name, defaults={"at": clock.now()})
    if new:
        ledger.record("assembly.draft.sponsored", actor=actor.reference, **event(draft, party=name))
    return draft


@transaction.atomic
def draft_translate(*, draft_id: UUID, language: str, texts: Any, actor: accounts.Actor) -> Draft:
    """Enter a language version: by paragraph key, its text.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such draft; this version is distributed.
        InvalidInputError: a key the draft has not, or a text that is not valid.
    """
    accounts.require(actor, "assembly.manage")
    draft, code = locked_draft(draft_id), languages.check(language)
    if code in draft.distributed:
        raise StageError(f"The version {code} is distributed; it is changed by amendments.")
    known = {each["key"] for each in draft.paragraphs}
    if not isinstance(texts, dict) or not set(texts) <= known:
        raise InvalidInputError("A version names the draft's own paragraphs.")
    changed = [
        {**each, "texts": {**each["texts"], code: texts.get(each["key"], each["texts"][code])}}
        for each in draft.paragraphs
    ]
    draft.paragraphs = contents.paragraphs(changed)
    draft.save(update_fields=["paragraphs"])
    return draft


@transaction.atomic
def draft_distribute(*, draft_id: UUID, language: str, actor: accounts.Actor, on: date | None = None) -> Draft:
    """Distribute a language version. The draft has circulated since its first version went out.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such draft.
        StageError: it is distributed, or a paragraph has no text in this language.
    """
    accounts.require(actor, "assembly.manage")
    draft, code = locked_draft(draft_id), languages.check(language)
    if code in draft.distributed or not contents.complete_in(code, draft.paragraphs):
        raise StageError(f"The version {code} is distributed, or lacks paragraphs.", fix="Enter the version whole.")
    draft.distributed = {**draft.distributed, code: clock.timestamp(clock.now())}
    draft.circulated_on = draft.circulated_on or on or clock.now().date()
    draft.save(update_fields=["distributed", "circulated_on"])
    ledger.record(
        "assembly.draft.distributed",
        actor=actor.reference,
        **event(draft, language=code, sha256=contents.digest(draft.paragraphs)),
    )
    return draft


@transaction.atomic
def draft_withdraw(*, draft_id: UUID, actor: accounts.Actor) -> Draft:
    """Its first sponsor withdraws a draft, while no amendment to it was adopted and no vote on it is open.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such draft; too late.
    """
    draft = locked_draft(draft_id)
    first = draft.sponsors.order_by("pk").values_list("party", flat=True)[0]
    require_of_party(actor, draft.session, first)
    amended = draft.amendments.filter(state=AmendmentState.ADOPTED).exists()
    if amended or draft.polls.filter(state=PollState.OPEN).exists():
        raise StageError("The draft is being voted, or was amended by the assembly.")
    draft.state = DraftState.WITHDRAWN
    draft.save(update_fields=["state"])
    ledger.record("assembly.draft.withdrawn", actor=actor.reference, **event(draft))
    return draft


@transaction.atomic
def amendment_propose(
    *, draft_id: UUID, proposed_by: str, target: str, change: str, actor: accounts.Actor, paragraph: Any = None
) -> Amendment:
    """Propose a change to one paragraph of a distributed draft.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such draft; not distributed, or voted.
        InvalidInputError: there is no such paragraph or change, or the new paragraph is missing or not valid.
    """
    draft = locked_draft(draft_id)
    party = text.line(proposed_by, max_length=17, field="proposed_by")
    require_of_party(actor, draft.session, party)
    if not draft.distributed or draft.voted_parts:
        raise StageError("Amendments are proposed to a distributed draft, before its parts are voted.")
    form = _changed(draft, target, change, paragraph)
    last = draft.amendments.aggregate(last=Max("place"))["last"] or 0
    row = Amendment.objects.create(
        draft=draft,
        proposed_by=party,
        place=last + 1,
        target=target,
        change=change,
        paragraph=form,
        proposed_at=clock.now(),
    )
    ledger.record(
        "assembly.amendment.proposed",
        actor=actor.reference,
        **event(row, draft=str(draft.pk), by=party, target=target, change=change),
    )
    return row


@transaction.atomic
def amendment_rank(
    *, amendment_id: UUID, distance: int, actor: accounts.Actor, excludes: Sequence[str] = ()
) -> Amendment:
    """The chair ranks an amendment by its distance from the original, and names those its adoption excludes.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError, InvalidInputError: not the actor's act; no such amendment; it is
            decided; the distance is out of range or an excluded one is to another draft.
    """
    accounts.require(actor, "assembly.manage")
    row = _locked_amendment(amendment_id)
    others = identifiers(list(excludes), "amendment")
    known = set(row.draft.amendments.exclude(pk=row.pk).values_list("pk", flat=True))
    if not 0 <= distance <= MAX_DISTANCE or not set(others) <= known:
        raise InvalidInputError(f"A distance is 0 to {MAX_DISTANCE}; what is excluded is to the same draft.")
    row.distance, row.excludes = distance, others
    row.save(update_fields=["distance", "excludes"])
    return row


@transaction.atomic
def amendment_distribute(*, amendment_id: UUID, language: str, actor: accounts.Actor) -> Amendment:
    """Distribute a language version of an amendment; one that deletes has none of its own and needs none.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such amendment; decided, distributed, or
            no text in this language.
    """
    accounts.require(actor, "assembly.manage")
    row, code = _locked_amendment(amendment_id), languages.check(language)
    complete = row.paragraph is None or bool(row.paragraph["texts"][code])
    if code in row.distributed or not complete:
        raise StageError(f"The version {code} is distributed, or has no text.")
    row.distributed = {**row.distributed, code: clock.timestamp(clock.now())}
    row.save(update_fields=["distributed"])
    return row


@transaction.atomic
def amendment_withdraw(*, amendment_id: UUID, actor: accounts.Actor) -> Amendment:
    """Withdraw an amendment before it is put to the vote.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such amendment; decided or being voted.
    """
    row = _locked_amendment(amendment_id)
    require_of_party(actor, row.draft.session, row.proposed_by)
    if row.polls.filter(state=PollState.OPEN).exists():
        raise StageError("The amendment is being voted.")
    row.state = AmendmentState.WITHDRAWN
    row.save(update_fields=["state"])
    ledger.record("assembly.amendment.withdrawn", actor=actor.reference, **event(row))
    return row


def _locked_amendment(amendment_id: UUID) -> Amendment:
    found = selectors.found(Amendment.objects.all(), amendment_id)
    locked_draft(found.draft_id)
    row = Amendment.objects.select_related("draft__session").get(pk=found.pk)
    if row.state != AmendmentState.PROPOSED:
        raise StageError(f"The amendment is {row.state}.")
    return row


def _changed(draft: Draft, target: str, change: str, paragraph: Any) -> dict[str, Any] | None:
    keys = {each["key"] for each in draft.paragraphs}
    if target not in keys or change not in _CHANGES:
        raise InvalidInputError("The draft has no such paragraph, or there is no such change.")
    if change == "delete":
        if paragraph is not None:
            raise InvalidInputError("What is deleted has no new text.")
        return None
    form = contents.paragraph(paragraph)
    taken = keys | {
        row.paragraph["key"] for row in draft.amendments.filter(paragraph__isnull=False) if row.paragraph is not None
    }
    if form["key"] in taken:
        raise InvalidInputError(f"The key {form['key']} is another paragraph's.", fix="Give the new one its own.")
    return form
