"""``jusur officer``: the people and systems of this bureau, their way in and their tokens.

Acts of whoever has the node's folder (ADR 9).
"""

from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

import click

from jusur.cli.output import json_option, print_json, print_shown, print_table
from jusur.kernel import canonical
from jusur.kernel.errors import InvalidInputError

ADMINISTRATOR = "administrator:console"
MAX_PEOPLE_BYTES = 1024 * 1024


@click.group()
@click.pass_obj
def officer(home: str | None) -> None:
    """Officers, their roles and tokens."""
    from jusur.config.bootstrap import setup

    setup(home, pages=True)


@officer.command()
@click.argument("email")
@click.option("--name", required=True, help="As others read it.")
@click.option("--role", "roles", multiple=True, required=True, help="officer, supervisor, legal_adviser, … (repeat).")
@click.option("--system", is_flag=True, help="A national system, not a person.")
@click.option("--language", type=click.Choice(["ar", "en", "fr", "es"]), default="en")
@json_option
def add(email: str, name: str, roles: tuple[str, ...], system: bool, language: str, as_json: bool) -> None:
    """Add an officer, or a national system."""
    from jusur.accounts import api as accounts

    kind = "system" if system else "person"
    found = accounts.officer_create(
        email=email, name=name, roles=roles, kind=kind, language=language, actor=ADMINISTRATOR
    )
    shown = {"id": str(found.id), "email": found.email, "roles": found.roles, "kind": found.kind}
    print_shown(shown, as_json=as_json)


@officer.command()
@click.argument("email")
@click.option("--name", required=True, help="As others read it.")
@click.option("--role", "roles", multiple=True, required=True, help="officer, supervisor, legal_adviser, … (repeat).")
@click.option("--language", type=click.Choice(["ar", "en", "fr", "es"]), default="en")
@json_option
def invite(email: str, name: str, roles: tuple[str, ...], language: str, as_json: bool) -> None:
    """Invite a person to the desk; the link is shown this once and works once, for 72 hours."""
    from jusur.accounts import api as accounts

    _, secret = accounts.officer_invite(email=email, name=name, roles=roles, language=language, actor=ADMINISTRATOR)
    _print_link(secret, as_json)


@officer.command()
@click.argument("people", type=click.File("rb"))
@click.option("--sample", is_flag=True, help="Give each a sample sign-in and a token instead (rehearsal nodes only).")
@json_option
def appoint(people: BinaryIO, sample: bool, as_json: bool) -> None:
    """Invite everybody in the file PEOPLE: a JSON list of {"email", "name", "roles", "language"}."""
    from jusur.accounts import api as accounts
    from jusur.desk.signin import rehearsal

    shown: list[dict[str, str]] = []
    for person in _people(people):
        if sample:
            found = accounts.officer_create(**person, actor=ADMINISTRATOR)
            password = rehearsal.give_sample_factors(found)
            _, token = accounts.token_issue(officer_id=found.id, name="rehearsal", actor=ADMINISTRATOR)
            shown.append({"email": found.email, "password": password, "token": token})
        else:
            found, secret = accounts.officer_invite(**person, actor=ADMINISTRATOR)
            shown.append({"email": found.email, "link": _link(secret)})
    if as_json:
        print_json(shown)
    else:
        print_table(tuple(shown[0]) if shown else ("email",), [tuple(row.values()) for row in shown])


def _people(file: BinaryIO) -> list[dict[str, Any]]:
    people = canonical.decode(file.read(MAX_PEOPLE_BYTES + 1), max_bytes=MAX_PEOPLE_BYTES)
    if not isinstance(people, list) or not all(
        isinstance(one, dict) and {"email", "name", "roles"} <= set(one) <= {"email", "name", "roles", "language"}
        for one in people
    ):
        raise InvalidInputError(
            "The file is no list of people.", fix='Write [{"email": "…", "name": "…", "roles": ["officer"]}, …].'
        )
    return people


@officer.command()
@click.argument("email")
@json_option
def reinvite(email: str, as_json: bool) -> None:
    """Take a person's factors and sessions away and invite them anew."""
    from jusur.accounts import api as accounts

    secret = accounts.invitation_issue(officer_id=accounts.officer_by_email(email).id, actor=ADMINISTRATOR)
    _print_link(secret, as_json)


@officer.command()
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, help="Every role that the officer is to hold (repeat).")
def roles(email: str, roles: tuple[str, ...]) -> None:
    """Give an officer exactly these roles."""
    from jusur.accounts import api as accounts

    accounts.officer_roles_set(officer_id=accounts.officer_by_email(email).id, roles=roles, actor=ADMINISTRATOR)


@officer.command()
@click.argument("email")
@json_option
def sample(email: str, as_json: bool) -> None:
    """Give an officer a sample password and authenticator app (rehearsal nodes only)."""
    from jusur.accounts import api as accounts
    from jusur.desk.signin import rehearsal

    found = accounts.officer_by_email(email)
    shown = {"email": found.email, "password": rehearsal.give_sample_factors(found)}
    print_shown(shown, as_json=as_json)


@officer.command()
@click.argument("email")
def code(email: str) -> None:
    """Tell the code that an officer's authenticator app shows now (rehearsal nodes only)."""
    from jusur.accounts import api as accounts
    from jusur.desk.signin import rehearsal

    click.echo(rehearsal.code_now(accounts.officer_by_email(email)))


@officer.command()
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option("--scope", "scopes", multiple=True, help="Limit it to these permissions (repeat).")
@click.option("--days", default=90, show_default=True, help="How long it lives.")
@json_option
def token(email: str, name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Issue a token; it is shown this once."""
    from jusur.accounts import api as accounts

    row, secret = accounts.token_issue(
        officer_id=accounts.officer_by_email(email).id,
        name=name,
        scopes=scopes or None,
        lifetime=timedelta(days=days),
        actor=ADMINISTRATOR,
    )
    if as_json:
        print_json({"id": str(row.id), "token": secret, "expires_at": row.expires_at.isoformat()})
    else:
        click.echo(secret)


@officer.command()
@click.argument("token_id", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """End a token now."""
    from jusur.accounts import api as accounts

    accounts.token_revoke(token_id=token_id, actor=ADMINISTRATOR)


@officer.command()
@click.argument("email")
def deactivate(email: str) -> None:
    """Close an officer's access: no token works any more."""
    from jusur.accounts import api as accounts

    accounts.officer_deactivate(officer_id=accounts.officer_by_email(email).id, actor=ADMINISTRATOR)


@officer.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List officers."""
    from jusur.accounts import api as accounts

    rows = [
        {"email": o.email, "name": o.name, "kind": o.kind, "roles": o.roles, "active": o.is_active}
        for o in accounts.officers()
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(tuple(rows[0]) if rows else ("email",), [tuple(row.values()) for row in rows])


def _link(secret: str) -> str:
    from django.conf import settings

    return f"{settings.DESK_ORIGIN}/invitation#{secret}"


def _print_link(secret: str, as_json: bool) -> None:
    link = _link(secret)
    if as_json:
        print_json({"link": link})
    else:
        click.echo(link)
