"""django-allauth in our house: no sign-up, no e-mail, factors encrypted at rest."""

import base64
import os
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jusur.accounts import api as accounts

_NONCE = 12


class Accounts(DefaultAccountAdapter):  # type: ignore[misc] # allauth carries no types
    """Accounts exist by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Our pages say what happened themselves."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of the connection; headers that a client writes are not believed."""
        return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 - an unknown address, nothing is bound


class Factors(DefaultMFAAdapter):  # type: ignore[misc] # allauth carries no types
    """Second factors: secrets encrypted under the node's secret, names in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not match. Try again."),
    }

    def encrypt(self, text: str) -> str:
        """``text`` so that a copy of the database does not tell it."""
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), b"")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What ``encrypt`` encrypted."""
        sealed = base64.b64decode(encrypted_text)
        return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], b"").decode()

    def get_totp_issuer(self) -> str:
        """How an authenticator app calls this desk."""
        return f"Jusur {settings.ADDRESS.upper()}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """This desk as passkeys know it: its host name."""
        return {"id": context.request.get_host().partition(":")[0], "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: accounts.Officer) -> dict[str, Any]:
        """The officer as passkeys know them: the identifier, and what the browser shows."""
        return {"id": user.pk.hex.encode(), "display_name": user.name, "name": user.email}

    def generate_authenticator_name(self, user: accounts.Officer, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """A name for a passkey that its owner did not name."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}


def _cipher() -> ChaCha20Poly1305:
    key = HKDF(SHA256(), 32, salt=None, info=b"jusur: second factors at rest").derive(settings.SECRET_KEY.encode())
    return ChaCha20Poly1305(key)
