"""Chunk digests live in the signed descriptor alone."""

from django.db import migrations


class Migration(migrations.Migration):
    """Nothing at the gate asks for them any more."""

    dependencies = (("exchange", "0004_uncompressed"),)

    operations = (migrations.RemoveField(model_name="outgoingblob", name="chunk_digests"),)
