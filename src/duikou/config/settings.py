"""Django settings.

Everything that an installation may change comes from the environment (names start
with DUIKOU_, plus DATABASE_URL); docs/guide lists them. The defaults serve the
embedded installation: one machine, SQLite, no other service.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import tomllib
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from duikou.config.database import database_settings, use_current_sqlite

use_current_sqlite()

PACKAGE = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("DUIKOU_HOME", "var")).resolve()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


def _roles(name: str) -> frozenset[str]:
    """Role ids from a list with commas; "1" means everybody. Refuses an id that does not exist."""
    named = {part.strip() for part in os.environ.get(name, "").split(",")} - {"", "0"}
    known = tomllib.loads((PACKAGE / "core" / "roles.toml").read_text("utf-8"))["roles"].keys()
    if unknown := named - known - {"1", "all"}:
        raise ImproperlyConfigured(f"{name} names no known role: {sorted(unknown)}; known: {sorted(known)}")
    return frozenset("all" if role == "1" else role for role in named)


def _networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Addresses and networks from a list with commas. Refuses what is none, and the network of everybody."""
    found = []
    for part in filter(None, map(str.strip, os.environ.get(name, "").split(","))):
        try:
            network = ipaddress.ip_network(part)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name}: expected addresses or networks such as 127.0.0.1 or 10.1.0.0/16, "
                f"found {part!r} ({error})"
            ) from None
        if network.prefixlen == 0:
            raise ImproperlyConfigured(
                f"{name}: {part} would trust everybody; name your proxies' own addresses"
            )
        found.append(network)
    return tuple(found)


SHORTEST_SECRET = 32  # characters


def _kept_secret(name: str) -> str:
    """A secret from the environment, else from a private file made at the first start.

    The file appears whole or not at all, whoever starts at the same time or is killed;
    a file that holds no secret is refused, never silently used or replaced.
    """
    path = HOME / f"{name.lower()}.key"
    value = os.environ.get(f"DUIKOU_{name.upper()}", "")
    if not value:
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # somebody else was faster: theirs holds
                os.link(draft, path)
            draft.unlink()
        value = path.read_text().strip()
    if len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"DUIKOU_{name.upper()} / {path.name}: expected at least {SHORTEST_SECRET} characters, found "
            f"{len(value)}. Restore the file from your backup; delete it only where there are no data yet."
        )
    return value


DEBUG = _flag("DUIKOU_DEBUG")
SECRET_KEY = _kept_secret("SECRET_KEY")
AUDIT_KEY = _kept_secret("AUDIT_KEY").encode()  # without it nobody can forge the audit chain
RESIDENCE_KEY = _kept_secret("RESIDENCE_KEY").encode()  # digests of addresses that wait for a decision
SUMS_KEY = _kept_secret("SUMS_KEY").encode()  # signs the sums that this installation sends up
FIELD_KEY = _kept_secret("FIELD_KEY").encode()  # encrypts what the database must not show: second factors
PATIENT_KEY = _kept_secret("PATIENT_KEY").encode()  # encrypts identity numbers and phones of patients
PATIENT_INDEX_KEY = _kept_secret("PATIENT_INDEX_KEY").encode()  # finds equal identity numbers, unread
# Former keys of PATIENT_KEY while rows are written anew (`duikou patients rekey`), newest first.
PATIENT_KEYS_BEFORE = [
    key.encode() for key in os.environ.get("DUIKOU_PATIENT_KEYS_BEFORE", "").split(",") if key
]
AUDIT_WITNESS = None if _flag("DUIKOU_TESTING") else HOME / "audit_witness.json"
ALLOWED_HOSTS = os.environ.get("DUIKOU_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
HTTPS = _flag("DUIKOU_HTTPS")
TRUSTED_PROXIES = _networks("DUIKOU_PROXIES")  # whose X-Forwarded-For is believed; nobody's by default
IPWARE_META_PRECEDENCE_ORDER = ("REMOTE_ADDR",)  # core.proxies has put the caller there; no header counts
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("DUIKOU_ORIGINS", "").split(",") if o]
# The address that people outside reach: printed on papers, in QR codes.
PUBLIC_ADDRESS = next(iter(CSRF_TRUSTED_ORIGINS), "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "duikou.core",
    "duikou.wings.places",
    "duikou.wings.hospitals",
    "duikou.wings.people",
    "duikou.wings.pairings",
    "duikou.wings.agreements",
    "duikou.wings.plans",
    "duikou.wings.obligations",
    "duikou.wings.capabilities",
    "duikou.wings.postings",
    "duikou.wings.training",
    "duikou.wings.swaps",
    "duikou.wings.rosters",
    "duikou.wings.presence",
    "duikou.wings.credits",
    "duikou.wings.staffing",
    "duikou.wings.media",
    "duikou.wings.patients",
    "duikou.wings.imaging",
    "duikou.wings.telehealth",
    "duikou.wings.pathology",
    "duikou.wings.rooms",
    "duikou.wings.referrals",
    "duikou.wings.education",
    "duikou.wings.discharges",
    "duikou.web",
    "duikou.portal",
    "duikou.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # allauth's stock templates load it
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "simple_history",
    "django_tasks",
    "django_structlog",
]

MIDDLEWARE = [
    "duikou.core.proxies.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "duikou.core.metrics.MetricsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "duikou.core.middleware.ActorMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "duikou.wings.media.player.VideoPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "duikou.core.middleware.PasswordChangeMiddleware",
    "duikou.core.middleware.MfaMiddleware",
    "duikou.core.middleware.ErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "duikou.config.urls"
WSGI_APPLICATION = "duikou.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "duikou.web.context.site",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- accounts
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "duikou.core.accounts.AccountAdapter"  # accounts are made by administrators: no sign-up
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # axes counts failures in the database, for all processes alike
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "duikou.core.second_factor.Adapter"
MFA_FORMS = {"authenticate": "duikou.core.second_factor.AuthenticateForm"}
MFA_TOTP_ISSUER = "Duikou 对口"
REQUIRE_MFA = _roles("DUIKOU_REQUIRE_MFA")  # roles that must have a second factor; "1" or "all" for everybody
USERSESSIONS_TRACK_ACTIVITY = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "portal:home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "duikou.core.accounts.name_at_the_door"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-duikou" if HTTPS else "duikou"
CSRF_COOKIE_NAME = "__Host-duikou-csrf" if HTTPS else "duikou-csrf"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "duikou.web.errors.csrf_failure"

# --- languages: Chinese is the source, English the only catalogue
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "duikou-language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- static files and uploads
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or _flag("DUIKOU_TESTING")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "files"
DOCUMENTS = MEDIA_ROOT / "documents"  # what people hand in, by digest; never served by address
IMAGES = MEDIA_ROOT / "images"  # pictures of patients, by digest; never served by address
DISCHARGES = MEDIA_ROOT / "discharges"  # files on their way, accepted rows, the store, schemes
DISCHARGE_MAX_BYTES = int(os.environ.get("DUIKOU_DISCHARGE_MAX_MB", "2048")) * 1024 * 1024  # of one file
SLIDES = MEDIA_ROOT / "slides"  # scanned slides, by their numbers
VIDEO = MEDIA_ROOT / "video"  # recordings and broadcasts, by their numbers; never served by address
UPLOADS = MEDIA_ROOT / "uploads"  # large files on their way, in pieces (core.uploads)
UPLOAD_MAX_BYTES = int(os.environ.get("DUIKOU_UPLOAD_MAX_MB", "8192")) * 1024 * 1024  # of one file
UPLOAD_QUOTA_BYTES = int(os.environ.get("DUIKOU_UPLOAD_QUOTA_MB", "20480")) * 1024 * 1024  # of a person
UPLOAD_RESERVE_BYTES = int(os.environ.get("DUIKOU_UPLOAD_RESERVE_MB", "1024")) * 1024 * 1024  # kept free
UPLOAD_DAYS = int(os.environ.get("DUIKOU_UPLOAD_DAYS", "7"))  # an unfinished upload is kept for
VIDEO_MAX_BYTES = int(os.environ.get("DUIKOU_VIDEO_MAX_MB", "8192")) * 1024 * 1024  # of one file
VIDEO_MAX_SECONDS = int(os.environ.get("DUIKOU_VIDEO_MAX_HOURS", "6")) * 3600  # of one file
BROADCAST_MAX_BYTES = int(os.environ.get("DUIKOU_BROADCAST_MAX_MB", "8192")) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # a series of pictures has hundreds; more come as one archive

# --- what a browser may do with our pages
SELF = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [  # asked on this machine, without the proxy, or by it
    r"^(healthz|readyz|metrics|app/imaging/authorise/)$"
]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# --- real components (core.components): what is not set is off, and the pages say so. `make tele` sets them.
ORTHANC_URL = os.environ.get("DUIKOU_ORTHANC_URL", "").rstrip(
    "/"
)  # the store of pictures, for the site alone
ORTHANC_SECRET = os.environ.get("DUIKOU_ORTHANC_SECRET", "")
VIEWER_URL = os.environ.get("DUIKOU_VIEWER_URL", "").rstrip("/")  # where browsers find viewer and pictures
TURN_URL = os.environ.get("DUIKOU_TURN_URL", "")  # turn:host:port, for browsers
TURN_SECRET = os.environ.get("DUIKOU_TURN_SECRET", "")  # coturn's static-auth-secret
JANUS_URL = os.environ.get("DUIKOU_JANUS_URL", "").rstrip("/")
JANUS_PUBLIC = os.environ.get("DUIKOU_JANUS_PUBLIC", "/janus")  # where browsers reach its WebSocket
JANUS_SECRET = os.environ.get("DUIKOU_JANUS_SECRET", "")  # its API secret, keys and PINs come out of it
ROOM_STREAMS = int(os.environ.get("DUIKOU_ROOM_STREAMS", "8"))  # threads that a process lends to live rooms
TILES_URL = os.environ.get("DUIKOU_TILES_URL", "").rstrip("/")  # where browsers find tiles of slides
FFMPEG = os.environ.get("DUIKOU_FFMPEG", "ffmpeg")  # name or path
FFPROBE = str(Path(FFMPEG).with_name("ffprobe"))  # lies beside it
if TILES_URL:  # another port or host than the site's: pictures may come from there, nothing else
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append("/".join(TILES_URL.split("/")[:3]))

# --- background jobs: the django-tasks interface over our leasing database backend
TASKS = {"default": {"BACKEND": "duikou.core.jobs.backend.LeaseBackend", "QUEUES": ["default", "media"]}}
JOB_LEASE_SECONDS = float(os.environ.get("DUIKOU_JOB_LEASE", "30"))

# --- caches: only process-local, short-lived values; nothing relies on it being shared
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- logs: JSON lines; never names, phones or identity numbers
LOG_JSON = _flag("DUIKOU_LOG_JSON", default=not DEBUG)
LOGGING_CONFIG = None  # core.logs configures structlog and the standard library together

DEFAULT_ROUND_PACK = "zhejiang-2014"
SILENCED_SYSTEM_CHECKS: list[str] = []
