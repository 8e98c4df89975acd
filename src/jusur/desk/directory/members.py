"""Who is in the network and who can be reached, as the map and the table show them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.kernel.languages import LANGUAGES, Language

LATELY: Final = timedelta(hours=24)
"""A node that answered within this time was heard from lately."""
REACHABILITIES: Final = ("own", "heard", "unheard", "silent", "suspended", "not-joined", "withdrawn")
PAGE: Final = 60


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation as a row of the table and a place on the map."""

    organisation: directory.Organisation
    name: str
    reachability: str
    heard_at: datetime | None
    silent_since: datetime | None
    instruments: tuple[str, ...]

    @property
    def address(self) -> str:
        """The organisation's address."""
        return self.organisation.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which members are wanted; "" for any."""

    q: str = ""
    region: str = ""
    kind: str = ""
    reachability: str = ""
    instrument: str = ""


def members(own: str, language: Language) -> list[Member]:
    """Every organisation of the directory, by name in ``language``.

    Raises:
        NoDirectoryError: this node has not joined a network.
    """
    heard, now = exchange.peers(), clock.now()
    reach = instruments.reach(own) if len(own) == 2 else {}  # noqa: PLR2004 - a country's two letters
    found = [
        Member(
            organisation=each,
            name=str(getattr(each.name, language)),
            reachability=reachability(each, heard.get(each.address), own, now),
            heard_at=heard[each.address].last_heard_at if each.address in heard else None,
            silent_since=heard[each.address].silent_since if each.address in heard else None,
            instruments=reach.get(each.country, ()) if each.kind == "bureau" else (),
        )
        for each in directory.organisations()
    ]
    return sorted(found, key=lambda member: folded(member.name))


def reachability(organisation: directory.Organisation, peer: exchange.PeerView | None, own: str, now: datetime) -> str:
    """Whether ``organisation`` can be reached, as one of `REACHABILITIES`."""
    if organisation.address == own:
        return "own"
    if organisation.status != "active":
        return organisation.status
    if peer is not None and peer.silent_since is not None:
        return "silent"
    if peer is not None and peer.last_heard_at is not None and now - peer.last_heard_at < LATELY:
        return "heard"
    return "unheard"


def wanted(found: Iterable[Member], want: Wanted) -> list[Member]:
    """Those of ``found`` that are wanted; each word of ``q`` stands in a name, in any of the four languages."""
    words = folded(want.q).split()
    return [
        member
        for member in found
        if want.region in {"", member.organisation.region}
        and want.kind in {"", member.organisation.kind}
        and want.reachability in {"", member.reachability}
        and (not want.instrument or want.instrument in member.instruments)
        and (not words or all(word in _searched(member) for word in words))
    ]


def counts(found: Iterable[Member]) -> list[tuple[str, int]]:
    """How many are reachable how, in the order of `REACHABILITIES`, none left out but those without any."""
    counted = Counter(member.reachability for member in found)
    return [(code, counted[code]) for code in REACHABILITIES if counted[code]]


def folded(text: str) -> str:
    """``text`` for comparing: without case, accents and vowel signs; Arabic letters that people mix up made one."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_SAME)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _searched(member: Member) -> str:
    names = (str(getattr(member.organisation.name, language)) for language in LANGUAGES)
    return folded(" ".join((member.address, *names)))


_SAME: Final = {0x649: 0x64A, 0x629: 0x647, 0x671: 0x627, 0x640: None, 0x2019: 0x27}
"""Alef maqsura as ya, ta marbuta as ha, alef wasla as alef, no tatweel, a plain apostrophe."""
