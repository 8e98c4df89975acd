"""Row-level security on the records, the feed's sequence, and what a record may never become."""

from django.db import migrations

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'jusur_reader') THEN
        BEGIN
            CREATE ROLE jusur_reader NOLOGIN;
        EXCEPTION
            WHEN duplicate_object THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role jusur_reader is missing'
                    USING HINT = format('Ask the database''s administrator: CREATE ROLE jusur_reader NOLOGIN; GRANT jusur_reader TO %I;', current_user);
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'jusur_reader', 'MEMBER') THEN
        EXECUTE format('GRANT jusur_reader TO %I', current_user);
    END IF;
END $$;
"""

_DUTY = "current_setting('jusur.duty', true) = 'on' AND current_user <> 'jusur_reader'"
_READER = "current_setting('jusur.reader', true)"
_PURPOSE = "current_setting('jusur.purpose', true)"
_OWNED = ("record", "recordversion", "identifier", "edition", "refusal")

_ENCLOSED = "".join(
    f"""
ALTER TABLE databases_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE databases_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY duty ON databases_{table} USING ({_DUTY}) WITH CHECK ({_DUTY});
"""
    for table in _OWNED
)
_READING = f"""
CREATE POLICY reading ON databases_record FOR SELECT TO jusur_reader USING (
    state = 'held'
    AND (originator = {_READER}
         OR (expires_at > now()
             AND ({_PURPOSE} = ANY (purposes) OR {_PURPOSE} = '*')
             AND ({_READER} = ANY (allowed_recipients)
                  OR ('*' = ANY (allowed_recipients)
                      AND database_id IN (SELECT id FROM databases_database
                                          WHERE {_READER} = ANY (recipients) AND closed_at IS NULL))))));
CREATE POLICY reading ON databases_identifier FOR SELECT TO jusur_reader USING (
    EXISTS (SELECT 1 FROM databases_record r WHERE r.id = record_id));
CREATE POLICY reading ON databases_recordversion FOR SELECT TO jusur_reader USING (
    EXISTS (SELECT 1 FROM databases_record r WHERE r.id = record_id AND r.originator = {_READER}));
"""  # noqa: S608 - its parts are ours
WALLS = _ENCLOSED + _READING

UNDO_WALLS = """
DROP POLICY reading ON databases_record;
DROP POLICY reading ON databases_identifier;
DROP POLICY reading ON databases_recordversion;
""" + "".join(
    f"""
DROP POLICY duty ON databases_{table};
ALTER TABLE databases_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE databases_{table} DISABLE ROW LEVEL SECURITY;
"""
    for table in _OWNED
)

GUARDS = r"""
CREATE SEQUENCE databases_feed AS bigint;

ALTER TABLE databases_record
    ADD CONSTRAINT record_recipients_are_addresses CHECK (
        array_position(allowed_recipients, NULL) IS NULL
        AND (cardinality(allowed_recipients) = 0
             OR ' ' || array_to_string(allowed_recipients, ' ') ~ '^( (\*|[A-Z]{2}|[A-Z][A-Z0-9-]{1,15}))+$')),
    ADD CONSTRAINT record_forwarding_are_addresses CHECK (
        array_position(forwarding, NULL) IS NULL
        AND (cardinality(forwarding) = 0
             OR ' ' || array_to_string(forwarding, ' ') ~ '^( ([A-Z]{2}|[A-Z][A-Z0-9-]{1,15}))+$')),
    ADD CONSTRAINT record_originator_is_address CHECK (originator ~ '^([A-Z]{2}|[A-Z][A-Z0-9-]{1,15})$');
ALTER TABLE databases_database
    ADD CONSTRAINT database_recipients_are_addresses CHECK (
        array_position(recipients, NULL) IS NULL
        AND (cardinality(recipients) = 0
             OR ' ' || array_to_string(recipients, ' ') ~ '^( ([A-Z]{2}|[A-Z][A-Z0-9-]{1,15}))+$'));

CREATE FUNCTION databases_record_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.originator <> OLD.originator OR NEW.database_id <> OLD.database_id THEN
        RAISE EXCEPTION 'a record never changes its owner or its database'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.version < OLD.version OR NEW.sequence < OLD.sequence THEN
        RAISE EXCEPTION 'a record never goes back to an earlier version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.version = OLD.version AND NEW.content_sha256 <> OLD.content_sha256
       AND NEW.state = 'held' AND OLD.state = 'held' THEN
        RAISE EXCEPTION 'another content of a record is another version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER databases_record_guard BEFORE UPDATE ON databases_record
    FOR EACH ROW EXECUTE FUNCTION databases_record_guard();
"""

UNDO_GUARDS = """
DROP TRIGGER databases_record_guard ON databases_record;
DROP FUNCTION databases_record_guard();
ALTER TABLE databases_database DROP CONSTRAINT database_recipients_are_addresses;
ALTER TABLE databases_record
    DROP CONSTRAINT record_originator_is_address,
    DROP CONSTRAINT record_forwarding_are_addresses,
    DROP CONSTRAINT record_recipients_are_addresses;
DROP SEQUENCE databases_feed;
"""


class Migration(migrations.Migration):
    dependencies = [("databases", "0001_initial")]
    operations = [
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, UNDO_GUARDS),
        migrations.RunSQL(WALLS, UNDO_WALLS),
    ]
