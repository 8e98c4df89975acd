"""How far the sealing of a package has come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0004_by_drafter"),
    ]

    operations = [
        migrations.AddField(
            model_name="evidencepackage",
            name="packed",
            field=models.BigIntegerField(null=True),
        ),
    ]
