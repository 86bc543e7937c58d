"""Finding a patient, and who the patient is: search, identity, doubtful doubles, in plain values. No
Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lanterne.desk.frame.view import NavLink, Notice, PatientBand, Provenance, Sex, When


@dataclass(frozen=True, slots=True)
class Hit:
    """A patient found: enough to be sure of the person before opening the chart.

    `doctor` is the médecin traitant; `why` says what matched when it is not the name ("téléphone", "INS").
    """

    name: str
    sex: Sex
    birth: When
    age: str
    url: str
    birth_name: str = ""
    phone: str = ""
    last_seen: When | None = None
    doctor: str = ""
    why: str = ""
    deceased: bool = False


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The list under the search field, or the patients opened last when `query` is empty. `total` may
    exceed `hits`.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    register_url: str = ""

    @property
    def hidden(self) -> int:
        """Patients found but not listed."""
        return max(0, self.total - len(self.hits))


@dataclass(frozen=True, slots=True)
class Trait:
    """A line of identity. `strict` for the five strict traits of the référentiel INS."""

    label: str
    value: str
    provenance: Provenance | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone, address, e-mail or a person to call."""

    label: str
    value: str
    provenance: Provenance
    href: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another chart that may be the same person; `why` in words ("même naissance, prénoms proches")."""

    name: str
    birth: When
    why: str
    compare_url: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge done: undoable at `undo_url`."""

    name: str
    provenance: Provenance
    undo_url: str = ""


@dataclass(frozen=True, slots=True)
class AldLine:
    """A long illness at 100 %, with its dates."""

    label: str
    since: When | None
    until: When | None
    provenance: Provenance
    expired: bool = False


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """Identity traits and INS, contacts, médecin traitant, ALD, doubles. `matricule_fault` says when its
    key is wrong.
    """

    band: PatientBand
    traits: tuple[Trait, ...]
    ins_help: str
    matricule: str = ""
    matricule_oid: str = ""
    matricule_fault: str = ""
    contacts: tuple[Contact, ...] = ()
    doctor: Trait | None = None
    ald: tuple[AldLine, ...] | None = ()
    duplicates: tuple[Duplicate, ...] = ()
    merges: tuple[Merge, ...] = ()
    edit_url: str = ""
    contact_url: str = ""
    doctor_url: str = ""
    ald_url: str = ""
    file_url: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of two charts side by side."""

    label: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Both say something, and not the same."""
        return bool(self.left and self.right and self.left != self.right)


@dataclass(frozen=True, slots=True)
class MergePage:
    """Two charts side by side before they become one. Posted to `action_url`: `keep` (left or right),
    `patient`, `other`.
    """

    band: PatientBand
    left_id: str
    left_name: str
    right_id: str
    right_name: str
    lines: tuple[Compared, ...]
    action_url: str
    back_url: str
    suggested: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page once unlocked: search, the patients opened last, what waits for somebody."""

    results: SearchResults
    waiting: tuple[NavLink, ...] = ()
    notices: tuple[Notice, ...] = ()
