"""A new device joins from its own screen: what it answered, how its messages travel, and how far it is.

Law: `local/joining` stands from before the first file of the practice until the admission is in the journal, so that a
crash or a reload at any step goes on from there; nothing is removed but what this joining wrote and nobody admitted.
It holds no secret: the passphrase is used to seal and forgotten. Source: docs/format/exchange.md, "A new device" and
"Boxes".
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from pathlib import Path

from lanterne.journal.boxes import BoxTaken, box_of
from lanterne.journal.errors import JournalBusy, JournalError, PracticeExists
from lanterne.journal.files import Files, OsFiles, disk_errors, replace_small_file
from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal
from lanterne.journal.layout import SECOND, Layout
from lanterne.journal.pairing import Finished, PairingForeign, PairingStale, finish, join, read_pairing
from lanterne.journal.pairing_messages import MAX_SMALL
from lanterne.journal.vouched import closed, opened
from lanterne.sync.errors import PeerError, PeerUnknown
from lanterne.sync.going import nudge
from lanterne.sync.invitation import MOST_TEXT, read_invitation
from lanterne.sync.pairing_ways import FolderWay, HttpWay, PairingWay, only_box
from lanterne.sync.relay_file import read_relay_file
from lanterne.sync.ways import MOST_PATH, checked_folder, keep_device, keep_folder, keep_relay, read_ways
from lanterne.wire import packing
from lanterne.wire.errors import LanterneError
from lanterne.wire.exchange import FORMAT, Fields, MessageRefused
from lanterne.wire.pairing_box import BOX, BOX_SIGNS, BoxName

_MOST = 64 * 1024
_MOST_NAME = 400
_ENDING = (PeerUnknown, BoxTaken, PairingForeign)
"""After these there is nothing to wait for: it is begun anew."""


class NotEmpty(JournalError):
    """A practice is joined in a directory of its own: there are other files in this one."""

    word = "joining.not_empty"


class How(Enum):
    """How the messages travel."""

    NETWORK = "network"
    FOLDER = "folder"
    FILES = "files"


class Step(Enum):
    """What is waited for on the new device."""

    ANSWER = "answer"
    """That the trusted device takes the request."""
    CODE = "code"
    """That the code shown here is typed there."""
    ADMITTED = "admitted"


@dataclass(frozen=True, slots=True)
class Kept:
    """`local/joining`. `where`: the invitation or the folder; `reveal`: the first answer, "" before it came."""

    how: How
    where: str
    box: BoxName
    name: str
    reveal: bytes = b""

    def pack(self) -> bytes:
        """As it is kept, followed by its SHA-256."""
        packed = packing.encode(
            {
                "format": FORMAT,
                "way": self.how.value,
                "where": self.where,
                "box": self.box,
                "name": self.name,
                "reveal": self.reveal,
            }
        )
        return closed(packed)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far it is. `trouble`: what hinders the carrying; `over`: it can only be begun anew."""

    step: Step
    kept: Kept
    code: str = ""
    trouble: LanterneError | None = None
    over: bool = False


class Joining:
    """The joining of one data directory. `now_ms` is the machine's clock in milliseconds."""

    def __init__(
        self,
        root: Path,
        *,
        now_ms: Callable[[], int],
        random: Callable[[int], bytes] = secrets.token_bytes,
        files: Files | None = None,
    ) -> None:
        self._root, self._layout, self._files = root, Layout(root), files or OsFiles()
        self._now_ms, self._random = now_ms, random

    # ------------------------------------------------------------------ beginning

    def begun(self) -> bool:
        """Whether a request was made and its admission is awaited."""
        return self._kept() is not None and self._has_practice()

    def check_empty(self) -> None:
        """Raises NotEmpty, PracticeExists in other words: nothing but a joining that came to nothing may lie here."""
        if self._has_practice() or any(self._foreign()):
            raise NotEmpty("there are other files in this directory", path=str(self._root))

    def begin_by_network(self, invitation: str, *, name: str, passphrase: str) -> None:
        """Fetch the offer from its box, answer it, lay the request down.

        Raises:
            InvitationUnreadable, PeerError, BoxTaken; and what `pairing.join` raises. Nothing was written, but when
            the request could not be laid down: then it is tried again by `standing`.
        """
        read = read_invitation(invitation)
        self.check_empty()
        way = HttpWay(read)
        self._begin(way.offer(), Kept(How.NETWORK, invitation, read.box, name), passphrase)

    def begin_by_folder(self, folder: str, *, name: str, passphrase: str) -> None:
        """The same by a folder, in which one offer lies. Raises as `begin_by_network`, and FolderUnusable."""
        self.check_empty()
        checked_folder(self._root, Path(folder))
        box = only_box(Path(folder), self._files, self._now_ms())
        way = FolderWay(Path(folder), self._files, box, self._now_ms())
        self._begin(way.offer(), Kept(How.FOLDER, folder, box, name), passphrase)

    def begin_by_file(self, offer: bytes, *, name: str, passphrase: str) -> None:
        """The same with an offer somebody brought. Raises what `pairing.join` raises."""
        self.check_empty()
        self._begin(offer, Kept(How.FILES, "", box_of(sha256(offer).digest()), name), passphrase)

    def _begin(self, offer: bytes, kept: Kept, passphrase: str) -> None:
        self.check_empty()  # again: the offer may have taken a while to come
        if self._kept() is not None:
            self._clear()  # one that broke off before there was a practice
        with disk_errors("beginning to join"):
            self._files.make_directories(self._layout.local)
        replace_small_file(self._files, self._layout.joining, kept.pack())
        try:
            join(
                self._root,
                offer,
                label=kept.name,
                passphrase=passphrase,
                now_ms=self._now_ms(),
                random=self._random,
                files=self._files,
            )
        except (PracticeExists, JournalBusy):
            # Somebody founds a practice here meanwhile: nothing of it is this joining's. Or another program joins here,
            # or nothing but the lock hindered: what was asked stands, and it goes on from there.
            if read_pairing(self._layout, self._files) is None:
                self._end()
            raise
        except LanterneError:
            self._clear()
            raise

    # ------------------------------------------------------------------ going on

    def standing(self) -> Standing | None:
        """How far it is, after a look for an answer; None when nothing was begun, or all is over.

        Raises:
            JournalError: the disk. What hinders the carrying alone is in `trouble`.
        """
        kept = self._kept()
        if kept is None or not self._has_practice():
            return None
        if read_pairing(self._layout, self._files) is None:
            if not self._admitted():
                damaged = PairingStale("what was asked is damaged")
                return Standing(Step.ANSWER, kept, trouble=damaged, over=True)
            self._end()  # everything promised came before a crash
            return None
        try:
            return self._look(kept)
        except (PeerError, JournalError) as error:
            return self._shown(kept, trouble=error, over=isinstance(error, _ENDING))

    def _look(self, kept: Kept) -> Standing:
        way = self._way(kept)
        if way is None:
            return self._shown(kept)
        asked = read_pairing(self._layout, self._files)
        if asked is None:
            raise PairingStale("what was asked is damaged")
        answer = way.answer()
        if answer is None:
            way.ask(asked[3])
            return self._shown(kept)
        try:
            return self._answered(kept, answer)
        except PairingForeign:
            way.ask(asked[3])  # raises BoxTaken when the answer is to somebody who came first
            raise

    def bring(self, answer: bytes) -> Standing | None:
        """An answer somebody brought. Raises PairingUnreadable, PairingForeign, PairingStale, and for the disk."""
        kept = self._kept()
        if kept is None:
            raise PairingStale("nothing was begun here")
        return self._answered(kept, answer)

    def request(self) -> bytes | None:
        """The request, to be carried by hand."""
        asked = read_pairing(self._layout, self._files) if self.begun() else None
        return None if asked is None else asked[3]

    def _answered(self, kept: Kept, answer: bytes) -> Standing:
        journal = Journal.open(self._root, files=self._files)
        done = finish(journal, answer)
        if not done.admitted:
            if kept.reveal != answer:
                kept = replace(kept, reveal=answer)
                replace_small_file(self._files, self._layout.joining, kept.pack())
            return Standing(Step.CODE, kept, done.code)
        self._keep_ways(journal, kept, done)
        self._end()
        nudge(journal)
        return Standing(Step.ADMITTED, kept, done.code)

    def _end(self) -> None:
        with disk_errors("ending the joining"):
            self._files.remove(self._layout.joining)
            self._files.fsync_directory(self._layout.local)

    def _keep_ways(self, journal: Journal, kept: Kept, done: Finished) -> None:
        """It goes on exchanging the way it joined, and by the relay the offer named."""
        if done.relay is not None:
            # A relay that cannot be read is none: it is given anew in the settings.
            with suppress(MessageRefused):
                keep_relay(journal, read_relay_file(done.relay))
        if kept.how is How.NETWORK:
            invitation = read_invitation(kept.where)
            relay = read_ways(journal).relay
            if relay is None or relay.url.rstrip("/") != invitation.url:
                keep_device(journal, invitation.address)
        elif kept.how is How.FOLDER:
            keep_folder(journal, Path(kept.where))

    def _shown(self, kept: Kept, *, trouble: LanterneError | None = None, over: bool = False) -> Standing:
        """What is known without looking anew: the code stays on the screen while the other side is away."""
        if not kept.reveal:
            return Standing(Step.ANSWER, kept, trouble=trouble, over=over)
        code = finish(Journal.open(self._root, files=self._files), kept.reveal).code
        return Standing(Step.CODE, kept, code, trouble, over)

    def _way(self, kept: Kept) -> PairingWay | None:
        if kept.how is How.NETWORK:
            return HttpWay(read_invitation(kept.where))
        if kept.how is How.FOLDER:
            return FolderWay(Path(kept.where), self._files, kept.box, self._now_ms())
        return None

    # ------------------------------------------------------------------ giving up

    def give_up(self) -> None:
        """Remove what this joining wrote, so that it can be begun anew. Raises NotEmpty: somebody admitted it."""
        kept = self._kept()
        if kept is None:
            raise NotEmpty("nothing was begun here, or it is admitted", path=str(self._root))
        if self._has_practice() and self._admitted():
            raise NotEmpty("this device was admitted", path=str(self._root))
        self._clear()

    def _admitted(self) -> bool:
        """Whether the journal admits this device; when what it asked is damaged, its device file tells."""
        journal = Journal.open(self._root, files=self._files)
        asked = read_pairing(self._layout, self._files)
        if asked is not None:
            return journal.membership.is_admitted(asked[1].seat.id)
        return read_device(journal).id in journal.membership.devices

    def _clear(self) -> None:
        """What a joining writes, and nothing else; the directory itself stays."""
        with disk_errors("giving a joining up"):
            for path in sorted(self._root.iterdir()):
                if path.name in _OURS:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    # ------------------------------------------------------------------ files

    def _has_practice(self) -> bool:
        genesis = self._layout.genesis
        return (
            self._files.size(genesis) is not None
            or self._files.size(genesis.with_name("genesis2")) is not None
        )

    def _foreign(self) -> list[str]:
        """What lies here and is no beginning of a joining."""
        if not self._root.exists():
            return []
        if self._kept() is None:
            return [path.name for path in self._root.iterdir()]
        return [path.name for path in self._root.iterdir() if path.name not in _OURS]

    def _kept(self) -> Kept | None:
        """`local/joining`, None when there is none; a damaged one is taken for a joining carried by hand."""
        path = self._layout.joining
        with disk_errors("reading how a joining stands"):
            size = self._files.size(path)
            data = b"" if size is None else self._files.read(path, 0, _MOST)
        if size is None:
            return None
        try:
            return _read_kept(data)
        except (MessageRefused, ValueError):
            asked = read_pairing(self._layout, self._files)
            box = box_of(sha256(b"" if asked is None else asked[2]).digest())
            return Kept(How.FILES, "", box, "")


def _read_kept(data: bytes) -> Kept:
    """Raises MessageRefused, ValueError."""
    packed = opened(data)
    if packed is None:
        raise ValueError("damaged")
    fields = Fields.unpack(packed, "joining", at_most=_MOST)
    fields.format()
    box = fields.text("box", BOX_SIGNS)
    if not BOX.fullmatch(box):
        raise ValueError("no box")
    return Kept(
        How(fields.text("way", 16)),
        fields.text("where", max(MOST_TEXT, MOST_PATH)),
        BoxName(box),
        fields.text("name", _MOST_NAME),
        fields.octets("reveal", at_most=MAX_SMALL),
    )


_OURS = frozenset(
    {"device", "format", "genesis", "journal", "known", "local", "lock", "seats", "read", "blobs", "logs"}
    | {f"{name}{SECOND}" for name in ("format", "genesis")}
)
"""What a joining may have written before it was admitted."""
