"""A folder between devices: a stick carried by hand, a share on the network.

Law: each device writes only under its own name, whole files, once; what others put there is read as hostile and
never touched. The folder is no witness: nothing in it is signed by a holder but statements and entries, so it
can hide, and cannot lie. Source: docs/format/exchange.md, In a folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.receiving import check_apart
from lanterne.proof.exchange import check_statement
from lanterne.proof.membership import Membership
from lanterne.sync.errors import FolderUnusable, PeerUnknown
from lanterne.sync.peers.folder_delivered import remove_delivered
from lanterne.sync.peers.folder_files import (
    BLOB,
    DEVICE,
    MAX_DEVICES,
    MAX_FILE,
    MAX_FILES,
    NUMBERED,
    folder_errors,
    names_in,
    next_name,
    read_regular,
    read_whole,
    write_raw,
    write_whole,
)
from lanterne.sync.peers.folder_gathering import gather
from lanterne.sync.peers.port import BLOB_PIECE, PeerEntries, PeerGave, PeerHeads, PeerPlaced, Way
from lanterne.sync.skim import skim, without_parts
from lanterne.wire.asking import HeadsAnswer, Range, StatementVerdict, Verdict
from lanterne.wire.blob_lists import BlobList, list_names, sum_names
from lanterne.wire.errors import EntryRefused
from lanterne.wire.exchange import HolderId, MessageRefused, Signed
from lanterne.wire.framing import LENGTH_SIZE, frame, framed_size, read_framed
from lanterne.wire.names import ChainId, DeviceId, Head
from lanterne.wire.statements import MAX_STATEMENT_BYTES, Statement, read_statement

MAX_ENTRIES_SEEN = 5_000_000


class _Lies(NamedTuple):
    """Where an entry lies: its file, where it begins there, its size, its name and the one before it."""

    file: Path
    offset: int
    size: int
    head: Head
    before: Head | None


class ReadBefore(NamedTuple):
    """A file of entries as it was read once: files are written once, so one of the same size and moment is the same."""

    stamp: tuple[int, int]
    lies: tuple[_Lies, ...]
    unread: int

    @property
    def heads(self) -> Iterator[Head]:
        """The entries in it."""
        return (lies.head for lies in self.lies)


class FolderPeer:
    """One folder, as this device finds it when it is asked for heads.

    Args:
        statements: the newest statement known of each device, from anywhere.
        now_ms: milliseconds; which devices hold an active seat.
        before: files read by an earlier peer of this folder, kept by whoever comes back often; brought up to date here.
    """

    way = Way.FOLDER

    def __init__(
        self,
        folder: Path,
        membership: Membership,
        device: DeviceId,
        *,
        statements: Iterable[Signed[Statement]] = (),
        now_ms: int,
        before: dict[Path, ReadBefore] | None = None,
    ) -> None:
        self.id: HolderId | None = None
        self.key: bytes | None = None
        self.sent = self.came = 0
        self.unread = 0
        """Files that were not whole or held no list of entries, and entries that failed a check."""
        self._membership, self._device, self._now = membership, device, now_ms
        self._base = folder / f"lanterne-{membership.practice[:16]}"
        self._known = {one.value.device: one for one in statements}
        self._folder = folder
        self._before = {} if before is None else before
        self._seen: set[Path] = set()
        self._entries: dict[ChainId, dict[int, list[_Lies]]] = {}
        self._names: dict[int, list[str]] | None = None

    # ------------------------------------------------------------------ reading

    def heads(self) -> PeerHeads:
        """See Peer: reads all that is there."""
        with folder_errors():
            if not self._folder.is_dir():
                raise FolderUnusable("the folder is not there")
            self._found()
            self._empty()
            raws = self._look()
        covered = self._covered()
        tips = self._without_holes(self._tips(), covered)
        with folder_errors():
            remove_delivered(self._base / self._device, self._before, covered, self._is_forked)
        return PeerHeads(HeadsAnswer(tips, tuple(raws), 0), covered)

    def _without_holes(self, tips: tuple[Head, ...], covered: tuple[Head, ...]) -> tuple[Head, ...]:
        """The tips but those held here of which the folder lacks what comes before: so it is given that too.

        A device added since, or set back, can take nothing of a chain whose beginning never lay there.
        """
        own = self._known.get(self._device)
        held: dict[ChainId, Head] = {}
        for head in own.value.heads if own is not None else ():
            held[head.chain] = max(head, held.get(head.chain, head))
        reached = {head.chain: head.seq for head in covered}
        shown = []
        for tip in tips:
            numbers, mine = self._entries[tip.chain], held.get(tip.chain)
            first = min(reached.get(tip.chain, 0), tip.seq) + 1
            whole = sum(first <= seq <= tip.seq for seq in numbers) == tip.seq - first + 1
            if whole or mine is None or (mine != tip and mine.seq <= tip.seq):
                shown.append(tip)
        return tuple(shown)

    def _found(self) -> None:
        """Our genesis, so that who finds the folder knows whose it is."""
        path, genesis = self._base / "genesis", self._membership.genesis.raw
        held = read_regular(path, 0, len(genesis) + 1)
        if held is None:
            write_raw(path, genesis)
        elif held != genesis:
            raise FolderUnusable("the folder holds another practice, or a damaged genesis")

    def _empty(self) -> None:
        """Our own files hold no parts of what was emptied any more: each is written anew without them."""
        emptied = self._membership.emptied
        place = self._base / self._device
        names = names_in(place, NUMBERED, "file", MAX_FILES) if emptied and not place.is_symlink() else []
        for name in names:
            data = read_whole(place / name, MAX_FILE)
            try:
                raws = () if data is None else read_framed(data, at_most=MAX_FILE)
            except MessageRefused:
                continue  # not whole: it counts for nothing, and is left as it is
            kept = [without_parts(raw, self._membership.practice, emptied) for raw in raws]
            if kept != list(raws):
                write_whole(place / name, frame(kept))

    def _look(self) -> list[bytes]:
        raws = []
        seen = 0
        for device in names_in(self._base, DEVICE, "folder", MAX_DEVICES):
            place = self._base / device
            raw = read_whole(place / "heads", MAX_STATEMENT_BYTES + 32)
            if raw is not None:
                raws.append(raw)
                self.came += len(raw)
                self._remember(raw)
            for name in names_in(place, NUMBERED, "file", MAX_FILES):
                seen += self._index(place / name)
                if seen > MAX_ENTRIES_SEEN:
                    raise FolderUnusable("the folder holds too much", limit=MAX_ENTRIES_SEEN)
        for gone in set(self._before) - self._seen:
            del self._before[gone]
        return raws

    def _remember(self, raw: bytes) -> None:
        try:
            said = read_statement(raw)
            check_statement(said, self._membership)
        except MessageRefused:
            return
        held = self._known.get(said.value.device)
        if held is None or said.value.number > held.value.number:
            self._known[said.value.device] = said

    def _index(self, path: Path) -> int:
        """How many entries a file holds."""
        try:
            stat = path.lstat()
        except FileNotFoundError:
            return 0  # its device gathered it into another meanwhile
        stamp = (stat.st_size, stat.st_mtime_ns)
        held = self._before.get(path)
        if held is None or held.stamp != stamp:
            held = self._read(path, stamp)
        self._seen.add(path)
        self.unread += held.unread
        for lies in held.lies:
            self._add(lies)
        return len(held.lies) + held.unread

    def _read(self, path: Path, stamp: tuple[int, int]) -> ReadBefore:
        data = read_whole(path, MAX_FILE)
        self.came += 0 if data is None else len(data)
        try:
            entries = () if data is None else read_framed(data, at_most=MAX_FILE)
        except MessageRefused:
            entries = ()
        found: list[_Lies] = []
        unread, at, certain = 0 if entries else 1, 0, bool(entries)
        for raw in entries:
            passes = self._passes(raw)
            skimmed = skim(raw, self._membership.practice) if passes is not False else None
            if skimmed is None:
                unread += 1
            else:
                found.append(_Lies(path, at + LENGTH_SIZE, len(raw), skimmed.head, skimmed.before))
            certain = certain and passes is not None
            at += framed_size(raw)
        read = ReadBefore(stamp, tuple(found), unread)
        if certain:
            self._before[path] = read
        return read

    def _passes(self, raw: bytes) -> bool | None:
        """E1–E11; an altered entry counts for nothing, or nobody would put the true one beside it.

        None for one by a seat not known yet (E7), or emptied by an act not known yet (E21): another that lies here may
        tell.
        """
        try:
            check_apart(raw, self._membership)
        except EntryRefused as refused:
            return None if refused.check in ("E7", "E21") else False
        return True

    def _add(self, lies: _Lies) -> None:
        here = self._entries.setdefault(lies.head.chain, {}).setdefault(lies.head.seq, [])
        for place, one in enumerate(here):
            if one.head == lies.head:
                if lies.size > one.size:  # with its parts, where an act that fell took those of the other
                    here[place] = lies
                return
        here.append(lies)

    def _tips(self) -> tuple[Head, ...]:
        tips = []
        for numbers in self._entries.values():
            every = [lies for here in numbers.values() for lies in here]
            followed = {lies.before for lies in every}
            tips += [lies.head for lies in every if lies.head not in followed]
        return tuple(sorted(tips))

    def _covered(self) -> tuple[Head, ...]:
        """What every other active device said it holds; nothing while one of them was never heard."""
        membership = self._membership
        others = {seat.device for seat in membership.seats if membership.is_active(seat.id, self._now)} - {
            self._device
        }
        said = [self._known.get(device) for device in others]
        if not said or any(one is None for one in said):
            return ()
        lowest: dict[ChainId, Head] | None = None
        for one in said:
            newest: dict[ChainId, Head] = {}
            for head in one.value.heads if one is not None else ():
                newest[head.chain] = max(head, newest.get(head.chain, head))
            if lowest is None:
                lowest = newest
            else:
                lowest = {
                    chain: min(head, newest[chain]) for chain, head in lowest.items() if chain in newest
                }
        return tuple(sorted((lowest or {}).values()))

    def entries(self, ranges: Sequence[Range], most_bytes: int) -> PeerEntries:
        """See Peer."""
        found: list[bytes] = []
        size = 0
        with folder_errors():
            for one in ranges:
                numbers = self._entries.get(one.chain, {})
                for seq in sorted(numbers):
                    if seq <= one.after or (one.to is not None and seq > one.to):
                        continue
                    here = numbers[seq]
                    grown = size + sum(LENGTH_SIZE + lies.size for lies in here)
                    if found and grown > most_bytes:
                        return PeerEntries(tuple(found), True)
                    size = grown
                    for lies in here:
                        raw = read_regular(lies.file, lies.offset, lies.size)
                        if raw:
                            found.append(raw)
        return PeerEntries(tuple(found), False)

    # ------------------------------------------------------------------ writing

    def give(self, raws: Sequence[bytes]) -> PeerGave:
        """See Peer: one more file under our own name, with what does not lie there yet."""
        place = self._base / self._device
        there = [self._lies_there(raw) for raw in raws]
        fresh = [raw for raw, lies in zip(raws, there, strict=True) if not lies]
        if fresh:
            with folder_errors():
                self._own()
                path = place / next_name(names_in(place, NUMBERED, "file", MAX_FILES))
                data = frame(fresh)
                write_whole(path, data)
            self.sent += len(data)
        return PeerGave(tuple(int(Verdict.HELD if lies else Verdict.KEPT) for lies in there))

    def _lies_there(self, raw: bytes) -> bool:
        skimmed = skim(raw, self._membership.practice)
        if skimmed is None:
            return False
        here = self._entries.get(skimmed.head.chain, {}).get(skimmed.head.seq, [])
        return any(lies.head == skimmed.head and lies.size >= len(raw) for lies in here)

    def state(self, statement: bytes) -> StatementVerdict:
        """See Peer: only our own is written; every device writes its own."""
        if read_statement(statement).value.device != self._device:
            return StatementVerdict.HELD
        with folder_errors():
            self._own()
            write_whole(self._base / self._device / "heads", statement)
            gather(self._base / self._device)
        self.sent += len(statement)
        return StatementVerdict.KEPT

    def _is_forked(self, chain: ChainId) -> bool:
        """Whether two branches of it lie here, or were said to be held by anybody."""
        if any(len(here) > 1 for here in self._entries.get(chain, {}).values()):
            return True
        said = ([head for head in one.value.heads if head.chain == chain] for one in self._known.values())
        return any(len(heads) > 1 for heads in said)

    def _own(self) -> None:
        place = self._base / self._device
        if place.is_symlink():
            raise FolderUnusable("a link stands where this device writes")

    def since(self, after: int, most_bytes: int) -> PeerPlaced:
        """See Peer: a folder has no order of arrival."""
        raise PeerUnknown("a folder keeps no order", after=after, most_bytes=most_bytes)

    # ------------------------------------------------------------------ documents

    def _blobs(self) -> dict[int, list[str]]:
        if self._names is None:
            self._names = {}
            with folder_errors():
                for name in names_in(self._base / "blobs", BLOB, "file", MAX_FILES):
                    self._names.setdefault(int(name[:2], 16), []).append(name)
        return self._names

    def sums(self) -> bytes:
        """See Peer."""
        return sum_names(name for names in self._blobs().values() for name in names)

    def blobs(self, firsts: bytes) -> BlobList:
        """See Peer."""
        return list_names(self._blobs(), firsts)

    def blob(self, name: str, offset: int) -> tuple[bytes, int]:
        """See Peer."""
        path = self._base / "blobs" / name
        with folder_errors():
            data = read_regular(path, offset, BLOB_PIECE)
            total = path.lstat().st_size if data is not None else 0
        if data is None:
            raise PeerUnknown("the document is not in the folder", blob=name)
        self.came += len(data)
        return data, total

    def keep(self, name: str, offset: int, data: bytes, total: int) -> tuple[int, bool]:
        """See Peer: pieces are put together under our own name, the whole then renamed."""
        coming = self._base / self._device / f"{name}.blob"
        with folder_errors():
            self._own()
            held = read_size(coming)
            if offset != held:
                return held, False
            coming.parent.mkdir(exist_ok=True)
            if held + len(data) < total:
                if coming.is_symlink():
                    coming.unlink()
                with coming.open("ab") as stream:
                    stream.write(data)
                return held + len(data), False
            whole = (read_regular(coming, 0, held) or b"") + data
            if hashlib.sha256(whole).hexdigest() == name:
                write_raw(self._base / "blobs" / name, whole)
            coming.unlink(missing_ok=True)
        self.sent += total
        return (total, True) if hashlib.sha256(whole).hexdigest() == name else (0, False)

    def drop(self, name: str) -> None:
        """See Peer: whoever knows the act removes it; who laid it there is not known."""
        with folder_errors():
            path = self._base / "blobs" / name
            if read_regular(path, 0, 1) is not None:
                path.unlink()
        if self._names is not None:
            self._names[int(name[:2], 16)] = [
                one for one in self._names.get(int(name[:2], 16), []) if one != name
            ]

    def close(self) -> None:
        """See Peer: nothing is held open."""


def read_size(path: Path) -> int:
    """Size of a regular file, 0 for anything else."""
    data = path.lstat() if path.exists() and not path.is_symlink() else None
    return data.st_size if data is not None and path.is_file() else 0
