"""Officers, national systems and their tokens over HTTP, for a node's administrators; and who I am, for everybody."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import officers, rules, selectors, services
from jusur.accounts.errors import NotSignedInError
from jusur.accounts.models import ApiToken, Officer
from jusur.accounts.policies import Actor, acting
from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page

router = Router(tags=["officers"])

Id = Annotated[str, Path(max_length=64)]
Role = Annotated[str, Field(max_length=32, description=", ".join(sorted(rules.ROLES)))]
Act = Annotated[str, Field(max_length=64, description=", ".join(sorted(rules.ACTS)))]


class Body(Schema):
    """A strict JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewOfficer(Body):
    """A person of this bureau, or a national system that acts under its authority."""

    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    roles: Annotated[list[Role], Field(max_length=20)]
    kind: Literal["person", "system"] = "person"
    language: Literal["ar", "en", "fr", "es"] = "en"


class NewToken(Body):
    """A token: what it is for, the acts it is limited to (null: all that the roles carry), its days to live."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Act], Field(max_length=50)] | None = None
    days: Annotated[int, Field(ge=1, le=366)] = 90


class OfficerView(Schema):
    """An officer or a national system."""

    id: str
    email: str
    name: str
    kind: str
    roles: list[str]
    language: str
    active: bool
    created_at: str


class OfficerPage(Schema):
    """Officers, newest first."""

    items: list[OfficerView]
    next: str | None


class TokenView(Schema):
    """A token without its secret."""

    id: str
    name: str
    scopes: list[str] | None
    created_at: str
    expires_at: str
    revoked_at: str | None


class TokenPage(Schema):
    """Tokens, newest first."""

    items: list[TokenView]
    next: str | None


class IssuedToken(TokenView):
    """A new token with its secret, which is shown this once."""

    secret: str


class Me(Schema):
    """Who calls, and what this token lets them do."""

    id: str
    name: str
    kind: str
    roles: list[str]
    acts: list[str]
    language: str


@router.get("/me", summary="Who I am and what I may do", response=Me)
def me(request: HttpRequest) -> dict[str, Any]:
    """The officer or system whose token this is."""
    actor = getattr(request, "auth", None)
    if not isinstance(actor, Actor):
        raise NotSignedInError("The request carries no valid token.")
    return {
        "id": str(actor.id),
        "name": actor.name,
        "kind": actor.kind,
        "roles": list(actor.roles),
        "acts": sorted(act for act in rules.ACTS if rules.may(actor.roles, actor.scopes, act)),
        "language": actor.language,
    }


@router.get("", summary="Officers and systems, newest first", response=OfficerPage)
def list_officers(
    request: HttpRequest,
    cursor: Annotated[str, Field(max_length=64)] = "",
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """All, active or not."""
    acting(request, "officer.manage")
    return page(selectors.officers(), _officer, cursor=cursor, limit=limit)


@router.post("", summary="Enter an officer or a system", response={201: OfficerView})
def create(request: HttpRequest, body: NewOfficer) -> Status[dict[str, Any]]:
    """A new holder of roles; tokens are issued separately."""
    actor = acting(request, "officer.manage")
    officer = services.officer_create(
        email=body.email,
        name=body.name,
        roles=body.roles,
        kind=body.kind,
        language=body.language,
        actor=actor.reference,
    )
    return Status(201, _officer(officer))


@router.get("/{officer_id}", summary="One officer or system", response=OfficerView)
def show(request: HttpRequest, officer_id: Id) -> dict[str, Any]:
    """One holder of roles."""
    acting(request, "officer.manage")
    return _officer(_find(officer_id))


@router.post("/{officer_id}/deactivation", summary="Close an officer's access", response=OfficerView)
def deactivate(request: HttpRequest, officer_id: Id) -> dict[str, Any]:
    """No sign-in and no token of theirs works any more."""
    actor = acting(request, "officer.manage")
    officers.officer_deactivate(officer_id=parse_id(officer_id), actor=actor.reference)
    return _officer(_find(officer_id))


@router.get("/{officer_id}/tokens", summary="An officer's tokens, newest first", response=TokenPage)
def list_tokens(
    request: HttpRequest,
    officer_id: Id,
    cursor: Annotated[str, Field(max_length=64)] = "",
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Live, expired and revoked ones, without their secrets."""
    acting(request, "officer.manage")
    return page(ApiToken.objects.filter(officer=_find(officer_id)), _token, cursor=cursor, limit=limit)


@router.post("/{officer_id}/tokens", summary="Issue a token", response={201: IssuedToken})
def issue(request: HttpRequest, officer_id: Id, body: NewToken) -> Status[dict[str, Any]]:
    """The secret is in this answer and nowhere else."""
    actor = acting(request, "officer.manage")
    token, secret = services.token_issue(
        officer_id=parse_id(officer_id),
        name=body.name,
        scopes=body.scopes,
        lifetime=timedelta(days=body.days),
        actor=actor.reference,
    )
    return Status(201, _token(token) | {"secret": secret})


@router.delete("/{officer_id}/tokens/{token_id}", summary="Revoke a token", response={204: None})
def revoke(request: HttpRequest, officer_id: Id, token_id: Id) -> Status[None]:
    """The token works no more."""
    actor = acting(request, "officer.manage")
    if not ApiToken.objects.filter(id=parse_id(token_id), officer=_find(officer_id)).exists():
        raise NotFoundError("There is no such token.")
    services.token_revoke(token_id=parse_id(token_id), actor=actor.reference)
    return Status(204, None)


def _find(officer_id: str) -> Officer:
    officer = Officer.objects.filter(id=parse_id(officer_id)).first()
    if officer is None:
        raise NotFoundError("There is no such officer.")
    return officer


def _officer(officer: Officer) -> dict[str, Any]:
    return {
        "id": str(officer.id),
        "email": officer.email,
        "name": officer.name,
        "kind": officer.kind,
        "roles": officer.roles,
        "language": officer.language,
        "active": officer.is_active,
        "created_at": clock.timestamp(officer.created_at),
    }


def _token(token: ApiToken) -> dict[str, Any]:
    return {
        "id": str(token.id),
        "name": token.name,
        "scopes": token.scopes,
        "created_at": clock.timestamp(token.created_at),
        "expires_at": clock.timestamp(token.expires_at),
        "revoked_at": clock.timestamp(token.revoked_at) if token.revoked_at else None,
    }
