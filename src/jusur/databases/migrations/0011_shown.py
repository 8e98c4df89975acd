from django.db import migrations, models


class Migration(migrations.Migration):
    """Answers that an officer's pages may show again for a while."""

    dependencies = (("databases", "0010_searches"),)

    operations = (
        migrations.CreateModel(
            name="ShownAnswer",
            fields=[
                ("search", models.UUIDField(primary_key=True, serialize=False)),
                ("officer", models.UUIDField()),
                ("sealed", models.BinaryField()),
                ("until", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["until"], name="shown_answer_over")]},
        ),
    )
