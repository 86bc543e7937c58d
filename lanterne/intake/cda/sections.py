"""The structured body: sections in their order, their narrative kept, their entries handed to who can read them.

Law: what is about somebody else than the patient (the mother in a child's certificate) never enters the chart. What
is only intended is told apart from what was done. Every entry is read, or counted as text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lanterne.intake.cda.absences import is_denial
from lanterne.intake.cda.allergies import read_allergy, read_reaction
from lanterne.intake.cda.family import read_family
from lanterne.intake.cda.gathering import Gathering, Place
from lanterne.intake.cda.immunizations import read_immunization
from lanterne.intake.cda.lifestyle import read_lifestyle
from lanterne.intake.cda.measures import read_measure
from lanterne.intake.cda.nodes import CLASSES, child, children, get, is_null, templates, text
from lanterne.intake.cda.people import somebody_else
from lanterne.intake.cda.problems import read_problem
from lanterne.intake.cda.procedures import read_device, read_procedure
from lanterne.intake.cda.results import read_results
from lanterne.intake.cda.topics import ROOM, entry_topic, section_topic
from lanterne.intake.cda.treatments import read_treatment
from lanterne.intake.cda.words import codes, display
from lanterne.intake.narrative import Narrative, plain
from lanterne.intake.xml import Node

Reader = Callable[[Node, Place], None]

# Topic → the classes of clinical statement it is read from, and the reader.
_READERS: dict[str, tuple[frozenset[str], Reader]] = {
    "problems": (frozenset({"act", "observation", "organizer"}), read_problem),
    "past": (frozenset({"act", "observation", "organizer"}), read_problem),
    "allergies": (frozenset({"act", "observation", "organizer"}), read_allergy),
    "reactions": (frozenset({"observation"}), read_reaction),
    "procedures": (frozenset({"procedure", "act", "observation"}), read_procedure),
    "family": (frozenset({"organizer", "observation"}), read_family),
    "lifestyle": (frozenset({"observation", "organizer", "act"}), read_lifestyle),
    "exposure": (frozenset({"observation", "organizer", "act"}), read_lifestyle),
    "pregnancies": (frozenset({"observation", "organizer", "act"}), read_lifestyle),
    "functional": (frozenset({"observation", "organizer", "act"}), read_lifestyle),
    "vitals": (frozenset({"organizer", "observation"}), read_measure),
    "results": (frozenset({"act", "organizer", "observation"}), read_results),
    "immunizations": (frozenset({"substanceAdministration"}), read_immunization),
    "devices": (frozenset({"supply"}), read_device),
    **dict.fromkeys(
        ("treatments", "plan", "given", "discharge", "admission", "prescription"),
        (frozenset({"substanceAdministration"}), read_treatment),
    ),
    "dispensed": (frozenset({"substanceAdministration", "supply"}), read_treatment),
}
# A class that says by itself what an entry is, in a section nobody listed or for another subject.
_BY_CLASS: dict[str, str] = {"procedure": "procedures"}
_INTENDED = frozenset({"INT", "RQO", "PRP", "PRMS", "ARQ", "APT", "GOL", "OPT"})
_PLANNED = "prévu, pas fait"


def read_sections(root: Node, into: Gathering, narrative: Narrative) -> None:
    """Read every section of the structured body, nested ones after the one that holds them."""
    for body in root.iter("structuredBody"):
        for section in children(body, "component/section"):
            _section(section, into, narrative, level=0, above="", other="")


def _section(
    section: Node, into: Gathering, narrative: Narrative, *, level: int, above: str, other: str
) -> None:
    into.deadline.check()
    coded = child(section, "code")
    written = [get(found, "code") for found in codes(coded)]
    topic = section_topic(written, templates(section)) or ("results" if above == "results" else "")
    title = (text(section, "title") if child(section, "title") is not None else "") or display(
        coded, into.anchors
    )
    name = (title or (written[0] if written else "") or "sans titre")[:200]
    other = somebody_else(section, into.anchors) or other
    if title:
        narrative.heading(title[:300], level)
    block = child(section, "text")
    if block is not None:
        narrative.block(block)
    words = plain(block, 300) if block is not None else ""
    entries = [
        (rank, statement)
        for rank, entry in enumerate(children(section, "entry"), 1)
        for statement in entry
        if statement.tag in CLASSES
    ]
    for rank, statement in entries:
        _entry(statement, Place(into, name, written[0] if written else "", rank, topic, words), other)
    below = children(section, "component/section")
    if not entries and not below and block is not None and not is_null(section) and not other:
        _text_only(block, Place(into, name, written[0] if written else "", 0, topic))
    for inner in below:
        _section(inner, into, narrative, level=level + 1, above=topic, other=other)


def _text_only(block: Node, place: Place) -> None:
    """A section without entries: empty by its own words, or to be read."""
    written = plain(block, 2_000)
    room = ROOM.get(place.topic)
    if not written or (place.topic not in _READERS and room is None):
        return
    if room is not None and is_denial(written, room) and not place.into.header.reimbursed:
        place.empty(room)
        return
    place.into.notes.append(f"Section « {place.section} » : texte seul, sans donnée structurée.")


def _entry(statement: Node, place: Place, other: str) -> None:
    into = place.into
    into.visit()
    other = somebody_else(statement, into.anchors) or other
    topic = entry_topic(templates(statement), place.topic)
    if _is_attachment(statement, topic):
        return
    if other and topic != "family":
        place.leave(f"concerne une autre personne : {other}")
        return
    if place.topic == "plan" and topic != "plan":
        place.leave(_PLANNED)
        return
    classes, reader = _READERS.get(topic, (frozenset(), None))
    if statement.tag not in classes:
        topic = _BY_CLASS.get(statement.tag, "")
        classes, reader = _READERS.get(topic, (frozenset(), None))
    if reader is None:
        place.leave(_why_not(statement, place))
        return
    if _intended(statement) and topic not in _MAY_BE_INTENDED:
        place.leave(_PLANNED)
        return
    reader(statement, replace(place, topic=topic))


# A prescription is an intention by nature; readers of acts, vaccines and devices say themselves why they refuse one.
_MAY_BE_INTENDED = frozenset({
    "plan", "given", "discharge", "admission", "prescription", "dispensed", "treatments", "procedures",
    "immunizations", "devices",
})  # fmt: skip


def _intended(statement: Node) -> bool:
    return get(statement, "moodCode") in _INTENDED


def _why_not(statement: Node, place: Place) -> str:
    if _intended(statement):
        return _PLANNED
    if statement.tag == "encounter":
        return "séjour ou rencontre"
    if place.topic == "plan":
        return _PLANNED
    return "le dossier n’a pas de rubrique pour cette donnée"


def _is_attachment(statement: Node, topic: str) -> bool:
    """An entry that only carries a file: it is attached to the document, nothing is left out."""
    if statement.tag in ("observationMedia", "regionOfInterest"):
        return True
    return (
        topic == "attached"
        and statement.tag == "organizer"
        and statement.find(".//observationMedia") is not None
    )
