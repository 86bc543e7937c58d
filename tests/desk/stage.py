"""Renders the desk's templates as they are, without a practice behind them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

import lanterne

DESK = Path(lanterne.__file__).parent / "desk"


@cache
def engine() -> Engine:
    """The template engine over the desk's own folder; Django is set up once, with the product's settings if
    any.
    """
    if not apps.ready:
        if not settings.configured and importlib.util.find_spec("lanterne.site") is not None:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lanterne.site.settings")
        elif not settings.configured:
            settings.configure(USE_I18N=True, LANGUAGE_CODE="fr", STATIC_URL="/static/", USE_TZ=True)
        django.setup()
    return Engine(
        dirs=[str(DESK / "templates")],
        libraries={"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"},
        string_if_invalid="INVALID(%s)" if os.environ.get("LANTERNE_STRICT_TEMPLATES") else "",
    )


def render(template: str, context: Mapping[str, Any]) -> str:
    """The page as a French browser gets it."""
    made = engine().get_template(template)
    with translation.override("fr"):
        return str(made.render(Context({"csrf_token": "jeton" * 8, **context})))
