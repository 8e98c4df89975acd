"""Django's settings, drawn from the node's own.

The database is named by ``JUSUR_DATABASE_URL``, which ``jusur.config.bootstrap`` sets from the node home.
"""

import os
from typing import Any

from jusur.config.database import connection_settings

SECRET_KEY = os.environ.get("JUSUR_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("JUSUR_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "jusur.accounts",
    "jusur.ledger",
    "jusur.directory",
    "jusur.instruments",
    "jusur.exchange",
    "jusur.evidence",
    "jusur.indicators",
    "jusur.web",
    "jusur.desk.kit",
    "jusur.desk.signin",
    "jusur.desk.today",
    "jusur.desk.requests",
    "jusur.desk.messages",
    "jusur.desk.evidence",
    "jusur.desk.directory",
    "jusur.desk.indicators",
    "jusur.desk.audit",
    "jusur.desk.settings",
]
MIDDLEWARE = [
    "jusur.web.observe.Observe",
    "jusur.web.problems.Problems",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "jusur.web.limits.Limits",
    "jusur.web.idempotency.Idempotency",
]
ROOT_URLCONF = "jusur.config.urls"
WSGI_APPLICATION = "jusur.config.wsgi.application"

DATABASES: dict[str, dict[str, Any]] = {"default": connection_settings(os.environ.get("JUSUR_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Officer"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("ar", "العربية"), ("en", "English"), ("fr", "Français"), ("es", "Español")]

APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
API_RATE = float(os.environ.get("JUSUR_API_RATE", "200"))
API_BURST = float(os.environ.get("JUSUR_API_BURST", "2000"))
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
LOGGING_CONFIG = None
