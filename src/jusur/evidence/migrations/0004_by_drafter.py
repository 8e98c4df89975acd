"""What an officer drafted last is found at once, however many requests there are."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_package_lists")]

    operations = [
        migrations.AddIndex(
            model_name="evidencerequest",
            index=models.Index(
                condition=Q(("drafted_by__isnull", False)), fields=["drafted_by", "-id"], name="request_by_drafter"
            ),
        ),
    ]
