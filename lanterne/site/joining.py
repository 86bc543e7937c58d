"""Django's settings of the joining process: the desk's own, with its few addresses and without a record."""

from __future__ import annotations

from typing import Any

from lanterne.journal.pairing_messages import MAX_LARGE
from lanterne.site import settings as desk

SECRET_KEY = desk.SECRET_KEY
DEBUG = False
ALLOWED_HOSTS = desk.ALLOWED_HOSTS
ROOT_URLCONF = "lanterne.site.joining_urls"
INSTALLED_APPS = desk.INSTALLED_APPS
MIDDLEWARE = [
    "lanterne.desk.joining.process.Doorway",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.csrf"]},
    }
]
DATABASES: dict[str, object] = {}
LANGUAGE_CODE = desk.LANGUAGE_CODE
USE_I18N = True
LOCALE_PATHS = desk.LOCALE_PATHS
TIME_ZONE = desk.TIME_ZONE
USE_TZ = True
STATIC_URL = desk.STATIC_URL
CSRF_COOKIE_NAME = "lanterne_csrf_joining"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = desk.CSRF_FAILURE_VIEW
SECURE_REFERRER_POLICY = desk.SECURE_REFERRER_POLICY
APPEND_SLASH = False
FILE_UPLOAD_HANDLERS = desk.FILE_UPLOAD_HANDLERS
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_LARGE + 1
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 40
DATA_UPLOAD_MAX_NUMBER_FILES = 2
LOGGING = desk.LOGGING
