"""From a document and what it states to what the page shows: in the chart, and beside the list of arrivals.

Law: whatever was written of a document may come from another device: markup is cleaned again here, text is escaped by
the template, and a word nobody knows still makes a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.chart import story
from lanterne.desk.chart.page import FLAGS, range_text
from lanterne.desk.documents.serving import bytes_of
from lanterne.desk.documents.view import DocumentPage, LeftOut, Show, StatedLine, Tab, VersionLine
from lanterne.desk.forms.document import KINDS
from lanterne.desk.frame.build import day_only, moment
from lanterne.desk.opening import Opened
from lanterne.desk.sentences import code_sentence, reason_text, section_name, sentence
from lanterne.intake.narrative import clean
from lanterne.practice.chart.facts import Section
from lanterne.practice.chart.queries import out_of_range
from lanterne.practice.chart.statements import Statement, one, standing, thread, withdrawals
from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled
from lanterne.practice.documents.rules import SHOWN
from lanterne.practice.documents.sources import stated_by
from lanterne.practice.errors import UnknownFact
from lanterne.practice.results.facts import ResultRecorded
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import FactId

# What one looks at; an export of a whole life states thousands, which are in the chart.
MOST_STATED = 200
MOST_HIGHLIGHTED = 8
# A page a person reads; the rest is one click away, whole.
TEXT_CHARACTERS = 400_000

FORMATS = {
    "cda": "CDA", "hprim": "HPRIM", "hl7v2": "HL7 v2", "fhir": "FHIR", "xdm": "IHE XDM", "pdf": "PDF", "csv": "CSV",
    "image": _("image"), "text": _("texte"), "rtf": "RTF",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looks:
    """One way to look at a document: a sealed file and its type. `number` is its place in addresses; None: the
    original.
    """

    number: int | None
    blob: str
    key: str
    media_type: str
    label: str


def looks(body: DocumentFiled) -> list[Looks]:
    """What can be shown of a document, what was drawn from it first; at least the original."""
    words = {"text/html": _("Texte"), "text/plain": _("Texte"), "application/pdf": "PDF"}
    found = [
        Looks(number, one.blob, one.key, one.media_type, one.title or words.get(one.media_type, _("Image")))
        for number, one in enumerate(body.renditions)
        if one.media_type in SHOWN or one.media_type == "text/html"
    ]
    plain = body.media_type == "text/plain"
    if not found or (body.media_type in SHOWN and not plain):
        found.append(Looks(None, body.blob, body.key, body.media_type, _("Original")))
    return found


def document_page(
    seen: Opened, item: Statement[Any], body: DocumentFiled, *, looked: str = "", here: str = ""
) -> DocumentPage:
    """Everything shown of one document.

    Args:
        looked: the number of the look asked for; anything else is the first.
        here: the address of the page it is shown in, to which `vue` is added.
    """
    patient = seen.chart.patient
    here = here or reverse("document", args=[patient, item.id])
    ways = looks(body)
    at = int(looked) if looked.isascii() and looked.isdigit() and int(looked) < len(ways) else 0
    way = ways[at]
    show, markup, text, fault = _shown(seen, way)
    versions = [version for version in thread(seen.chart, item.id) if isinstance(version.body, DocumentFiled)]
    stated, hidden = _stated(seen, body, versions)
    arrived = next(iter(_waiting(seen, versions)), None)
    standing_now = next((version for version in versions if version.live), None)
    file_url = reverse("document-file", args=[patient, item.id])
    joined = "&" if "?" in here else "?"
    return DocumentPage(
        band=seen.band,
        title=body.title,
        kind=str(dict(KINDS).get(body.document_kind, _("Document"))),
        at=day_only(item.day),
        sender=body.sender,
        size=size_text(body.size),
        show=show,
        file_url=file_url
        if way.number is None
        else reverse("document-rendition", args=[patient, item.id, way.number]),
        download_url=f"{file_url}?enregistrer=1",
        provenance=seen.people.provenance(item, patient, may_write=seen.may_write),
        text=text,
        fault=fault,
        classify_url=reverse("document-classify", args=[patient, item.id])
        if seen.may_write and item.live
        else "",
        markup=markup,
        tabs=tuple(
            Tab(label, f"{here}{joined}vue={place}", place == at) for place, label in enumerate(_labels(ways))
        )
        if len(ways) > 1
        else (),
        author=body.author if body.author != body.sender else "",
        format=str(FORMATS.get(body.format, body.format)),
        comment=body.comment,
        stated=stated[:MOST_STATED],
        stated_hidden=hidden,
        out_of_range=tuple(line for line in stated if line.tone and not line.gone)[:MOST_HIGHLIGHTED],
        left_out=tuple(
            LeftOut(_place(one_.place), code_sentence(one_.code, one_.params)) for one_ in body.not_kept
        ),
        unread=tuple(body.unread),
        ins_key_wrong=body.ins_key_wrong,
        versions=tuple(_version(seen, version, item.id) for version in reversed(versions)),
        standing_url=reverse("document", args=[patient, standing_now.id])
        if standing_now is not None and not item.live
        else "",
        gone=_gone(seen, item) if not item.live and standing_now is None else "",
        see_url=reverse("arrival-see", args=[arrived.id]) if arrived is not None and seen.may_write else "",
        arrived=arrived.id if arrived is not None else "",
    )


def _shown(seen: Opened, way: Looks) -> tuple[Show, str, str, str]:
    """(how, sanitised markup, text, why not)."""
    kinds: dict[str, Show] = {"application/pdf": "pdf", "text/plain": "text", "text/html": "html"}
    show: Show = kinds.get(way.media_type, "image" if way.media_type in SHOWN else "other")
    try:
        content = bytes_of(seen.presence.record, way.blob, way.key)
    except LanterneError as error:
        return show, "", "", sentence(error)
    if show == "html":
        return show, clean(content.decode("utf-8", "replace")), "", ""
    return show, "", content.decode("utf-8", "replace")[:TEXT_CHARACTERS] if show == "text" else "", ""


def _labels(ways: list[Looks]) -> list[str]:
    """Names of the looks, told apart by a number where two are called alike."""
    found: list[str] = []
    for way in ways:
        times = sum(1 for other in found if other == way.label or other.startswith(f"{way.label} "))
        found.append(f"{way.label} {times + 1}" if times else way.label)
    return found


def _stated(
    seen: Opened, body: DocumentFiled, versions: Sequence[Statement[Any]]
) -> tuple[tuple[StatedLine, ...], int]:
    """What it states, results out of range first, and how many more. Saying better what a file is does not change
    what the file states.
    """
    same = [version.id for version in versions if same_file(version.body, body)]
    facts = list(dict.fromkeys(fact for version in same for fact in stated_by(seen.chart, version)))
    lines = []
    for fact in facts[: MOST_STATED * 5]:
        try:
            lines.append(_line(seen, one(seen.chart, fact), fact in body.also))
        except UnknownFact:
            continue  # somebody's personal note, or a fact of another chart named by mistake: not for this page
    order = {"danger": 0, "warn": 1}
    lines.sort(key=lambda line: order.get(line.tone, 2))
    return tuple(lines), max(0, len(facts) - min(len(lines), MOST_STATED))


def _line(seen: Opened, item: Statement[Any], also: bool) -> StatedLine:
    row = story.row(seen, item)
    flag = FLAGS.get(out_of_range(item.body), "") if isinstance(item.body, ResultRecorded) else ""
    return StatedLine(
        label=row.label,
        icon=row.icon,
        title=row.title,
        url=reverse("item", args=[seen.chart.patient, item.id]),
        value=row.value or ("" if isinstance(item.body, ResultRecorded) else row.text),
        tone=row.tone,
        flag=flag,
        range_text=range_text(item.body) if isinstance(item.body, ResultRecorded) else "",
        gone=not item.live and item.kind != "treatment.proposed",
        also=also,
    )


def same_file(one_: DocumentFiled | None, other: DocumentFiled) -> bool:
    """Whether two versions are of one file, described otherwise."""
    return one_ is not None and (one_.blob, one_.part) == (other.blob, other.part)


def _waiting(seen: Opened, versions: Sequence[Statement[Any]]) -> list[Statement[Any]]:
    """What waits in the arrivals for this document, under any of its versions."""
    ids = {version.id for version in versions}
    return [waits for waits in standing(seen.chart, DocumentArrived) if waits.raw.get("document") in ids]


def _version(seen: Opened, version: Statement[Any], shown: FactId) -> VersionLine:
    name, _role = seen.people.of(version.seat, version.person)
    return VersionLine(
        title=str(version.raw.get("title", "")),
        recorded=moment(version.written_ms, seen.presence.record.clock_ms()),
        author=name,
        url=reverse("document", args=[seen.chart.patient, version.id]),
        current=version.id == shown,
        live=version.live,
    )


def _gone(seen: Opened, item: Statement[Any]) -> str:
    for _fact, seat, when_ms, reason in withdrawals(seen.chart, item.id):
        name, _role = seen.people.of(seat, seen.presence.record.person_of(seat))
        at = moment(when_ms, seen.presence.record.clock_ms()).text
        return _("Retiré par %(who)s le %(at)s. %(why)s") % {
            "who": name,
            "at": at,
            "why": reason_text(reason),
        }
    return _("Ce document n’est plus en vigueur.")


def _place(place: str) -> str:
    return section_name(place) if place in get_args(Section) else place


def size_text(size: int) -> str:
    """A size in French: o, ko, Mo."""
    if size < 1_000:
        return f"{size} o"
    if size < 1_000_000:
        return f"{size / 1_000:.0f} ko"
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")
