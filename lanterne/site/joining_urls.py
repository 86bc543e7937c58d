"""Addresses of a machine that joins a practice. They hold nothing: there is one joining at a time."""

from __future__ import annotations

from django.urls import path

from lanterne.desk.joining import views

urlpatterns = [
    path("rejoindre", views.page, name="joining"),
    path("rejoindre/demande", views.carry, name="joining-request"),
    path("rejoindre/reponse", views.bring, name="joining-answer"),
    path("rejoindre/abandon", views.give_up, name="joining-give-up"),
]

handler400 = "lanterne.desk.faults.unreadable"
handler403 = "lanterne.desk.faults.csrf_failure"
handler404 = "lanterne.desk.faults.not_found"
handler500 = "lanterne.desk.faults.failed"
