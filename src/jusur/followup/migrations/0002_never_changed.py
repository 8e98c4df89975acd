"""The database itself refuses to rewrite what was reported, judged or disputed, and what was promised."""

from django.db import migrations

GUARD = """
CREATE FUNCTION followup_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an act on a commitment is never changed or deleted'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER followup_act_never_changed BEFORE UPDATE OR DELETE ON followup_commitmentact
    FOR EACH ROW EXECUTE FUNCTION followup_refuse_change();
CREATE FUNCTION followup_commitment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed followup_commitment;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a commitment is never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    allowed := OLD;
    allowed.state := NEW.state;
    allowed.due_on := NEW.due_on;
    allowed.enhanced_since := NEW.enhanced_since;
    IF NEW IS DISTINCT FROM allowed THEN
        RAISE EXCEPTION 'what was promised is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER followup_commitment_kept BEFORE UPDATE OR DELETE ON followup_commitment
    FOR EACH ROW EXECUTE FUNCTION followup_commitment_guard();
"""
UNDO = """
DROP TRIGGER followup_act_never_changed ON followup_commitmentact;
DROP TRIGGER followup_commitment_kept ON followup_commitment;
DROP FUNCTION followup_refuse_change();
DROP FUNCTION followup_commitment_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("followup", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
