"""The ways of this device, chosen by an administrator: the relay, folders, other devices, the port to listen on.

Law: a relay is taken only after its key was shown to be compared, and the passphrase typed again; who answers is the
one that is kept. A folder or device that is not there now is kept all the same, and said.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lanterne.desk.exchange.view import RelayPage
from lanterne.desk.frame.view import FormPage
from lanterne.desk.opening import dialog_or_page, page, presence_of, written
from lanterne.desk.presence import Presence
from lanterne.desk.reentering import ReenterForm
from lanterne.desk.sentences import sentence
from lanterne.journal.journal import Journal
from lanterne.practice.rights import Right
from lanterne.sync import ways
from lanterne.sync.authorities import kept_context
from lanterne.sync.going import nudge
from lanterne.sync.known import Known
from lanterne.sync.peers.relay import ask_who
from lanterne.sync.relay_file import MAX_URL, RelayFile
from lanterne.wire.errors import LanterneError

_PLAIN = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
GROUP = 4
ASK_S = 10.0
"""How long a person waits for a relay to say who it is."""


class AddressForm(forms.Form):
    """Where the relay is; empty: none."""

    error_css_class = "wrong"

    address = forms.CharField(
        label=gettext_lazy("Adresse du relais"),
        required=False,
        max_length=MAX_URL,
        help_text=gettext_lazy(
            "Par exemple https://relais.exemple.fr. Laissez vide pour n’en utiliser aucun."
        ),
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url"}),
    )


class ConfirmForm(ReenterForm):
    """The key that was compared, and one's passphrase."""

    address = forms.CharField(required=False, max_length=MAX_URL, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class FolderForm(forms.Form):
    """A folder to exchange by."""

    error_css_class = "wrong"

    folder = forms.CharField(
        label=gettext_lazy("Chemin entier du dossier"),
        max_length=ways.MOST_PATH,
        help_text=gettext_lazy("Une clé USB ou un partage du réseau, par exemple E:\\ÉCHANGES."),
        widget=forms.TextInput(attrs=_PLAIN),
    )


class DeviceForm(forms.Form):
    """Another device, by where it answers."""

    error_css_class = "wrong"

    address = forms.CharField(
        label=gettext_lazy("Adresse du poste"),
        max_length=ways.MOST_ADDRESS,
        help_text=gettext_lazy(
            "Celle qu’il a sur le réseau du cabinet, et son port : par exemple 192.168.1.20:8766."
        ),
        widget=forms.TextInput(attrs=_PLAIN),
    )


class ListenForm(forms.Form):
    """The port this device answers others at."""

    error_css_class = "wrong"

    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        required=False,
        min_value=0,
        max_value=ways.PORTS - 1,
        help_text=gettext_lazy("Par exemple 8766. Laissez vide pour ne pas répondre aux autres postes."),
    )


# ------------------------------------------------------------------ relay


@require_http_methods(["GET", "POST"])
def relay(request: HttpRequest) -> HttpResponse:
    """Step one: the address. Step two: the key of who answers there, to be compared, and the passphrase."""
    presence = _managing(request)
    kept = ways.read_ways(presence.record.journal).relay
    if request.method != "POST":
        return _relay(
            request, kept, AddressForm(initial={"address": kept.url if kept else ""}, label_suffix="")
        )
    if "key" in request.POST:
        return _confirmed(request, presence, kept)
    form = AddressForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _relay(request, kept, form, status=422)
    address = form.cleaned_data["address"].strip()
    if not address:
        if kept is None:
            return written(request, reverse("exchange"))
        return _relay(
            request, kept, ConfirmForm(label_suffix="", initial={"address": "", "key": ""}), none=True
        )
    try:
        found = asked(presence.record.journal, address)
    except LanterneError as error:
        form.add_error("address", sentence(error))
        return _relay(request, kept, form, status=422)
    initial = {"address": found.url, "key": found.key.hex()}
    return _relay(request, kept, ConfirmForm(label_suffix="", initial=initial), found=found)


def asked(journal: Journal, address: str) -> RelayFile:
    """Who answers there; https when nothing else is typed. Believes the certificates kept here beside the system's.

    Raises PeerError.
    """
    whole = address if "://" in address else f"https://{address}"
    return ask_who(ways.checked_address(whole), tls=kept_context(Known(journal)), timeout_s=ASK_S)


def _confirmed(request: HttpRequest, presence: Presence, kept: RelayFile | None) -> HttpResponse:
    """The administrator compared the key: who answers now must still be the one that was shown."""
    form = ConfirmForm(request.POST, label_suffix="")
    address, key = request.POST.get("address", "")[:MAX_URL], request.POST["key"][:64]
    found = None
    try:
        if address:
            found = asked(presence.record.journal, address)
    except LanterneError as error:
        form.add_error(None, sentence(error))
    if found is not None and found.key.hex() != key:
        form.add_error(
            None, _("Ce n’est plus le même relais qui répond à cette adresse : comparez à nouveau.")
        )
        form.data = {"address": address, "key": found.key.hex()}
    elif (found is not None or not address) and form.opens(presence.record):
        journal = presence.record.journal
        try:
            if found is not None:
                ways.keep_relay(journal, found)
                nudge(journal)
            else:
                ways.forget_relay(journal)
        except LanterneError as error:
            form.add_error(None, sentence(error))
        else:
            return written(request, reverse("exchange"))
    return _relay(request, kept, form, found=found, none=not address, status=422)


def _relay(
    request: HttpRequest,
    kept: RelayFile | None,
    form: forms.Form,
    *,
    found: RelayFile | None = None,
    none: bool = False,
    status: int = 200,
) -> HttpResponse:
    shown = RelayPage(
        action_url=reverse("exchange-relay"),
        back_url=reverse("exchange"),
        address=found.url if found else "",
        key=grouped(found.key) if found else (),
        current=kept.url if kept else "",
        current_key=grouped(kept.key) if kept else (),
        changed=kept is not None and found is not None and kept.key != found.key,
        none=none,
    )
    context = {"page": shown, "form": form}
    return page(request, "desk/exchange/relay.html", context, current="exchange", status=status)


def grouped(key: bytes) -> tuple[str, ...]:
    """A public key as two persons read it to one another: groups of four signs."""
    text = key.hex()
    return tuple(text[at : at + GROUP] for at in range(0, len(text), GROUP))


# ------------------------------------------------------------------ folders, devices, port


@require_http_methods(["GET", "POST"])
def folder(request: HttpRequest) -> HttpResponse:
    """Exchange by a folder too."""
    presence = _managing(request)
    form = FolderForm(request.POST or None, label_suffix="")

    def keep() -> None:
        typed = form.cleaned_data["folder"].strip().strip('"')
        path = Path(typed)
        if "\0" in typed or not path.is_absolute():
            form.add_error("folder", _("Donnez le chemin entier du dossier, par exemple E:\\ÉCHANGES."))
            return
        ways.keep_folder(presence.record.journal, path)

    return _change(
        request, presence, form, act=keep, field="folder", url=reverse("exchange-folder"),
        title=_("Échanger par un dossier"),
        intro=_("Tout ce qui y est écrit est chiffré : qui trouve la clé USB ne lit rien. Le dossier peut être "
                "absent ; l’échange se fait quand il est là."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """Exchange with another device by its address too."""
    presence = _managing(request)
    form = DeviceForm(request.POST or None, label_suffix="")
    return _change(
        request, presence, form, field="address", url=reverse("exchange-device"),
        act=lambda: ways.keep_device(presence.record.journal, form.cleaned_data["address"]),
        title=_("Échanger avec un autre poste"),
        intro=_("L’autre poste doit répondre sur le réseau du cabinet. Les deux se reconnaissent à leurs clés : une "
                "machine étrangère n’obtient rien."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def listen(request: HttpRequest) -> HttpResponse:
    """Answer other devices of the network, or no more."""
    presence = _managing(request)
    held = ways.read_ways(presence.record.journal).listen
    form = ListenForm(request.POST or None, initial={"port": held or None}, label_suffix="")
    return _change(
        request, presence, form, field="port", url=reverse("exchange-listen"),
        act=lambda: ways.keep_listening(presence.record.journal, form.cleaned_data["port"] or 0),
        title=_("Répondre aux autres postes"),
        intro=_("Les postes du cabinet pourront appeler celui-ci sur le réseau, même verrouillé : il ne transmet que "
                "de l’écrit chiffré, et aux seuls postes du cabinet. Le pare-feu peut demander votre accord."),
    )  # fmt: skip


@require_POST
def forget_folder(request: HttpRequest) -> HttpResponse:
    """Exchange no more by this folder; what lies in it stays."""
    presence = _managing(request)
    ways.forget_folder(presence.record.journal, Path(request.POST.get("way", "")[: ways.MOST_PATH]))
    return _done(request, presence)


@require_POST
def forget_device(request: HttpRequest) -> HttpResponse:
    """Call this address no more."""
    presence = _managing(request)
    ways.forget_device(presence.record.journal, request.POST.get("way", "")[: ways.MOST_ADDRESS])
    return _done(request, presence)


def _change(
    request: HttpRequest,
    presence: Presence,
    form: forms.Form,
    *,
    act: Callable[[], Any],
    field: str,
    url: str,
    title: str,
    intro: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except LanterneError as error:
            form.add_error(field, sentence(error))
        if not form.errors:
            return _done(request, presence)
    context = {
        "form": form,
        "page": FormPage(
            title=title, action_url=url, back_url=reverse("exchange"), submit=_("Enregistrer"), intro=intro
        ),
    }
    status = 422 if form.errors else 200
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)


def _done(request: HttpRequest, presence: Presence) -> HttpResponse:
    nudge(presence.record.journal)
    return written(request, reverse("exchange"))


def _managing(request: HttpRequest) -> Presence:
    presence = presence_of(request)
    presence.record.require(Right.MANAGE_TEAM)
    return presence
