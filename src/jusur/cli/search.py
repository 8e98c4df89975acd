"""``jusur search TEXT`` and ``jusur screen FILE``: searches by an officer's token."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_json
from jusur.kernel.errors import InvalidInputError

PERCENT = 100
ADMINISTRATOR = "administrator:console"


@click.command()
@click.argument("text")
@click.option(
    "--purpose", required=True, help="Why: border-check, criminal-investigation … (docs/reference/search.md)."
)
@click.option("--reference", required=True, help="The case or check this belongs to.")
@click.option("--database", "databases", multiple=True, help="Only this one, e.g. nominal; repeat for several.")
@click.option(
    "--bureau", "bureaus", multiple=True, help="Ask this bureau's node too; '*' asks all that can be reached."
)
@click.option("--birth-date", default="", help="1971, 1971-03 or 1971-03-02.")
@click.option("--country", default="", help="Two letters: nationality, or who issued the document.")
@click.option("--limit", default=10, show_default=True, help="Answers at most.")
@click.option("--deadline", default=2000, show_default=True, help="Milliseconds after which bureaus count as late.")
@click.option("--language", type=click.Choice(["ar", "en", "fr", "es"]), default="en", show_default=True)
@json_option
@click.pass_obj
def search(
    home: str | None,
    text: str,
    purpose: str,
    reference: str,
    databases: tuple[str, ...],
    bureaus: tuple[str, ...],
    birth_date: str,
    country: str,
    limit: int,
    deadline: int,
    language: str,
    as_json: bool,
) -> None:
    """Search for TEXT: a name in any script, an MRZ, a plate, an IBAN, a wallet, a phone … it is recognised.

    ``-`` reads TEXT from standard input, for what must not stand in a shell's history.
    """
    pasted = sys.stdin.read(4096) if text == "-" else text
    query: dict[str, Any] = {"text": pasted}
    if birth_date:
        query["birth_dates"] = [birth_date]
    if country:
        query["countries"] = [country.upper()]
    found = Client.of(home).post(
        "/search",
        {
            "purpose": purpose,
            "reference": reference,
            "query": query,
            "databases": list(databases),
            "bureaus": list(bureaus),
            "limit": limit,
            "deadline_ms": deadline,
            "language": language,
        },
    )
    if as_json:
        print_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    recognised = found.get("recognised")
    if recognised:
        click.echo(f"searched as  {recognised['kind']}")
    for remark in found["noticed"]:
        click.echo(f"note         {remark}")
    colour = "red" if found["outcome"] == "hit" else "green"
    click.secho(f"{found['outcome']:<12} {len(found['answers'])} answers in {found['took_ms']} ms", fg=colour)
    for answer in found["answers"]:
        _show_answer(answer)
    for database in found["databases"]:
        if database["state"] != "answered":
            click.secho(f"{database['holder']} {database['state']}: {database['detail']}", fg="yellow", err=True)
    if found["partial"]:
        click.secho("This answer is partial: not everybody answered.", fg="yellow", err=True)


def _show_answer(answer: dict[str, Any]) -> None:
    mark = click.style("HIT", fg="red", bold=True) if answer["match"] else "   "
    where = f"{answer['database']}, owner {answer['owner']}"
    click.echo(f"\n{mark} {answer['score'] * PERCENT:5.1f} %  {answer['caption']}  ({where})")
    for reason in answer["reasons"]:
        click.echo(f"      {reason['weight']:+6.2f}  {reason['sentence']}")
    handling = answer["handling"]
    click.echo(f"      {handling['classification']}, {handling['handling_code']}  record {answer['record']}")
    if answer["hit"]:
        click.echo(f"      to confirm or discard: hit {answer['hit']}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--purpose", required=True, help="Why.")
@click.option("--reference", required=True, help="The case or check this belongs to.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write: .csv or .jsonl.")
@click.option("--name", "columns", multiple=True, help="Column of the name; repeat for parts, family name last.")
@click.option("--birth-date", default="", help="Column of the date of birth.")
@click.option("--country", default="", help="Column of the country (two letters).")
@click.option("--document", default="", help="Column of a passport's number.")
@click.option("--id", "identity", default="", help="Column that names the row in the output; else its number.")
@click.option("--database", "databases", multiple=True, help="Only this one; repeat for several.")
@click.option("--all", "everything", is_flag=True, help="Write rows without an answer too.")
@click.option("--at-once", default=1000, show_default=True, help="Rows a request, 10,000 at most.")
@json_option
@click.pass_obj
def screen(
    home: str | None,
    /,
    file: Path,
    purpose: str,
    reference: str,
    out: Path | None,
    columns: tuple[str, ...],
    birth_date: str,
    country: str,
    document: str,
    **more: Any,
) -> None:
    """Search for every row of FILE (CSV with a header, or JSON lines of FollowTheMoney entities); resumable.

    What was done stands in OUT.progress: the same command goes on where it was stopped.
    """
    from jusur.cli import screening

    target = out or file.with_name(f"{file.stem}.screened.csv")
    if target.suffix not in {".csv", ".jsonl"}:
        raise InvalidInputError("The output is .csv or .jsonl.", fix="Name it so with --out.")
    reading = screening.Columns(tuple(columns), birth_date, country, document, more["identity"])
    wanted = tuple(more["databases"])
    job = screening.Job(file, target, reading, purpose, reference, wanted, more["everything"], more["at_once"])
    done = screening.run(job, Client.of(home), tell=_tell)
    if more["as_json"]:
        print_json(done)
    else:
        click.echo(
            f"{done['rows']:,} rows, {done['hits']:,} with a hit, {done['invalid']:,} invalid, {target} "
            f"({done['rows_a_second']:,.0f} rows a second)"
        )


def _tell(rows: int, total: int, seconds: float) -> None:
    share = f"{rows / total:6.1%}" if total else ""
    pace = rows / seconds if seconds else 0.0
    click.echo(f"\r{rows:>12,} rows {share} {pace:,.0f}/s", nl=False, err=True)


@click.command("search-token")
@click.argument("email")
@click.option("--purpose", required=True, help="Why whoever uses the token searches.")
@click.option("--reference", required=True, help="The case, system or check this belongs to.")
@click.option("--days", default=90, show_default=True, help="How long the token lives.")
@json_option
@click.pass_obj
def search_token(home: str | None, /, email: str, purpose: str, reference: str, days: int, as_json: bool) -> None:
    """Issue a token that only searches, for clients that cannot state a purpose (yente's); shown this once."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.accounts import api as accounts
    from jusur.databases import api as databases

    databases.search_purpose(purpose)
    issued, secret = accounts.token_issue(
        officer_id=accounts.officer_by_email(email).id,
        name=f"search: {purpose}"[:100],
        scopes=["search.batch", "search.do"],
        lifetime=timedelta(days=days),
        actor=ADMINISTRATOR,
    )
    databases.token_purpose_set(token=issued.id, purpose=purpose, reference=reference, actor=ADMINISTRATOR)
    if as_json:
        print_json({"id": str(issued.id), "token": secret, "purpose": purpose, "reference": reference})
    else:
        click.echo(secret)
