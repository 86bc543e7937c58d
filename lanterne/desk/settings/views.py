"""One's own settings: passphrase, theme, the state of this device; and the page that says the session is still open."""

from __future__ import annotations

import secrets

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

import lanterne
from lanterne.desk.opening import THEME_COOKIE, own_seat, page, presence_of, written
from lanterne.desk.sentences import sentence
from lanterne.desk.settings import watching
from lanterne.desk.settings.view import SettingsPage
from lanterne.desk.watch import current as watch_of_process
from lanterne.journal import founding
from lanterne.practice.rights import Right
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Stream


class PassphraseForm(forms.Form):
    """The present passphrase, and the new one twice."""

    current = forms.CharField(
        label=gettext_lazy("Phrase de passe actuelle"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
    new = forms.CharField(
        label=gettext_lazy("Nouvelle phrase de passe"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=gettext_lazy("12 caractères au moins ; quatre mots sans lien se retiennent bien."),
    )
    again = forms.CharField(
        label=gettext_lazy("La même encore"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, str]:
        """Both new ones agree."""
        values = super().clean() or {}
        if values.get("new") != values.get("again"):
            self.add_error("again", _("Les deux ne sont pas les mêmes."))
        return values


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request, PassphraseForm(label_suffix=""))


@require_POST
def passphrase(request: HttpRequest) -> HttpResponse:
    """Change one's passphrase: rewrites this device's seat file only."""
    form = PassphraseForm(request.POST, label_suffix="")
    if form.is_valid():
        record = presence_of(request).record
        try:
            founding.change_passphrase(
                record.root,
                record.seat.id,
                old=form.cleaned_data["current"],
                new=form.cleaned_data["new"],
                random=secrets.token_bytes,
            )
        except LanterneError as error:
            form.add_error("current" if error.code == "seal.wrong_passphrase" else "new", sentence(error))
        else:
            return written(request, reverse("settings"))
    return _page(request, form, status=422)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the machine."""
    response = HttpResponse(status=303)
    response.headers["Location"] = reverse("settings")
    chosen = request.POST.get("theme", "")
    response.set_cookie(
        THEME_COOKIE,
        chosen if chosen in ("light", "dark") else "",
        max_age=400 * 86_400,
        httponly=True,
        samesite="Strict",
    )
    return response


@require_GET
def awake(request: HttpRequest) -> HttpResponse:
    """Still unlocked, by the person this page was shown to: asked in the background, answered without a word."""
    shown_to = request.headers.get("Lanterne-Seat", "")
    return HttpResponse(status=204 if shown_to in ("", own_seat(request)) else 401)


@require_POST
def watched(request: HttpRequest) -> HttpResponse:
    """Choose the folder of this device that is relieved; an empty one: none."""
    presence_of(request).record.require(Right.FILE_DOCUMENT)
    form = watching.WatchedForm(request.POST, label_suffix="")
    if form.is_valid() and watching.chosen(presence_of(request), form):
        return written(request, reverse("settings"))
    return _page(request, PassphraseForm(label_suffix=""), 422, watched_form=form)


@require_POST
def relieve(request: HttpRequest) -> HttpResponse:
    """Look in the folder at once; with `stop`, stop after the few files being filed."""
    presence_of(request).record.require(Right.FILE_DOCUMENT)
    watch = watch_of_process()
    if watch is not None:
        if "stop" in request.POST:
            watch.halt()
        else:
            watch.relieve_now()
    if request.headers.get("HX-Request"):
        return _watched_state(request)
    response = HttpResponse(status=303)
    response.headers["Location"] = reverse("settings")
    return response


@require_GET
def watched_state(request: HttpRequest) -> HttpResponse:
    """What the watched folder holds and how far it is, for the page that shows it."""
    presence_of(request).record.require(Right.FILE_DOCUMENT)
    return _watched_state(request)


def _watched_state(request: HttpRequest) -> HttpResponse:
    shown = watching.card(presence_of(request).record.root)
    return render(request, "desk/settings/watched_state.html", {"watched": shown})


def _page(
    request: HttpRequest,
    form: PassphraseForm,
    status: int = 200,
    *,
    watched_form: watching.WatchedForm | None = None,
) -> HttpResponse:
    record = presence_of(request).record
    files = Right.FILE_DOCUMENT in record.writer().rights
    facts = (
        (_("Version de Lanterne"), lanterne.__version__),
        (_("Écritures gardées ici"), str(record.journal.count(Stream.CARE))),
        (_("Accès tracés"), str(record.journal.count(Stream.TRACE))),
        (_("Identifiant du cabinet"), record.journal.practice[:16]),
        (_("Identifiant de cet accès"), record.seat.id[:16]),
    )
    shown = SettingsPage(
        theme=request.COOKIES.get(THEME_COOKIE, ""),
        theme_url=reverse("theme"),
        passphrase_url=reverse("passphrase"),
        facts=facts,
        watched=watching.card(record.root) if files else None,
    )
    held = watched_form or watching.form_of(record.root)
    return page(
        request, "desk/settings/page.html", {"page": shown, "form": form, "watched_form": held},
        current="settings", status=status,
    )  # fmt: skip
