"""An officer's factors: passkeys (WebAuthn), one-time codes (RFC 6238), recovery codes, the password.

The ceremonies are django-allauth's; this module is the only one that reaches into it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from jusur.accounts import api as accounts
from jusur.kernel import text
from jusur.kernel.errors import ConflictError, InvalidInputError, NotFoundError

PASSKEY, CODE, RECOVERY = "passkey", "code", "recovery code"
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey of an officer."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """The factors that an officer holds."""

    password: bool
    passkeys: tuple[Passkey, ...]
    code: bool
    recovery_codes: int
    """How many recovery codes are unused."""

    @property
    def second(self) -> bool:
        """Whether there is a second factor at all: a passkey or one-time codes."""
        return bool(self.passkeys) or self.code

    @property
    def last(self) -> bool:
        """Whether one more taken away would leave no second factor."""
        return len(self.passkeys) + self.code <= 1


def held(officer: accounts.Officer) -> Held:
    """What ``officer`` can sign in with."""
    rows = list(Authenticator.objects.filter(user=officer).order_by("id"))
    passkeys = tuple(
        Passkey(row.pk, row.wrap().name, row.created_at, row.last_used_at)
        for row in rows
        if row.type == Authenticator.Type.WEBAUTHN
    )
    left = [len(row.wrap().get_unused_codes()) for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return Held(
        password=officer.has_usable_password(),
        passkeys=passkeys,
        code=any(row.type == Authenticator.Type.TOTP for row in rows),
        recovery_codes=sum(left),
    )


def check_code(officer: accounts.Officer, code: str) -> str | None:
    """Which factor ``code`` is of, used up with this check; ``None`` if of none."""
    kinds = {Authenticator.Type.TOTP: CODE, Authenticator.Type.RECOVERY_CODES: RECOVERY}
    for row in Authenticator.objects.filter(user=officer, type__in=list(kinds)):
        if row.wrap().validate_code(code):
            row.record_usage()
            if row.type == Authenticator.Type.RECOVERY_CODES:
                _record("accounts.factor.recovery_code_used", officer, "recovery code")
            return kinds[row.type]
    return None


def passkey_options(officer: accounts.Officer | None = None) -> str:
    """What the browser needs to ask for a passkey, as JSON: of ``officer``, or of whoever it is."""
    return json.dumps({"request_options": webauthn.begin_authentication(officer)})


def check_passkey(credential: Mapping[str, Any], officer: accounts.Officer | None = None) -> accounts.Officer | None:
    """Whose passkey answered (of ``officer`` where given), or ``None`` if the answer proves nothing."""
    try:
        webauthn.parse_authentication_response(credential)
        bearer = officer or webauthn.extract_user_from_response(credential)
        row = webauthn.complete_authentication(bearer, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None  # hostile answers fail in many ways inside the parser; all of them mean no
    row.record_usage()
    return bearer if isinstance(bearer, accounts.Officer) else None


def new_passkey_options(officer: accounts.Officer) -> str:
    """What the browser needs, as JSON, to make a passkey that signs in by itself: discoverable, the person verified."""
    return json.dumps({"creation_options": webauthn.begin_registration(officer, passwordless=True)})


@transaction.atomic
def add_passkey(officer: accounts.Officer, credential: Mapping[str, Any], name: str) -> None:
    """Keep the passkey that the browser made.

    Raises:
        InvalidInputError: the answer does not belong to what was asked, or nobody was verified.
    """
    try:
        webauthn.parse_registration_response(credential)
        made = webauthn.complete_registration(dict(credential))
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        raise InvalidInputError("The passkey could not be checked.", fix="Try again.") from None
    if not made.is_user_verified():
        raise InvalidInputError(
            "The passkey did not verify you.", fix="Use one with a PIN, a fingerprint or another unlock."
        )
    named = text.line(name, max_length=MAX_NAME, field="name", required=False)
    webauthn.WebAuthn.add(officer, named or _unnamed(officer), dict(credential))
    _record("accounts.factor.added", officer, PASSKEY)


@transaction.atomic
def remove_passkey(officer: accounts.Officer, number: int) -> None:
    """Take a passkey away.

    Raises:
        NotFoundError: it is not this officer's.
        ConflictError: it is the last second factor.
    """
    row = _locked(officer).filter(type=Authenticator.Type.WEBAUTHN, pk=number).first()
    if row is None:
        raise NotFoundError("There is no such passkey.")
    _require_another(officer)
    row.delete()
    _record("accounts.factor.removed", officer, PASSKEY)


def new_secret(request: HttpRequest, *, anew: bool) -> str:
    """The secret that an authenticator app is to be given, kept in the session until it is proven."""
    if anew:
        totp.clear_totp_secret(request)
    return str(totp.get_totp_secret(regenerate=anew))


def fresh_secret() -> str:
    """A secret for an authenticator app: 160 random bits in base 32 (RFC 4226, section 4)."""
    return str(totp.generate_totp_secret())


def code_matches(secret: str, code: str) -> bool:
    """Whether the app that was given ``secret`` shows ``code`` now."""
    return bool(totp.validate_totp_code(secret, code))


@transaction.atomic
def set_code(officer: accounts.Officer, secret: str) -> None:
    """Let the app that was given ``secret`` be the officer's, in place of any other."""
    _locked(officer).filter(type=Authenticator.Type.TOTP).delete()
    totp.TOTP.activate(officer, secret)
    _record("accounts.factor.added", officer, CODE)


@transaction.atomic
def remove_code(officer: accounts.Officer) -> None:
    """Take the authenticator app away.

    Raises:
        NotFoundError: there is none.
        ConflictError: it is the last second factor.
    """
    row = _locked(officer).filter(type=Authenticator.Type.TOTP).first()
    if row is None:
        raise NotFoundError("There is no authenticator app.")
    _require_another(officer)
    row.delete()
    _record("accounts.factor.removed", officer, CODE)


@transaction.atomic
def new_recovery_codes(officer: accounts.Officer) -> list[str]:
    """Ten new recovery codes in place of older ones; they are shown this once."""
    _locked(officer).filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(officer).generate_codes()
    _record("accounts.factor.recovery_codes", officer, RECOVERY)
    return list(codes)


def code_now(officer: accounts.Officer) -> str | None:
    """The code that the officer's authenticator app shows now; ``None`` without one. For rehearsals only."""
    row = Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).first()
    if row is None:
        return None
    return code_of(decrypt(row.data["secret"]))


def code_of(secret: str) -> str:
    """The code of ``secret`` now (RFC 6238)."""
    counter = list(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter[len(counter) // 2])))


def _locked(officer: accounts.Officer) -> Any:
    accounts.Officer.objects.select_for_update().get(pk=officer.pk)
    return Authenticator.objects.filter(user=officer)


def _require_another(officer: accounts.Officer) -> None:
    if held(officer).last:
        raise ConflictError("This is your last second factor.", fix="Add another one first.")


def _unnamed(officer: accounts.Officer) -> str:
    from allauth.mfa.adapter import get_adapter

    return str(get_adapter().generate_authenticator_name(officer, Authenticator.Type.WEBAUTHN))


def _record(kind: str, officer: accounts.Officer, factor: str) -> None:
    accounts.officer_record(kind, officer.pk, f"officer:{officer.pk}", {"factor": factor})
