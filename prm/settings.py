"""Every setting of an installation, read from the environment.

`.env.example` names each variable with its meaning. A missing or wrong value stops the process with the variable's
name: an installation that starts is configured. The embedded set-up (`CANOPY_EMBEDDED=1`, used by `make run` and
`make test`) reads `<CANOPY_HOME>/env`, which `prm.embedded` writes; it is for one machine and `check --deploy`
rejects it.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from celery.schedules import schedule
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import UploadedFile
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

# Django's classes that are generic only for the type checker can then be written with their parameters.
django_stubs_ext.monkeypatch(extra_classes=[UploadedFile])

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

EMBEDDED = env.bool("CANOPY_EMBEDDED", default=False)
TESTING = env.bool("CANOPY_TESTING", default=False)
CANOPY_HOME = Path(env.str("CANOPY_HOME", default=str(BASE_DIR / ".canopy"))).resolve()
if EMBEDDED:
    env.read_env(CANOPY_HOME / "env", overwrite=False)

# The pages under /dev/, the demo's sign-in buttons and `manage.py tick` exist only here.
DEV_PAGES = EMBEDDED or TESTING

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL").rstrip("/")
_public = urlsplit(PUBLIC_BASE_URL)
if _public.scheme not in {"http", "https"} or not _public.hostname:
    raise ImproperlyConfigured("PUBLIC_BASE_URL must be an absolute http or https address")
HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname, *env.list("ALLOWED_HOSTS", default=[])]
if TESTING:
    ALLOWED_HOSTS += ["testserver", "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL, *env.list("CSRF_TRUSTED_ORIGINS", default=[])]

INSTALLED_APPS = [
    "prm.tenancy",
    "prm.accounts",
    "prm.activity",
    "prm.audit",
    "prm.files",
    "prm.jobs",
    "prm.outbox",
    "prm.imports",
    "prm.inbound",
    "prm.exports",
    "prm.invitations",
    "prm.search",
    "prm.privacy",
    "prm.web",
    "prm.embedded",
    "partners",
    "enablement",
    "cohorts",
    "analytics",
    "demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_cotton",
    "lucide",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "prm.web.middleware.request_log",
    "prm.web.middleware.private_pages",
    "prm.web.middleware.worded_refusals",
    "prm.web.middleware.storable_input",
    "prm.web.middleware.counted_or_refused",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "prm.accounts.middleware.Authentication",
    "prm.accounts.middleware.sign_in_lasts",
    "django_htmx.middleware.HtmxMiddleware",
    "prm.web.middleware.htmx_redirects",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "prm.web.middleware.person_zone",
    "prm.accounts.middleware.OrganizationScope",
]

ROOT_URLCONF = "prm.urls"
WSGI_APPLICATION = "prm.wsgi.application"
CSRF_FAILURE_VIEW = "prm.web.views.errors.csrf_failure"
FORM_RENDERER = "prm.web.forms.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "prm.web.context.page",
            ],
            "builtins": [
                "django.templatetags.cache",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "prm.web.templatetags.canopy",
            ],
        },
    }
]

# ── Data ────────────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {
    "default": {
        **env.db("DATABASE_URL"),
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASE_MIGRATE_URL = env.str("DATABASE_MIGRATE_URL", default="")
DATABASE_BACKUP_URL = env.str("DATABASE_BACKUP_URL", default="")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES: dict[str, str] = {}

REDIS_URL = env.str("REDIS_URL")
CACHE_URL = env.str("CACHE_URL", default=REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "canopy",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    },
    # Parts of the frame around pages, in each process: their keys say all that they show, so nothing is ever stale.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
FILES_ROOT = Path(env.str("FILES_ROOT", default=str(CANOPY_HOME / "files"))).resolve()
FILES_ACCEL_LOCATION = env.str("FILES_ACCEL_LOCATION", default="")
FILES_QUOTA_BYTES = env.int("FILES_QUOTA_MB", default=10_240) * 2**20
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# ── Sign-in ─────────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["prm.accounts.backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "prm.outbox.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# The password is optional; named here, the sign-in form offers its field beside the code.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Canopy"

SESSION_ENGINE = "prm.accounts.backends"
# Of a session in which nobody has signed in yet; the others see prm.accounts.lasting.
SESSION_COOKIE_AGE = 3 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Over plain http a browser drops a __Host- cookie, so the prefix comes with https.
SESSION_COOKIE_NAME = "__Host-canopy" if HTTPS else "canopy"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
MESSAGE_STORAGE = "prm.web.toasts.Toasts"

# ── What browsers are told ──────────────────────────────────────────────────────────────────────────────────────────
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONCE, CSP.STRICT_DYNAMIC],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "interest-cohort")
}

# ── Language and time ───────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "prm" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ── Static files ────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = CANOPY_HOME / "static" if EMBEDDED else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = TESTING

# ── Mail ────────────────────────────────────────────────────────────────────────────────────────────────────────────
# Without EMAIL_URL the embedded set-up keeps each mail as a file that /dev/inbox/ shows; elsewhere mails wait in
# the outbox.
EMAIL_URL = env.str("EMAIL_URL", default="")
MAIL_CONNECTED = bool(EMAIL_URL)
MAIL_FOLDER = CANOPY_HOME / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"canopy@{_public.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILERS: dict[str, dict[str, Any]]
if TESTING:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
elif EMAIL_URL:
    _mail = env.email_url("EMAIL_URL")
    MAILERS = {
        "default": {
            "BACKEND": _mail["EMAIL_BACKEND"],
            "OPTIONS": {
                "host": _mail["EMAIL_HOST"],
                "port": _mail["EMAIL_PORT"],
                "username": _mail["EMAIL_HOST_USER"] or "",
                "password": _mail["EMAIL_HOST_PASSWORD"] or "",
                "use_tls": _mail.get("EMAIL_USE_TLS", False),
                "use_ssl": _mail.get("EMAIL_USE_SSL", False),
                "timeout": 15,
            },
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(MAIL_FOLDER)},
        }
    }

# How long a worker may hold messages; what a dead worker held is taken up after this time.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=180)

# Replies by mail: the domain whose addresses `reply+…@` come in here, and how: from a mailbox or by posts.
INBOUND_DOMAIN = env.str("INBOUND_DOMAIN", default="").lower()
INBOUND_IMAP_URL = env.str("INBOUND_IMAP_URL", default="")
INBOUND_WEBHOOK_SECRET = env.str("INBOUND_WEBHOOK_SECRET", default="")
if INBOUND_IMAP_URL and urlsplit(INBOUND_IMAP_URL).scheme not in {"imap", "imaps"}:
    raise ImproperlyConfigured("INBOUND_IMAP_URL must be an imap or imaps address")
if INBOUND_WEBHOOK_SECRET and len(INBOUND_WEBHOOK_SECRET) < 32:
    raise ImproperlyConfigured("INBOUND_WEBHOOK_SECRET must have at least 32 characters")
if bool(INBOUND_DOMAIN) != bool(INBOUND_IMAP_URL or INBOUND_WEBHOOK_SECRET):
    raise ImproperlyConfigured(
        "INBOUND_DOMAIN needs INBOUND_IMAP_URL or INBOUND_WEBHOOK_SECRET, and the other way round"
    )

# ── Background work ─────────────────────────────────────────────────────────────────────────────────────────────────
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
# At least twice the hard limit: a task that outlives the visibility timeout is run a second time by a healthy worker.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "global_keyprefix": "canopy:",
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_ROUTES = {
    "outbox.*": {"queue": "messages"},
    "planning.*": {"queue": "planning"},
    "activity.*": {"queue": "planning"},
    "inbound.*": {"queue": "messages"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "planning.tick", "schedule": schedule(10.0), "options": {"expires": 30}},
    "heartbeat": {"task": "planning.heartbeat", "schedule": schedule(15.0), "options": {"expires": 30}},
    "tidy": {"task": "outbox.tidy", "schedule": schedule(86400.0), "options": {"expires": 3600}},
}
if INBOUND_IMAP_URL:
    CELERY_BEAT_SCHEDULE["inbound"] = {
        "task": "inbound.fetch",
        "schedule": schedule(60.0),
        "options": {"expires": 60},
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(CANOPY_HOME / "celerybeat-schedule")

# ── Logs ────────────────────────────────────────────────────────────────────────────────────────────────────────────
LOG_FORMAT = env.str("LOG_FORMAT", default="text" if EMBEDDED or TESTING else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "prm.web.logs.JsonFormatter"},
        "text": {"format": "%(levelname).1s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.db.backends": {"level": "INFO"},
        "django.request": {"level": "ERROR" if TESTING else "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
# What Prometheus shows to read /metrics; without it nobody may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
SILENCED_SYSTEM_CHECKS: list[str] = []
os.environ.setdefault("PGCONNECT_TIMEOUT", "5")
