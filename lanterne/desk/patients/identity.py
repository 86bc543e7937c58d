"""The identity page in plain values."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.chart.page import provenance
from lanterne.desk.forms.fields import french
from lanterne.desk.frame.build import age_of, device_of, maybe, moment
from lanterne.desk.frame.view import Earlier, Provenance, when
from lanterne.desk.opening import Opened, today
from lanterne.desk.patients.view import AldLine, Contact, Duplicate, IdentityPage, Merge, Trait
from lanterne.practice.patients import queries
from lanterne.practice.patients.duplicates import REASONS
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.phones import digits
from lanterne.practice.patients.rules import WARNINGS
from lanterne.practice.rights import Right
from lanterne.wire.names import SeatId

HELP = {
    "provisional": _("Aucune pièce vue, aucun appel à INSi. Le matricule ne sort pas du cabinet."),
    "retrieved": _("Traits venus d’INSi, pièce d’identité non vue. Le matricule ne sort pas du cabinet."),
    "validated": _("Pièce d’identité vue, sans appel à INSi. Le matricule ne sort pas du cabinet."),
    "qualified": _("Pièce d’identité vue et traits venus d’INSi : le matricule peut sortir du cabinet."),
}
SEXES = {"female": _("féminin"), "male": _("masculin"), "unknown": ""}


def who(
    opened: Opened, fact: str, seat: SeatId, written_ms: int, earlier: tuple[Earlier, ...] = ()
) -> Provenance:
    """Who wrote an office fact."""
    presence = opened.presence
    name, role = opened.people.of(seat, presence.record.person_of(seat))
    at = moment(written_ms, presence.record.clock_ms())
    return Provenance(
        fact=fact, author=name, role=role, device=device_of(presence, seat), recorded=at, earlier=earlier
    )


def identity_page(opened: Opened) -> IdentityPage:
    """Everything the page shows; writing is offered to those who may."""
    held = opened.identity
    connection, patient = opened.chart.connection, opened.chart.patient
    may_write = Right.WRITE_IDENTITY in opened.chart.reader.rights
    faults = [_(WARNINGS[code]) for code in held.warnings]
    own = reverse("identity", args=[patient])
    return IdentityPage(
        band=opened.band,
        traits=_traits(opened),
        ins_help=_(HELP[held.status]),
        matricule=spaced(held.ins.matricule) if held.ins else "",
        matricule_oid=held.ins.oid if held.ins else "",
        matricule_fault=" ".join(faults),
        contacts=_contacts(opened),
        doctor=_doctor(opened),
        ald=_ald(opened),
        duplicates=tuple(_duplicate(opened, suspect) for suspect in queries.suspected(connection, patient)),
        merges=tuple(_merge(opened, version, may_write) for version in queries.merges(connection, patient)),
        edit_url=f"{own}/corriger" if may_write else "",
        contact_url=f"{own}/coordonnees" if may_write else "",
        doctor_url=f"{own}/medecin-traitant" if may_write else "",
        file_url="" if opened.chart.medical else reverse("document-add", args=[patient]),
        ald_url=reverse("item-add", args=[patient, "ald"]) if opened.may_write else "",
    )


def _traits(opened: Opened) -> tuple[Trait, ...]:
    held = opened.identity
    named = (
        (_("Nom de naissance"), "birth_name", True),
        (_("Premier prénom"), "first_given", True),
        (_("Prénoms de naissance"), "given_names", True),
        (_("Nom utilisé"), "used_name", False),
        (_("Prénom utilisé"), "used_given", False),
        (_("Sexe"), "sex", True),
        (_("Date de naissance"), "birth_date", True),
        (_("Lieu de naissance"), "birth_place", False),
        (_("Code INSEE du lieu de naissance"), "birth_place_code", True),
        (_("Décès"), "deceased", False),
    )
    traits = []
    for label, name, strict in named:
        value = _said(name, getattr(held, name))
        earlier = tuple(
            Earlier(_said(name, getattr(version.body, name)), opened.people.of(
                version.seat, opened.presence.record.person_of(version.seat))[0],
                moment(version.written_ms, opened.presence.record.clock_ms()))
            for version in held.earlier
            if _said(name, getattr(version.body, name)) != value
        )  # fmt: skip
        if value or name not in ("deceased", "used_name", "used_given"):
            traits.append(
                Trait(label, value, who(opened, held.fact, held.seat, held.written_ms, earlier), strict)
            )
    return tuple(traits)


def _said(name: str, value: Any) -> str:
    if name == "sex":
        return str(SEXES.get(value, value))
    if name in ("birth_date", "deceased"):
        return french(value)
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def _contacts(opened: Opened) -> tuple[Contact, ...]:
    held = queries.contacts(opened.chart.connection, opened.chart.patient)
    if held is None:
        return ()
    wrote = who(opened, held.fact, held.seat, held.written_ms)
    uses = {
        "mobile": _("Portable"),
        "home": _("Domicile"),
        "work": _("Travail"),
        "other": _("Autre téléphone"),
    }
    lines = [
        Contact(uses[one.use], one.number, wrote, f"tel:{digits(one.number)}") for one in held.body.phones
    ]
    if held.body.email:
        lines.append(Contact(_("Courriel"), held.body.email, wrote, f"mailto:{held.body.email}"))
    address = "\n".join(
        part for part in (held.body.address, f"{held.body.postcode} {held.body.city}".strip()) if part
    )
    if address:
        lines.append(Contact(_("Adresse"), address, wrote))
    for relative in held.body.relatives:
        label = _("Personne de confiance") if relative.trusted else _("Personne à prévenir")
        value = " · ".join(part for part in (relative.name, relative.relation, relative.phone) if part)
        lines.append(Contact(label, value, wrote, f"tel:{digits(relative.phone)}" if relative.phone else ""))
    if held.body.comment:
        lines.append(Contact(_("Commentaire"), held.body.comment, wrote))
    return tuple(lines)


def _doctor(opened: Opened) -> Trait | None:
    held = queries.attending(opened.chart.connection, opened.chart.patient)
    if held is None:
        return None
    label = _("du cabinet") if held.body.person else held.body.city
    return Trait(label, held.body.name, who(opened, held.fact, held.seat, held.written_ms))


def _ald(opened: Opened) -> tuple[AldLine, ...] | None:
    """None for who may not know: the card is then absent, never empty."""
    if opened.summary is None:
        return None
    on = today(opened.presence).isoformat()
    return tuple(
        AldLine(
            label=item.label,
            since=maybe(str(item.raw.get("since", ""))),
            until=maybe(str(item.raw.get("until", ""))),
            provenance=provenance(opened, item),
            expired=bool(item.raw.get("until"))
            and str(item.raw["until"]) < on[: len(str(item.raw["until"]))],
        )
        for item in opened.summary.ald
    )


def _duplicate(opened: Opened, suspect: queries.Suspect) -> Duplicate:
    traits = suspect.traits
    name = f"{(traits.used_name or traits.birth_name).upper()} {traits.used_given or traits.first_given}"
    why = ", ".join(_(REASONS[reason]) for reason in suspect.suspicion.reasons)
    return Duplicate(
        name, when(traits.birth_date), why, reverse("merge", args=[opened.chart.patient, suspect.patient])
    )


def _merge(opened: Opened, version: queries.Version[Any], may_write: bool) -> Merge:
    name = _absorbed_name(opened, version)
    url = reverse("merge-undo", args=[opened.chart.patient, version.fact]) if may_write else ""
    return Merge(name, who(opened, version.fact, version.seat, version.written_ms), url)


def _absorbed_name(opened: Opened, version: queries.Version[Any]) -> str:
    number = queries.row_number(opened.chart.connection, version.body.absorbed)
    if number is None:
        return str(version.body.absorbed)[:8]
    group = queries.Group(version.body.absorbed, (number,))
    versions = queries.versions(opened.chart.connection, group, PatientIdentified)
    if not versions:
        return str(version.body.absorbed)[:8]
    body = versions[0].body
    age = age_of(body.birth_date, today(opened.presence))
    return (
        f"{(body.used_name or body.birth_name).upper()} {body.used_given or body.first_given}, {age}".rstrip(
            ", "
        )
    )


def spaced(matricule: str) -> str:
    """A matricule as it is printed on a card: 1 79 03 51 215 189 89."""
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    return " ".join(matricule[a:b] for a, b in pairwise(cuts) if matricule[a:b])
