"""The secret of an authenticator app as a picture that the app reads."""

import segno
from allauth.mfa.adapter import get_adapter

from jusur.accounts import api as accounts


def of(officer: accounts.Officer, secret: str) -> str:
    """A data URI of the QR code for ``officer``'s ``secret`` (otpauth)."""
    address = get_adapter().build_totp_url(officer, secret)
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))
