"""Forms of a device being added: for whom and how, then the code the new machine shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.fields import WhenField, choice, words
from lanterne.desk.forms.team import ROLES
from lanterne.desk.reentering import ReenterForm
from lanterne.practice.team.mirrors import Carriage
from lanterne.practice.team.queries import Person
from lanterne.sync.ways import MOST_PATH

NEW = "new"
CARRIAGES = [
    (Carriage.NETWORK.value, _("Le réseau du cabinet (les deux postes y sont allumés)")),
    (Carriage.FOLDER.value, _("Une clé USB ou un dossier partagé")),
    (Carriage.FILES.value, _("Des fichiers, portés à la main")),
]


class DeviceForm(ReenterForm):
    """A new device: who will use it, and how its messages travel. One's own passphrase, once more."""

    who = forms.ChoiceField(label=_("Pour qui"))
    name = words(_("Titre, prénom et nom"), limit=100)
    role = choice(_("Fonction"), ROLES, initial="locum")
    administrator = forms.BooleanField(label=_("Administrateur"), required=False)
    until = WhenField(
        label=_("Jusqu’au"), help_text=_("Pour un remplaçant : l’accès s’éteint de lui-même ce jour-là.")
    )
    way = forms.ChoiceField(
        label=_("Comment les deux postes se parlent"),
        choices=CARRIAGES,
        initial=Carriage.NETWORK.value,
        widget=forms.RadioSelect,
    )
    folder = forms.CharField(
        label=_("Dossier"),
        required=False,
        max_length=MOST_PATH,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}),
        help_text=_("Son chemin sur ce poste, par exemple E:\\ ou /media/cle."),
    )
    port = forms.IntegerField(
        label=_("Port"),
        required=False,
        min_value=1,
        max_value=65_535,
        help_text=_("À ne changer que si un autre programme l’occupe."),
    )
    field_order = (
        "who",
        "name",
        "role",
        "administrator",
        "until",
        "way",
        "folder",
        "port",
        "passphrase",
    )

    def __init__(self, *args: Any, persons: tuple[Person, ...] = (), relay: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        known = [(one.id, one.display_name) for one in persons if not one.body.left]
        self.fields["who"].choices = [*known, (NEW, now("Quelqu’un de nouveau"))]  # type: ignore[attr-defined]
        if relay:
            shown = (Carriage.RELAY.value, now("Le relais du cabinet (%(url)s)") % {"url": relay})
            self.fields["way"].choices = [CARRIAGES[0], shown, *CARRIAGES[1:]]  # type: ignore[attr-defined]
        self.fields["passphrase"].widget.attrs.pop("autofocus", None)

    def clean(self) -> dict[str, Any]:
        """Somebody new has a name; a folder is whole."""
        values = super().clean() or {}
        if values.get("who") == NEW and not values.get("name"):
            self.add_error("name", now("Ce champ est à remplir."))
        if values.get("way") == Carriage.FOLDER.value and not Path(values.get("folder") or "").is_absolute():
            self.add_error("folder", now("Écrivez le chemin entier du dossier."))
        return values


class CodeForm(ReenterForm):
    """The code the new machine shows, and one's own passphrase."""

    code = forms.CharField(
        label=_("Le code que montre le nouveau poste"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": "autofocus",
                "class": "code",
            }
        ),
    )
    field_order = ("code", "passphrase")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["passphrase"].widget.attrs.pop("autofocus", None)


class MessageForm(forms.Form):
    """A message carried by hand."""

    error_css_class = "wrong"

    message = forms.FileField(label=_("Le fichier rapporté du nouveau poste"))
