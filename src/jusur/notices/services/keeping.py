"""Time and ends: the source asked six months before, expiry, deletion of copies, purge with tombstone and proof."""

from uuid import UUID

from django.db import transaction

from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.notices import messages, types
from jusur.notices.models import Distribution, Notice, NoticeAct
from jusur.notices.rules import OVER, VISIBLE, Side, State, add_months
from jusur.notices.services import acting, publishing

BATCH = 200


def keep_time() -> int:
    """Do what has come due: ask sources, end what has run out, catch up new bureaus, purge; how much was done.

    A node that has not joined a network has nothing to keep.
    """
    if not directory.has_directory():
        return 0
    return sources_ask() + expire_due() + missing_distribute() + purge_due()


@transaction.atomic
def sources_ask() -> int:
    """Ask the source of each notice that ends within its type's time whether it is still needed."""
    done = 0
    longest = max((kind.ask_source_months for kind in types.all_types().values()), default=0)
    soon = add_months(clock.now(), longest)
    for notice in _ours(expires_at__lte=soon, source_asked_at__isnull=True):
        kind = types.notice_type(notice.type)
        if notice.expires_at is None or add_months(notice.expires_at, -kind.ask_source_months) > clock.now():
            continue
        notice.source_asked_at = clock.now()
        notice.save(update_fields=["source_asked_at"])
        acting.record(notice, "notices.notice.review_due", "node")
        if notice.originator != acting.own():
            body = messages.ReminderBody(notice=str(notice.id), expires_at=clock.timestamp(notice.expires_at))
            messages.send(messages.REMINDER, notice, body, to=[notice.originator], priority="routine")
        done += 1
    return done


@transaction.atomic
def expire_due() -> int:
    """End what has run out: recall it everywhere, tell its source. A copy whose recall never came ends by itself."""
    from jusur.notices.services import reviewing

    done = 0
    for notice in _ours(expires_at__lte=clock.now()):
        acting.apply_act(notice, "expire", actor="node")
        publishing.recall(notice, "expired", final=True)
        reviewing.tell(notice, "expired")
        done += 1
    copies = Notice.objects.select_for_update(skip_locked=True).filter(
        side=Side.RECEIVED, state__in=sorted(VISIBLE | {State.SUSPENDED}), expires_at__lte=clock.now()
    )
    for copy in copies[:BATCH]:
        copy_delete(copy, State.EXPIRED, by=acting.own(), reason="expired")
        done += 1
    return done


@transaction.atomic
def missing_distribute() -> int:
    """Send every notice in force to bureaus that may have it and have not got it: those that joined since."""
    if not acting.is_secretariat():
        return 0
    everyone = {each.address for each in directory.organisations(kind="bureau", status="active")} - {acting.own()}
    done = 0
    for notice in Notice.objects.filter(form="notice", visible=True, state=State.PUBLISHED).order_by("id").iterator():
        held = set(notice.distributions.values_list("recipient", flat=True))
        if not everyone - held:
            continue
        missing = [each for each in acting.recipients_of(notice) if each not in held]
        if missing:
            send_to(notice, missing)
            done += 1
        if done >= BATCH:
            break
    return done


def send_to(notice: Notice, recipients: list[str]) -> None:
    """Send ``notice`` as it stands to ``recipients`` alone."""
    moment = clock.now()
    Distribution.objects.bulk_create(
        [Distribution(notice=notice, recipient=to, revision=notice.revision, sent_at=moment) for to in recipients]
    )
    messages.send(messages.PUBLISHED, notice, messages.published_body(notice), to=recipients)


@transaction.atomic
def purge_due() -> int:
    """Empty what is over: content, versions, questions, opinion and the ledger's data go; tombstone and proofs stay."""
    over = Notice.objects.select_for_update(skip_locked=True).filter(state__in=sorted(OVER)).exclude(content={})
    done = 0
    for notice in over[:BATCH]:
        purge(notice, actor="node")
        done += 1
    return done


def purge(notice: Notice, *, actor: str) -> None:
    """Forget what ``notice`` (locked, over) says. Its row stays: identifier, type, digest, how it ended."""
    before = notice.state
    notice.questions.all().delete()
    notice.versions.all().delete()
    notice.information.all().delete()
    for kept in (getattr(notice, name, None) for name in ("review", "refugee")):
        if kept is not None:
            kept.delete()
    NoticeAct.objects.filter(notice=notice).update(data={})
    ledger.forget_many([("notices.notice", str(notice.id))], actor=actor, reason=f"purge: {before}")
    notice.content, notice.case_reference = {}, ""
    notice.purged_at = clock.now()
    acting.move(notice, "purge", State.PURGED, by=acting.own(), actor=actor)


def copy_delete(notice: Notice, state: State, *, by: str, reason: str) -> None:
    """Delete this recipient's copy: it is over, and its publishers get the receipt."""
    act = {"refused": "refuse", "withdrawn": "withdraw", "cancelled": "cancel", "expired": "expire"}[reason]
    acting.move(notice, act, state, by=by, actor=by)
    exchange.alarm_clear("notice-warning", peer=notice.originator, subject=str(notice.id))
    purge(notice, actor="node")
    publishers = {by, directory.secretariat(), notice.originator} - {acting.own(), ""}
    if notice.form == "notice":
        publishers = {directory.secretariat()}
    deletion_send(notice, sorted(publishers))


def deletion_send(notice: Notice, to: list[str]) -> None:
    """Send the receipt of the deletion, with the event of it in this node's log."""
    event = acting.record(notice, "notices.copy.deleted", "node")
    body = messages.DeletionBody(
        notice=str(notice.id),
        revision=notice.revision,
        deleted_at=clock.timestamp(notice.purged_at or clock.now()),
        event=str(event.id),
    )
    messages.send(messages.DELETION, notice, body, to=to, priority="routine")


def undeleted() -> list[tuple[UUID, str]]:
    """Recalled copies whose deletion is not receipted yet: the notice and the recipient."""
    rows = Distribution.objects.filter(recalled_at__isnull=False, deleted_at__isnull=True)
    return list(rows.values_list("notice_id", "recipient"))


def _ours(**wanted: object) -> list[Notice]:
    """What this node published and keeps the time of: notices at the secretariat, diffusions at their source."""
    in_force = Notice.objects.select_for_update(skip_locked=True).filter(**wanted).exclude(side=Side.RECEIVED)
    if acting.is_secretariat():
        found = in_force.filter(form="notice", state__in=[State.PUBLISHED, State.SUSPENDED])
        own = in_force.filter(form="diffusion", originator=acting.own(), state=State.CIRCULATED)
        return [*found.order_by("id")[:BATCH], *own.order_by("id")[:BATCH]]
    return list(
        in_force.filter(form="diffusion", originator=acting.own(), state=State.CIRCULATED).order_by("id")[:BATCH]
    )
