"""METADATA.XML of an XDM folder: what each document is, in the words of IHE's DocumentEntry.

Law: metadata describe, the document decides; this module only reads. Sources: IHE ITI TF-3 section 4.2
(metadata) and 4.2.3 (attributes and their UUIDs); ebRIM 3.0; ANS, CI-SIS, volet Partage de documents de
santé.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lanterne.intake.reading import ReadAuthor, ReadIdentity
from lanterne.intake.written.dates import stamp
from lanterne.intake.xml import Node
from lanterne.practice.patients import ins
from lanterne.practice.team.identifiers import rpps_is_valid

_AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
_CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
_TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
_FORMAT = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
_UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_SET_UNIQUE_ID = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
_REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"
_REPLACES_TOO = frozenset({_REPLACES, "urn:ihe:iti:2007:AssociationType:XFRM_RPLC"})

# Dictionary of the exchange of health data (ANS, TRE_A03 and TRE_A05), for metadata that give a code
# without its name.
_DISPLAYS = {
    "11502-2": "CR d’examens biologiques",
    "18748-4": "CR d’imagerie médicale",
    "11488-4": "CR de consultation",
    "34112-3": "CR hospitalier",
    "34133-9": "Synthèse d’épisode de soins",
    "57133-1": "Lettre d’adressage",
    "57833-6": "Prescription de médicaments",
    "60591-5": "Synthèse médicale",
    "SYNTH": "Synthèse médicale",
    "11369-6": "Historique des vaccinations",
    "87273-9": "Note de vaccination",
    "18842-5": "Lettre de liaison à la sortie",
}


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its name."""

    code: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One document of the folder. `path` is relative to the metadata; `size` in bytes, -1 when not said;
    `sha1` in hex.
    """

    entry_uuid: str
    unique_id: str
    path: str
    media_type: str
    sha1: str
    size: int
    at: str
    title: str
    comments: str
    type: Coded
    kind: Coded
    format: Coded
    author: ReadAuthor
    identity: ReadIdentity | None
    replaces: tuple[str, ...]

    def name(self) -> str:
        """What to call it: its title, else the name of its type."""
        return self.title or self.type.display or self.kind.display


@dataclass(frozen=True, slots=True)
class Submission:
    """What one METADATA.XML submits."""

    unique_id: str
    title: str
    entries: tuple[DocumentEntry, ...]


def read_metadata(root: Node) -> Submission:
    """The documents a metadata file describes; objects it does not know are left out."""
    objects = {"ExtrinsicObject": [], "Association": [], "RegistryPackage": []}  # type: dict[str, list[Node]]
    for node in root.iter():
        name = _local(node)
        if name in objects:
            objects[name].append(node)
    uuids = {node.get("id") or "": _external(node, _UNIQUE_ID) for node in objects["ExtrinsicObject"]}
    replaced: dict[str, list[str]] = {}
    for node in objects["Association"]:
        if node.get("associationType") in _REPLACES_TOO:
            target = node.get("targetObject") or ""
            replaced.setdefault(node.get("sourceObject") or "", []).append(uuids.get(target) or target)
    packages = [node for node in objects["RegistryPackage"] if _external(node, _SET_UNIQUE_ID)]
    return Submission(
        unique_id=_external(packages[0], _SET_UNIQUE_ID) if packages else "",
        title=_text(packages[0], "Name") if packages else "",
        entries=tuple(
            _entry(node, tuple(replaced.get(node.get("id") or "", ()))) for node in objects["ExtrinsicObject"]
        ),
    )


def _entry(node: Node, replaces: tuple[str, ...]) -> DocumentEntry:
    size = _slot(node, "size")
    return DocumentEntry(
        entry_uuid=node.get("id") or "",
        unique_id=_external(node, _UNIQUE_ID),
        path=_path(_slots(node, "URI")),
        media_type=node.get("mimeType") or "",
        sha1=_slot(node, "hash").lower(),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 15 else -1,
        at=_utc(stamp(_slot(node, "creationTime"))),
        title=_text(node, "Name"),
        comments=_text(node, "Description"),
        type=_coded(node, _TYPE),
        kind=_coded(node, _CLASS),
        format=_coded(node, _FORMAT),
        author=_author(node),
        identity=_identity(_slots(node, "sourcePatientInfo")),
        replaces=replaces,
    )


def _utc(moment: str) -> str:
    """Times of metadata are UTC and do not say so (ITI TF-3 4.2.3.1.7, DTM)."""
    return f"{moment}+00:00" if "T" in moment and len(moment) <= 19 else moment


def _path(values: list[str]) -> str:
    """A long URI is cut in pieces "1|…", "2|…" (ITI TF-3 4.2.3.2.25)."""
    pieces = []
    for value in values:
        rank, mark, rest = value.partition("|")
        pieces.append((int(rank), rest) if mark and rank.isdigit() and len(rank) < 4 else (0, value))
    return "".join(piece for _, piece in sorted(pieces, key=lambda one: one[0]))


def _author(node: Node) -> ReadAuthor:
    """The first author: XCN "RPPS^Nom^Prénom^^^^…", XON "Nom de l’établissement^…"."""
    for held in _children(node, "Classification"):
        if held.get("classificationScheme") != _AUTHOR:
            continue
        person = _slot(held, "authorPerson").split("^")
        number, family, given = ([*person, "", "", ""])[:3]
        prefix = person[5] if len(person) > 5 else ""
        # The national identifier is "8" then the RPPS number.
        rpps = next((one for one in (number, number[1:]) if rpps_is_valid(one)), "")
        name = " ".join(part.strip() for part in (prefix, given, family) if part.strip())
        return ReadAuthor(name, _slot(held, "authorInstitution").partition("^")[0].strip(), rpps)
    return ReadAuthor()


_SEX: dict[str, Literal["female", "male"]] = {"F": "female", "M": "male"}


def _identity(values: list[str]) -> ReadIdentity | None:
    """sourcePatientInfo: fields of a HL7 v2.5 PID segment, "PID-5|NOM^PRENOM^…"."""
    fields: dict[str, list[str]] = {}
    for value in values:
        name, mark, held = value.partition("|")
        if mark:
            fields.setdefault(name.strip().upper(), []).extend(held.split("~"))
    if not fields:
        return None
    matricule = oid = ""
    local: list[tuple[str, str]] = []
    for held in fields.get("PID-3", ()):
        components = held.split("^")
        authority = (components[3] if len(components) > 3 else "").split("&")
        system = authority[1] if len(authority) > 1 else authority[0]
        number = components[0].strip()
        if system in ins.OIDS and number and not matricule:
            matricule, oid = ins.compact(number), system
        elif number:
            local.append((f"urn:oid:{system}" if system else "", number))
    birth, used, given = _names(fields.get("PID-5", []))
    address = next(
        (part for part in map(_components, fields.get("PID-11", ())) if part[6] not in ("BDL", "N")), None
    )
    place = next(
        (part for part in map(_components, fields.get("PID-11", ())) if part[6] in ("BDL", "N")), None
    )
    code = (
        next((one.upper() for one in (place[8], place[4]) if ins.is_place_code(one.upper())), "")
        if place
        else ""
    )
    return ReadIdentity(
        birth_name=birth,
        used_name=used if used != birth else "",
        first_given=given[0] if given else "",
        given_names=given,
        sex=_SEX.get(next(iter(fields.get("PID-8", ())), "").strip().upper(), "unknown"),
        birth_date=stamp(next(iter(fields.get("PID-7", ())), ""))[:10],
        birth_place_code=code,
        matricule=matricule,
        oid=oid,
        key_agrees=not matricule or ins.key_agrees(matricule),
        local_ids=tuple(local),
        phones=tuple(filter(None, (held.partition("^")[0].strip() for held in fields.get("PID-13", ())))),
        address=address[0].replace("&", " ").strip() if address else "",
        postcode=address[4] if address else "",
        city=address[2] if address else "",
    )


def _components(field: str) -> list[str]:
    return [*(part.strip() for part in field.split("^")), *[""] * 12][:12]


def _names(names: list[str]) -> tuple[str, str, tuple[str, ...]]:
    """XPN: family^given^other given names^^^^type; "L" is the civil (birth) name, "D" the used one."""
    birth = used = ""
    given: tuple[str, ...] = ()
    for held in names:
        parts = _components(held)
        if parts[6] in ("D", "U", "M"):
            used = used or parts[0]
        else:
            birth = birth or parts[0]
        if not given or parts[6] == "L":
            others = parts[2].replace(",", " ").split()
            listed = [parts[1], *(one for one in others if one != parts[1])]
            given = tuple(filter(None, listed)) or given
    return birth or used, used, given


def _coded(node: Node, scheme: str) -> Coded:
    for held in _children(node, "Classification"):
        if held.get("classificationScheme") == scheme:
            code = held.get("nodeRepresentation") or ""
            return Coded(code, _text(held, "Name") or _DISPLAYS.get(code, ""))
    return Coded()


def _local(node: Node) -> str:
    return node.tag.rpartition("}")[2]


def _children(node: Node, name: str) -> list[Node]:
    return [child for child in node if _local(child) == name]


def _slots(node: Node, name: str) -> list[str]:
    for slot in _children(node, "Slot"):
        if slot.get("name") == name:
            return [(value.text or "").strip() for value in slot.iter() if _local(value) == "Value"]
    return []


def _slot(node: Node, name: str) -> str:
    return next(iter(_slots(node, name)), "")


def _text(node: Node, name: str) -> str:
    for held in _children(node, name):
        for line in held:
            if line.get("value"):
                return (line.get("value") or "").strip()
    return ""


def _external(node: Node, scheme: str) -> str:
    for held in _children(node, "ExternalIdentifier"):
        if held.get("identificationScheme") == scheme:
            return held.get("value") or ""
    return ""
