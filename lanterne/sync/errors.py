"""What an exchange says when a peer cannot be spoken with.

Law: one class per thing a person can act on; the code word is stable and is what the screens translate.
"""

from typing import ClassVar

from lanterne.wire.errors import LanterneError


class PeerError(LanterneError):
    """The other side did not do what was asked. `word` becomes the error's code."""

    word: ClassVar[str] = "peer.error"

    def __init__(self, sentence: str, /, **params: object) -> None:
        super().__init__(self.word, sentence, **params)


class PeerAway(PeerError):
    """Nobody answers there: switched off, cut, or another network."""

    word = "peer.away"


class PeerBusy(PeerError):
    """It asks to come back later; `retry_s` seconds when it says so."""

    word = "peer.busy"


class PeerRefuses(PeerError):
    """It does not take this device for one of the practice, or refuses the request by a check."""

    word = "peer.refuses"


class PeerSuspended(PeerError):
    """The relay's operator suspended this practice, device or seat. Only the relay is cut."""

    word = "peer.suspended"


class PeerFull(PeerError):
    """It has no room for what was given."""

    word = "peer.full"


class PeerUnknown(PeerError):
    """It does not know this practice, or not this request."""

    word = "peer.unknown"


class PeerUnreadable(PeerError):
    """What it answers is no answer of this format."""

    word = "peer.unreadable"


class PeerImpostor(PeerError):
    """Somebody else answered than who was asked, or the answer was altered on its way."""

    word = "peer.impostor"


class PeerUntrusted(PeerImpostor):
    """Its certificate is signed by no authority this device believes, or is of another address, or out of date."""

    word = "peer.untrusted"


class FolderUnusable(PeerError):
    """The folder is not there, cannot be written, or holds what no folder of exchange holds."""

    word = "peer.folder"


class FolderAbsent(PeerError):
    """A folder that is kept is not there now: unplugged, or a share that is off."""

    word = "carrier.unplugged"


class FolderOther(PeerError):
    """Where a folder that is kept was, there is another one: nothing is written to it."""

    word = "carrier.other_folder"


class KnownDamaged(PeerError):
    """What was known of other holders is damaged in both copies; what it said is asked for again."""

    word = "known.damaged"


class SeveralBoxes(PeerError):
    """Several offers lie in one folder: the others are to be cancelled first."""

    word = "peer.several_boxes"
