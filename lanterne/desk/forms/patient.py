"""Forms of identity, contacts and médecin traitant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.base import ItemForm
from lanterne.desk.forms.fields import choice, french, words
from lanterne.practice.errors import Refusal
from lanterne.practice.kinds import Body
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    Ins,
    PatientIdentified,
    Phone,
    Relative,
)

OIDS = [
    ("1.2.250.1.213.1.4.8", _("NIR")),
    ("1.2.250.1.213.1.4.9", _("NIA")),
    ("1.2.250.1.213.1.4.10", _("essai")),
]
STATUSES = [
    ("provisional", _("Provisoire")),
    ("retrieved", _("Récupérée")),
    ("validated", _("Validée (pièce d’identité vue)")),
    ("qualified", _("Qualifiée")),
]
PHONES = (("mobile", _("Portable")), ("home", _("Domicile")), ("work", _("Travail")))


def _hidden() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput, max_length=32)


class IdentityForm(ItemForm):
    """The five strict traits, names used, INS and status; for a new patient also a phone and a city."""

    noun = "identity"
    body_type = PatientIdentified
    title = _("Nouveau patient")
    correct_title = _("Corriger l’identité")
    # What a secretary on the telephone asks first comes first.
    field_order = (
        "birth_name", "first_given", "birth_date", "sex", "mobile", "home", "used_name", "used_given", "address",
        "postcode", "city", "given_list", "birth_place", "birth_place_code", "matricule", "oid", "status", "deceased",
    )  # fmt: skip

    birth_name = words(_("Nom de naissance"), required=True, limit=100, autofocus="autofocus")
    first_given = words(_("Premier prénom de naissance"), required=True, limit=100)
    given_list = words(_("Tous les prénoms de naissance"), limit=200)
    used_name = words(_("Nom utilisé"), limit=100)
    used_given = words(_("Prénom utilisé"), limit=100)
    sex = choice(_("Sexe"), [("unknown", _("Non connu")), ("female", _("Féminin")), ("male", _("Masculin"))])
    birth_date = words(_("Date de naissance"), limit=40, inputmode="numeric")
    birth_place = words(_("Lieu de naissance"), limit=100)
    birth_place_code = words(_("Code INSEE du lieu de naissance"), limit=5)
    matricule = words(_("Matricule INS et clé"), limit=25, inputmode="numeric")
    oid = choice(_("Autorité du matricule"), OIDS, initial=OIDS[0][0])
    status = choice(_("Statut de l’identité"), STATUSES, initial="provisional")
    deceased = words(_("Décès le"), limit=20, inputmode="numeric")
    replaces = _hidden()

    def __init__(self, *args: Any, registering: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if registering:
            del self.fields["replaces"], self.fields["deceased"]
            self.fields["mobile"] = words(_("Téléphone portable"), limit=30, inputmode="tel")
            self.fields["home"] = words(_("Téléphone du domicile"), limit=30, inputmode="tel")
            self.fields["address"] = words(_("Adresse"), rows=2, limit=300)
            self.fields["postcode"] = words(_("Code postal"), limit=10, inputmode="numeric")
            self.fields["city"] = words(_("Ville"), limit=100)
            self.fields["new_patient"] = _hidden()
            self.order_fields(self.field_order)
            if self.data.get("asked"):
                self.ask_confirmation()

    def ask_confirmation(self) -> None:
        """Somebody looks alike: ask for one more act before a second record is made."""
        self.fields["confirmed_new"] = forms.BooleanField(label=_("C’est une autre personne"), required=False)
        self.fields["asked"] = forms.CharField(widget=forms.HiddenInput, required=False)
        # A bound form shows what was sent: the question is part of the next sending.
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent["asked"] = "1"
        self.data = sent

    def identity(self) -> PatientIdentified:
        """The identity stated."""
        held = self.cleaned_data
        matricule = "".join(held["matricule"].split())
        return PatientIdentified(
            birth_name=held["birth_name"],
            first_given=held["first_given"],
            given_names=held["given_list"].replace(",", " ").split(),
            used_name=held["used_name"],
            used_given=held["used_given"],
            sex=held["sex"] or "unknown",
            birth_date=held["birth_date"],
            birth_place=held["birth_place"],
            birth_place_code=held["birth_place_code"],
            ins=Ins(matricule=matricule, oid=held["oid"]) if matricule else None,
            status=held["status"] or "provisional",
            deceased=held.get("deceased", ""),
        )

    def contacts(self) -> ContactsRecorded | None:
        """What was given to reach a new patient; None when nothing was."""
        held = self.cleaned_data
        phones = [Phone(number=held[use], use=use) for use in ("mobile", "home") if held.get(use)]
        rest = {name: held.get(name, "") for name in ("address", "postcode", "city")}
        return ContactsRecorded(phones=phones, **rest) if phones or any(rest.values()) else None

    @classmethod
    def initial_of(cls, body: Body, at: str | None) -> dict[str, Any]:
        """What the fields hold for a correction."""
        values = super().initial_of(body, at)
        ins = values.pop("ins")
        values["given_list"] = " ".join(values.pop("given_names"))
        values["birth_date"], values["deceased"] = french(values["birth_date"]), french(values["deceased"])
        values["matricule"], values["oid"] = (ins.matricule, ins.oid) if ins else ("", OIDS[0][0])
        return values

    def refuse(self, refusal: Refusal) -> None:
        """The rules name the fields of the body."""
        names = {"ins": "matricule", "given_names": "given_list", "phone": "mobile", "phones": "mobile"}
        refusal.field = names.get(refusal.field, refusal.field)
        super().refuse(refusal)


class ContactsForm(ItemForm):
    """Phones, address, e-mail, and two persons to call."""

    noun = "contacts"
    body_type = ContactsRecorded
    title = _("Coordonnées")
    correct_title = _("Coordonnées")

    mobile = words(_("Portable"), limit=30, inputmode="tel", autofocus="autofocus")
    home = words(_("Domicile"), limit=30, inputmode="tel")
    work = words(_("Travail"), limit=30, inputmode="tel")
    email = words(_("Courriel"), limit=200, inputmode="email")
    address = words(_("Adresse"), rows=2, limit=300)
    postcode = words(_("Code postal"), limit=10, inputmode="numeric")
    city = words(_("Ville"), limit=100)
    relative1 = words(_("Personne à prévenir"), limit=200)
    relation1 = words(_("Lien"), limit=100)
    relative_phone1 = words(_("Son téléphone"), limit=30, inputmode="tel")
    trusted1 = forms.BooleanField(label=_("Personne de confiance"), required=False)
    relative2 = words(_("Autre personne à prévenir"), limit=200)
    relation2 = words(_("Lien"), limit=100)
    relative_phone2 = words(_("Son téléphone"), limit=30, inputmode="tel")
    trusted2 = forms.BooleanField(label=_("Personne de confiance"), required=False)
    comment = words(_("Commentaire"), rows=2, limit=2_000)
    replaces = _hidden()

    def contacts(self) -> ContactsRecorded:
        """The contacts stated; phones and relatives beyond those of this form are kept."""
        held = self.cleaned_data
        phones = [Phone(number=held[use], use=use) for use, _label in PHONES if held[use]]  # type: ignore[arg-type]
        relatives = [
            Relative(name=held[f"relative{n}"], relation=held[f"relation{n}"], phone=held[f"relative_phone{n}"],
                     trusted=held[f"trusted{n}"])
            for n in (1, 2)
            if held[f"relative{n}"]
        ]  # fmt: skip
        return ContactsRecorded(
            phones=[*phones, *self.initial.get("more_phones", [])],
            email=held["email"],
            address=held["address"],
            postcode=held["postcode"],
            city=held["city"],
            relatives=[*relatives, *self.initial.get("more_relatives", [])],
            comment=held["comment"],
        )

    @classmethod
    def initial_of(cls, body: Body, at: str | None) -> dict[str, Any]:
        """One field per usual phone, two relatives; the rest is carried."""
        values = super().initial_of(body, at)
        rest = []
        for phone in values.pop("phones"):
            if phone.use in ("mobile", "home", "work") and phone.use not in values:
                values[phone.use] = phone.number
            else:
                rest.append(phone)
        relatives = values.pop("relatives")
        for n, relative in enumerate(relatives[:2], start=1):
            values[f"relative{n}"], values[f"relation{n}"] = relative.name, relative.relation
            values[f"relative_phone{n}"], values[f"trusted{n}"] = relative.phone, relative.trusted
        values["more_phones"], values["more_relatives"] = rest, relatives[2:]
        return values

    def refuse(self, refusal: Refusal) -> None:
        """The rules name the fields of the body."""
        refusal.field = {"phone": "mobile", "phones": "mobile"}.get(refusal.field, refusal.field)
        super().refuse(refusal)


class AttendingForm(ItemForm):
    """The médecin traitant."""

    noun = "attending"
    body_type = AttendingRecorded
    title = _("Médecin traitant")
    correct_title = _("Médecin traitant")

    name = words(_("Médecin traitant"), required=True, limit=200, autofocus="autofocus")
    city = words(_("Ville"), limit=100)
    rpps = words(_("RPPS"), limit=11, inputmode="numeric")
    replaces = _hidden()

    def attending(self) -> AttendingRecorded:
        """The médecin traitant stated; somebody of the practice keeps their id when the name is unchanged."""
        held = self.cleaned_data
        same = held["name"] == self.initial.get("name")
        person = str(self.initial.get("person", "")) if same else ""
        return AttendingRecorded(name=held["name"], person=person, rpps=held["rpps"], city=held["city"])
