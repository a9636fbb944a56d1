"""The one settings file. Everything that differs between places comes from the environment.

Without DATABASE_URL the product runs on servers it starts itself ("embedded"), with its state under .data/.
With DATABASE_URL it is configured: SECRET_KEY and ALLOWED_HOSTS must be set, or the start stops and says what to set.
"""

from pathlib import Path

import environ
import pghistory
import pgtrigger
from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from broker_crm.servers import state

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = state.data_dir()

EMBEDDED = not env.str("DATABASE_URL", default="")
DEBUG = env.bool("DEBUG", default=False)

if EMBEDDED:
    STATE = state.of(DATA_DIR)
    SECRET_KEY = env.str("SECRET_KEY", default="") or state.secret_key(STATE)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
    DATABASE_URL = state.database_url(STATE, role="broker_app")
    DATABASE_OWNER_URL = state.database_url(STATE, role="broker_owner")
    REDIS_URL = env.str("REDIS_URL", default="") or state.redis_url(STATE)
else:
    for name, remedy in {
        "SECRET_KEY": "a long random string, the same on every machine",
        "ALLOWED_HOSTS": "the host names people use, separated by commas",
        "REDIS_URL": "the Redis or Valkey server, such as redis://redis:6379/0",
    }.items():
        if not env.str(name, default=""):
            raise ImproperlyConfigured(f"{name} is missing: set it in the environment to {remedy}.")
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
    DATABASE_URL = env.str("DATABASE_URL")
    DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default=DATABASE_URL)
    REDIS_URL = env.str("REDIS_URL")

INSTALLED_APPS = [
    "broker_crm",
    # Lowest first: what ships with an app is added after migrating, in this order.
    "common",
    "accounts",
    "profiles",
    "communications",
    "market",
    "risk",
    "programmes",
    "monitoring",
    "desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_countries",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "phonenumber_field",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # Django lengthens the answer by chance, so that its size tells no secret
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.UserLanguageMiddleware",
    "accounts.middleware.NotAllowedPageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.ActorMiddleware",
]

ROOT_URLCONF = "broker_crm.urls"
WSGI_APPLICATION = "broker_crm.wsgi.application"

_loaders = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "common.templatetags.ui",
            ],
        },
    }
]

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
OWNER_DATABASE = env.db_url_config(DATABASE_OWNER_URL)
"""The role that owns the tables. Only `migrate` uses it (broker_crm/management/commands/migrate.py)."""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": state.cache_url(REDIS_URL),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = state.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = False
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hant", _("Traditional Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Hong_Kong")
"""The house's zone: decides which day it is where no office does."""
BASE_CURRENCY = "USD"
"""Exchange rates are held as units of a currency for one of this."""
HOUSE_CURRENCY = env.str("HOUSE_CURRENCY", default="HKD")
"""The brokerage's currency: amounts of different customers are ranked in it."""
WORKLIST_MATERIALITY = env.int("WORKLIST_MATERIALITY", default=0)
"""Lines of the worklist with less at stake, in the house's currency, are hidden until asked for; 0 hides none."""
HOUSE_SECURITY_FLOOR = env.int("HOUSE_SECURITY_FLOOR", default=7)
"""The weakest insurer that the house accepts where a customer chose none, as a step of the common scale: 7 is A-."""
VALUATION_MONTHS = env.int("VALUATION_MONTHS", default=24)
"""A value of something that can be lost that is older than so many months is found to be out of date."""
ACCEPT_WITHOUT_APPROVAL = env.int("ACCEPT_WITHOUT_APPROVAL", default=1_000_000)
"""A finding with more at stake, in the house's currency, is accepted only with a supervisor's approval."""
ACCEPT_MONTHS = env.int("ACCEPT_MONTHS", default=12)
"""The longest time for which a finding may be accepted."""
COUNTRIES_FIRST = ["HK", "CN", "MO", "TW", "SG"]
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", default="HK")
"""The country of telephone numbers written without one."""
HOUSE_NAME = env.str("HOUSE_NAME", default="Broker CRM")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("inter", BASE_DIR / "node_modules/@fontsource-variable/inter"),
]
PDF_FONTS = {
    family: BASE_DIR / "node_modules/@expo-google-fonts" / family.lower().replace(" ", "-")
    for family in ["Inter", "Noto Sans HK", "Noto Sans SC"]
}
"""Typefaces of PDFs. The first that has a character writes it: Latin, Chinese as Hong Kong writes it, the rest."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
    if vars()["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        EMAIL_BACKEND = "communications.delivery.SmtpBackend"  # can say how far a letter got when the line broke
else:
    EMAIL_BACKEND = "communications.delivery.FileBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="Broker CRM <service@broker.example>")

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
SECURE_COOKIES = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if SECURE_COOKIES else [])
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's stylesheet draws its arrows and ticks as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
        "frame-src": [SELF],  # the preview of a letter
    }
}

PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_constraint=False, related_name="events")
PGHISTORY_LEVEL = pgtrigger.Statement
DEMO = env.bool("DEMO", default=EMBEDDED)
"""Shows the banner that says the book is a demonstration, and lets the sign-in page offer the demo users."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
