"""Django's settings, drawn from the node's own (``jusur.node.settings``)."""

import os

SECRET_KEY = os.environ.get("JUSUR_SECRET_KEY", "not-a-node")
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS: list[str] = [
    "django.contrib.contenttypes",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "jusur"}}
