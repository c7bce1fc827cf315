"""Django's settings, all from the node's own file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from liandong.node.settings import read_node
from liandong.web.apps_list import WEB_APPS, WEB_CONTEXT_PROCESSORS, WEB_MIDDLEWARE

NODE = read_node()
DEMONSTRATION = NODE.demonstration
SECRET_KEY = NODE.secret
DEBUG = False
ALLOWED_HOSTS = list(NODE.hosts)
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
LOCALE_PATHS = [Path(__file__).parent.parent / "web" / "locale"]

ROOT_URLCONF = "liandong.node.urls"
AUTH_USER_MODEL = "liandong.User"
LOGIN_URL = "/sign-in/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "liandong.adapters.postgres",
    *WEB_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *WEB_MIDDLEWARE,
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *WEB_CONTEXT_PROCESSORS,
            ]
        },
    }
]

_url = urlsplit(NODE.database)
_query = {name: values[0] for name, values in parse_qs(_url.query).items()}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_url.path.lstrip("/")),
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        # A socket directory comes as ?host=.
        "HOST": _query.get("host") or (_url.hostname or ""),
        "PORT": str(_query.get("port") or _url.port or ""),
        # What ``adapters.postgres.prepared`` asks is prepared at once; Django's own cursors never prepare.
        "OPTIONS": {"pool": {"min_size": 2, "max_size": NODE.connections, "timeout": 10}, "prepare_threshold": 5},
    }
}

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "liandong.web.static_names.NamedStaticFiles"},
}
STATICFILES_DIRS: list[Path] = []
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = NODE.secure
# Each node on this host has cookies of its own: hosts are shared, ports do not separate cookies.
SESSION_COOKIE_NAME = f"liandong_{NODE.name.replace('-', '_')}"
CSRF_COOKIE_NAME = f"liandong_csrf_{NODE.name.replace('-', '_')}"
LANGUAGE_COOKIE_NAME = "liandong_language"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"liandong": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
