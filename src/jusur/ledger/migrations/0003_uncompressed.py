from django.db import migrations


class Migration(migrations.Migration):
    """Tiles are hashes: they do not shrink, and trying costs time at every growth of the log."""

    dependencies = [("ledger", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE ledger_tile ALTER COLUMN data SET STORAGE EXTERNAL",
            "ALTER TABLE ledger_tile ALTER COLUMN data SET STORAGE EXTENDED",
        )
    ]
