"""The database itself refuses to change a vote, an adopted text or an entry of the minutes."""

from django.db import migrations

TABLES = ("assembly_vote", "assembly_elector", "assembly_adoptedtext", "assembly_minute", "assembly_passage")

FUNCTION = """
CREATE FUNCTION assembly_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what the assembly decided and recorded is never changed or deleted'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
VOTES = """
CREATE FUNCTION assembly_vote_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM assembly_elector e
        JOIN assembly_poll p ON p.id = e.poll_id AND p.state = 'open' AND p.method <> 'hands'
        JOIN assembly_delegation d ON d.id = e.delegation_id
            AND d.credentials = 'accepted' AND d.voter_id = NEW.delegate_id
        JOIN assembly_delegate g ON g.id = NEW.delegate_id AND g.delegation_id = d.id AND g.withdrawn_at IS NULL
        WHERE e.id = NEW.elector_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nobody votes without credentials, for another member, or outside an open vote'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assembly_vote_entitled BEFORE INSERT ON assembly_vote
    FOR EACH ROW EXECUTE FUNCTION assembly_vote_guard();
"""
TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION assembly_refuse_change();\n"
    for table in TABLES
)
UNDO = (
    "DROP TRIGGER assembly_vote_entitled ON assembly_vote; DROP FUNCTION assembly_vote_guard();"
    + "".join(f"DROP TRIGGER {table}_never_changed ON {table};" for table in TABLES)
    + "DROP FUNCTION assembly_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("assembly", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTION + VOTES + TRIGGERS, UNDO)]
