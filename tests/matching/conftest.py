"""Names made for the tests: no real lists, and every script."""

import random
from collections.abc import Sequence

import pytest

_GIVEN = "Amina Bilal Carlos Dmitri Elena Farid Grace Hassan Irina Jorge Karim Leila Mohamed Nadia Omar Pavel Rania"
_FAMILY = (
    "Abdelhakim Benkirane Castellanos Dragunov Eshkoli Fernandez Gorbenko Haddad Ivanenko Jankowski Khalilov Lindqvist "
    "Mansouri Nakamura Oyelaran Petrosyan Qureshi Rahmani Stavrakis Tchaikov Urquhart Vasiliev Wongsakul Yildirim"
)
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()


def people(count: int, seed: int = 1) -> list[str]:
    """``count`` made-up names, common words common."""
    draw = random.Random(seed)
    found: list[str] = []
    for _ in range(count):
        given = draw.choice(GIVEN[: draw.randint(3, len(GIVEN))])
        family = draw.choice(FAMILY)
        shape = draw.randrange(6)
        name = f"{given} {family}" if shape < 3 else f"{family.upper()}, {given}"
        if shape == 4:
            name = f"{given} {draw.choice(GIVEN)} {family.upper()}"
        if shape == 5:
            name = f"{given[0]}. al-{family}"
        found.append(name)
    return found


def misspelt(name: str, draw: random.Random) -> str:
    """``name`` with one letter left out, doubled, swapped or changed."""
    at = draw.randrange(len(name) - 1)
    ways: Sequence[str] = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        name[:at] + draw.choice("aeioubdfklmnrst") + name[at + 1 :],
    )
    return draw.choice(ways)


@pytest.fixture
def draw() -> random.Random:
    return random.Random(4)
