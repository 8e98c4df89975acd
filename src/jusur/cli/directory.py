"""``jusur directory`` and ``jusur join``: who is in the network, and how that changes."""

import functools
import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from jusur.cli.output import json_option, print_fields, print_json, print_table
from jusur.kernel.errors import InvalidInputError
from jusur.node.home import write_private

_output = click.option("--output", type=click.Path(path_type=Path), required=True, help="The file to write.")
_reason = click.option("--reason", required=True, help="Why; recorded in the ledger.")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
MAX_FILE = 64 * 1024 * 1024


def _node(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run ``command`` with Django started for the node, and print what it returns."""

    @json_option
    @functools.wraps(command)
    def run(*arguments: Any, as_json: bool, **options: Any) -> None:
        from jusur.config.bootstrap import setup

        setup(click.get_current_context().obj)
        shown = command(*arguments, **options)
        if as_json:
            print_json(shown)
        elif isinstance(shown, list):
            print_table(list(shown[0]) if shown else ["nothing"], [list(row.values()) for row in shown])
        else:
            print_fields(shown)

    return run


@click.group()
def directory() -> None:
    """Members, organisations and their keys: the signed directory."""


@directory.command()
@click.argument("address", required=False)
@_node
def show(address: str | None) -> dict[str, Any]:
    """The directory this node holds, or one organisation in it."""
    from jusur.directory import api

    if address:
        return dict(api.organisation_view(api.organisation(address.upper()), keys=True))
    version, digest = api.current()
    return {
        "version": version,
        "digest": digest,
        "expires_at": api.expires().isoformat(),
        "directory_key": api.directory_fingerprint(),
        "organisations": sum(1 for _ in api.organisations()),
        "active": [each.address for each in api.organisations(status="active")],
        "open_alarms": len(api.alarms()),
    }


@directory.command()
@click.option("--kind", default="", help="bureau, regional, partner or secretariat.")
@click.option("--status", default="", help="not-joined, active, suspended or withdrawn.")
@click.option("--region", default="", help="africa, americas, asia or europe.")
@_node
def members(kind: str, status: str, region: str) -> list[dict[str, Any]]:
    """The organisations of the network."""
    from jusur.directory import api

    return [
        {"address": o.address, "kind": o.kind, "name": o.name.en, "region": o.region, "status": o.status}
        for o in api.organisations(kind=kind, status=status, region=region)
    ]


@directory.command()
@_node
def publish() -> dict[str, Any]:
    """Secretariat: sign and publish a new version."""
    from jusur.directory import api

    return _version(api.directory_publish(authority=_authority(), actor=_actor()))


@directory.command()
@click.argument("address")
@click.option("--join-url", default="", help="Where the organisation may ask online (this node's web address).")
@_output
@_node
def invite(address: str, join_url: str, output: Path) -> dict[str, Any]:
    """Secretariat: a one-time invitation for an organisation. Hand it over safely: it holds a secret."""
    from jusur.directory import api

    if join_url and not api.is_join_url(join_url):
        raise InvalidInputError("--join-url is not https://host:port.")
    paper = api.invitation_issue(address=address.upper(), authority=_authority(), actor=_actor(), join_url=join_url)
    write_private(output, api.write_invitation(paper))
    return {"invitation": str(output), "expires_at": paper.expires_at, "directory_key": api.directory_fingerprint()}


@directory.command()
@_node
def requests() -> list[dict[str, Any]]:
    """Secretariat: the requests to join that wait. Their fingerprints are for the other side to read out."""
    from jusur.directory import api

    return [{"id": r.id, "address": r.address, "made_at": r.made_at} for r in api.join_requests(state="received")]


@directory.command()
@click.argument("request")
@click.option("--fingerprint", prompt="Fingerprint, as the organisation reads it out", help="Words or groups.")
@_output
@_node
def admit(request: str, fingerprint: str, output: Path) -> dict[str, Any]:
    """Secretariat: admit an organisation. REQUEST is a file (jusur join request) or the id of one received online."""
    from jusur.directory import api

    path = Path(request)
    request_id = _receive(path) if path.is_file() else _uuid(request)
    bundle = api.join_request_admit(
        request_id=request_id, fingerprint=fingerprint, authority=_authority(), actor=_actor()
    )
    write_private(output, bundle)
    version, digest = api.current()
    return {"welcome": str(output), "version": version, "digest": digest, "directory_key": api.directory_fingerprint()}


@directory.command()
@click.argument("request")
@_reason
@_node
def refuse(request: str, reason: str) -> dict[str, Any]:
    """Secretariat: refuse a request to join (a file, or the id of one received online)."""
    from jusur.directory import api

    path = Path(request)
    request_id = _receive(path) if path.is_file() else _uuid(request)
    row = api.join_request_refuse(request_id=request_id, reason=reason, actor=_actor())
    return {"request": str(row.id), "address": row.address, "state": row.state}


@directory.command()
@click.argument("address")
@click.option("--kind", type=click.Choice(["bureau", "regional", "partner"]), required=True)
@click.option("--name-ar", required=True)
@click.option("--name-en", required=True)
@click.option("--name-fr", required=True)
@click.option("--name-es", required=True)
@click.option("--country", default="", help="A bureau's country.")
@click.option("--region", default="", help="africa, americas, asia or europe; empty for an organisation of the world.")
@_node
def add(address: str, kind: Any, country: str, region: str, **names: str) -> dict[str, Any]:
    """Secretariat: list another organisation; it may send and receive nothing until jusur directory limit."""
    from jusur.directory import api

    version = api.organisation_add(
        address=address.upper(),
        kind=kind,
        names={name.removeprefix("name_"): value for name, value in names.items()},
        country=country.upper(),
        region=region,
        limits=api.Limits(sends=(), receives=(), classifications=()),
        authority=_authority(),
        actor=_actor(),
    )
    return _version(version)


@directory.command()
@click.argument("address")
@_reason
@_node
def withdraw(address: str, reason: str) -> dict[str, Any]:
    """Secretariat: an organisation leaves the network for good."""
    from jusur.directory import api

    return _version(
        api.organisation_withdraw(address=address.upper(), reason=reason, authority=_authority(), actor=_actor())
    )


@directory.command()
@click.argument("address")
@click.option("--sends", multiple=True, help="A message kind it may send (message.*, *); repeat. None: nothing.")
@click.option("--receives", multiple=True, help="A message kind it may be sent; repeat. None: nothing.")
@click.option("--classification", "classifications", multiple=True, help="A classification; repeat. None: nothing.")
@_node
def limit(address: str, sends: tuple[str, ...], receives: tuple[str, ...], classifications: tuple[str, ...]) -> Any:
    """Secretariat: set what an organisation may send and be sent."""
    from jusur.directory import api

    version = api.organisation_limit(
        address=address.upper(),
        sends=sends,
        receives=receives,
        classifications=classifications,
        authority=_authority(),
        actor=_actor(),
    )
    return _version(version)


@directory.command()
@click.argument("address")
@_reason
@_node
def suspend(address: str, reason: str) -> dict[str, Any]:
    """Secretariat: suspend an organisation; nothing passes until it is restored."""
    from jusur.directory import api

    return _version(
        api.organisation_suspend(address=address.upper(), reason=reason, authority=_authority(), actor=_actor())
    )


@directory.command()
@click.argument("address")
@_reason
@_node
def restore(address: str, reason: str) -> dict[str, Any]:
    """Secretariat: make a suspended organisation active again."""
    from jusur.directory import api

    return _version(
        api.organisation_restore(address=address.upper(), reason=reason, authority=_authority(), actor=_actor())
    )


@directory.command()
@click.argument("keyid")
@click.option("--since", type=click.DateTime(), help="UTC; nothing by the key counts from then. Now where absent.")
@_reason
@_node
def revoke(keyid: str, since: datetime | None, reason: str) -> dict[str, Any]:
    """Secretariat: revoke a compromised key, for all nodes."""
    from jusur.directory import api

    moment = since.replace(tzinfo=UTC) if since else None
    return _version(
        api.key_revoke(keyid=keyid, reason=reason, revoked_at=moment, authority=_authority(), actor=_actor())
    )


@directory.command()
@_node
def refresh() -> dict[str, Any]:
    """Fetch the current directory from the secretariat."""
    from jusur.directory import api

    api.refresh_online(actor=_actor())
    version, digest = api.current()
    return {"version": version, "digest": digest, "expires_at": api.expires().isoformat()}


@directory.command()
@_file
@_node
def accept(file: Path) -> dict[str, Any]:
    """Take a directory from a file (the next version), as refresh would from the secretariat."""
    from jusur.directory import api

    new = api.directory_accept(envelope=_read(file), actor=_actor())
    version, digest = api.current()
    return {"new": new, "version": version, "digest": digest}


@directory.command()
@click.option("--version", type=click.IntRange(min=1), help="An earlier version, for a node that lacks several.")
@_output
@_node
def export(version: int | None, output: Path) -> dict[str, Any]:
    """Write the signed directory this node holds to a file, for a node that cannot fetch it."""
    from jusur.directory import api

    held = api.envelope(version)
    if held is None:
        raise InvalidInputError("This node holds no such directory.", fix="See jusur directory show.")
    output.write_bytes(held[1])
    return {"directory": str(output), "version": held[0].version, "digest": held[0].digest}


@directory.command()
@click.option("--close", "closing", default="", help="The id of an alarm to close.")
@click.option("--reason", default="", help="Why it is closed.")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@_node
def alarms(closing: str, reason: str, everything: bool) -> list[dict[str, Any]]:
    """The alarms about the directory; closing a fork's lets the exchange go on."""
    from jusur.directory import api

    if closing:
        api.alarm_close(alarm_id=_uuid(closing), reason=reason, actor=_actor())
    return [
        {"id": a.id, "kind": a.kind, "detail": a.detail, "count": a.count, "last": a.last_at, "closed": a.closed_at}
        for a in api.alarms(open_only=not everything)
    ]


@directory.group()
def rotate() -> None:
    """New keys in the place of old ones: request (node), grant (secretariat), install (node)."""


@rotate.command("request")
@click.option(
    "--use", "uses", multiple=True, type=click.Choice(["signing", "sealing", "evidence", "log", "tls", "seal"])
)
@click.option("--emergency", is_flag=True, help="Keys were lost or stolen: replace all of them.")
@click.option("--recovery", type=click.Path(exists=True, path_type=Path), help="The recovery key that vouches.")
@_output
@_node
def rotate_request(uses: tuple[str, ...], emergency: bool, recovery: Path | None, output: Path) -> dict[str, Any]:
    """Node: make new keys (all, or those of --use) and a request for them; they are used once granted."""
    from jusur.directory.api import rotation_request

    vouching = None if recovery is None else recovery.read_bytes()
    envelope, fingerprint = rotation_request(uses, emergency=emergency, recovery=vouching)
    write_private(output, envelope)
    return {"request": str(output), "fingerprint": fingerprint}


@rotate.command("grant")
@_file
@click.option("--emergency", is_flag=True, help="The request replaces lost or stolen keys; those are revoked.")
@click.option("--fingerprint", default="", help="Emergency without recovery key: as the organisation read it out.")
@click.option("--reason", default="", help="Emergency: what happened.")
@_output
@_node
def rotate_grant(file: Path, emergency: bool, fingerprint: str, reason: str, output: Path) -> dict[str, Any]:
    """Secretariat: certify and publish the new keys of FILE."""
    from jusur.directory import api

    if emergency:
        bundle = api.emergency_key_replacement(
            envelope=_read(file), authority=_authority(), actor=_actor(), fingerprint=fingerprint, reason=reason
        )
    else:
        bundle = api.key_rotate(envelope=_read(file), authority=_authority(), actor=_actor())
    write_private(output, bundle)
    return {"welcome": str(output), "version": api.current().version}


@rotate.command("install")
@_file
@_node
def rotate_install(file: Path) -> dict[str, Any]:
    """Node: take the secretariat's answer and use the new keys. Restart the node's processes afterwards."""
    from jusur.directory.api import rotation_install

    return {"installed": rotation_install(_read(file), actor=_actor())}


@directory.group()
def key() -> None:
    """Secretariat: the keys that sign the directory: list, announce a new one, retire the old."""


@key.command("list")
@_node
def key_list() -> list[dict[str, Any]]:
    """The directory keys, their fingerprints, and which of them this node holds."""
    from jusur.directory.api import directory_key_rows

    return directory_key_rows()


@key.command("announce")
@_node
def key_announce() -> dict[str, Any]:
    """Make a new directory key and publish it, signed by the old and the new. Both sign until the old is retired."""
    from jusur.directory.api import announce_directory_key

    return announce_directory_key(actor=_actor())


@key.command("retire")
@click.argument("keyid", required=False)
@click.option("--revoke", is_flag=True, help="The key was stolen or lost: list it as revoked, for good.")
@_node
def key_retire(keyid: str | None, revoke: bool) -> dict[str, Any]:
    """Retire the old directory key (or KEYID), leaving the announced one. Restart the node's processes afterwards."""
    from jusur.directory.api import retire_directory_key

    return retire_directory_key(keyid, revoke=revoke, actor=_actor())


@click.group()
def join() -> None:
    """Join a network: request, then complete."""


@join.command("request")
@click.argument("invitation", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--recovery-key", type=click.Path(path_type=Path), help="Write a recovery key here; keep it off the node."
)
@click.option("--relay", default="", help="The organisation that passes envelopes on, where no gate is reachable.")
@click.option("--online", is_flag=True, help="Send the request to the secretariat as well.")
@_output
@_node
def join_request(invitation: Path, recovery_key: Path | None, relay: str, online: bool, output: Path) -> dict[str, Any]:
    """Make this node's request to join. Read the fingerprint it prints to the secretariat by telephone."""
    from jusur.directory.api import join_request_file, send_online

    paper, content, fingerprint = join_request_file(
        _read(invitation), recovery=_new_recovery(recovery_key), relay=relay, actor=_actor()
    )
    write_private(output, content)
    shown = {"request": str(output), "fingerprint": fingerprint}
    return {**shown, "sent": send_online(paper, content)} if online else shown


@join.command("complete")
@click.argument("welcome", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--invitation", type=click.Path(exists=True, path_type=Path), help="Fetch the welcome online with it.")
@click.option("--fingerprint", prompt="Directory key's fingerprint, as the secretariat reads it out")
@_node
def join_complete(welcome: Path | None, invitation: Path | None, fingerprint: str) -> dict[str, Any]:
    """Enter the network with the secretariat's welcome."""
    from jusur.directory import api
    from jusur.directory.api import fetch_welcome, holder_keys, store_certificates

    if welcome is None and invitation is None:
        raise InvalidInputError("Give the welcome's file, or --invitation to fetch it.")
    bundle = _read(welcome) if welcome is not None else fetch_welcome(_read(invitation or Path()))
    done = api.join_complete(
        bundle=bundle, keys=holder_keys(), fingerprint=fingerprint, store=store_certificates, actor=_actor()
    )
    return {"address": done.address, "version": done.version, "digest": done.digest}


def _new_recovery(path: Path | None) -> Any:
    """A new recovery key, written to ``path`` alone; None without a path."""
    if path is None:
        return None
    from jusur.crypto.keys import SigningKey

    recovery = SigningKey.generate()
    write_private(path, recovery.pem(), replace=False)
    return recovery


def _authority() -> Any:
    from jusur.cli.founding import authority_of
    from jusur.node.context import current

    return authority_of(current().keys)


def _actor() -> str:
    return f"console:{getpass.getuser()}"


def _version(row: Any) -> dict[str, Any]:
    return {"version": row.version, "digest": row.digest, "expires_at": row.expires_at.isoformat()}


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise InvalidInputError(f"{path.name} is too large.")
    return data


def _receive(path: Path) -> UUID:
    from jusur.directory import api

    return api.join_request_take(_read(path)).id


def _uuid(text: str) -> UUID:
    from jusur.kernel.ids import parse_id

    return parse_id(text)
