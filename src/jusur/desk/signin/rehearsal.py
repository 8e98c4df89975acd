"""Sample sign-ins of rehearsal nodes: a password and a code that a command tells. Other nodes refuse."""

import secrets
from typing import Final

from jusur.accounts import api as accounts
from jusur.desk.signin import factors
from jusur.kernel.errors import ForbiddenError, NotFoundError
from jusur.node import context

_WORDS: Final = ("bridge", "strait", "harbour", "summit", "quarry", "meadow", "lantern", "granite", "orchard", "anchor")


def give_sample_factors(officer: accounts.Officer) -> str:
    """A password (told here, this once) and an authenticator app for ``officer``, in place of any.

    Raises:
        ForbiddenError: this is no rehearsal node.
    """
    _require_rehearsal()
    password = "-".join(secrets.choice(_WORDS) for _ in range(4))
    officer.set_password(password)
    officer.save(update_fields=["password"])
    factors.set_code(officer, factors.fresh_secret())
    return password


def code_now(officer: accounts.Officer) -> str:
    """The code that the officer's authenticator app shows now.

    Raises:
        ForbiddenError: this is no rehearsal node.
        NotFoundError: the officer has no authenticator app.
    """
    _require_rehearsal()
    code = factors.code_now(officer)
    if code is None:
        raise NotFoundError("This officer has no authenticator app.", fix="Give one: jusur officer sample EMAIL.")
    return code


def _require_rehearsal() -> None:
    if not context.current().settings.demo:
        raise ForbiddenError("Only rehearsal nodes tell codes.", fix="On this node a person sets up their own factors.")
