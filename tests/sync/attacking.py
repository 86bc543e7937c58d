"""Attacks on a device: as a holder that is asked, as one that asks a liar, as one that reads a stick, as one that is joined.

Every message is bent from one that would be accepted, by somebody who has everything but the keys of those it would
be accepted from. Each attack is the same again for the same dice.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from lanterne.journal import pairing
from lanterne.journal.errors import JournalError
from lanterne.journal.journal import Journal
from lanterne.journal.pairing_messages import Grant, Request, read_answer, short_code
from lanterne.proof.exchange import sign_receipt, sign_statement
from lanterne.proof.relay_key import RelayKey
from lanterne.seal.device import DeviceKeys
from lanterne.seal.seat import SeatKeys
from lanterne.sync.driver import Exchanged
from lanterne.sync.peers.port import PeerGave
from lanterne.wire.asking import AfterRequest, HeadsAnswer, kept, pack_after, pack_blobs, read_give, read_held
from lanterne.wire.exchange import BlobName, HolderId, MessageRefused, Signed
from lanterne.wire.framing import frame
from lanterne.wire.names import SEALED_COMPARTMENTS, PersonId, SeatId
from lanterne.wire.statements import Kept, Receipt, Statement
from tests.journal.stage import dice as drawn
from tests.relay.asking import Answer, Device
from tests.relay.bending import BENDS, Dice
from tests.sync.relay_play import RelayPeer, RelayPlay
from tests.sync.stage import Machine, content

HEX = "0123456789abcdef"
REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 411, 413, 416, 431, 501})


class Accepted(AssertionError):
    """What was forged was taken."""


@dataclass
class Stage:
    """Garance's machine, which is attacked; and what an attacker may have seen or made."""

    garance: Machine
    theo: Machine
    asking: Device
    """Speaks to Garance's machine in the name of Théo's: a thief of it signs requests, not entries."""
    relay: RelayPlay
    """Holds all that is honest; what it is made to say is bent."""
    originals: list[bytes]
    """Entries of Théo's that Garance's machine would take, and holds none of."""
    foreign: list[bytes]
    statement: Signed[Statement]
    stranger: DeviceKeys
    stick: Path
    pairing: Pairing
    alarms: int = 0

    def state(self) -> tuple[object, ...]:
        """All that an accepted message would change."""
        journal = self.garance.journal
        journal.refresh()
        known = self.garance.known.statements()
        return (
            tuple(journal.tips),
            journal.waiting,
            tuple(sorted(journal.blobs.names())),
            tuple(sorted(journal.membership.devices)),
            tuple(sorted(one.raw for device, one in known.items() if device != self.garance.device.id)),
            frozenset(self.garance.known.relay(self.relay.key.id).promised),
        )


@dataclass
class Pairing:
    """A machine that waits for Garance's answer, and the two that would be hers."""

    seat: SeatId
    reveal: bytes
    admission: bytes
    new: Journal
    copies: Path
    tried: int = field(default=0)


def bent(original: bytes, dice: Dice, others: Sequence[bytes]) -> bytes:
    """One that differs from every original."""
    while True:
        data = original
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            if len(data) > 100:
                data = dice.choice(BENDS)(data, dice, dice.choice(others))
        if data not in others:
            return data
        original += b"\0"


# ---------------------------------------------------------------------- asked by somebody


def _given(stage: Stage, raws: Sequence[bytes]) -> None:
    answer = _sent(stage.asking, "POST", f"/1/{stage.asking.practice}/give", frame(raws))
    if answer.status == 200:
        said = read_give(answer.body)
        if any(kept(one) or one == 3 for one in said.answers):
            raise Accepted(str(said.answers))
    else:
        _refused(answer)


def altered_entry(stage: Stage, dice: Dice) -> None:
    """Changed after it was signed, given by an admitted machine."""
    _given(stage, [bent(dice.choice(stage.originals), dice, [*stage.originals, *stage.foreign])])


def foreign_entry(stage: Stage, dice: Dice) -> None:
    """Of another practice, as it is, under our practice's id, and bent."""
    raw = dice.choice(stage.foreign)
    ours = raw[:8] + bytes.fromhex(stage.asking.practice) + raw[40:]
    _given(stage, [raw, ours, bent(ours, dice, [*stage.originals, *stage.foreign, ours])])


def altered_list(stage: Stage, dice: Dice) -> None:
    """The framing bent around altered entries."""
    raws = [bent(dice.choice(stage.originals), dice, stage.originals) for _ in range(3)]
    listed = frame([raw for raw in raws if len(raw) >= 80] or [bytes(80)])
    answer = _sent(stage.asking, "POST", f"/1/{stage.asking.practice}/give", bent(listed, dice, [listed]))
    if answer.status == 200:
        if any(kept(one) or one == 3 for one in read_give(answer.body).answers):
            raise Accepted("one of a list")
    else:
        _refused(answer)


def altered_statement(stage: Stage, dice: Dice) -> None:
    """Changed after it was signed, or signed by nobody of the practice."""
    good = stage.statement
    by_stranger = sign_statement(replace(good.value, number=dice.randrange(1, 99)), stage.stranger)
    raw = dice.choice(
        [
            bent(good.raw, dice, [good.raw, by_stranger.raw]),
            by_stranger.raw,
            good.packed + by_stranger.signature,
            sign_statement(replace(good.value, device=stage.stranger.id), stage.stranger).raw,
        ]
    )
    _refused(_sent(stage.asking, "POST", f"/1/{stage.asking.practice}/state", raw))


def altered_blob(stage: Stage, dice: Dice) -> None:
    """Bytes under the name of others; pieces that do not fit."""
    data = dice.randbytes(dice.randrange(1, 3000))
    name = sha256(data + b"x").hexdigest()
    total = len(data) if dice.random() < 0.7 else dice.choice((0, 1, 1 << 40, len(data) - 1))
    placed = dice.choice((f"bytes 0-{len(data) - 1}/{total}", f"bytes 5-{len(data)}/{total}", "x", ""))
    answer = _sent(
        stage.asking, "PUT", f"/1/{stage.asking.practice}/blobs/{name}", data, extra={"Content-Range": placed}
    )
    if answer.status == 200:
        if read_held(answer.body)[1]:
            raise Accepted("a document under another name than its own")
    else:
        _refused(answer)


def _a_request(stage: Stage, dice: Dice) -> tuple[str, str, bytes]:
    base = f"/1/{stage.asking.practice}"
    return dice.choice(
        [
            ("POST", f"{base}/give", frame(stage.originals)),
            ("POST", f"{base}/state", stage.statement.raw),
            ("POST", f"{base}/heads", b""),
            ("POST", f"{base}/members", pack_after(AfterRequest(0, 1000))),
            ("POST", f"{base}/lacking", pack_blobs([BlobName("ab" * 32)])),
            ("POST", f"{base}/sums", b""),
            ("GET", f"{base}/blobs/{'ab' * 32}", b""),
            ("PUT", f"{base}/blobs/{'ab' * 32}", b"sealed"),
        ]
    )


def altered_request(stage: Stage, dice: Dice) -> None:
    """Signed by Théo's machine; header, body, address or method changed on the way."""
    method, target, body = _a_request(stage, dice)
    text = stage.asking.header(method, target, body).to_text()
    match dice.randrange(5):
        case 0:
            at = dice.choice([at for at, sign in enumerate(text) if sign in HEX])
            text = text[:at] + dice.choice(HEX.replace(text[at], "")) + text[at + 1 :]
        case 1:
            body = body + b"x" if len(body) < 100 else bent(body, dice, [body])
        case 2:
            target = target + dice.choice(("?x=1", "0", "/"))
        case 3:
            method = dice.choice([one for one in ("GET", "POST", "PUT", "DELETE", "PATCH") if one != method])
        case _:
            text = dice.choice((text[:-1], text + "0", text.upper(), text.replace(".", ":"), "", "x" * 5000))
    _refused(_sent(stage.asking, method, target, body, text=text))


def by_a_stranger(stage: Stage, dice: Dice) -> None:
    """Signed by a machine of nobody, in its own name or in Théo's."""
    method, target, body = _a_request(stage, dice)
    header = replace(stage.asking, keys=stage.stranger).header(method, target, body)
    if dice.random() < 0.6:
        header = replace(header, device=stage.asking.keys.id)
    _refused(_sent(stage.asking, method, target, body, text=header.to_text()))


def replayed(stage: Stage, dice: Dice) -> None:
    """A request that was good once."""
    target = f"/1/{stage.asking.practice}/{dice.choice(('heads', 'sums'))}"
    header = stage.asking.header("POST", target, b"")
    if stage.asking.send("POST", target, b"", header=header).status != 200:
        raise AssertionError("an honest request is refused: this tries nothing")
    _refused(_sent(stage.asking, "POST", target, b"", text=header.to_text()))


def misdirected(stage: Stage, dice: Dice) -> None:
    """A request for another machine, brought here."""
    method, target, body = _a_request(stage, dice)
    header = replace(stage.asking, relay=HolderId("77" * 16)).header(method, target, body)
    _refused(_sent(stage.asking, method, target, body, text=header.to_text()))


def not_http(stage: Stage, dice: Dice) -> None:
    """Bytes that are hardly HTTP, at the port of the machine."""
    good = f"POST /1/{stage.asking.practice}/heads HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()
    with socket.create_connection(stage.asking.address, timeout=30) as connection:
        connection.sendall(bent(good, dice, [good]))
        connection.shutdown(socket.SHUT_WR)
        answered = connection.makefile("rb").read()
    if answered.startswith(b"HTTP/1.1 2"):
        raise Accepted(answered[:100].decode("latin-1"))
    # 501: a method no HTTP server knows; any other 5xx is a fall.
    assert not answered.startswith(b"HTTP/1.1 5") or answered.startswith(b"HTTP/1.1 501"), answered[:200]


def _sent(
    device: Device,
    method: str,
    target: str,
    body: bytes,
    text: str | None = None,
    extra: dict[str, str] | None = None,
) -> Answer:
    if method == "PUT" and extra is None:
        extra = {"Content-Range": f"bytes 0-{max(len(body) - 1, 0)}/{len(body)}"}
    try:
        return device.send(method, target, body, text=text, extra=extra)
    except MessageRefused:
        # Its answer is signed for the header as it was sent, which the device did not sign.
        return Answer(401, b"", {}, False)
    except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
        return Answer(400, b"", {}, False)


def _refused(answer: Answer) -> None:
    if 200 <= answer.status < 300:
        raise Accepted(f"{answer.status} {answer.body[:80]!r}")
    assert answer.status in REFUSALS, (answer.status, answer.body[:200])


# ---------------------------------------------------------------------- asking a liar


class Forging(RelayPeer):
    """A relay that has all that is honest, and answers with what is bent; its own key signs each answer."""

    def __init__(self, stage: Stage, dice: Dice) -> None:
        super().__init__(stage.relay, stage.garance)
        self.dice, self.stage = dice, stage

    def _bent(self, raw: bytes) -> bytes:
        return bent(raw, self.dice, [*self.stage.originals, *self.stage.foreign, raw])

    def say_heads(self, said: HeadsAnswer) -> HeadsAnswer:
        lies = (
            self._bent(self.stage.statement.raw),
            sign_statement(self.stage.statement.value, self.stage.stranger).raw,
        )
        return HeadsAnswer(said.heads, lies, said.waiting, said.last)

    def say_entries(self, entries: tuple[bytes, ...], more: bool) -> tuple[tuple[bytes, ...], bool]:
        return tuple(self._bent(raw) for raw in entries[:4]), False

    def give(self, raws: Sequence[bytes]) -> PeerGave:
        """Everything is kept, says a receipt that another key signed."""
        named = [Kept(sha256(raw).hexdigest(), place) for place, raw in enumerate(raws, 1)]  # type: ignore[arg-type]
        receipt = Receipt(self.relay.journal.practice, self.relay.key.id, self.machine.now(), tuple(named))
        forged = sign_receipt(receipt, RelayKey.new(drawn(self.dice.randrange(1 << 30))))
        return PeerGave((0,) * len(raws), self._bent(forged.raw) if self.dice.random() < 0.5 else forged.raw)

    def blob(self, name: str, offset: int) -> tuple[bytes, int]:
        data, total = super().blob(name, offset)
        while (lie := self._bent(data)[: len(data)]) == data:
            pass
        return lie, self.dice.choice((total, len(lie)))


def answers_of_a_liar(stage: Stage, dice: Dice) -> None:
    """Entries, statements, receipts and documents that the other bent, each answer signed as it should be."""
    done: Exchanged = stage.garance.exchange(Forging(stage, dice))
    stage.alarms += len(done.alarms)
    if done.tally.received or done.tally.blobs_received:
        raise Accepted(f"{done.tally}")


def files_of_a_stick(stage: Stage, dice: Dice) -> None:
    """A stick whose files somebody bent, and closed again with the right sum."""
    (base,) = (path for path in stage.stick.iterdir() if path.is_dir())
    files = [path for path in sorted(base.rglob("*")) if path.is_file() and path.name != "genesis"]
    path = dice.choice([one for one in files if stage.garance.device.id not in one.parts])
    data = path.read_bytes()
    # What is honest and not bent is taken away: all that is left to take is a lie.
    others = [(one, one.read_bytes()) for one in files if one != path and stage.theo.device.id in one.parts]
    others += [(one, one.read_bytes()) for one in files if one != path and one.parent.name == "blobs"]
    for one, _ in others:
        one.unlink()
    try:
        if path.parent.name == "blobs":
            path.write_bytes(bent(data, dice, [data]))
        else:
            # Every entry is bent: one left whole among others would be taken, and rightly so.
            listed = frame([bent(raw, dice, stage.originals) or b"\0" for raw in stage.originals])
            good = data[:-32] if path.name == "heads" else listed
            inner = listed if path.name != "heads" and dice.random() < 0.5 else bent(good, dice, [good])
            path.write_bytes(inner + sha256(inner).digest())
        done = stage.garance.by_folder(stage.stick)
        if done.tally.blobs_received:
            raise Accepted("a document of a stick")
        if done.alarms:
            raise Accepted("a stick in bad hands accuses somebody")
    finally:
        path.write_bytes(data)
        for one, held in others:
            one.write_bytes(held)


# ---------------------------------------------------------------------- adding a machine


def _offered(stage: Stage, dice: Dice) -> tuple[bytes, Request]:
    """An offer that stands, and the request the newcomer's machine would make."""
    garance = stage.garance
    grant = Grant(PersonId(dice.randbytes(16).hex()), SEALED_COMPARTMENTS[:2], False, None)
    made = drawn(dice.randrange(1 << 30))
    offer = pairing.make_offer(
        garance.journal, garance.practice.seat, grant, now_ms=garance.now(), random=made
    )
    seat, device = SeatKeys.new(made), DeviceKeys.new(made)
    record = seat.record(device=device.id, **grant._asdict())
    return offer, Request(garance.journal.practice, sha256(offer).digest(), record, device.record(), made(32))


def forged_request(stage: Stage, dice: Dice) -> None:
    """Somebody else's request in the newcomer's stead, bent or asking for more: refused, or the code is another."""
    garance = stage.garance
    offer, honest = _offered(stage, dice)
    made = drawn(dice.randrange(1 << 30))
    seat, device = SeatKeys.new(made), DeviceKeys.new(made)
    same = Grant(honest.seat.person, honest.seat.compartments, False, None)
    theirs = seat.record(device=device.id, **same._asdict())
    wider = same._replace(compartments=SEALED_COMPARTMENTS, admin=True)
    more = seat.record(device=device.id, **wider._asdict())
    raw = dice.choice(
        [
            bent(honest.to_bytes(), dice, [honest.to_bytes()]),
            Request(honest.practice, honest.offer, theirs, device.record(), made(32)).to_bytes(),
            Request(honest.practice, honest.offer, more, device.record(), made(32)).to_bytes(),
            Request(honest.practice, made(32), theirs, device.record(), made(32)).to_bytes(),
        ]
    )
    who = garance.practice
    try:
        asked = pairing.take_request(garance.journal, who.seat, raw, now_ms=garance.now())
        nonce = read_answer(asked.reveal).nonce
        shown = short_code(honest.practice, nonce, sha256(offer).digest(), sha256(honest.to_bytes()).digest())
        pairing.admit_request(
            garance.journal, who.seat, who.keyring, raw, shown, now_ms=garance.now(), random=made
        )
    except JournalError:
        return
    raise Accepted("a machine of somebody else")


def forged_answer(stage: Stage, dice: Dice) -> None:
    """A reveal or an admission that is not the trusted machine's."""
    good = dice.choice((stage.pairing.reveal, stage.pairing.admission))
    raw = bent(good, dice, [stage.pairing.reveal, stage.pairing.admission])
    new = stage.pairing.new
    # Refused, but for bytes that say nothing: an entry it holds already, turned into one of no chain of members, is
    # passed over. Whatever is said of it, it holds what Garance's machine wrote and nothing else.
    with suppress(JournalError):
        pairing.finish(new, raw)
    if not content(new) <= content(stage.garance.journal):
        raise Accepted("an entry of an admission that was bent")


def forged_offer(stage: Stage, dice: Dice) -> None:
    """An offer changed on its way: refused, or what the new machine asks is not what was offered."""
    garance = stage.garance
    offer, _ = _offered(stage, dice)
    stage.pairing.tried += 1
    try:
        joined = pairing.join(
            stage.pairing.copies / str(stage.pairing.tried), bent(offer, dice, [offer]), label="Awa",
            passphrase="un bateau dans la brume", now_ms=garance.now(), random=drawn(dice.randrange(1 << 30)),
        )  # fmt: skip
        pairing.take_request(garance.journal, garance.practice.seat, joined.request, now_ms=garance.now())
    except JournalError:
        return
    raise Accepted("a request to an offer that was bent")


Attack = Callable[[Stage, Dice], None]
ATTACKS: tuple[tuple[Attack, int], ...] = (
    (altered_entry, 8),
    (foreign_entry, 2),
    (altered_list, 2),
    (altered_statement, 3),
    (altered_blob, 2),
    (altered_request, 5),
    (by_a_stranger, 2),
    (replayed, 1),
    (misdirected, 2),
    (not_http, 2),
    (answers_of_a_liar, 4),
    (files_of_a_stick, 2),
    (forged_request, 2),
    (forged_answer, 3),
    (forged_offer, 1),
)
