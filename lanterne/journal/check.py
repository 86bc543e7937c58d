"""Checking a whole data directory: every file that matters, bit by bit.

Law: a single flipped bit anywhere but in `read/`, locks and logs is found and named. Small files with a whole
copy are healed, and the healing is a fault reported; a damaged document is marked, so that it is fetched again.
Nothing else is changed. With a keyring, every part it
can read is opened too. Source: docs/format/store.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lanterne.journal import latest
from lanterne.journal.blobs import Blobs
from lanterne.journal.boxes import MAX_BOXED
from lanterne.journal.check_streams import StreamCheck
from lanterne.journal.early import MAX_FILE as MAX_EARLY_FILE
from lanterne.journal.early import read_bundle
from lanterne.journal.errors import BlobDamaged, NoPractice, SmallFileDamaged
from lanterne.journal.files import BESIDE, Files, OsFiles, replace_small_file
from lanterne.journal.first_copy import read_list
from lanterne.journal.identity import format_text
from lanterne.journal.layout import ASIDE, DAMAGED, SECOND, Layout, second
from lanterne.journal.local import MAX_LOCAL, sealed_part
from lanterne.journal.pairing import read_pairing
from lanterne.journal.receiving import check_apart
from lanterne.journal.report import Fault, Note, Report
from lanterne.journal.reserve import RESERVE_BYTES
from lanterne.journal.small_files import read_twice
from lanterne.journal.unlock_limit import CounterDamaged, decode
from lanterne.journal.vouched import opened
from lanterne.proof.genesis import read_genesis
from lanterne.proof.membership import Membership
from lanterne.seal.device import read_device_file
from lanterne.seal.keyring import Keyring
from lanterne.seal.unlock import read_seat_card
from lanterne.wire.entry import MAX_ENTRY_BYTES
from lanterne.wire.errors import EntryRefused, LanterneError
from lanterne.wire.names import PracticeId, SeatId, Stream

__all__ = ["Fault", "Note", "Report", "check_store", "heal_small_files"]

_LOCAL = frozenset(
    {
        "unlock",
        "clock",
        "pairing",
        "first",
        "joining",
        "watched",
        "watching",
        "carrying",
        "going",
        "nudge",
        "ways",
        "ways2",
    }
)
_KNOWN = re.compile(
    r"(relay|own|authorities|(?:statement|relay)-[0-9a-f]{32}|(?:alarm|seen)-L[1-6]-[0-9a-f]{32})2?"
)
OUTSIDE = frozenset({"lock", "read", "logs"})
"""What the promise leaves out: the lock, the read tables (checked against a re-fold), logs."""


def heal_small_files(root: Path, *, files: Files | None = None) -> list[Fault]:
    """Compare both copies of every small file; replace the wrong one; one fault for each that was or stays
    wrong.

    Raises:
        NoPractice: there is no genesis in this directory.
    """
    files, layout, report = files or OsFiles(), Layout(root), Report()
    with files.lock(layout.lock):
        _heal_all(layout, files, report)
    return report.faults


def check_store(root: Path, keyring: Keyring | None = None, *, files: Files | None = None) -> Report:
    """Check everything in a data directory; see the law above.

    Run it before opening the journal: opening heals what can be healed, and then there is nothing left to
    report.

    Raises:
        NoPractice: there is no genesis in this directory.
        OSError: a file cannot be read at all.
    """
    files, layout, report = files or OsFiles(), Layout(root), Report()
    with files.lock(layout.lock):
        genesis = _heal_all(layout, files, report)
    if genesis is None:
        return report
    streams = StreamCheck(layout, Membership.found(genesis), files, keyring, report)
    streams.run()
    _check_apart(layout, files, streams.membership, report)
    _check_early(layout, files, streams.membership, report)
    _check_blobs(layout, files, report)
    _check_local(layout, files, report)
    _check_known(layout, files, report)
    _check_reserve(layout, files, report)
    _check_names(layout, files, report)
    report.faults.sort()
    report.notes.sort()
    return report


# ---------------------------------------------------------------------- small files


def _heal_all(layout: Layout, files: Files, report: Report) -> bytes | None:
    if files.size(layout.genesis) is None and files.size(second(layout.genesis)) is None:
        raise NoPractice("there is no practice in this directory")
    genesis = _heal(layout, files, layout.genesis, read_genesis, report)
    if genesis is None:
        return None
    practice = read_genesis(genesis).practice

    def is_format(data: bytes) -> None:
        if data != format_text(practice):
            raise ValueError("another practice, or a newer format")

    _heal(layout, files, layout.format, is_format, report)
    _heal(layout, files, layout.device, lambda data: read_device_file(data, practice), report, needed=False)
    for seat in sorted({name.removesuffix(SECOND) for name in files.listing(layout.seats)}):
        if seat.endswith(".seat"):
            _heal(layout, files, layout.seats / seat, _card_of(practice, SeatId(seat[:-5])), report)
    return genesis


def _card_of(practice: PracticeId, seat: SeatId) -> Callable[[bytes], object]:
    def check(data: bytes) -> None:
        card = read_seat_card(data)
        if card.seat != seat or card.practice != practice:
            raise ValueError("the file of another seat")

    return check


def _heal(
    layout: Layout,
    files: Files,
    path: Path,
    check: Callable[[bytes], object],
    report: Report,
    *,
    needed: bool = True,
) -> bytes | None:
    name = path.relative_to(layout.root).as_posix()
    try:
        found = read_twice(files, path, check)
    except SmallFileDamaged:
        report.fault(name, "", "small_file_damaged", "damaged in both copies")
        return None
    if found is None:
        if needed:
            report.fault(name, "", "small_file_missing", "both copies are missing")
        return None
    for copy in found.wrong:
        healed = True
        try:
            replace_small_file(files, copy, found.data)
        except LanterneError:
            healed = False
        meaning = (
            "was damaged; replaced by its whole copy" if healed else "is damaged, and could not be replaced"
        )
        report.fault(
            copy.relative_to(layout.root).as_posix(), "", "small_file_damaged", meaning, healed=healed
        )
    return found.data


# ---------------------------------------------------------------------- the rest


def _check_apart(layout: Layout, files: Files, membership: Membership, report: Report) -> None:
    for name in files.listing(layout.apart):
        if name.endswith(BESIDE):
            continue
        try:
            entry = check_apart(files.read(layout.apart / name, 0, MAX_ENTRY_BYTES + 1), membership)
            if entry.head.hash != name:
                raise EntryRefused("E11", "its name is not its hash")
        except EntryRefused as refused:
            report.fault(f"journal/apart/{name}", "", "entry_refused", str(refused))
        else:
            report.note(f"journal/apart/{name}", "", "waits", "E12: waits for the entry before it")


def _check_early(layout: Layout, files: Files, membership: Membership, report: Report) -> None:
    """What a first copy fetched ahead: a file that does not verify holds nothing that does not come again."""
    for name in files.listing(layout.early):
        if name.endswith(BESIDE):
            continue
        raws = read_bundle(files.read(layout.early / name, 0, MAX_EARLY_FILE + 32))
        try:
            count = len([check_apart(raw, membership) for raw in raws or ()])
        except EntryRefused:
            raws = None
        if raws is None:
            report.fault(
                f"journal/early/{name}", "", "early_damaged", "came ahead in a first copy; comes again"
            )
        else:
            report.note(
                f"journal/early/{name}", "", "waits", f"E12: {count} wait for the entries before them"
            )


def _check_blobs(layout: Layout, files: Files, report: Report) -> None:
    blobs = Blobs(layout, files, lambda _: b"")
    for name in blobs.every_name():
        report.blobs += 1
        try:
            blobs.verify(name)
        except BlobDamaged:
            path = layout.blob(name).relative_to(layout.root).as_posix()
            report.fault(path, "", "blob_damaged", "its bytes are not those of its name")


def _check_local(layout: Layout, files: Files, report: Report) -> None:
    if files.size(layout.unlock) is not None:
        try:
            decode(files.read(layout.unlock))
        except CounterDamaged as error:
            report.fault("local/unlock", "", "counter_damaged", f"{error}; it is taken for the worst")
    if files.size(layout.clock) is not None:
        try:
            latest.decode(files.read(layout.clock))
        except latest.ClockDamaged as error:
            report.fault("local/clock", "", "clock_damaged", f"{error}; the latest time seen is forgotten")
    if files.size(layout.first) is not None and read_list(layout, files) is None:
        report.fault("local/first", "", "first_damaged", "what was to come first comes in its turn")
    if files.size(layout.pairing) is not None and read_pairing(layout, files) is None:
        report.fault("local/pairing", "", "pairing_damaged", "begin adding this device anew")
    if files.size(layout.going) is not None and opened(files.read(layout.going)) is None:
        report.note("local/going", "", "going_damaged", "how the exchange goes is told anew")
    for seat in files.listing(layout.local):
        folder = layout.local / seat
        if not files.is_directory(folder):
            continue
        most = MAX_BOXED if folder == layout.boxes else MAX_LOCAL + 1024
        for name in files.listing(folder):
            if not name.endswith(BESIDE) and sealed_part(files.read(folder / name, 0, most)) is None:
                report.fault(
                    f"local/{seat}/{name}", "", "local_file_damaged", "a draft or counter is damaged"
                )


def _check_known(layout: Layout, files: Files, report: Report) -> None:
    """What holders said, and the ways to them, in two copies, each followed by its SHA-256.

    A wrong copy is replaced by the whole one. A second one that is older, or not there yet, is no damage: the machine
    stopped between the two.
    """
    found = [_KNOWN.fullmatch(name) for name in files.listing(layout.known)]
    paths = [layout.known / name for name in sorted({one[1] for one in found if one is not None})]
    if any(files.size(copy) is not None for copy in (layout.ways, second(layout.ways))):
        paths.append(layout.ways)
    for path in paths:
        copies = {
            copy: files.read(copy) if files.size(copy) is not None else b"" for copy in (path, second(path))
        }
        whole = [data for data in copies.values() if opened(data) is not None]
        first, later = copies.values()
        behind = bool(whole) and whole[0] == first and (not later or later in whole)
        for copy, data in copies.items():
            if whole and data == whole[0]:
                continue
            with suppress(LanterneError):
                if whole:
                    replace_small_file(files, copy, whole[0])
            healed = bool(whole) and files.size(copy) == len(whole[0]) and files.read(copy) == whole[0]
            if behind and healed:
                continue
            report.fault(
                copy.relative_to(layout.root).as_posix(),
                "",
                "small_file_damaged",
                "is damaged",
                healed=healed,
            )


def _check_reserve(layout: Layout, files: Files, report: Report) -> None:
    if files.size(layout.reserve) is None:
        report.note(
            "journal/reserve", "", "reserve_missing", "traces have no reserve should the disk be full"
        )
    elif files.read(layout.reserve) != bytes(RESERVE_BYTES):
        report.fault(
            "journal/reserve", "", "reserve_damaged", "the reserve is not as it was made; nothing is lost"
        )


def _check_names(layout: Layout, files: Files, report: Report) -> None:
    """Every file is one we know: what nobody reads, nobody checks."""
    for path in _walk(layout.root, files, OUTSIDE):
        name = path.relative_to(layout.root).as_posix()
        if name.endswith(BESIDE):
            report.note(name, "", "left_over", "a small file or document that was never finished")
        elif not _is_known(name):
            report.fault(name, "", "unknown_file", "no part of a data directory")


def _walk(folder: Path, files: Files, outside: frozenset[str] = frozenset()) -> list[Path]:
    found = []
    for name in files.listing(folder):
        path = folder / name
        if name not in outside:
            found += _walk(path, files) if files.is_directory(path) else [path]
    return found


def _is_known(name: str) -> bool:
    top, _, rest = name.partition("/")
    if not rest:
        return name in {"format", "format2", "genesis", "genesis2"}
    if top == "journal":
        return _is_journal(rest)
    if top == "blobs":
        pieces = rest.split("/")
        if len(pieces) == 1 and rest.endswith((DAMAGED, ASIDE)):
            return len(rest.removesuffix(DAMAGED).removesuffix(ASIDE)) == 64
        return (
            len(pieces) == 2
            and len(pieces[1]) == 64
            and pieces[1].startswith(pieces[0])
            and len(pieces[0]) == 2
        )
    if top == "seats":
        seat = rest.removesuffix(SECOND)
        return seat.endswith(".seat") and len(seat) == 37
    if top == "known":
        return _KNOWN.fullmatch(rest) is not None
    if top == "device":
        return rest in {"key", "key2"}
    return top == "local" and (rest in _LOCAL or rest.count("/") == 1)


def _is_journal(rest: str) -> bool:
    folder, _, name = rest.partition("/")
    if not name:
        return rest in {"reserve", "reranking"}
    if folder in {stream.name.lower() for stream in Stream}:
        return name == "index" or (len(name) == 12 and name.endswith(".seg") and name[:8].isdigit())
    if folder == "early":
        return len(name) == 8 and name.isdigit()
    return folder in {"torn", "apart"}
