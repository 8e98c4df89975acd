"""What a vault's objects may be called, and the errors a vault raises."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError, NotFoundError

MAX_NAME = 200
MAX_REASON = 500
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){0,3}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class VaultError(JusurError):
    """The vault's store does not do what it should."""

    code = "vault"
    title = "The vault is not available"
    status = 503


class VaultFullError(VaultError):
    """There is no room. Nothing partial was left behind."""

    code = "vault-full"
    title = "The vault is full"
    status = 507


class WriteOnceError(ConflictError):
    """The name is taken, or was taken once: what a name means never changes."""

    code = "write-once"
    title = "The name is taken"


class MissingObjectError(NotFoundError):
    """The vault holds nothing under this name."""

    code = "missing-object"
    title = "Not in the vault"


def checked(name: str) -> str:
    """``name`` itself, if it is one: up to four segments of lower-case letters, digits, ``.``, ``_``, ``-``.

    Raises:
        InvalidInputError: anything else, so that no name can leave the vault's folder.
    """
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise InvalidInputError(
            "That is not a name for an object in the vault.",
            fix="Use lower-case letters, digits, '.', '_' and '-', in at most four segments parted by '/'.",
        )
    return name


def checked_reason(reason: str) -> str:
    """``reason`` itself, if there is one.

    Raises:
        InvalidInputError: nothing was said, or too much.
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidInputError("Destroying needs a reason.", fix=f"Say why in 1 to {MAX_REASON} characters.")
    return reason


def missing(name: str) -> MissingObjectError:
    """The error for a name that is not there."""
    return MissingObjectError(f"The vault holds no object called {name}.")


def taken(name: str) -> WriteOnceError:
    """The error for a name that is used."""
    return WriteOnceError(f"The vault already holds, or once held, {name}.", fix="Use a new name.")


@contextmanager
def translated() -> Iterator[None]:
    """Turn the system's errors into the vault's.

    Raises:
        VaultFullError: no space left, quota or size limit reached.
        VaultError: any other failure of the store.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise VaultFullError("There is no space left in the vault.", fix="Free space, then try again.") from error
        raise VaultError(f"The vault's store failed: {error.strerror or error}.", fix="See `jusur doctor`.") from error
