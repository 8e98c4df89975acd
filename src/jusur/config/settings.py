"""Django's settings, drawn from the node's own.

The database is named by ``JUSUR_DATABASE_URL``, which ``jusur.config.bootstrap`` sets from the node home.
"""

import os
from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF

from jusur.config import assets
from jusur.config.database import connection_settings

SECRET_KEY = os.environ.get("JUSUR_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("JUSUR_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "jusur.accounts",
    "jusur.ledger",
    "jusur.directory",
    "jusur.instruments",
    "jusur.exchange",
    "jusur.evidence",
    "jusur.databases",
    "jusur.notices",
    "jusur.assembly",
    "jusur.followup",
    "jusur.indicators",
    "jusur.web",
    "jusur.desk.kit",
    "jusur.desk.signin",
    "jusur.desk.today",
    "jusur.desk.requests",
    "jusur.desk.messages",
    "jusur.desk.evidence",
    "jusur.desk.search",
    "jusur.desk.databases",
    "jusur.desk.directory",
    "jusur.desk.indicators",
    "jusur.desk.audit",
    "jusur.desk.settings",
    "django.forms",  # after the kit, whose templates of controls win
]
PAGES = os.environ.get("JUSUR_PAGES", "yes") == "yes"
"""Whether this process serves pages. The gate, the worker and most commands do not, and start
faster without what pages take."""
_FOR_PAGES = (
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.s",
    "csp",
    "django_htmx",
    "allauth",
    "axes",
)
_AREAS_WITHOUT_PAGES = {"jusur.desk.kit", "jusur.desk.today"}
"""What the worker needs of the desk: it writes the notifications."""
if not PAGES:
    INSTALLED_APPS = [
        app
        for app in INSTALLED_APPS
        if not app.startswith(_FOR_PAGES) and (not app.startswith("jusur.desk.") or app in _AREAS_WITHOUT_PAGES)
    ]
MIDDLEWARE = [
    "jusur.web.observe.Observe",
    "jusur.web.problems.Problems",
    "jusur.desk.kit.middleware.Compression",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "jusur.desk.kit.middleware.Pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jusur.desk.kit.middleware.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "jusur.desk.kit.middleware.Refusals",
    "jusur.desk.signin.middleware.Guard",
    "jusur.web.limits.Limits",
    "jusur.web.idempotency.Idempotency",
]
ROOT_URLCONF = "jusur.config.urls"
WSGI_APPLICATION = "jusur.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "jusur.desk.kit.context.desk",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES: dict[str, dict[str, Any]] = {"default": connection_settings(os.environ.get("JUSUR_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Officer"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "jusur.desk.signin.backends.Passwords"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "jusur.desk.signin.passwords.Variety"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "signin:sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_IDLE = timedelta(minutes=int(os.environ.get("JUSUR_SESSION_IDLE_MINUTES", "30")))
SESSION_LIFETIME = timedelta(hours=int(os.environ.get("JUSUR_SESSION_HOURS", "12")))
CONFIRMATION_LIFETIME = timedelta(minutes=int(os.environ.get("JUSUR_CONFIRMATION_MINUTES", "15")))

ACCOUNT_ADAPTER = "jusur.desk.signin.adapters.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "jusur.desk.signin.adapters.Factors"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
SOCIALACCOUNT_ADAPTER = "jusur.desk.signin.directory.Directory"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if os.environ.get("JUSUR_DESK_ORIGIN", "").startswith("https://") else "http"
OIDC = {
    name: os.environ.get(f"JUSUR_OIDC_{name.upper()}", "")
    for name in ("name", "issuer", "client_id", "secret_file", "secret", "trust_mfa")
}

AXES_FAILURE_LIMIT = int(os.environ.get("JUSUR_LOCKOUT_ATTEMPTS", "5"))
AXES_COOLOFF_TIME = timedelta(minutes=int(os.environ.get("JUSUR_LOCKOUT_MINUTES", "15")))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "jusur.desk.signin.lockout.account_of"
AXES_CLIENT_IP_CALLABLE = "jusur.desk.signin.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "jusur.desk.signin.lockout.answer"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("ar", "العربية"), ("en", "English"), ("fr", "Français"), ("es", "Español")]

# Several desks may share the name localhost: each keeps its own cookies.
ADDRESS = os.environ.get("JUSUR_DESK_ADDRESS", "node").lower()
DESK_ORIGIN = os.environ.get("JUSUR_DESK_ORIGIN", "http://localhost:8000")
_SECURE = DESK_ORIGIN.startswith("https://")
SESSION_COOKIE_NAME = f"jusur_{ADDRESS}_session"
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"jusur_{ADDRESS}_csrf"
CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [DESK_ORIGIN]
CSRF_FAILURE_VIEW = "jusur.desk.kit.faults.csrf_failure"
LANGUAGE_COOKIE_NAME = f"jusur_{ADDRESS}_language"
VIEW_COOKIE_NAME = f"jusur_{ADDRESS}_view"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

STATIC_URL = f"/static/{assets.fingerprint()}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False


def WHITENOISE_IMMUTABLE_FILE_TEST(_path: str, _url: str) -> bool:  # noqa: N802 - WhiteNoise's name for the setting
    """Every address under ``STATIC_URL`` changes with the content."""
    return True


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _SECURE else 0

APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
API_RATE = float(os.environ.get("JUSUR_API_RATE", "200"))
API_BURST = float(os.environ.get("JUSUR_API_BURST", "2000"))
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
LOGGING_CONFIG = None
