"""Conversations with what people need of them, kept by triggers; readings; what is being written."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import Q

import jusur.kernel.ids

_MERGE = """
    ON CONFLICT (id) DO UPDATE SET
      partners = CASE WHEN c.partners @> EXCLUDED.partners THEN c.partners
                 ELSE ARRAY(SELECT DISTINCT a FROM unnest(c.partners || EXCLUDED.partners) AS a ORDER BY a) END,
      priority = least(c.priority, EXCLUDED.priority),
      warning = c.warning OR EXCLUDED.warning,
      received = c.received + EXCLUDED.received,
      sent = c.sent + EXCLUDED.sent,
      last_at = greatest(c.last_at, EXCLUDED.last_at),
      last_received_at = greatest(c.last_received_at, EXCLUDED.last_received_at),
      last_sent_at = greatest(c.last_sent_at, EXCLUDED.last_sent_at),
      last_received = greatest(c.last_received, EXCLUDED.last_received),
      last_sent = greatest(c.last_sent, EXCLUDED.last_sent)
"""
_COLUMNS = "(id, partners, priority, warning, received, sent, last_at, last_received_at, last_sent_at, last_received, last_sent)"
_SPOKEN = "('message.text', 'message.warning')"

_SENT = f"""
CREATE FUNCTION exchange_conversation_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exchange_conversation AS c {_COLUMNS}
    VALUES (NEW.conversation, NEW.recipients, NEW.priority, NEW.kind = 'message.warning', 0, 1,
            NEW.created_at, NULL, NEW.created_at, NULL, NEW.id)
    {_MERGE};
    RETURN NULL;
END $$;
CREATE TRIGGER exchange_conversation_sent AFTER INSERT ON exchange_outboundmessage
    FOR EACH ROW WHEN (NEW.kind IN {_SPOKEN}) EXECUTE FUNCTION exchange_conversation_sent();
"""  # noqa: S608 - constants of this file
# Received messages come in batches: one statement a batch, in the order of the conversations so that two batches
# never wait for each other.
_RECEIVED_FROM = f"""
    INSERT INTO exchange_conversation AS c {_COLUMNS}
    SELECT k.conversation, array_agg(DISTINCT n.sender::varchar), min(n.priority), bool_or(n.kind = 'message.warning'),
           count(*), 0, max(n.received_at), max(n.received_at), NULL, max(n.id), NULL
    FROM %s n JOIN exchange_inboundconversation k ON k.id = n.inbound_conversation_id
    WHERE n.state IN ('received', 'processed', 'failed') AND n.kind IN {_SPOKEN}
    GROUP BY k.conversation ORDER BY k.conversation
    {_MERGE}
"""  # noqa: S608 - constants of this file
_RECEIVED = f"""
CREATE FUNCTION exchange_conversation_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {_RECEIVED_FROM % "arrived"};
    RETURN NULL;
END $$;
CREATE TRIGGER exchange_conversation_received AFTER INSERT ON exchange_inboundmessage
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION exchange_conversation_received();
"""
_PRESENT_SENT = f"""
    INSERT INTO exchange_conversation AS c {_COLUMNS}
    SELECT m.conversation, array_agg(DISTINCT r::varchar), min(m.priority), bool_or(m.kind = 'message.warning'), 0,
           count(DISTINCT m.id), max(m.created_at), NULL, max(m.created_at), NULL, (array_agg(m.id ORDER BY m.id DESC))[1]
    FROM exchange_outboundmessage m CROSS JOIN LATERAL unnest(m.recipients) AS r
    WHERE m.kind IN {_SPOKEN} GROUP BY m.conversation
    {_MERGE}
"""  # noqa: S608 - constants of this file
_UNDO = """
DROP TRIGGER exchange_conversation_sent ON exchange_outboundmessage;
DROP TRIGGER exchange_conversation_received ON exchange_inboundmessage;
DROP FUNCTION exchange_conversation_sent();
DROP FUNCTION exchange_conversation_received();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_chunk_digests")]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jusur.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partners",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=17), size=None),
                ),
                ("priority", models.SmallIntegerField()),
                ("warning", models.BooleanField(default=False)),
                ("received", models.IntegerField(default=0)),
                ("sent", models.IntegerField(default=0)),
                ("last_at", models.DateTimeField()),
                ("last_received_at", models.DateTimeField(null=True)),
                ("last_sent_at", models.DateTimeField(null=True)),
                ("last_received", models.BigIntegerField(null=True)),
                ("last_sent", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-last_at", "-id"], name="conversation_newest"),
                    models.Index(
                        condition=Q(("last_received_at__isnull", False)),
                        fields=["-last_received_at", "-id"],
                        name="conversation_received",
                    ),
                    models.Index(
                        condition=Q(("last_sent_at__isnull", False)),
                        fields=["-last_at", "-id"],
                        name="conversation_sent",
                    ),
                    models.Index(
                        condition=Q(("priority", 2), _negated=True),
                        fields=["priority", "-last_at", "-id"],
                        name="conversation_urgent",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["partners"], name="conversation_partners"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("officer", models.UUIDField()),
                ("conversation", models.UUIDField()),
                ("seen_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("officer", "conversation"), name="reading_once")],
            },
        ),
        migrations.CreateModel(
            name="ReadFloor",
            fields=[
                ("officer", models.UUIDField(primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Unsent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jusur.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("officer", models.UUIDField()),
                ("warning", models.BooleanField(default=False)),
                ("fields", models.JSONField(default=dict)),
                ("files", models.JSONField(default=list)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["officer", "-changed_at"], name="unsent_of_officer"),
                    models.Index(fields=["changed_at"], name="unsent_to_forget"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="inboundconversation",
            index=models.Index(fields=["conversation"], name="inbound_conversation_of"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=Q(("state__in", ["drafted", "refused", "expired"])),
                fields=["state", "message"],
                name="delivery_troubled",
            ),
        ),
        migrations.RunSQL(_SENT, _UNDO),
        migrations.RunSQL(_RECEIVED, migrations.RunSQL.noop),
        migrations.RunSQL(_PRESENT_SENT, migrations.RunSQL.noop),
        migrations.RunSQL(_RECEIVED_FROM % "exchange_inboundmessage", migrations.RunSQL.noop),
    ]
