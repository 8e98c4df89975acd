"""What can be done with a request now, by whom, and which of it is the main act."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from jusur.accounts import api as accounts
from jusur.desk.kit import words
from jusur.desk.requests import law
from jusur.desk.requests.forms import TAKES, ActForm
from jusur.evidence import api as evidence

MAIN: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("requesting", "clarification_asked"): ("answer_clarification",),
    ("requested", "sent"): ("take_note", "acknowledge"),
    ("requested", "acknowledged"): ("take_note", "accept"),
    ("requested", "in_execution"): ("confirm_preservation",),
    ("requested", "clarification_asked"): (),
}
"""The act to be done next, the first that is possible."""
ORDER: Final = tuple(TAKES)
BY_PACKAGE: Final = frozenset({"fulfil", "fulfil_partly"})
NO_EVIDENCE: Final = frozenset({"preservation", "spontaneous_information"})
"""Measures that the requested bureau answers without a package."""


@dataclass(slots=True)
class Act:
    """An act possible now: its form, whether it is the main one, and whether the reader may do it."""

    code: str
    form: ActForm
    main: bool
    permitted: bool
    opened: bool = False

    @property
    def plain(self) -> bool:
        """Whether it takes nothing but the click."""
        return not self.form.fields

    @property
    def ending(self) -> bool:
        """Whether it ends the request without evidence."""
        return self.code in {"refuse", "withdraw"}

    @property
    def lacking(self) -> str:
        """Who may do it instead of the reader."""
        act = evidence.PERMISSIONS[self.code]
        holders = [str(words.word("role-name", role)) for role, acts in accounts.ROLES.items() if act in acts]
        return _("This takes one of the roles: %(roles)s.") % {"roles": ", ".join(holders)}


@dataclass(frozen=True, slots=True)
class Possible:
    """All that can be done now: the main act, the others, and the way to a package where evidence answers."""

    main: Act | None
    others: list[Act]
    package_url: str


def possible(
    request: evidence.EvidenceRequest,
    actor: accounts.Actor,
    *,
    failed: ActForm | None = None,
    failed_act: str = "",
    data: Mapping[str, Any] | None = None,  # noqa: ARG001 - the form that failed carries it
) -> Possible:
    """The acts that ``actor``'s bureau can do on ``request``; ``failed`` is the form of an act that was refused."""
    state, side = evidence.State(request.state), evidence.Side(request.side)
    open_acts = [act for act in evidence.possible_acts(state, side) if act in TAKES and _fits(act, request)]
    held = accounts.permitted_acts(actor.roles)
    main = _main(request, open_acts)
    found = [
        Act(
            code=act,
            form=failed if failed is not None and act == failed_act else form_of(act, request),
            main=act == main,
            permitted=evidence.PERMISSIONS[act] in held,
            opened=act == failed_act,
        )
        for act in sorted(open_acts, key=ORDER.index)
    ]
    return Possible(
        main=next((act for act in found if act.main and act.permitted), None),
        others=[act for act in found if not (act.main and act.permitted)],
        package_url=_package_url(request, state, side) if "evidence.acquire" in held else "",
    )


def form_of(act: str, request: evidence.EvidenceRequest, data: Mapping[str, Any] | None = None) -> ActForm:
    """The form of ``act``."""
    grounds = law.grounds(request.instrument, request.measure) if act == "refuse" else ()
    return ActForm(act, data, grounds=grounds)


def _fits(act: str, request: evidence.EvidenceRequest) -> bool:
    only = evidence.ONLY_FOR.get(act)
    return only is None or only == request.measure


def _main(request: evidence.EvidenceRequest, open_acts: list[str]) -> str:
    wanted = MAIN.get((request.side, request.state), ())
    return next((act for act in wanted if act in open_acts), "")


def _package_url(request: evidence.EvidenceRequest, state: evidence.State, side: evidence.Side) -> str:
    possible_ = BY_PACKAGE & set(evidence.possible_acts(state, side))
    if not possible_ or request.measure in NO_EVIDENCE:
        return ""
    try:
        return f"{reverse('evidence:new')}?request={request.id}"
    except NoReverseMatch:
        return ""
