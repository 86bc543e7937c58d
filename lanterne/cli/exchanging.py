"""Exchanges carried out one after the other by the command line: by the way that was named, or by each that is kept.

Law: a way that fails is said, and the next one is gone all the same; a kept folder that was emptied, or another one in
its place, is not written to. Source: docs/format/exchange.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lanterne.cli import output
from lanterne.cli.french import _
from lanterne.cli.sentences import sentence
from lanterne.cli.ways_words import WAYS

if TYPE_CHECKING:
    from lanterne.journal.journal import Journal
    from lanterne.seal.device import DeviceKeys
    from lanterne.sync.driver import Exchanged
    from lanterne.sync.session import Tally
    from lanterne.sync.ways_open import Destination


class Turn(NamedTuple):
    """One way gone."""

    to: Destination
    done: Exchanged

    @property
    def title(self) -> str:
        """ "relais https://…", "dossier E:\\ÉCHANGES"."""
        return WAYS[self.to.way.value].format(name=self.to.name)


def by_kept_ways(
    journal: Journal, device: DeviceKeys, places: Iterable[Destination], now_ms: Callable[[], int]
) -> list[Turn]:
    """By each in turn; what keeps a way from being gone ends in its `Exchanged.error`.

    Raises DiskFull, DiskFailed, JournalBusy: what came before is kept.
    """
    from lanterne.sync.driver import Exchanged
    from lanterne.sync.errors import PeerError
    from lanterne.sync.session import Tally

    turns = []
    for to in places:
        try:
            _check_folder(journal, to)
            done = exchange(journal, device, to, now_ms)
        except PeerError as error:
            done = Exchanged(to.way, Tally(), (), error, 0, 0, 0)
        turns.append(Turn(to, done))
    return turns


def exchange(journal: Journal, device: DeviceKeys, to: Destination, now_ms: Callable[[], int]) -> Exchanged:
    """Once. Raises PeerError: nobody could be asked; DiskFull, DiskFailed, JournalBusy."""
    from lanterne.sync.driver import Driver
    from lanterne.sync.ways_open import Opener

    peer = Opener(journal, device, now_ms, secrets.token_bytes).open(to)
    try:
        with output.progress(_("Échange")) as advance:

            def progress(tally: Tally) -> None:
                advance(tally.received + tally.given, tally.to_receive + tally.to_give)

            driver = Driver(
                journal, device, peer, now_ms=now_ms, random=secrets.token_bytes, progress=progress
            )
            return driver.run()
    finally:
        peer.close()


def _check_folder(journal: Journal, to: Destination) -> None:
    from lanterne.sync.carrying.folders import practice_folder, there
    from lanterne.sync.errors import FolderAbsent, FolderOther
    from lanterne.sync.going import read_going
    from lanterne.sync.peers.port import Way

    if to.way is not Way.FOLDER:
        return
    if not there(Path(to.name)):
        raise FolderAbsent("the folder is not there now")
    told = read_going(journal).of(to.way, to.name)
    if told is not None and told.last_whole and not there(practice_folder(Path(to.name), journal.practice)):
        raise FolderOther("another folder is in its place")


def turn_told(turn: Turn) -> dict[str, Any]:
    """For a program."""
    tally, error = turn.done.tally, turn.done.error
    return {
        "with": turn.to.way.value,
        "name": turn.to.name,
        "whole": turn.done.whole,
        "received": tally.received,
        "healed": tally.healed,
        "given": tally.given,
        "waiting": tally.waiting,
        "forks": tally.forks,
        "refused": dict(tally.refused),
        "given_refused": dict(tally.given_refused),
        "documents_received": tally.blobs_received,
        "documents_given": tally.blobs_given,
        "documents_failed": tally.blobs_failed,
        "unfulfilled": len(tally.unfulfilled),
        "bytes_sent": turn.done.sent,
        "bytes_received": turn.done.came,
        "code": error.code if error is not None else None,
        "why": sentence(error) if error is not None else None,
    }
