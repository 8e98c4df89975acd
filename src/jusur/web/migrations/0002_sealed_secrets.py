"""Webhooks' secrets, in plain text until now, are sealed to the node's key."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def seal(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there; a node without webhooks needs no keys for it."""
    from jusur.node.context import current
    from jusur.web import secrets

    hooks: Any = apps.get_model("web", "Webhook")
    for hook in hooks.objects.using(editor.connection.alias).all():
        hook.sealed_secret = secrets.seal(current().keys, hook.id, hook.secret)
        hook.save(update_fields=["sealed_secret"])


def open_again(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The way back, for a node that returns to the version before."""
    from jusur.node.context import current
    from jusur.web import secrets

    hooks: Any = apps.get_model("web", "Webhook")
    for hook in hooks.objects.using(editor.connection.alias).all():
        hook.secret = secrets.open_sealed(current().keys, hook.id, bytes(hook.sealed_secret))
        hook.save(update_fields=["secret"])


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]

    operations = [
        migrations.AddField("webhook", "sealed_secret", models.BinaryField(default=b""), preserve_default=False),
        migrations.AlterField("webhook", "secret", models.CharField(max_length=100, default="")),
        migrations.RunPython(seal, open_again),
        migrations.RemoveField("webhook", "secret"),
    ]
