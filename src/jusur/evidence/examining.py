"""A held package examined anew while somebody looks: every check, with the command by which anybody repeats it.

What the node checks when a package arrives decides its fate; this shows the same verdicts again over the very bytes
that lie in the vault now, and further ones that a court asks for: the sender's statement, the account of origin, the
log's proofs, the conditions of use.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from jusur.directory import api as directory
from jusur.evidence import custody_log, opening, statements
from jusur.evidence.casechecking import NAME as CASE_CHECK
from jusur.evidence.casechecking import CaseTaker
from jusur.evidence.errors import ActNotPossibleError
from jusur.evidence.models import EvidencePackage
from jusur.exchange import api as exchange
from jusur.kernel import canonical
from jusur.kernel.errors import ConflictError, JusurError, UnavailableError
from jusur.node import context
from jusur.packages import Check, PackageError, Report, check_statement
from jusur.packages.layout import CONDITIONS, CUSTODY, MAX_TAG, VERIFIER
from jusur.packages.verification import examine as read_through
from jusur.rows.claims import claim
from jusur.tlog.verifier import jusur_verify

STEP: Final = 20
"""Into how many parts the progress is told."""
STATEMENT_CHECK, LEDGER_CHECK, CONDITIONS_CHECK = "statement", "ledger", "conditions"
CHECKS: Final = ("age", "archive", "bagit", "timestamp", "cms", "statement", "case", "ledger", "conditions")
"""The checks in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes read so far, of how many."""

    done: int
    total: int


def examine(package: EvidencePackage, *, actor: str) -> Iterator[Progress | Check]:
    """Examine what the vault holds of a received ``package``; tells progress, then each check in turn.

    A package that passes gets a ``custody.verified`` by ``actor``; one that does not raises an alarm.

    Raises:
        ActNotPossibleError: this bureau holds no bytes of it.
        ConflictError: somebody else is examining it.
        UnavailableError: the vault cannot be read.
    """
    if package.direction != "incoming" or package.state not in {"verified", "countersigned", "rejected"}:
        raise ActNotPossibleError("This bureau holds no sealed bytes of this package that it could examine.")
    with claim("evidence.examine", package.id) as ours:
        if not ours:
            raise ConflictError("Somebody is examining this package already.", fix="Wait until that is done.")
        taker = CaseTaker()
        report = None
        for told in _read(package, taker):
            if isinstance(told, Report):
                report = told
            else:
                yield told
        if report is None:
            raise UnavailableError("The vault cannot be read now.", fix="Try again; tell the administrator.")
        checks = [*report.checks, *_further(package, report, taker)]
        _remember(package, checks, actor)
        yield from checks


def _read(package: EvidencePackage, taker: CaseTaker) -> Iterator[Progress | Report]:
    """Read the package through in a thread of its own, so that its progress can be told meanwhile."""
    told: queue.SimpleQueue[Progress | Report | None] = queue.SimpleQueue()
    trust, total, stopped = opening.trust(), package.size or 0, threading.Event()
    name = opening.vault_name(package)
    with context.current().vault.open(name) as file:
        identity = opening.identity_for(file)
        progress = _stepwise(total, told.put, stopped)

        def work() -> None:
            report = None
            try:
                report = read_through(file, identity, trust=trust, limits=None, progress=progress, sink=taker)
            except (OSError, _StoppedError):
                report = None
            finally:
                if report is not None:
                    told.put(report)
                told.put(None)

        thread = threading.Thread(target=work, name="evidence-examine", daemon=True)
        thread.start()
        try:
            while (item := told.get()) is not None:
                yield item
        finally:
            stopped.set()
            thread.join()


class _StoppedError(Exception):
    """Nobody looks any more."""


def _stepwise(total: int, tell: Callable[[Progress], object], stopped: threading.Event) -> Callable[[int], None]:
    step, reached = max(1, total // STEP), 0

    def progress(done: int) -> None:
        nonlocal reached
        if stopped.is_set():
            raise _StoppedError
        if done >= reached + step:
            reached = done
            tell(Progress(min(done, total), total))

    return progress


def _further(package: EvidencePackage, report: Report, taker: CaseTaker) -> Iterator[Check]:
    sender, origin = package.counterpart, package.originator
    verify = f"python3 {VERIFIER}"
    yield _judged(
        STATEMENT_CHECK,
        lambda: _statement(package, report),
        f"python3 jusur_verify.py statement.dsse.json --key {sender}=signing-{sender}.pem",
    )
    yield taker.verdict(report)
    yield _judged(LEDGER_CHECK, lambda: _ledger(report, origin), f"{verify} {CUSTODY} --key {origin}=log-{origin}.pem")
    yield _judged(CONDITIONS_CHECK, lambda: _conditions(package, report), f"cat {CONDITIONS}")


def _judged(name: str, judge: Callable[[], str], command: str) -> Check:
    try:
        return Check(name, ok=True, detail=judge(), command=command)
    except JusurError as error:
        return Check(name, ok=False, detail=error.detail, command=command)


def _statement(package: EvidencePackage, report: Report) -> str:
    stated = statements.read(package.statement or {}, package.counterpart)
    check_statement(stated, report)
    return f"signed by {package.counterpart} over exactly these bytes"


def _ledger(report: Report, origin: str) -> str:
    key = directory.log_key(origin)
    verdicts = [
        jusur_verify.verdict(CUSTODY, label, act)[0]
        for label, act in _custody(report.tags.get(CUSTODY, b""), {origin: [key.raw()]})
    ]
    wrong = next((verdict for verdict in verdicts if verdict.status != jusur_verify.OK), None)
    if wrong is not None:
        raise PackageError(f"The log's proofs do not hold: {wrong.detail}"[:400])
    return f"{len(verdicts) - 1} events are in the log of {origin}"


def _custody(data: bytes, keys: dict[str, list[bytes]]) -> jusur_verify.Checks:
    try:
        return jusur_verify.custody(data, keys)
    except (jusur_verify.FalseError, jusur_verify.UnknownError, ValueError, KeyError, TypeError) as error:
        raise PackageError(f"The custody file cannot be checked: {str(error)[:200]}.") from None


def _conditions(package: EvidencePackage, report: Report) -> str:
    inside = canonical.decode(report.tags.get(CONDITIONS, b"null"), max_bytes=MAX_TAG)
    if inside != package.conditions:
        raise PackageError("The conditions inside the package are not those that this bureau shows.")
    return "the conditions inside the package are those shown here"


def damage(checks: Iterable[Check]) -> list[str]:
    """The names of the checks of which a failure means that the copy must not be used.

    An account of origin with mistakes is still the sealing bureau's signed word (``casechecking``).
    """
    return [check.name for check in checks if not check.ok and check.name != CASE_CHECK]


@transaction.atomic
def _remember(package: EvidencePackage, checks: list[Check], actor: str) -> None:
    damaged = damage(checks)
    if not damaged:
        verdicts = {check.name: check.ok for check in checks}
        custody_log.record(package, "custody.verified", actor, data={"checks": verdicts, "repeated": True})
    elif package.state != "rejected":
        exchange.raise_alarm(
            "evidence-damaged",
            peer=package.counterpart,
            subject=str(package.id),
            detail=f"A held package no longer passes: {', '.join(damaged)}.",
        )
