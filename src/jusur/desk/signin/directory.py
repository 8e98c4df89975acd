"""The national directory (OpenID Connect): signs invited officers in, makes no accounts.

Configured by the node's settings; the client's secret is read from its file when it is used and kept nowhere. The
directory is a first factor; it counts for both where its ``amr`` says ``mfa`` (RFC 8176) and the setting trusts it.
"""

from pathlib import Path
from typing import Any, Final

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from jusur.accounts import api as accounts
from jusur.desk.signin import flow

log = structlog.get_logger()

PROVIDER: Final = "national"
FACTOR: Final = "directory"


class Directory(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth carries no types
    """One directory, from the node's settings; verified addresses of invited officers only."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The directory, where one is set."""
        if not offered():
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER,
                name=settings.OIDC["name"],
                client_id=settings.OIDC["client_id"],
                secret=_secret(),
                settings={"server_url": settings.OIDC["issuer"], "oauth_pkce_enabled": True, "fetch_userinfo": True},
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Go on with our own second step, or refuse."""
        claims = _claims(sociallogin)
        officer = _officer(sociallogin.account, claims)
        if officer is None:
            raise ImmediateHttpResponse(refused(request))
        onward = sociallogin.state.get("next") or "/"
        amr = claims.get("amr")
        if settings.OIDC["trust_mfa"] == "true" and isinstance(amr, list) and "mfa" in amr:
            raise ImmediateHttpResponse(flow.complete(request, officer, [FACTOR, "directory-mfa"], onward))
        raise ImmediateHttpResponse(flow.begin(request, officer, [FACTOR], onward=onward))

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> None:
        """Say that it did not work; the cause is in the node's log, without personal data."""
        log.warning(
            "desk.directory_failed", error=type(kwargs.get("exception")).__name__, said=str(kwargs.get("error"))
        )
        raise ImmediateHttpResponse(refused(request))


class Issuer(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # allauth carries no types
    """The directory's endpoints; its signature on the identity token is always verified."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        self.did_fetch_access_token = False  # allauth skips the signature where the token came directly
        return dict(super()._decode_id_token(app, id_token))


def offered() -> str:
    """The directory's name where officers can sign in by it, else an empty text."""
    return str(settings.OIDC["name"] or settings.OIDC["issuer"]) if settings.OIDC["issuer"] else ""


def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the directory."""
    return _view(OAuth2LoginView, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the directory."""
    return _view(OAuth2CallbackView, request, provider_id)


def refused(request: HttpRequest) -> HttpResponse:
    """The page for whom the directory did not let in, whatever the cause."""
    return render(request, "signin/directory_refused.html", {"directory": offered()}, status=403)


def _view(kind: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if not offered() or provider_id != PROVIDER:
        raise Http404
    answer: HttpResponseBase = kind.adapter_view(Issuer(request, provider_id))(request)
    return answer


def _secret() -> str:
    file = settings.OIDC["secret_file"]
    return Path(file).read_text().strip() if file else str(settings.OIDC["secret"])


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    """What the directory says; the signed token wins over the rest."""
    data = sociallogin.account.extra_data
    return {**data.get("userinfo", {}), **data.get("id_token", {})}


def _officer(account: SocialAccount, claims: dict[str, Any]) -> accounts.Officer | None:
    """The invited officer whose verified address this is, bound to this entry of the directory for good."""
    if claims.get("email_verified") is not True:
        return None
    email = str(claims.get("email", "")).lower()
    officer = accounts.officers().filter(email=email, is_active=True, kind=accounts.Officer.PERSON).first()
    if officer is None:
        return None
    bound, _made = SocialAccount.objects.get_or_create(
        user=officer, provider=PROVIDER, defaults={"uid": account.uid, "extra_data": {}}
    )
    return officer if bound.uid == account.uid else None
