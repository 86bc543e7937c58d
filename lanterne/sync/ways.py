"""By which ways this device exchanges: its relay, its folders, other devices by their address, and whether it listens.

Law: one setting a device, in clear (docs/format/store.md, `local/ways`; the relay: `known/relay`), durable when a
function here returns. A damaged file is never taken for "none": `Ways.damaged` names it, and what can be read goes
on. Opens nothing. Who may change it is decided by whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from lanterne.journal.files import Files
from lanterne.journal.journal import Journal
from lanterne.sync.errors import KnownDamaged
from lanterne.sync.keeping import keep_file, read_file
from lanterne.sync.known import Known
from lanterne.sync.relay_file import RelayFile, read_relay_file
from lanterne.wire import packing
from lanterne.wire.errors import LanterneError
from lanterne.wire.exchange import FORMAT, Fields, MessageRefused

MOST_FOLDERS = 16
MOST_DEVICES = 32
MOST_PATH = 1_000
MOST_ADDRESS = 300
MOST_BYTES = 256 * 1024
PORTS = 1 << 16


class WayError(LanterneError):
    """This way cannot be kept. `word` becomes the error's code."""

    word: ClassVar[str] = "ways.error"

    def __init__(self, sentence: str, /, **params: object) -> None:
        super().__init__(self.word, sentence, **params)


class NotAnAddress(WayError):
    """Neither `HOST:PORT` nor an http(s) address."""

    word = "ways.address"


class NotAFolder(WayError):
    """A folder's path that is too long, or not whole, or inside the practice's own data."""

    word = "ways.folder"


class NotAPort(WayError):
    """A port that is no number from 0 to 65,535."""

    word = "ways.port"


class TooManyWays(WayError):
    """More folders or devices than are kept."""

    word = "ways.too_many"


@dataclass(frozen=True, slots=True)
class Ways:
    """Every way of this device.

    Attributes:
        relay: None when the practice has none here.
        folders: whole paths, in the order they were added; a stick that is not plugged in stays in the list.
        devices: `HOST:PORT`, or an http(s) address.
        listen: the port other devices of the local network reach this one at; 0 when it does not listen.
        damaged: files whose both copies are damaged ("ways", "relay"): what they said is unknown, not "none".
    """

    relay: RelayFile | None = None
    folders: tuple[Path, ...] = ()
    devices: tuple[str, ...] = ()
    listen: int = 0
    damaged: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return bool(self.relay or self.folders or self.devices or self.listen)


def read_ways(journal: Journal) -> Ways:
    """What is kept. Raises DiskFailed when the disk does not let itself be read, nothing else."""
    known = Known(journal)
    relay = None
    damaged = []
    try:
        relay = known.relay_file()
    except MessageRefused:
        damaged.append("relay")
    if "relay" in known.damaged:
        damaged.append("relay")
    try:
        kept = _read(journal)
    except (KnownDamaged, MessageRefused):
        kept = Ways()
        damaged.append("ways")
    return replace(kept, relay=relay, damaged=tuple(sorted(damaged)))


def keep_relay(journal: Journal, relay: RelayFile) -> Ways:
    """Use this relay from now on (an administrator's act). Raises DiskFull, DiskFailed, JournalBusy."""
    Known(journal).set_relay(relay)
    return read_ways(journal)


def offered_relay(journal: Journal) -> bytes | None:
    """The file that names this device's relay, to be handed on in an offer; None when it has none that reads."""
    relay = read_ways(journal).relay
    return None if relay is None else relay.pack()


def keep_offered_relay(journal: Journal, offered: bytes | None) -> RelayFile | None:
    """On a new device that is admitted: use the relay its offer named. The one in use now, None when none.

    One that is kept already stays. Only once the codes agreed: until then anybody may have written the offer.

    Raises:
        MessageRefused: it names no relay. DiskFull, DiskFailed, JournalBusy.
    """
    held = read_ways(journal)
    if held.relay is None and "relay" not in held.damaged and offered is not None:
        return keep_relay(journal, read_relay_file(offered)).relay
    return held.relay


def forget_relay(journal: Journal) -> Ways:
    """Use no relay; what is remembered of it stays, as evidence. Raises as `keep_relay`."""
    Known(journal).forget_relay()
    return read_ways(journal)


def keep_folder(journal: Journal, folder: Path) -> Ways:
    """Exchange by this folder too. It need not be there now.

    Raises:
        NotAFolder, TooManyWays. DiskFull, DiskFailed, JournalBusy: what was kept before stands.
    """
    folder = checked_folder(journal.root, folder)

    def change(ways: Ways) -> Ways:
        if len({*ways.folders, folder}) > MOST_FOLDERS:
            raise TooManyWays("too many folders", most=MOST_FOLDERS)
        return replace(ways, folders=tuple(dict.fromkeys((*ways.folders, folder))))

    return _change(journal, change)


def checked_folder(root: Path, folder: Path) -> Path:
    """The whole path of a folder that can be kept for the practice in `root`. Raises NotAFolder."""
    folder, root = folder.absolute(), root.absolute()
    if len(str(folder)) > MOST_PATH or folder == root or root in folder.parents:
        raise NotAFolder("this folder cannot carry an exchange", path=str(folder)[:MOST_PATH])
    return folder


def forget_folder(journal: Journal, folder: Path) -> Ways:
    """Exchange no more by this folder; what lies in it stays. Raises as `keep_folder`, but NotAFolder."""
    absolute = folder.absolute()
    return _change(
        journal,
        lambda ways: replace(ways, folders=tuple(one for one in ways.folders if one != absolute)),
    )


def keep_device(journal: Journal, address: str) -> Ways:
    """Exchange with the device at this address too. It need not answer now.

    Raises:
        NotAnAddress, TooManyWays. DiskFull, DiskFailed, JournalBusy: what was kept before stands.
    """
    address = checked_address(address)

    def change(ways: Ways) -> Ways:
        if len({*ways.devices, address}) > MOST_DEVICES:
            raise TooManyWays("too many devices", most=MOST_DEVICES)
        return replace(ways, devices=tuple(dict.fromkeys((*ways.devices, address))))

    return _change(journal, change)


def forget_device(journal: Journal, address: str) -> Ways:
    """Ask at this address no more. Raises as `keep_device`, but NotAnAddress."""
    meant = address.strip()
    return _change(
        journal, lambda ways: replace(ways, devices=tuple(one for one in ways.devices if one != meant))
    )


def keep_listening(journal: Journal, port: int) -> Ways:
    """Answer other devices of the network at this port; 0: no more.

    Raises NotAPort, DiskFull, DiskFailed, JournalBusy.
    """
    if not 0 <= port < PORTS:
        raise NotAPort("a port is a number from 0 to 65,535", port=port)
    return _change(journal, lambda ways: replace(ways, listen=port))


def checked_address(typed: str) -> str:
    """`HOST:PORT` or an http(s) address, without the spaces around. Raises NotAnAddress."""
    address = typed.strip()
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port
    except ValueError as error:
        raise NotAnAddress("this is no address", address=address[:MOST_ADDRESS]) from error
    whole = parts.hostname and not (parts.query or parts.fragment or parts.username)
    if (
        not whole
        or len(address) > MOST_ADDRESS
        or not parts.path.isascii()
        or any(sign.isspace() or not sign.isprintable() for sign in address)
        or parts.scheme not in ("http", "https")
        or ("://" not in address and (port is None or parts.path))
    ):
        raise NotAnAddress("this is no address", address=address[:MOST_ADDRESS])
    return address


def _change(journal: Journal, change: Callable[[Ways], Ways]) -> Ways:
    """Both copies, under the directory's lock. A damaged file is written anew: its loss was said."""
    files: Files = journal.files
    with files.lock(journal.layout.lock):
        try:
            held = _read(journal)
        except (KnownDamaged, MessageRefused):
            held = Ways()
        changed = change(held)
        keep_file(files, journal.layout.ways, _pack(changed))
    return read_ways(journal)


def _pack(ways: Ways) -> bytes:
    return packing.encode(
        {
            "format": FORMAT,
            "folders": [str(folder) for folder in ways.folders],
            "devices": list(ways.devices),
            "listen": ways.listen,
        }
    )


def _read(journal: Journal) -> Ways:
    data = read_file(journal.files, journal.layout.ways)
    if data is None:
        return Ways()
    fields = Fields.unpack(data, "ways", at_most=MOST_BYTES)
    fields.format()
    folders = _texts(fields, "folders", MOST_FOLDERS, MOST_PATH)
    devices = _texts(fields, "devices", MOST_DEVICES, MOST_ADDRESS)
    return Ways(None, tuple(map(Path, folders)), devices, fields.integer("listen", PORTS))


def _texts(fields: Fields, name: str, most: int, longest: int) -> tuple[str, ...]:
    found = []
    for item in fields.items(name, most):
        if type(item) is not str or len(item) > longest:
            raise fields.refuse(f"{name} holds something else than short texts")
        found.append(item)
    return tuple(found)
