"""`lanterne reference load`: from a folder of published files to one edition.

Law: the folder is hostile, the load never fails for what a line holds: it reports. Publications that are
not in the folder are carried over from the edition before, with their own dates. Nothing is replaced until
the new edition is whole.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lanterne.reference.medicines import editions, schema, starter
from lanterne.reference.medicines.lines import is_brand, names
from lanterne.reference.medicines.lines import lines as lines_of
from lanterne.reference.medicines.model import Medicine, Part, PartKind, Substance
from lanterne.reference.medicines.published import (
    HOMEOPATHY,
    Raw,
    limited_to_days,
    medicines,
    published_on,
)
from lanterne.reference.medicines.reading import Aside, Bounds, FileRead, clean, lines
from lanterne.reference.medicines.recognising import HEADED, MEDICINES, recognised
from lanterne.reference.medicines.report import EXAMPLES, Dangling, LeftAlone, Loaded
from lanterne.reference.medicines.starter_tables import Tables, tables
from lanterne.reference.medicines.thesaurus import Columns, Interplay, ready, take_interaction, take_member
from lanterne.reference.medicines.writing import fold

Advance = Callable[[int, int], None]
NEEDED = ("medicines", "packs", "composition", "conditions")
"""Without which no edition is made; the others are only said to be absent."""
_ICD = re.compile(r"([A-Z][0-9]{2})\.?([0-9A-Z+]{0,5})$")
_LIKED, _HOMEOPATHIC = 60, -10_000
_MONTHS = {
    fold(name): number
    for number, name in enumerate(
        (
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ),
        start=1,
    )
}
_NAMED_MONTH = re.compile(rf"({'|'.join(_MONTHS)})\s*((?:19|20)[0-9]{{2}})")
_NUMBERED_MONTH = re.compile(r"(?<![0-9])(0[1-9]|1[0-2])((?:19|20)[0-9]{2})(?![0-9])")


class NothingThere(ValueError):
    """No file of the folder is one that Lanterne knows. `loaded` says what was looked at."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__("no known file")
        self.loaded = loaded


class Incomplete(NothingThere):
    """Files of the public base are there, but not all those a prescription needs: `absent` are the kinds
    missing.

    Without the conditions of prescription a stupéfiant would look like any other medicine: such an edition
    is not made.
    """

    def __init__(self, loaded: Loaded, absent: list[str]) -> None:
        super().__init__(loaded)
        self.absent = absent


@dataclass(slots=True)
class _Read:
    raw: Raw = field(default_factory=Raw)
    interplay: Interplay = field(default_factory=Interplay)
    diagnoses: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, FileRead] = field(default_factory=dict)
    index_dated: date | None = None
    """Of an index of classes taken from the edition before, when the folder brings interactions alone."""


def load(
    source: Path,
    data: Path,
    *,
    today: date,
    dated: date | None = None,
    bounds: Bounds | None = None,
    advance: Advance = lambda done, total: None,
) -> Loaded:
    """Load the published files of `source` (and of its folders) into one edition of the data directory
    `data`.

    Raises:
        NothingThere: the folder holds none of the known files.
        Incomplete: it holds some files of the public base, and not all that are needed.
        editions.Busy: another load goes on.
        OSError: the folder cannot be read, or the disk refused; the former editions are as they were.
    """
    bounds = bounds or Bounds()
    told = Loaded()
    read = _Read()
    chosen = list(_chosen(source, told, bounds))
    total = sum(path.stat().st_size for path, _ in chosen)
    done = 0
    for path, kind in chosen:
        _take(path, kind, read, told, bounds)
        done += path.stat().st_size
        advance(done // 2, total)
    if not told.files:
        raise NothingThere(told)
    if any(kind in MEDICINES for kind in read.kinds):
        here = {kind for kind, file in read.kinds.items() if file.kept and not file.cut}
        absent = [kind for kind in NEEDED if kind not in here]
        if absent:
            raise Incomplete(told, absent)
    told.absent = [kind for kind in MEDICINES if kind not in read.kinds] if read.raw.medicines else []
    told.dangling = _dangling(read.raw)
    _date(told, read, dated, today)
    assert told.dated is not None  # noqa: S101 - _date has just set it
    known = tables()
    before = _before(data, told.dated)
    if read.interplay.rows and not read.interplay.index:
        read.interplay.index, read.index_dated = _index_of(before)

    def build(connection: sqlite3.Connection) -> None:
        schema.create(connection)
        _fill(connection, read, told, known)
        _carry(connection, before, told)
        if not any(part.kind == "medicines" for part in schema.parts(connection)):
            starter.fill(connection)
        advance(total * 9 // 10, total)
        schema.finish(connection, told.dated or today)
        told.parts = schema.parts(connection)

    told.replaced = editions.path_of(data, told.dated).exists()
    told.digest = editions.write(data, told.dated, build).digest
    advance(total, total)
    return told


# ---------------------------------------------------------------- reading


def _chosen(source: Path, told: Loaded, bounds: Bounds) -> Iterator[tuple[Path, str]]:
    """The files to read and what they are; the others are named in the report."""
    kinds: set[str] = set()
    total = 0
    for path in _files(source, told, bounds):
        name = path.relative_to(source).as_posix()
        size = path.stat().st_size
        total += size
        if size > bounds.file_bytes or total > bounds.total_bytes:
            told.left_alone.append(LeftAlone(name, "too_large"))
            continue
        kind = recognised(path, bounds)
        if not kind or kind in kinds:
            told.left_alone.append(LeftAlone(name, "second" if kind else "unknown"))
            continue
        kinds.add(kind)
        yield path, kind


def _files(source: Path, told: Loaded, bounds: Bounds) -> list[Path]:
    """Regular files of the folder and of its folders, in the order of their names; links are not followed."""
    found: list[Path] = []
    folders = [source]
    while folders:
        folder = folders.pop(0)
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                continue
            if path.is_dir() and len(path.relative_to(source).parts) <= 2:
                folders.append(path)
            elif path.is_file():
                if len(found) >= bounds.files:
                    told.left_alone.append(LeftAlone(path.relative_to(source).as_posix(), "too_many_files"))
                    return found
                found.append(path)
    return found


def _take(path: Path, kind: str, read: _Read, told: Loaded, bounds: Bounds) -> None:
    file = FileRead(path.name, kind)
    told.files.append(file)
    read.kinds[kind] = file
    columns: Columns | None = None
    for number, text in lines(path, file, bounds):
        if kind in HEADED and columns is None:
            columns = Columns(text)
            file.lines -= 1
            continue
        try:
            if columns is None:
                read.raw.take(kind, [clean(cell, bounds) for cell in text.split("\t")])
            else:
                row = {name: clean(cell, bounds) for name, cell in columns.row(text).items()}
                _HEADED_TAKERS[kind](read, row)
            file.kept += 1
        except Aside as why:
            file.aside(number, why.code, text, bounds)


def _diagnosis(read: _Read, row: dict[str, str]) -> None:
    match = _ICD.match(row.get("code", ""))
    if match is None:
        raise Aside("not_a_code")
    label = row.get("long", "")
    if not label:
        raise Aside("no_name")
    code = f"{match[1]}.{match[2]}" if match[2] else match[1]
    if code in read.diagnoses:
        raise Aside("twice")
    read.diagnoses[code] = label


_HEADED_TAKERS: dict[str, Callable[[_Read, dict[str, str]], None]] = {
    "thesaurus": lambda read, row: take_interaction(read.interplay, row),
    "index": lambda read, row: take_member(read.interplay, row),
    "diagnoses": _diagnosis,
}


def _dangling(raw: Raw) -> list[Dangling]:
    found = []
    for kind in MEDICINES[1:]:
        lost = sorted({code for code in raw.keys(kind) if code not in raw.medicines})
        if lost:
            found.append(Dangling(kind, len(lost), tuple(lost[:EXAMPLES])))
    return found


def _date(told: Loaded, read: _Read, dated: date | None, today: date) -> None:
    guessed = published_on(read.raw, today)
    if dated is not None:
        told.dated, told.dated_by = dated, "asked"
    elif guessed is not None:
        told.dated, told.dated_by = guessed, "supply"
    else:
        told.dated, told.dated_by = today, "today"


def month_named(name: str) -> date | None:
    """The first day of the month a file name tells ("thesaurusAout2016", "index_substances092019"), or
    None.
    """
    folded = fold(name)
    match = _NAMED_MONTH.search(folded)
    if match is not None:
        return date(int(match[2]), _MONTHS[match[1]], 1)
    match = _NUMBERED_MONTH.search(folded)
    return None if match is None else date(int(match[2]), int(match[1]), 1)


# ---------------------------------------------------------------- writing


def _fill(connection: sqlite3.Connection, read: _Read, told: Loaded, known: Tables) -> None:
    if read.raw.medicines:
        found = medicines(read.raw, known)
        substances = _substances(found, known)
        synonyms = {one.name: one.synonyms for one in known.substances.values()}
        schema.add_medicines(
            connection,
            found,
            substances,
            names(found, substances),
            lines_of(found, lambda name: synonyms.get(name, ()), lambda name: _liked(name, known)),
        )
        connection.executemany("INSERT INTO opinion VALUES (?, ?)", read.raw.opinions.items())
        schema.add_part(connection, Part("medicines", "published", told.dated, len(found)))
    if read.interplay.rows or read.interplay.index:
        made = ready(read.interplay, known)
        told.unlisted = made.unlisted
        if read.interplay.rows:
            schema.add_interactions(connection, made.interactions, made.protagonists)
            dated = month_named(read.kinds["thesaurus"].name)
            schema.add_part(connection, Part("interactions", "published", dated, len(made.interactions)))
        if made.memberships:
            schema.add_memberships(connection, made.memberships)
            index = read.kinds.get("index")
            dated = month_named(index.name) if index is not None else read.index_dated
            schema.add_part(connection, Part("classes", "published", dated, len(made.memberships)))
    if read.diagnoses:
        schema.add_diagnoses(connection, sorted(read.diagnoses.items()))
        dated = month_named(read.kinds["diagnoses"].name)
        schema.add_part(connection, Part("diagnoses", "published", dated, len(read.diagnoses)))


def _liked(name: str, known: Tables) -> int:
    if fold(name) in known.substances:
        return _LIKED
    return _HOMEOPATHIC if HOMEOPATHY in fold(name) else 0


def _substances(found: list[Medicine], known: Tables) -> list[Substance]:
    """What the medicines contain: associations, and each substance alone."""
    by_name: dict[str, list[Medicine]] = defaultdict(list)
    parts: dict[str, tuple[str, ...]] = {}
    for one in found:
        if one.substance:
            by_name[one.substance].append(one)
            parts[one.substance] = tuple(dict.fromkeys(one.substances))
            for part in one.substances:
                by_name.setdefault(part, [])
    return [_substance(name, several, parts.get(name, (name,)), known) for name, several in by_name.items()]


def _substance(name: str, several: list[Medicine], parts: tuple[str, ...], known: Tables) -> Substance:
    sold = [one for one in several if one.marketed] or several
    listed = known.substances.get(fold(name))
    codes = Counter(one.atc for one in sold if one.atc)
    brands = Counter(one.brand for one in sold if is_brand(one))
    papers = Counter(one.paper for one in sold if one.paper)
    poisons = Counter(one.list for one in sold)
    lengths = {limited_to_days(one.conditions) for one in sold}
    return Substance(
        name=name,
        components=parts if len(parts) > 1 else (),
        synonyms=listed.synonyms if listed else (),
        atc=listed.atc if listed and listed.atc else codes.most_common(1)[0][0] if codes else "",
        brands=tuple(brand for brand, _ in brands.most_common(40)),
        family=listed.family if listed else "",
        list=poisons.most_common(1)[0][0] if poisons else "",
        paper=papers.most_common(1)[0][0] if papers else "",
        max_days=lengths.pop() if len(lengths) == 1 else None,
    )


def _before(data: Path, dated: date) -> editions.Found | None:
    """The edition whose publications are carried over: the newest sound one not after this day, else the
    newest.
    """
    sound = [one for one in editions.present(data) if one.sound and _readable(one.path)]
    return next((one for one in sound if one.dated <= dated), sound[0] if sound else None)


def _readable(path: Path) -> bool:
    connection = editions.opened_read_only(path)
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return row is not None and row[0] == str(schema.FORMAT)


def _index_of(before: editions.Found | None) -> tuple[list[tuple[str, str]], date | None]:
    """The index of classes of an edition: (substance, class), and its date."""
    if before is None:
        return [], None
    connection = editions.opened_read_only(before.path)
    try:
        rows = connection.execute("SELECT substance_name, class_name FROM membership").fetchall()
        part = next((part for part in schema.parts(connection) if part.kind == "classes"), None)
    finally:
        connection.close()
    return rows, part.dated if part is not None else None


def _carry(connection: sqlite3.Connection, before: editions.Found | None, told: Loaded) -> None:
    """Copy what this folder did not bring from the edition before."""
    if before is None:
        return
    here = {part.kind for part in schema.parts(connection)}
    connection.commit()
    connection.execute("ATTACH ? AS before", (f"{before.path.absolute().as_uri()}?mode=ro",))
    carried: list[PartKind] = []
    published = "SELECT kind FROM before.part WHERE origin = 'published' ORDER BY kind"
    for (kind,) in connection.execute(published).fetchall():
        if kind in here or kind not in schema.PARTS:
            continue
        for table in schema.PARTS[kind]:
            schema.carry(connection, table)
        connection.execute("INSERT INTO part SELECT * FROM before.part WHERE kind = ?", (kind,))
        carried.append(kind)
    connection.commit()
    connection.execute("DETACH before")
    told.carried = tuple(carried)
