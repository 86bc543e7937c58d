"""The network between the devices and the relay: what is sent may be lost, doubled, late, cut, or altered.

Law: it carries bytes and knows nothing of them. Everything that crosses it is kept aside and searched for what
nobody outside may read.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from lanterne.sync.errors import PeerAway, PeerUnreadable
from lanterne.sync.peers.http import Connection
from tests.simulation.device import Device, PlugPulled
from tests.simulation.practice import MARK, URL
from tests.simulation.relay import Answered
from tests.simulation.trace import Trace, Violation

Target = Callable[[str, str, bytes, dict[str, str]], Answered]
MARKS = (MARK.encode(), MARK.upper().encode(), MARK.lower().encode())


def serve(device: Device) -> Target:
    """A device that answers; when its plug is pulled meanwhile, nobody answers."""

    def answer(method: str, target: str, body: bytes, headers: dict[str, str]) -> Answered:
        if not device.up:
            raise PeerAway("switched off")
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **{"HTTP_" + name.upper().replace("-", "_"): text for name, text in headers.items()},
        }
        seen: list[tuple[str, dict[str, str]]] = []
        try:
            with device.program():
                data = b"".join(
                    device.server(environ, lambda status, told: seen.append((status, dict(told))))
                )
        except PlugPulled as pulled:
            device.crash()
            raise PeerAway("its plug was pulled") from pulled
        status, told = seen[0]
        return Answered(int(status[:3]), {name.lower(): text for name, text in told.items()}, data)

    return answer


@dataclass
class Weather:
    """How bad it is: chances of each thing, for one message."""

    lost: float = 0.0
    unanswered: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    cut: float = 0.0
    altered: float = 0.0


@dataclass
class Network:
    """Who reaches whom, and the weather."""

    chance: random.Random
    trace: Trace
    weather: Weather = field(default_factory=Weather)
    walls: set[tuple[str, str]] = field(default_factory=set)
    """(from, to): nothing passes that way."""
    late: list[tuple[Target, str, str, bytes, dict[str, str]]] = field(default_factory=list)
    lies: list[tuple[str, str]] = field(default_factory=list)
    """(device, lie) as they reached devices."""
    promised: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """(device, what it gave, what was answered) as they reached devices."""
    messages: int = 0

    def wire(self, sender: str, receiver: str, target: Target) -> Wire:
        """A connection from one to the other."""
        return Wire(self, sender, receiver, target)

    def look(self, *pieces: bytes) -> None:
        """What an ear on the line hears."""
        self.messages += 1
        for piece in pieces:
            if any(mark in piece for mark in MARKS):
                raise Violation("a marker crossed the network in clear")

    def deliver_late(self) -> None:
        """What was held up on its way arrives now, after what was sent later."""
        waiting, self.late = self.late, []
        for target, method, path, body, headers in waiting:
            try:
                answer = target(method, path, body, headers)
                self.trace.fault("late", method, path.rsplit("/", 1)[-1][:8], answer.status)
            except PeerAway:
                continue

    def bend(self, data: bytes) -> bytes:
        """One bit, somewhere."""
        changed = bytearray(data or b"\0")
        changed[self.chance.randrange(len(changed))] ^= 1 << self.chance.randrange(8)
        return bytes(changed)


class Wire(Connection):
    """One connection, as `HttpPeer` uses it."""

    def __init__(self, network: Network, sender: str, receiver: str, target: Target) -> None:
        super().__init__(URL)
        self._network, self._sender, self._receiver, self._target = network, sender, receiver, target

    def ask(  # type: ignore[override]
        self, method: str, target: str, body: bytes, headers: dict[str, str], limit: int
    ) -> tuple[int, Message, bytes]:
        """See Connection."""
        network, chance, bad = self._network, self._network.chance, self._network.weather
        name = target.rsplit("/", 1)[-1][:8]
        network.look(body, target.encode("latin-1"), repr(headers).encode())
        if (self._sender, self._receiver) in network.walls or self._hit(bad.lost, "lost", name):
            raise PeerAway("nothing comes through")
        if self._hit(bad.altered / 2, "altered", name):
            if body and chance.random() < 0.7:
                body = network.bend(body)
            else:
                place = chance.choice(sorted(headers))
                headers = {**headers, place: network.bend(headers[place].encode()).decode("latin-1")}
        if self._hit(bad.late, "held_up", name):
            network.late.append((self._target, method, target, body, dict(headers)))
            raise PeerAway("nothing came back in time")
        answer = self._target(method, target, body, headers)
        if self._hit(bad.doubled, "doubled", name):
            again = self._target(method, target, body, headers)
            answer = chance.choice([answer, again])
        network.look(answer.body, repr(answer.headers).encode())
        if (self._receiver, self._sender) in network.walls or self._hit(bad.unanswered, "unanswered", name):
            raise PeerAway("nothing comes back")
        if self._hit(bad.cut, "cut", name):
            raise PeerAway("cut in the middle")
        data = answer.body
        bent = self._hit(bad.altered / 2, "altered", name)
        if bent:
            data = network.bend(data)
        elif answer.lie:
            network.trace.fault("lie_told", answer.lie, self._sender)
            network.lies.append((self._sender, answer.lie))
        if name == "give" and answer.status == 200 and not bent:
            network.promised.append((self._sender, body, data))
        self.asks += 1
        self.sent += len(body)
        self.came += len(data)
        if len(data) > limit:
            raise PeerUnreadable("the answer is too long", limit=limit)
        told = Message()
        for key, text in answer.headers.items():
            told[key] = text
        return answer.status, told, data

    def _hit(self, chance: float, kind: str, name: str) -> bool:
        if chance <= 0 or self._network.chance.random() >= chance:
            return False
        self._network.trace.fault(kind, self._sender, self._receiver, name)
        return True
