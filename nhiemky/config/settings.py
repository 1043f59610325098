"""Django settings. What differs between installations comes from the environment, named NHIEMKY_*."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.functional import SimpleLazyObject

from nhiemky.config.mail import mail_settings

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(os.environ.get("NHIEMKY_DATA", BASE_DIR / "data"))
DOCS_DIR = BASE_DIR / "docs"
VAR_DIR = Path(os.environ.get("NHIEMKY_VAR", BASE_DIR / "var"))


def _on(name: str) -> bool:
    return os.environ.get(name, "") not in ("", "0")


def _secret_key() -> str:
    """The key of the environment, or one made once and kept beside the database, readable by its owner only."""
    if given := os.environ.get("NHIEMKY_SECRET_KEY"):
        return given
    place = VAR_DIR / "secret-key"
    if not place.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass  # another process was first
        except OSError:
            place.unlink(missing_ok=True)  # half a key on a full disk
            raise
    return place.read_text()


# made when it is first asked for: a command that only reads must not leave a folder where a name was mistyped
SECRET_KEY = SimpleLazyObject(_secret_key)
DEBUG = _on("NHIEMKY_DEBUG")
GALLERY = DEBUG or _on("NHIEMKY_GALLERY")
ALLOWED_HOSTS = [*os.environ.get("NHIEMKY_HOSTS", "").split(), "localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "nhiemky.foundation",
    "nhiemky.documents",
    "nhiemky.units",
    "nhiemky.members",
    "nhiemky.ledger",
    "nhiemky.figures",
    "nhiemky.reforms",
    "nhiemky.reports",
    "nhiemky.exchange",
    "nhiemky.web",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "nhiemky.web.middleware.head_without_body",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nhiemky.web.middleware.upload_limit",
    "nhiemky.web.sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "nhiemky.web.middleware.refusals",
    "nhiemky.web.middleware.kept_by_nobody",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "nhiemky.web.account.gate.second_factor_first",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "nhiemky.config.urls"
WSGI_APPLICATION = "nhiemky.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nhiemky.web.shell.shell",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("NHIEMKY_DATABASE", f"sqlite:///{VAR_DIR / 'nhiemky.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # a transaction that will write takes the lock at once: no dead-lock half way, no lost audit number
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
    }
# a laptop keeps a backup of each day by itself; a server has people and a clock for that
BACKUP_DAILY = _on("NHIEMKY_BACKUP_DAILY") or (
    "NHIEMKY_BACKUP_DAILY" not in os.environ and DATABASES["default"]["ENGINE"].endswith("sqlite3")
)
BACKUP_REMIND_DAYS = int(os.environ.get("NHIEMKY_BACKUP_REMIND_DAYS", "7"))
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "foundation.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "web.account.sign_in"
LOGIN_REDIRECT_URL = "web.home"
LOGOUT_REDIRECT_URL = "web.account.sign_in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "nhiemky.web.account.views.locked_out"
AXES_RESET_ON_SUCCESS = True
# what is refused unread is no try: nobody holds a lock shut by going on
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
# the trail of sign-ins names people; it stays out of the access log table until somebody needs it
AXES_DISABLE_ACCESS_LOG = True
AXES_HANDLER = "nhiemky.web.account.throttle.Handler"
# of one person over all addresses: wrong passwords, and apart from them wrong codes
EVERYWHERE_LIMIT = 20

# of allauth only the second factors are used; its own screens have no address (docs/decisions/0005-sign-in.md)
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "nhiemky.foundation.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
# secrets of second factors are encrypted where the key is kept apart from the database
ENCRYPTS = bool(os.environ.get("NHIEMKY_SECRET_KEY"))

MAIL = mail_settings(os.environ.get("NHIEMKY_MAIL", ""))
globals().update(MAIL)

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "nhiemky" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "nhiemky.config.formats"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

UPLOAD_LIMIT = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT
# the files of one piece of work: how many, how much together, and where they are kept
EVIDENCE_MOST = 10
EVIDENCE_LIMIT = 40 * 1024 * 1024
EVIDENCE_DIR = VAR_DIR / "evidence"

# a list of members that is taken in
SHEET_LIMIT = 40 * 1024 * 1024

TLS = _on("NHIEMKY_TLS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if TLS else []
CSRF_FAILURE_VIEW = "nhiemky.web.errors.csrf_failed"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # axes writes user names and addresses of failed attempts: its table keeps them, the log does not
    # a request for a host that is not ours is refused, and is no fault of ours to trace
    "loggers": {
        "axes": {"level": "CRITICAL", "propagate": False},
        "django.security.DisallowedHost": {"level": "CRITICAL", "propagate": False},
    },
}
