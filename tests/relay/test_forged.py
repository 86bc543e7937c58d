"""Forged, altered, replayed and misdirected messages: none is accepted, none brings the relay down.

LANTERNE_MUTATIONS says how many (300; `make torture` 10,000), LANTERNE_MUTATIONS_SEED which. Every message is bent from
one that would be accepted, by somebody who has everything but the keys of those it would be accepted from.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from lanterne.proof.exchange import sign_statement
from lanterne.relay.store import Account
from lanterne.seal.device import DeviceKeys
from lanterne.wire.asking import AfterRequest, kept, pack_after, pack_blobs, read_give
from lanterne.wire.exchange import BlobName, MessageRefused, Signed
from lanterne.wire.framing import frame
from lanterne.wire.statements import Statement
from tests import cast
from tests.relay.asking import Answer, Device
from tests.relay.bending import BENDS, Dice
from tests.relay.conftest import Running
from tests.relay.process import Elsewhere
from tests.relay.test_giving import admit

COUNT = int(os.environ.get("LANTERNE_MUTATIONS", "300"))
SEED = int(os.environ.get("LANTERNE_MUTATIONS_SEED", "20261122"))
REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 413, 416})
HEX = "0123456789abcdef"


@dataclass
class Stage:
    """A relay with two practices, and everything an attacker may have seen or made."""

    relay: Running
    device: Device
    other: Device
    stranger: DeviceKeys
    originals: list[bytes]
    """Entries the relay would accept, kept none of."""
    kept: list[bytes]
    foreign: list[bytes]
    statement: Signed[Statement]

    def state(self) -> tuple[Account | None, tuple[bytes, ...], tuple[bytes, ...]]:
        """All that an accepted message would change."""
        store = self.relay.house.store
        practice = self.device.practice
        return store.account(practice), store.statements(practice), store.notices()


@pytest.fixture
def stage(relay: Running, device: Device) -> Stage:
    garance, paul = cast.garance(), cast.actor("Paul Roche")
    held = [admit(garance, cast.paul()).raw, *(garance.note(f"kept {number}").raw for number in range(3))]
    device.give(held)
    paul.hear(garance)
    fresh = [garance.note("a").raw, garance.note("b" * 300).raw, paul.note("c").raw]
    fresh.append(garance.decide(garance.fact("rotation.due", {"compartment": 1})).raw)
    fresh.append(admit(garance, cast.ines()).raw)
    anew = cast.found_anew("somewhere else")
    other = relay.device(anew.device, anew.practice)
    other.found(anew.genesis)
    theirs = Elsewhere(anew, "elsewhere")
    statement = device.statement(tuple(garance.heads().values()))
    return Stage(
        relay,
        device,
        other,
        DeviceKeys.new(cast.randomness("a stranger")),
        fresh,
        held,
        [theirs.note("theirs").raw, theirs.note("theirs too").raw],
        statement,
    )


Attack = Callable[[Stage, Dice], Answer | None]


def bent(original: bytes, dice: Dice, others: list[bytes]) -> bytes:
    """One that differs from every original."""
    while True:
        data = original
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            if len(data) > 100:
                data = dice.choice(BENDS)(data, dice, dice.choice(others))
        if data not in others:
            return data


def refused_entries(stage: Stage, raws: list[bytes]) -> Answer:
    """Given by the practice's own device: a thief of it signs requests, not entries."""
    answer = stage.device.ask("give", frame(raws))
    if answer.status == 200:
        said = read_give(answer.body)
        assert not any(kept(one) or one == 3 for one in said.answers), said.answers
        assert said.receipt is None
    return answer


def altered_entry(stage: Stage, dice: Dice) -> Answer:
    """Entries changed after they were signed."""
    pool = stage.originals + stage.kept + stage.foreign
    return refused_entries(stage, [bent(dice.choice(stage.originals), dice, pool)])


def altered_among_foreign(stage: Stage, dice: Dice) -> Answer:
    """Entries of another practice, as they are or under our practice's id."""
    raw = dice.choice(stage.foreign)
    ours = raw[:8] + bytes.fromhex(stage.device.practice) + raw[40:]
    pool = stage.originals + stage.kept + stage.foreign
    return refused_entries(stage, [raw, ours, bent(ours, dice, pool)])


def altered_list(stage: Stage, dice: Dice) -> Answer:
    """The framing bent around altered entries: read whole or refused whole."""
    pool = stage.originals + stage.kept + stage.foreign
    raws = [bent(dice.choice(stage.originals), dice, pool) for _ in range(3)]
    raws = [raw for raw in raws if len(raw) >= 80] or [bytes(80)]
    listed = frame(raws)
    return stage.device.ask("give", bent(listed, dice, [listed]))


def altered_statement(stage: Stage, dice: Dice) -> Answer:
    """A statement changed after it was signed, or signed by somebody else, or of another practice."""
    good = stage.statement
    other = stage.other.statement()
    raws = [
        bent(good.raw, dice, [good.raw, other.raw]),
        sign_statement(replace(good.value, number=dice.randrange(1, 99)), stage.stranger).raw,
        other.raw,
        good.packed + other.signature,
    ]
    return stage.device.ask("state", dice.choice(raws))


def a_request(stage: Stage, dice: Dice) -> tuple[str, str, bytes]:
    base = f"/1/{stage.device.practice}"
    return dice.choice(
        [
            ("POST", f"{base}/give", frame(stage.originals)),
            ("POST", f"{base}/state", stage.statement.raw),
            ("POST", f"{base}/heads", b""),
            ("POST", f"{base}/since", pack_after(AfterRequest(0, 1000))),
            ("POST", f"{base}/members", pack_after(AfterRequest(0, 1000))),
            ("POST", f"{base}/lacking", pack_blobs([BlobName("ab" * 32)])),
            ("GET", f"{base}/news?after=0", b""),
            ("GET", f"{base}/blobs/{'ab' * 32}", b""),
            ("PUT", f"{base}/blobs/{'ab' * 32}", b"sealed"),
            ("DELETE", f"{base}/blobs/{'ab' * 32}", b""),
        ]
    )


EXTRA = {"Content-Range": "bytes 0-5/6"}


def altered_request(stage: Stage, dice: Dice) -> Answer:
    """A request signed by the device, and its header, body or address changed on the way."""
    method, target, body = a_request(stage, dice)
    header = stage.device.header(method, target, body)
    text = header.to_text()
    way = dice.randrange(5)
    if way == 0:
        at = dice.choice([at for at, sign in enumerate(text) if sign in HEX])
        text = text[:at] + dice.choice(HEX.replace(text[at], "")) + text[at + 1 :]
    elif way == 1:
        body = body + b"x" if len(body) < 100 else bent(body, dice, [body])
    elif way == 2:
        target = target + dice.choice(("?x=1", "0", "/"))
    elif way == 3:
        method = dice.choice([one for one in ("GET", "POST", "PUT", "DELETE", "PATCH") if one != method])
    else:
        text = dice.choice((text[:-1], text + "0", text.upper(), text.replace(".", ":"), "", "x" * 5000))
    return sent(stage.device, method, target, body, text)


def by_a_stranger(stage: Stage, dice: Dice) -> Answer:
    """Signed by a key that is not the device's: another practice's, or nobody's, under its name or their own."""
    method, target, body = a_request(stage, dice)
    keys = dice.choice((stage.stranger, stage.other.keys))
    posing = replace(stage.device, keys=keys)
    header = posing.header(method, target, body)
    if dice.random() < 0.6:
        header = replace(header, device=stage.device.keys.id)
    return sent(stage.device, method, target, body, header.to_text())


def replayed(stage: Stage, dice: Dice) -> Answer:
    """A request that was good once."""
    base = f"/1/{stage.device.practice}"
    target, body = dice.choice(((f"{base}/heads", b""), (f"{base}/give", frame(stage.kept))))
    header = stage.device.header("POST", target, body)
    first = stage.device.send("POST", target, body, header=header)
    assert first.status == 200
    return sent(stage.device, "POST", target, body, header.to_text())


def misdirected(stage: Stage, dice: Dice) -> Answer:
    """A request for another practice, or for another relay, brought here."""
    method, target, body = a_request(stage, dice)
    elsewhere = replace(stage.device, relay="77" * 16)
    theirs = replace(stage.device, practice=stage.other.practice)
    header = dice.choice((elsewhere, theirs)).header(method, target, body)
    return sent(stage.device, method, target, body, header.to_text())


def altered_genesis(stage: Stage, dice: Dice) -> Answer:
    """A practice that is to begin with a genesis nobody signed."""
    anew = cast.genesis()
    body = bent(anew, dice, [anew])
    return stage.device.ask("found", body)


def not_http(stage: Stage, dice: Dice) -> None:
    """Bytes that are hardly HTTP."""
    good = f"POST /1/{stage.device.practice}/heads HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()
    data = bent(good, dice, [good])
    with socket.create_connection(stage.device.address, timeout=30) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answered = connection.makefile("rb").read()
    assert not answered.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5")), answered[:200]


ATTACKS: tuple[tuple[Attack, int], ...] = (
    (altered_entry, 8),
    (altered_among_foreign, 2),
    (altered_list, 2),
    (altered_statement, 3),
    (altered_request, 5),
    (by_a_stranger, 2),
    (replayed, 1),
    (misdirected, 2),
    (altered_genesis, 1),
    (not_http, 2),
)


def sent(device: Device, method: str, target: str, body: bytes, text: str) -> Answer:
    """What answers to it; an answer whose signature fails is as good as none, and here a fault."""
    extra = EXTRA if method == "PUT" else None
    try:
        return device.send(method, target, body, text=text, extra=extra)
    except MessageRefused:
        # Signed for the header as it was sent, which the device did not sign: it could not check it.
        return Answer(401, b"", {}, False)
    except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
        return Answer(400, b"", {}, False)


@pytest.mark.torture
def test_nothing_forged_is_accepted(stage: Stage, evidence: Callable[..., None]) -> None:
    attacks = [attack for attack, _ in ATTACKS]
    weights = [weight for _, weight in ATTACKS]
    before = stage.state()
    tried: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    accepted: list[str] = []
    crashed: list[str] = []
    for number in range(COUNT):
        dice = random.Random(f"{SEED}/{number}")
        (attack,) = dice.choices(attacks, weights)
        answer = attack(stage, dice)
        tried[attack.__name__] += 1
        name = f"{SEED}/{number} {attack.__name__}"
        if answer is not None:
            statuses[str(answer.status)] += 1
            if answer.status not in REFUSALS and not harmless(attack, answer):
                (crashed if answer.status >= 500 else accepted).append(f"{name}: {answer.status}")
        if stage.state() != before:
            accepted.append(f"{name}: something was kept")
            before = stage.state()
    assert stage.device.give(stage.originals)[0] == (0,) * len(stage.originals), (
        "the relay takes what is honest"
    )
    evidence(
        "relay-forged",
        seed=SEED,
        messages=COUNT,
        accepted=len(accepted),
        crashes=len(crashed),
        **{f"status_{status}": count for status, count in sorted(statuses.items())},
    )
    assert (accepted, crashed) == ([], [])
    assert set(tried) == {attack.__name__ for attack in attacks}, "not every attack was tried"


def harmless(attack: Attack, answer: Answer) -> bool:
    """A list of entries may be read, each of them refused: the answer to that is 200, and nothing is kept."""
    if attack not in (altered_entry, altered_among_foreign, altered_list) or answer.status != 200:
        return False
    said = read_give(answer.body)
    return said.receipt is None and not any(kept(one) or one == 3 for one in said.answers)
