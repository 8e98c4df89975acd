"""Purposes are found by what they contain."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import jusur.ledger.models

# Marked dear, so that a plan compares texts before it takes them apart.
PARTS = """
CREATE FUNCTION ledger_parts(content text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT coalesce(array_agg(DISTINCT substr(upper(content), place, 3)), '{}')
    FROM generate_series(1, length(upper(content)) - 2) AS place
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_forgotten"),
    ]

    operations = [
        migrations.RunSQL(PARTS, "DROP FUNCTION ledger_parts(text)"),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(
                jusur.ledger.models.Parts("purpose"),
                condition=models.Q(("purpose", ""), _negated=True),
                name="ledger_event_purpose_parts",
            ),
        ),
    ]
