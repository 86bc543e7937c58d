"""Columns by their names: what a header of old software means.

Law: a column not understood is named to the person, never dropped in silence. Names are compared folded
(case, accents, punctuation do not count). "Nom" alone is the birth name; beside a column that says birth
name it is the used name, and beside one that says used name it is the birth name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lanterne.practice.patients.names import fold

_NAMES: dict[str, str] = {
    "name": "nom|nom patient|nom du patient|nom de famille|last name|family name|surname",
    "birth_name": (
        "nom de naissance|nom naissance|nom naiss|nom de naiss|nom de jeune fille|nom jeune fille"
        "|njf|nom patronymique|nom de famille de naissance|nom officiel|birth name|nomnaissance"
        "|nom d etat civil"
    ),
    "used_name": (
        "nom d usage|nom usage|nom usuel|nom utilise|nom marital|nom d epouse|nom epouse"
        "|nom d epoux|nom de mariage|nom marie|nomusage|nom affiche"
    ),
    "first_given": (
        "prenom|premier prenom|1er prenom|prenom de naissance|premier prenom de naissance"
        "|prenom patient|prenom du patient|prenom naissance|prenom 1|first name|given name"
    ),
    "given_names": (
        "prenoms|liste des prenoms|liste prenoms|autres prenoms|prenoms de naissance|prenom s"
        "|tous les prenoms"
    ),
    "used_given": "prenom utilise|prenom usuel|prenom d usage|prenom usage",
    "birth_date": (
        "date de naissance|date naissance|date naiss|date de naiss|ne le|nee le|ne e le|ne nee le"
        "|naissance|ddn|d n|dn|datenaissance|date nais|birth date|birthdate|dob"
        "|date de naissance du patient"
    ),
    "birth_place": (
        "lieu de naissance|lieu naissance|lieu naiss|commune de naissance|ville de naissance|ne a"
        "|nee a|ne e a"
    ),
    "birth_place_code": (
        "code insee naissance|code insee|insee naissance|code lieu de naissance"
        "|code commune de naissance|code insee du lieu de naissance|code insee lieu de naissance"
        "|code cog|insee"
    ),
    "sex": "sexe|genre|sex|gender",
    "civility": "civilite|civ|titre|qualite",
    "ins": "ins|matricule ins|ins nir|ins c|numero ins|n ins|no ins",
    "nir": (
        "nir|n ss|no ss|numero ss|num ss|nss|n secu|no secu|numero secu|n securite sociale"
        "|no securite sociale|numero de securite sociale|numero securite sociale|securite sociale"
        "|n de securite sociale|immatriculation|n immatriculation|no immatriculation"
        "|numero d immatriculation|numero de secu|n insee|num secu|secu|matricule"
    ),
    "nir_key": "cle|cle nir|cle ss|cle secu|cle nss|cle n ss|cle ins|cle du nir",
    "mobile": (
        "portable|tel portable|telephone portable|mobile|tel mobile|telephone mobile|gsm|tel 2"
        "|telephone 2|portable 1|tel2"
    ),
    "home": (
        "telephone|tel|tel fixe|telephone fixe|fixe|domicile|tel domicile|telephone domicile|tel 1"
        "|telephone 1|phone|n telephone|no telephone|numero de telephone|tel1|tel principal"
        "|telephone principal|tel personnel"
    ),
    "work": (
        "tel travail|telephone travail|tel professionnel|telephone professionnel|tel pro|tel bureau"
        "|professionnel|bureau"
    ),
    "email": (
        "email|e mail|mail|courriel|adresse mail|adresse email|adresse electronique|mel|adresse e mail"
    ),
    "address": (
        "adresse|adresse 1|adresse1|rue|adresse postale|adresse ligne 1|voie|n et voie|address|numero et voie"
    ),
    "address_2": (
        "adresse 2|adresse2|complement|complement d adresse|complement adresse|adresse ligne 2"
        "|batiment|suite adresse"
    ),
    "address_3": "adresse 3|adresse3|lieu dit|adresse ligne 3",
    "postcode": "code postal|cp|codepostal|code post|c p|postal code|zip",
    "city": "ville|commune|localite|city|commune de residence",
    "attending": (
        "medecin traitant|mt|med traitant|medecin referent|nom medecin traitant"
        "|nom du medecin traitant|medecin"
    ),
    "deceased": "date de deces|date deces|deces|decede le|decedee le|dcd le|dcd|decede",
    "comment": (
        "commentaire|commentaires|remarque|remarques|note|notes|observation|observations|memo|divers"
    ),
}

FIELDS: dict[str, str] = {name: field for field, names in _NAMES.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column holds which field. `unknown` and `twice` name columns left out, as written."""

    places: dict[str, int]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]

    def missing(self) -> tuple[str, ...]:
        """What a patient cannot do without and no column gives."""
        names = ("birth_name", "first_given")
        return tuple(name for name in names if name not in self.places)


def map_columns(header: Sequence[str]) -> Mapping:
    """Which column holds which field, from the header line."""
    places: dict[str, int] = {}
    unknown: list[str] = []
    twice: list[str] = []
    for place, title in enumerate(header):
        field = FIELDS.get(simplified(title))
        if field is None:
            if title:
                unknown.append(title)
        elif field in places:
            twice.append(title)
        else:
            places[field] = place
    bare = places.pop("name", None)
    if bare is not None:
        if "birth_name" not in places:
            places["birth_name"] = bare
        elif "used_name" not in places:
            places["used_name"] = bare
        else:
            unknown.append(header[bare])
    if "birth_name" not in places and "used_name" in places:
        places["birth_name"] = places["used_name"]
    if "first_given" not in places and "given_names" in places:
        places["first_given"] = places["given_names"]
    if "first_given" not in places and "used_given" in places:
        places["first_given"] = places["used_given"]
    return Mapping(places, tuple(unknown), tuple(twice))


def simplified(title: str) -> str:
    """A header folded: "Né(e) le" and "NÉ.E LE" are one."""
    return " ".join(
        "".join(sign if sign.isalnum() else " " for sign in fold(title.replace("°", " "))).split()
    )
