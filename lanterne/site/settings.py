"""Django's settings. Django renders pages and reads forms; it has no database, no users and no sessions of its own:
who is here was decided by the front process and by the seat's key."""

from __future__ import annotations

import secrets
from pathlib import Path

from lanterne.practice.documents.rules import LARGEST_BYTES

BASE = Path(__file__).resolve().parent.parent

# Drawn at each start: it signs nothing that outlives the worker.
SECRET_KEY = secrets.token_urlsafe(50)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "lanterne.site.urls"
INSTALLED_APPS = ["lanterne.desk", "django_htmx", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "lanterne.desk.doorway.Doorway",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lanterne.desk.doorway.Refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csrf",
                "django.template.context_processors.request",
                "lanterne.desk.opening.seat_word",
            ]
        },
    }
]
DATABASES: dict[str, object] = {}

LANGUAGE_CODE = "fr"
USE_I18N = True
LOCALE_PATHS = [BASE / "desk" / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"

CSRF_COOKIE_NAME = "lanterne_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "lanterne.desk.faults.csrf_failure"
# "no-referrer" would make browsers send "Origin: null" with every form (ADR 0003).
SECURE_REFERRER_POLICY = "same-origin"
APPEND_SLASH = False

# A file sent to us stays in memory: a temporary file would hold a patient's letter in clear on the disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BYTES + 1
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Nothing a request carried may reach a log: Django's own loggers are silenced, faults are shown to the
# user (desk.faults).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": True,
    "handlers": {"null": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["null"]},
    "loggers": {name: {"handlers": ["null"], "propagate": False} for name in ("django", "waitress")},
}
