"""Writes on commitments: entering them, the acts of their parties, and enhanced follow-up of those that are late."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.accounts import api as accounts
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.followup import messages, rules, selectors
from jusur.followup.errors import ActNotPossibleError
from jusur.followup.models import Commitment, CommitmentAct
from jusur.followup.rules import Act, Claim, Verdict
from jusur.kernel import clock, text
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import new_id
from jusur.kernel.languages import LANGUAGES
from jusur.ledger import api as ledger
from jusur.node import context

SUBJECT: Final = "followup.commitment"
ALARM: Final = "commitment-late"
NEEDS_TEXT: Final = frozenset({"decline", "report", "verify", "dispute", "extend", "withdraw"})
PERMISSIONS: Final = {"report": "commitment.report", "dispute": "commitment.report"}
"""Acts that an officer may do; all others take ``commitment.manage``."""
MAX_TEXT: Final = 4000


@transaction.atomic
def commitment_enter(
    *,
    source_kind: str,
    source_reference: str,
    texts: Any,
    verification: Any,
    owner: str,
    verifier: str,
    due_on: date,
    actor: accounts.Actor,
    source_place: str = "",
    source_sha256: str = "",
) -> Commitment:
    """Enter a commitment; this bureau keeps it, its owner is asked to accept it.

    Args:
        source_kind: ``paragraph`` (of an adopted text), ``agreement`` or ``meeting``.
        source_reference: the text's number, the agreement's or the meeting's identifier.
        texts: what is to be done, in the four languages.
        verification: how it will be seen that it was done, in the four languages.
        owner: who does it (an address).
        verifier: who judges that; another than the owner.
        due_on: by when.
        actor: who enters it.
        source_place: the paragraph's number, the article.
        source_sha256: digest of the source, where it has one.

    Raises:
        ForbiddenError: entering is not the actor's act.
        InvalidInputError: owner and verifier are the same, the date is over or too far, or a text is not valid.
        UnknownOrganisationError: owner or verifier is not in the directory.
    """
    accounts.require(actor, "commitment.manage")
    own, moment = context.current().address, clock.now()
    _check_parties(owner, verifier, due_on, moment.date())
    for address in {owner, verifier} - {own}:
        directory.active(address)
    row = Commitment(
        source_kind=source_kind,
        source_reference=text.line(source_reference, max_length=80, field="source_reference"),
        source_place=text.line(source_place, max_length=40, field="source_place", required=False),
        source_sha256=source_sha256,
        texts=four(texts, "texts"),
        verification=four(verification, "verification"),
        keeper=own,
        owner=owner,
        verifier=verifier,
        first_due_on=due_on,
        due_on=due_on,
        entered_at=moment,
    )
    if source_kind not in Commitment.SOURCES or len(source_sha256) not in {0, 64}:
        raise InvalidInputError("A commitment comes from a paragraph, an agreement or a meeting.")
    row.save(force_insert=True)
    record_proposed(row, actor.reference)
    messages.send_commitment(row, actor.reference)
    return row


@transaction.atomic
def commitment_act(
    *,
    commitment_id: UUID,
    act: str,
    actor: accounts.Actor,
    words: str = "",
    percent: int | None = None,
    claim: str = "",
    verdict: str = "",
    due_on: date | None = None,
) -> Commitment:
    """Do an act on a commitment as this bureau: accept, decline, report, verify, dispute, extend, withdraw.

    Raises:
        ForbiddenError, CommitmentNotFoundError: not the actor's act; no such commitment.
        ActNotPossibleError: not this bureau's act, or not possible where the commitment stands.
        InvalidInputError: what belongs to the act is missing or not valid.
    """
    accounts.require(actor, PERMISSIONS.get(act, "commitment.manage"))
    row = locked(commitment_id)
    if percent is not None and not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
        raise InvalidInputError("Progress is 0 to 100 per cent.")
    done = CommitmentAct(
        id=new_id(),
        commitment=row,
        act=act,
        by=context.current().address,
        actor=actor.reference,
        at=clock.now(),
        text=text.paragraph(words, max_length=MAX_TEXT, field="text", required=act in NEEDS_TEXT),
        percent=percent if act == "report" else None,
        claim=_one_of(Claim, claim, "claim") if act == "report" else "",
        verdict=_one_of(Verdict, verdict, "verdict") if act == "verify" else "",
        due_on=due_on if act == "extend" else None,
    )
    where = selectors.standing(row)
    if not rules.possible(selectors.promise(row), where, selectors.act(done)):
        possible = ", ".join(rules.possible_acts(selectors.promise(row), where, done.by)) or "nothing"
        raise ActNotPossibleError(f"The commitment is {where.state}.", fix=f"This bureau may now: {possible}.")
    take(row, done)
    messages.send_act(row, done)
    return row


def take(row: Commitment, done: CommitmentAct) -> None:
    """Keep an act of any party, bring the state up to date and record the event; inside the caller's transaction."""
    done.save(force_insert=True)
    read_anew(row)
    ledger.record(
        f"followup.commitment.{PAST[done.act]}",
        subject_type=SUBJECT,
        subject_id=str(row.pk),
        actor=done.actor if done.by == context.current().address else done.by,
        occurred_at=done.at,
        data=_facts(row, selectors.act(done)),
    )
    follow(row)


def record_proposed(row: Commitment, actor: str) -> None:
    """Record that a commitment was entered, here or by the bureau that keeps it."""
    data = {
        "owner": row.owner,
        "verifier": row.verifier,
        "keeper": row.keeper,
        "due_on": str(row.first_due_on),
        "source": row.source_reference,
        "place": row.source_place,
    }
    ledger.record("followup.commitment.proposed", subject_type=SUBJECT, subject_id=str(row.pk), actor=actor, data=data)


def read_anew(row: Commitment) -> None:
    """Bring the columns that are a reading of the acts up to date."""
    where = selectors.standing(row)
    row.state, row.due_on = where.state, where.due_on
    row.save(update_fields=["state", "due_on"])


def follow(row: Commitment) -> bool:
    """Begin or end the enhanced follow-up as the commitment stands today; whether it began.

    The beginning is an event of the ledger, and an alarm at the owner's own node until it ends.
    """
    today = clock.now().date()
    enhanced = rules.is_enhanced(selectors.promise(row), selectors.standing(row), today, rules.rhythm())
    if enhanced is (row.enhanced_since is not None):
        return False
    row.enhanced_since = today if enhanced else None
    row.save(update_fields=["enhanced_since"])
    if enhanced:
        _enhance(row)
    elif row.owner == context.current().address:
        exchange.alarm_clear(ALARM, peer=row.keeper, subject=str(row.pk))
    return enhanced


def watch_late() -> int:
    """Put commitments that have become late or silent under enhanced follow-up; how many were new."""
    new = 0
    waiting = Commitment.objects.exclude(state__in=list(rules.CLOSED)).filter(enhanced_since__isnull=True)
    for commitment_id in waiting.values_list("pk", flat=True):
        with transaction.atomic():
            new += follow(locked(commitment_id))
    return new


def locked(commitment_id: UUID) -> Commitment:
    """The commitment, locked until the transaction ends.

    Raises:
        CommitmentNotFoundError: this node holds none of this identifier.
    """
    selectors.commitment(commitment_id)
    return Commitment.objects.select_for_update().get(pk=commitment_id)


def four(value: Any, field: str) -> dict[str, str]:
    """A text in the four languages.

    Raises:
        InvalidInputError: a language is missing, or a text with forbidden characters.
    """
    plain = msgspec.to_builtins(value)
    if not isinstance(plain, dict) or set(plain) != set(LANGUAGES):
        raise InvalidInputError(f"{field} is given in ar, en, fr and es.")
    return {code: text.paragraph(plain[code], max_length=MAX_TEXT, field=f"{field} ({code})") for code in LANGUAGES}


def _enhance(row: Commitment) -> None:
    data = {"owner": row.owner, "due_on": str(row.due_on), "state": row.state}
    ledger.record("followup.commitment.enhanced", subject_type=SUBJECT, subject_id=str(row.pk), actor="node", data=data)
    if row.owner == context.current().address:
        detail = f"The commitment {row.source_reference} {row.source_place} (due {row.due_on}) needs a report."
        exchange.raise_alarm(ALARM, peer=row.keeper, subject=str(row.pk), detail=detail)


def _check_parties(owner: str, verifier: str, due_on: date, today: date) -> None:
    if owner == verifier:
        raise InvalidInputError("Nobody judges their own work.", fix="Name another organisation to verify it.")
    if not today <= due_on <= today + timedelta(days=rules.rhythm().longest_days):
        raise InvalidInputError("The date is over, or more than ten years away.")


def _one_of(kind: type[Claim | Verdict], value: str, field: str) -> str:
    if value not in list(kind):
        raise InvalidInputError(f"There is no such {field}.", fix=f"Choose among {', '.join(kind)}.")
    return value


def _facts(row: Commitment, act: Act) -> dict[str, Any]:
    given = {"claim": act.claim, "verdict": act.verdict, "due_on": act.due_on and str(act.due_on)}
    return {"owner": row.owner, "by": act.by, "state": str(row.state)} | {
        name: str(value) for name, value in given.items() if value
    }


PAST: Final = {
    "accept": "accepted",
    "decline": "declined",
    "report": "reported",
    "verify": "verified",
    "dispute": "disputed",
    "extend": "extended",
    "withdraw": "withdrawn",
}
"""The ledger's word for each act."""
