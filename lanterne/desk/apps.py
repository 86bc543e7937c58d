"""The desk as a Django application: templates, static files, translations."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See module."""

    name = "lanterne.desk"
    default_auto_field = "django.db.models.BigAutoField"
