from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from tests.databases.samples import add_database, add_record, run

from jusur.databases import selectors, walls
from jusur.databases.models import Database, Identifier, Record, RecordVersion
from jusur.databases.search_purposes import UnknownPurposeError
from jusur.kernel.clock import now
from jusur.kernel.errors import InvalidInputError

pytestmark = pytest.mark.django_db

BORDER = "border-check"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def nominal() -> Database:
    return add_database()


def seen(reader: str, purpose: str = BORDER) -> list[tuple[object, ...]]:
    with walls.reading(reader, purpose):
        return run("SELECT id FROM databases_record")


def test_its_owner_and_those_it_allows_see_a_record(nominal: Database) -> None:
    add_record(nominal, "NO", allowed_recipients=["MA"])
    assert len(seen("NO", "")) == 1
    assert len(seen("MA")) == 1
    assert seen("SE") == []
    assert seen("GS") == []  # who hosts does not thereby read


@pytest.mark.parametrize(
    "changes",
    [
        {"allowed_recipients": []},
        {"purposes": ["vetting"]},
        {"expires_at": now() + timedelta(seconds=1), "created_at": now() - timedelta(days=9)},
    ],
)
def test_unknown_empty_other_and_over_mean_nobody(nominal: Database, changes: dict[str, Any]) -> None:
    record = add_record(nominal, **changes)
    if "expires_at" in changes:
        with walls.duty():
            Record.objects.filter(id=record.id).update(expires_at=now() - timedelta(seconds=1))
    assert seen("MA") == []


def test_everybody_means_whom_the_database_is_shared_with(nominal: Database) -> None:
    add_record(nominal, allowed_recipients=["*"])
    assert [bool(seen(reader)) for reader in ("MA", "SE", "FR", "GS")] == [True, True, False, False]
    Database.objects.filter(id=nominal.id).update(closed_at=now())
    assert seen("MA") == []


def test_without_a_purpose_only_ones_own_records_are_seen(nominal: Database) -> None:
    add_record(nominal, "NO")
    own = add_record(nominal, "MA")
    assert seen("MA", "") == [(own.id,)]


def test_tombstones_are_nobodys(nominal: Database) -> None:
    add_record(nominal, state="withdrawn", entity=None, content_sha256="")
    assert seen("NO", "") == seen("MA") == []


@pytest.mark.parametrize("reader", ["", "*", "ma", "MA' OR true --", "MA\n", "M" * 40])
def test_a_reader_is_an_address(nominal: Database, reader: str) -> None:
    with pytest.raises(InvalidInputError), walls.reading(reader, BORDER):
        pytest.fail("read as nobody")


@pytest.mark.parametrize("purpose", ["*", "curiosity", "border-check "])
def test_a_purpose_is_a_permitted_use(nominal: Database, purpose: str) -> None:
    with pytest.raises(UnknownPurposeError), walls.reading("MA", purpose):
        pytest.fail("read for nothing")


def test_forgotten_walls_show_nothing_and_let_nothing_be_written(nominal: Database) -> None:
    record = add_record(nominal)
    assert Record.objects.count() == 0
    assert Record.objects.filter(id=record.id).update(purpose="x") == 0
    assert Record.objects.filter(id=record.id).delete()[0] == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Record.objects.create(
            **{
                field.attname: getattr(record, field.attname)
                for field in Record._meta.fields
                if field.attname not in {"id", "reference"}
            },
            reference="another",
        )


READ_AROUND = {
    "plain": "SELECT entity FROM databases_record",
    "always true": "SELECT entity FROM databases_record WHERE originator = 'NO' OR true",
    "join": "SELECT r.entity FROM databases_database d JOIN databases_record r ON r.database_id = d.id",
    "lateral": "SELECT x.entity FROM databases_database d, LATERAL (SELECT * FROM databases_record) x",
    "outer join": "SELECT r.entity FROM databases_record r FULL JOIN databases_database d ON false"
    " WHERE r.id IS NOT NULL",
    "with": "WITH r AS MATERIALIZED (SELECT * FROM databases_record) SELECT entity FROM r",
    "union": "SELECT entity FROM databases_record UNION ALL SELECT entity FROM databases_record",
    "aggregate": "SELECT jsonb_agg(entity) FROM databases_record HAVING count(*) > 0",
    "identifiers": "SELECT key FROM databases_identifier",
    "versions": "SELECT content FROM databases_recordversion",
    "leaky function": "SELECT id FROM databases_record WHERE pg_temp.leak(purpose)",
    "cursor": "SELECT query_to_xml('SELECT entity FROM databases_record', false, false, '')::text WHERE query_to_xml("
    "'SELECT entity FROM databases_record', false, false, '')::text LIKE '%Sami%'",
}


@pytest.mark.parametrize("attempt", READ_AROUND)
def test_no_query_reads_around(nominal: Database, attempt: str) -> None:
    record = add_record(nominal, allowed_recipients=["SE"])
    with walls.duty():
        Identifier.objects.create(record=record, kind="passport", key="passport:NO:1")
        RecordVersion.objects.create(
            record=record, version=1, content={"name": "Sami"}, recorded_by="x", recorded_at=now()
        )
    run(
        "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
        "$$ BEGIN RAISE EXCEPTION 'leaked %', $1; END $$"
    )
    with walls.reading("MA", BORDER):
        assert run(READ_AROUND[attempt]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO databases_identifier (record_id, kind, key) SELECT id, 'x', 'y' FROM databases_record",
        "UPDATE databases_record SET allowed_recipients = '{MA}'",
        "DELETE FROM databases_record",
        "TRUNCATE databases_record CASCADE",
        "ALTER TABLE databases_record DISABLE ROW LEVEL SECURITY",
        "CREATE VIEW public.around AS SELECT * FROM databases_record",
        "DROP POLICY reading ON databases_record",
        "SELECT * FROM databases_staged",
        "SELECT * FROM databases_edition",
        "SELECT * FROM ledger_event",
        "SELECT * FROM accounts_officer",
        "SET ROLE jusur_admin",
    ],
)
def test_the_reader_can_do_nothing_but_read(nominal: Database, statement: str) -> None:
    add_record(nominal)
    with pytest.raises(ProgrammingError), walls.reading("MA", BORDER):
        run(statement)


def test_the_duty_of_the_node_is_not_the_readers(nominal: Database) -> None:
    add_record(nominal, allowed_recipients=["SE"])
    with walls.reading("MA", BORDER):
        run("SELECT set_config('jusur.duty', 'on', true)")
        assert run("SELECT id FROM databases_record") == []


def test_a_view_of_the_owner_opens_nothing(nominal: Database) -> None:
    add_record(nominal, allowed_recipients=["SE"])
    run("CREATE VIEW around AS SELECT * FROM databases_record")
    run("GRANT SELECT ON around TO jusur_reader")
    with walls.reading("MA", BORDER):
        run("SELECT set_config('jusur.duty', 'on', true)")
        assert run("SELECT id FROM around") == []
    assert run("SELECT id FROM around") == []


def test_a_function_of_the_owner_opens_nothing(nominal: Database) -> None:
    add_record(nominal, allowed_recipients=["SE"])
    run(
        "CREATE FUNCTION around() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT count(*) FROM databases_record'"
    )
    with walls.reading("MA", BORDER):
        assert run("SELECT around()") == [(0,)]


def test_copy_is_behind_the_walls_too(nominal: Database) -> None:
    add_record(nominal, allowed_recipients=["SE"])
    with walls.reading("MA", BORDER):
        raw: psycopg.Connection[object] = connection.connection
        with raw.cursor().copy("COPY (SELECT * FROM databases_record) TO STDOUT") as copied:
            assert b"".join(copied) == b""
        with raw.cursor().copy("COPY databases_record TO STDOUT") as copied:
            assert b"".join(copied) == b""


def test_the_walls_stand_again_after_a_failure(nominal: Database) -> None:
    add_record(nominal)
    with pytest.raises(ZeroDivisionError), walls.duty():
        raise ZeroDivisionError
    assert Record.objects.count() == 0
    with pytest.raises(ZeroDivisionError), walls.reading("MA", BORDER):
        raise ZeroDivisionError
    assert run("SELECT current_user, current_setting('jusur.reader', true)") == [("jusur", "")]


def test_reading_inside_a_duty_reads_no_more_than_the_reader(nominal: Database) -> None:
    add_record(nominal, allowed_recipients=["SE"])
    with walls.duty():
        with walls.reading("MA", BORDER):
            assert run("SELECT id FROM databases_record") == []
        assert Record.objects.count() == 1


def test_old_versions_are_the_owners(nominal: Database) -> None:
    record = add_record(nominal, "NO", allowed_recipients=["MA"])
    with walls.duty():
        RecordVersion.objects.create(record=record, version=1, content={}, recorded_by="x", recorded_at=now())
    with walls.reading("MA", BORDER):
        assert run("SELECT 1 FROM databases_recordversion") == []
    with walls.reading("NO"):
        assert run("SELECT 1 FROM databases_recordversion") == [(1,)]


@pytest.mark.parametrize(
    "changes",
    [
        {"allowed_recipients": ["ma"]},
        {"allowed_recipients": ["MA", "all of them"]},
        {"allowed_recipients": [""]},
        {"forwarding": ["*"]},
        {"originator": "norway"},
        {"classification": "secret"},
        {"classification": ""},
        {"handling_code": "H4"},
        {"handling_code": "H3"},
        {"source_evaluation": "E5"},
        {"source_evaluation": ""},
        {"purpose": ""},
        {"purposes": []},
        {"entity": None},
        {"state": "withdrawn"},
        {"state": "unknown"},
        {"version": 0},
        {"expires_at": LONG_AGO},
    ],
    ids=str,
)
def test_the_database_refuses_a_record_without_whole_conditions(nominal: Database, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        add_record(nominal, **changes)


@pytest.mark.parametrize(
    "change",
    ["originator = 'MA'", "database_id = 'wallets@GS'", "version = 0", "content_sha256 = 'cd'", "sequence = 0"],
)
def test_the_database_refuses_another_owner_and_earlier_versions(nominal: Database, change: str) -> None:
    add_database("wallets")
    add_record(nominal, version=2)
    with pytest.raises(IntegrityError), walls.duty():
        run(f"UPDATE databases_record SET {change}")  # noqa: S608 - this test's own words


def test_visible_records_are_given_with_their_conditions(nominal: Database, node: object) -> None:
    record, hidden = add_record(nominal), add_record(nominal, allowed_recipients=[])
    found = selectors.records_visible([record.id, hidden.id], asker="MA", purpose=BORDER)
    assert list(found) == [record.id]
    assert (found[record.id].key, found[record.id].host, found[record.id].originator) == ("nominal", "GS", "NO")
