"""The form by which a machine joins: how it reaches the practice, who will use it, the passphrase chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from lanterne.practice.errors import Refusal
from lanterne.practice.opening import parse_name
from lanterne.sync.invitation import MOST_TEXT
from lanterne.sync.joining import How
from lanterne.sync.ways import MOST_PATH

_PLAIN = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}


class JoinForm(forms.Form):
    """See module."""

    error_css_class = "wrong"

    way = forms.ChoiceField(
        label=_("Comment"),
        choices=[
            (How.NETWORK.value, _("Par le réseau ou le relais")),
            (How.FOLDER.value, _("Par un dossier (clé USB, partage)")),
            (How.FILES.value, _("Par des fichiers")),
        ],
        initial=How.NETWORK.value,
        widget=forms.RadioSelect,
    )
    invitation = forms.CharField(
        label=_("Le texte montré par le poste du cabinet"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.TextInput(attrs={**_PLAIN, "class": "code plain"}),
        help_text=_("Par exemple 192.168.1.20:8766/59TF-J46G-P4SA. Majuscules et tirets ne comptent pas."),
    )
    folder = forms.CharField(
        label=_("Le chemin du dossier sur ce poste"),
        required=False,
        max_length=MOST_PATH,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    offer = forms.FileField(label=_("Le fichier d’invitation"), required=False)
    name = forms.CharField(
        label=_("Votre titre, prénom et nom"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        help_text=_("Comme l’écran de déverrouillage de ce poste le montrera."),
    )
    passphrase = forms.CharField(
        label=_("Votre phrase de passe, pour ce poste"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=512,
        help_text=_(
            "Tapée par vous-même, connue de vous seul. 12 caractères au moins ; quatre mots sans lien se "
            "retiennent bien. Personne ne peut la retrouver."
        ),
    )
    again = forms.CharField(
        label=_("La même encore"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=512,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        """A name the practice can read."""
        try:
            return parse_name(self.cleaned_data["name"]).shown
        except Refusal as refusal:
            raise forms.ValidationError(now("Écrivez votre prénom et votre nom.")) from refusal

    def clean(self) -> dict[str, Any]:
        """What its way needs is there; both passphrases agree."""
        held = super().clean() or {}
        if held.get("passphrase") != held.get("again"):
            self.add_error("again", now("Les deux ne sont pas les mêmes."))
        needed = {How.NETWORK.value: "invitation", How.FOLDER.value: "folder", How.FILES.value: "offer"}
        name = needed.get(held.get("way", ""), "way")
        if not held.get(name) and name not in self.errors:
            self.add_error(name, now("Ce champ est à remplir."))
        if name == "folder" and held.get("folder") and not Path(held["folder"]).is_absolute():
            self.add_error("folder", now("Écrivez le chemin entier du dossier."))
        return held


class AnswerForm(forms.Form):
    """An answer carried by hand."""

    error_css_class = "wrong"

    message = forms.FileField(label=_("Le fichier rapporté du poste du cabinet"))
