"""Tables of results (CSV): a test a line, columns by their names; several patients when columns name them.

Law: a table is one of results when its header names a test and a value. A column not understood is named; a
line without a value is counted and said, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lanterne.intake.charset import decode, readable
from lanterne.intake.columns import map_columns, simplified
from lanterne.intake.reading import Document, Limits, ReadAuthor, ReadIdentity, ReadStatement, Unreadable
from lanterne.intake.sheets import Line, Sheet, SheetUnreadable, read_table
from lanterne.intake.written import dates, persons
from lanterne.intake.written.gathering import gathered
from lanterne.intake.written.results import Row, dots_of, line_of
from lanterne.intake.written.results import read as read_row

_NAMES: dict[str, str] = {
    "label": (
        "examen|analyse|libelle|libelle examen|libelle analyse|test|parametre|nom de l examen|nom examen|designation"
        "|dosage|acte|observation|analyte|biologie|examen biologique|nom du test|label"
    ),
    "value": "valeur|resultat|valeur resultat|resultats|mesure|value|result|valeur numerique",
    "unit": "unite|unites|unit|units",
    "reference": (
        "norme|normes|valeurs de reference|valeur de reference|reference|references|intervalle|intervalle de reference"
        "|valeurs normales|valeurs usuelles|range|bornes|normales"
    ),
    "low": "min|minimum|borne inf|borne inferieure|norme min|norme inf|inf|mini|normale inf|low",
    "high": "max|maximum|borne sup|borne superieure|norme max|norme sup|sup|maxi|normale sup|high",
    "date": (
        "date|date examen|date de l examen|date prelevement|date de prelevement|date du prelevement|prelevement"
        "|date resultat|date du resultat|date analyse|preleve le|le"
    ),
    "loinc": "loinc|code loinc",
    "local": "code|code examen|code analyse|code labo",
    "flag": "flag|interpretation|anormal|anormalite|alerte|h l|indicateur",
    "comment": "commentaire|commentaires|remarque|remarques|note|comment",
    "panel": "chapitre|famille|bilan|groupe|panel",
    "specimen": "nature|specimen|echantillon|nature du prelevement|type de prelevement",
    "method": "methode|technique",
    "laboratory": "laboratoire|labo|laboratoire executant|emetteur",
    "status": "statut|etat|status",
}
_FIELDS = {name: key for key, names in _NAMES.items() for name in names.split("|")}
_LOOKED_AT = 65_536


@dataclass(slots=True)
class Person:
    """The lines of one patient."""

    cells: dict[str, str]
    rows: list[tuple[Row, str, int]] = field(default_factory=list)
    no_value: int = 0


def is_results(text: str) -> bool:
    """Whether text is a table whose header names a test and a value."""
    top = text[:_LOOKED_AT]
    end = top.find("\n")
    if end < 0:
        end = top.find("\r")
    if end <= 0 or not any(mark in top[:end] for mark in ";,\t|"):
        return False
    try:
        sheet = read_table(top[:end].encode("utf-8"))
    except SheetUnreadable:
        return False
    return {"label", "value"} <= set(_columns(sheet.header))


def read(content: bytes, limits: Limits) -> Document:
    """The results of the table; a document a patient when columns name several.

    Raises:
        Unreadable: "file_too_large", "text_too_long", "too_many_elements", "too_many_parts",
            "too_many_results", "csv_broken" (`line`), "csv_columns".
    """
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    decoded = decode(content)
    if len(decoded.text) > limits.text_characters:
        raise Unreadable("text_too_long", limit=str(limits.text_characters))
    try:
        sheet = read_table(readable(decoded.text).encode("utf-8", errors="replace"))
        people, unread = _people(sheet, limits)
    except SheetUnreadable as error:
        raise Unreadable("csv_broken", line=str(error.params.get("line", "1"))) from error
    documents = tuple(_document(person, unread) for person in people)
    return gathered("csv", documents, exact=decoded.exact)


def _columns(header: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        name = _FIELDS.get(simplified(title))
        if name is not None:
            places.setdefault(name, place)
    return places


def _people(sheet: Sheet, limits: Limits) -> tuple[list[Person], list[str]]:
    places = _columns(sheet.header)
    if not {"label", "value"} <= set(places):
        raise Unreadable("csv_columns")
    others = [title if place not in places.values() else "" for place, title in enumerate(sheet.header)]
    patient = map_columns(others)
    unread = [f"Colonne non comprise : « {title} »." for title in (*patient.unknown, *patient.twice)]
    people: dict[tuple[str, ...], Person] = {}
    for number, line in enumerate(sheet.lines()):
        if number >= limits.elements:
            raise Unreadable("too_many_elements", limit=str(limits.elements))
        cells = {name: _cell(line, place) for name, place in patient.places.items()}
        person = people.setdefault(tuple(cells.values()), Person(cells))
        if len(people) > limits.entries:
            raise Unreadable("too_many_parts", limit=str(limits.entries))
        _add(person, line, places)
        if len(person.rows) > limits.entries:
            raise Unreadable("too_many_results", limit=str(limits.entries))
    return list(people.values()) or [Person({})], unread


def _cell(line: Line, place: int) -> str:
    return line.cells[place] if place < len(line.cells) else ""


def _add(person: Person, line: Line, places: dict[str, int]) -> None:
    said = {name: _cell(line, place) for name, place in places.items()}
    if not said["value"] or not said["label"]:
        person.no_value += 1
        return
    row = Row(
        said["label"],
        said["value"],
        code=said.get("loinc", ""),
        local_code=said.get("local", ""),
        unit=said.get("unit", ""),
        low=said.get("low", ""),
        high=said.get("high", ""),
        reference=said.get("reference", ""),
        flag=said.get("flag", ""),
        panel=said.get("panel", ""),
        specimen=said.get("specimen", ""),
        method=said.get("method", ""),
        laboratory=said.get("laboratory", ""),
        comments=(said["comment"],) if said.get("comment") else (),
    )
    person.rows.append((row, dates.document_date(said.get("date", "")), line.number))


def _document(person: Person, unread: list[str]) -> Document:
    dot = dots_of(row for row, _, _ in person.rows)
    statements, said = [], list(unread)
    for row, at, number in person.rows:
        found = read_row(row, dot)
        if found is None:
            continue
        if found.doubt:
            said.append(found.doubt)
        statements.append(ReadStatement(f"line-{number}", found.body, at or None, place=f"ligne {number}"))
    if person.no_value:
        plural = "s" if person.no_value > 1 else ""
        said.append(f"{person.no_value} ligne{plural} sans examen ou sans valeur.")
    days = sorted({at for _, at, _ in person.rows if at})
    if not days:
        said.append("Aucune date de prélèvement dans ce tableau.")
    laboratories = {row.laboratory for row, _, _ in person.rows} - {""}
    return Document(
        format="csv",
        kind="lab-report",
        title="Résultats de laboratoire",
        at=days[-1] if days else None,
        author=ReadAuthor(organisation=laboratories.pop() if len(laboratories) == 1 else ""),
        identity=_identity(person.cells, days[-1] if days else ""),
        statements=tuple(statements),
        text="\n".join(
            f"{statement.at or ''} {line_of(statement.body)}".strip()  # type: ignore[arg-type]
            for statement in statements
        ),
        unread=tuple(said),
    )


def _identity(cells: dict[str, str], reference: str) -> ReadIdentity | None:
    if not any(cells.values()):
        return None
    names = persons.family_names(cells.get("birth_name", ""))
    born = dates.birth_date(cells.get("birth_date", ""), reference)
    ins = persons.social_number(cells.get("ins", ""), born)
    nir = persons.social_number(cells.get("nir", "") + cells.get("nir_key", ""), born)
    number = ins or (nir if nir is not None and (nir.own or not nir.key_agrees) else None)
    sex = persons.sex_of(cells.get("sex", ""))
    return ReadIdentity(
        birth_name=names.birth_name,
        used_name=cells.get("used_name", "") or names.used_name,
        first_given=persons.given_name(cells.get("first_given", "")),
        sex=sex if sex != "unknown" else names.sex,
        birth_date=born,
        birth_place_code=cells.get("birth_place_code", ""),
        matricule=number.matricule if number else "",
        key_agrees=number.key_agrees if number else True,
        phones=tuple(cells[name] for name in ("mobile", "home") if cells.get(name)),
        address=cells.get("address", ""),
        postcode=cells.get("postcode", ""),
        city=cells.get("city", ""),
    )
