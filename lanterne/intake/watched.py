"""Which folder of this device is relieved, and what its last rounds filed.

Law: one setting a device, not a seat: whoever is unlocked relieves it, the secretary in the morning, the doctor
at noon. It is in clear (docs/format/store.md, `local/watched`): a path of this machine, moments and counts, nothing
of a patient; a seat's sealed file could be read by that seat alone. A damaged file is no setting, and is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from lanterne.journal.errors import JournalError
from lanterne.journal.files import Files, OsFiles, replace_small_file
from lanterne.journal.layout import Layout
from lanterne.wire import packing
from lanterne.wire.errors import LanterneError, PackingError

MOST_ROUNDS = 20
MAX_BYTES = 64 * 1024
MOST_PATH = 1_000


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "watched_missing": _("Ce dossier n’existe pas sur ce poste, ou n’est pas un dossier."),
    "watched_relative": _("Donnez le chemin entier du dossier, par exemple C:\\HPRIM\\ARRIVEE."),
    "watched_practice": _(
        "Ce dossier contient les données du cabinet, ou en fait partie : choisissez-en un autre."
    ),
    "watched_wide": _(
        "Ce dossier est trop large (un disque entier, ou tout un compte) : choisissez celui du laboratoire seul."
    ),
    "watched_closed": _("Lanterne n’a pas le droit de lire ce dossier."),
    "watched_long": _("Ce chemin est trop long."),
    "watched_damaged": _("Le réglage du dossier surveillé est abîmé : choisissez le dossier à nouveau."),
    "watched_gone": _("Le dossier surveillé ne se lit plus : débranché, renommé, ou droits retirés."),
    "watched_broken": _(
        "La relève s’est arrêtée sur une erreur imprévue (%(kind)s). Rien n’est perdu : verrouillez, puis rouvrez."
    ),
}


class FolderRefused(LanterneError):
    """This folder cannot be relieved; the code is one of `SENTENCES`."""


class WatchFailed(LanterneError):
    """The watched folder can no longer be relieved; the code is one of `SENTENCES`."""


class SettingDamaged(JournalError):
    """The setting of the watched folder no longer reads: set it again."""

    word = "watched_damaged"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round filed: when (milliseconds since 1970 UTC), and how many files ended as which word."""

    at_ms: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Setting:
    """The folder, empty when none is relieved, and the last rounds, the newest first."""

    folder: str = ""
    rounds: tuple[Round, ...] = ()


def read(root: Path, files: Files | None = None) -> Setting:
    """The setting of this device.

    Raises:
        SettingDamaged: its bytes do not verify.
    """
    files = files or OsFiles()
    path = Layout(root).watched
    if files.size(path) is None:
        return Setting()
    data = files.read(path, 0, MAX_BYTES + 1)
    packed, digest = data[:-32], data[-32:]
    if sha256(packed).digest() != digest:
        raise SettingDamaged("the setting of the watched folder is damaged")
    try:
        tree = packing.decode(packed, max_bytes=MAX_BYTES)
        rounds = tuple(
            Round(int(at), {str(word): int(count) for word, count in counts.items()})
            for at, counts in tree["rounds"]
        )
        return Setting(str(tree["folder"]), rounds)
    except (PackingError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingDamaged("the setting of the watched folder is damaged") from error


def choose(root: Path, typed: str, files: Files | None = None) -> Setting:
    """Relieve this folder from now on; an empty text: none. Durable on return.

    Raises:
        FolderRefused: not a folder that can be relieved.
        DiskFull, DiskFailed, JournalBusy: the former setting stands.
    """
    folder = str(checked(root, typed)) if typed.strip() else ""
    return _change(root, files or OsFiles(), folder=folder)


def add_round(root: Path, made: Round, files: Files | None = None) -> Setting:
    """Remember what a round filed.

    Raises:
        DiskFull, DiskFailed, JournalBusy.
    """
    return _change(root, files or OsFiles(), made=made)


def _change(root: Path, files: Files, *, folder: str | None = None, made: Round | None = None) -> Setting:
    layout = Layout(root)
    with files.lock(layout.lock):
        try:
            held = read(root, files)
        except SettingDamaged:
            held = Setting()
        if folder is not None:
            held = replace(held, folder=folder)
        if made is not None:
            held = replace(held, rounds=(made, *held.rounds)[:MOST_ROUNDS])
        tree = {
            "format": 1,
            "folder": held.folder,
            "rounds": [[one.at_ms, dict(one.counts)] for one in held.rounds],
        }
        packed = packing.encode(tree)
        replace_small_file(files, layout.watched, packed + sha256(packed).digest())
    return held


def checked(root: Path, typed: str) -> Path:
    """The folder meant.

    Raises:
        FolderRefused: see `SENTENCES`.
    """
    text = typed.strip().strip('"')
    if len(text) > MOST_PATH:
        raise FolderRefused("watched_long")
    path = Path(text)
    if "\0" in text or not path.is_absolute():
        raise FolderRefused("watched_relative")
    try:
        if not path.is_dir():
            raise FolderRefused("watched_missing")
        whole, data = path.resolve(), root.resolve()
        next(whole.iterdir(), None)
    except PermissionError as error:
        raise FolderRefused("watched_closed") from error
    except OSError as error:
        raise FolderRefused("watched_missing") from error
    if whole == data or data in whole.parents or whole in data.parents:
        raise FolderRefused("watched_practice")
    if whole == Path(whole.anchor) or whole == _home():
        raise FolderRefused("watched_wide")
    return whole


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except (RuntimeError, OSError):
        return None  # an account without one
