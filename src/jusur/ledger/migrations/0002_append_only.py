"""The database itself refuses to rewrite the log."""

from django.db import migrations

GUARD_EVENTS = """
CREATE FUNCTION ledger_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed ledger_event;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an event of the log is never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    allowed := OLD;
    IF OLD.leaf_index IS NULL THEN
        allowed.leaf_index := NEW.leaf_index;
    END IF;
    IF OLD.forgotten_at IS NULL AND NEW.forgotten_at IS NOT NULL THEN
        allowed.data := NULL;
        allowed.salt := NULL;
        allowed.forgotten_at := NEW.forgotten_at;
    END IF;
    IF NEW IS DISTINCT FROM allowed THEN
        RAISE EXCEPTION 'an event of the log is only given its place once, or forgotten once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE ON ledger_event
    FOR EACH ROW EXECUTE FUNCTION ledger_event_guard();
"""

GUARD_CHECKPOINTS = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signed checkpoint is never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ledger_checkpoint_append_only BEFORE UPDATE OR DELETE ON ledger_checkpoint
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""

GUARD_TILES = """
CREATE FUNCTION ledger_tile_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.level <> OLD.level OR NEW.index <> OLD.index
       OR substring(NEW.data FOR length(OLD.data)) <> OLD.data THEN
        RAISE EXCEPTION 'a tile of the log only grows' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_tile_append_only BEFORE UPDATE OR DELETE ON ledger_tile
    FOR EACH ROW EXECUTE FUNCTION ledger_tile_guard();
"""

UNDO = """
DROP TRIGGER ledger_event_append_only ON ledger_event;
DROP TRIGGER ledger_checkpoint_append_only ON ledger_checkpoint;
DROP TRIGGER ledger_tile_append_only ON ledger_tile;
DROP FUNCTION ledger_event_guard();
DROP FUNCTION ledger_refuse_change();
DROP FUNCTION ledger_tile_guard();
"""

# Hashes do not compress: PostgreSQL need not try (the TOAST default).
PLAIN_TILES = "ALTER TABLE ledger_tile ALTER COLUMN data SET STORAGE EXTERNAL"
USUAL_TILES = "ALTER TABLE ledger_tile ALTER COLUMN data SET STORAGE EXTENDED"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARD_EVENTS + GUARD_CHECKPOINTS + GUARD_TILES, UNDO),
        migrations.RunSQL(PLAIN_TILES, USUAL_TILES),
    ]
