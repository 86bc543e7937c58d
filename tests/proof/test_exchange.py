"""Who signed a message between holders: each under its own context, for its own practice, by its own key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lanterne.proof import exchange
from lanterne.proof.membership import Membership
from lanterne.proof.relay_key import RelayKey, read_relay_key
from lanterne.seal.device import DeviceKeys
from lanterne.wire.exchange import HolderId, MessageRefused, Signed
from lanterne.wire.names import DeviceId, PracticeId
from lanterne.wire.request import Request
from lanterne.wire.statements import OperatorNotice, Receipt, Scope, State, Statement
from tests import cast
from tests.relay.test_giving import admit, revoke

FOUNDING = cast.founding()
RELAY = RelayKey.new(cast.randomness("the relay"))
OTHER = RelayKey.new(cast.randomness("another relay"))
RECEIPT = Receipt(FOUNDING.practice, RELAY.id, 1, ())
NOTICE = OperatorNotice(RELAY.id, Scope.ALL, None, State.NOTICE, "x", 1)
STATEMENT = Statement(FOUNDING.practice, FOUNDING.device.id, 1, 1, ())


def refused(check: str, work: Callable[[], object]) -> None:
    with pytest.raises(MessageRefused) as error:
        work()
    assert error.value.check == check


def test_a_statement_is_the_devices_and_the_practices() -> None:
    membership = Membership.found(cast.genesis())
    good = exchange.sign_statement(STATEMENT, FOUNDING.device)
    exchange.check_statement(good, membership)
    foreign = exchange.sign_statement(replace(STATEMENT, practice=PracticeId("ab" * 32)), FOUNDING.device)
    refused("H1", lambda: exchange.check_statement(foreign, membership))
    unknown = exchange.sign_statement(replace(STATEMENT, device=DeviceId("ab" * 16)), FOUNDING.device)
    refused("H2", lambda: exchange.check_statement(unknown, membership))
    posing = exchange.sign_statement(STATEMENT, cast.device_of("Awa Diallo"))
    refused("H2", lambda: exchange.check_statement(posing, membership))
    as_receipt = Signed(STATEMENT, good.packed, FOUNDING.device.sign(b"lanterne/receipt/1\0", good.packed))
    refused("H2", lambda: exchange.check_statement(as_receipt, membership))


def test_receipts_and_notices_are_the_relays() -> None:
    receipt, notice = exchange.sign_receipt(RECEIPT, RELAY), exchange.sign_notice(NOTICE, RELAY)
    practice = FOUNDING.practice
    exchange.check_receipt(receipt, practice=practice, relay=RELAY.id, key=RELAY.public)
    exchange.check_notice(notice, relay=RELAY.id, key=RELAY.public)
    for check in (
        lambda: exchange.check_receipt(
            receipt, practice=PracticeId("ab" * 32), relay=RELAY.id, key=RELAY.public
        ),
        lambda: exchange.check_receipt(receipt, practice=practice, relay=OTHER.id, key=RELAY.public),
        lambda: exchange.check_receipt(receipt, practice=practice, relay=RELAY.id, key=OTHER.public),
        lambda: exchange.check_notice(notice, relay=OTHER.id, key=RELAY.public),
        lambda: exchange.check_notice(notice, relay=RELAY.id, key=OTHER.public),
        lambda: exchange.check_notice(
            Signed(NOTICE, notice.packed, receipt.signature), relay=RELAY.id, key=RELAY.public
        ),
    ):
        refused("X4", check)


def test_an_answer_is_bound_to_its_request_status_and_body() -> None:
    request = Request("POST", "/1/x/heads", b"", FOUNDING.practice, RELAY.id)
    header = exchange.sign_request(
        request, device=FOUNDING.device.id, signer=FOUNDING.device, time=5, nonce=bytes(16)
    )
    exchange.check_request(header, request, FOUNDING.device.transport)
    for bent in (
        replace(request, method="GET"),
        replace(request, target="/1/x/heads?"),
        replace(request, body=b"x"),
        replace(request, practice=PracticeId("ab" * 32)),
        replace(request, asked=OTHER.id),
    ):
        refused("X3", lambda bent=bent: exchange.check_request(header, bent, FOUNDING.device.transport))
    refused("X3", lambda: exchange.check_request(replace(header, time=6), request, FOUNDING.device.transport))
    refused("X3", lambda: exchange.check_request(header, request, RELAY.public))
    answer = exchange.sign_answer(header, status=200, body=b"yes", holder=RELAY.id, signer=RELAY)
    good = {"status": 200, "body": b"yes", "holder": RELAY.id, "key": RELAY.public}
    exchange.check_answer(answer, header, **good)  # type: ignore[arg-type]
    later = exchange.sign_request(
        request, device=FOUNDING.device.id, signer=FOUNDING.device, time=6, nonce=bytes(16)
    )
    for asked, change in (
        (header, {"status": 201}),
        (header, {"body": b"no"}),
        (header, {"holder": OTHER.id}),
        (header, {"key": OTHER.public}),
        (later, {}),
    ):
        refused(
            "X3",
            lambda asked=asked, change=change: exchange.check_answer(answer, asked, **{**good, **change}),
        )


def test_who_may_ask_is_a_device_with_an_active_seat() -> None:
    garance = cast.garance()
    now = cast.FOUNDED
    theo_device = cast.device_of("Théo Lambert")
    garance.decide(garance.fact("device.admitted", {"device": theo_device.record().to_wire()}))
    assert exchange.may_ask(FOUNDING.device.id, garance.membership, now) == FOUNDING.device.transport
    assert exchange.may_ask(theo_device.id, garance.membership, now) is None, "nobody has a seat there"
    admit(garance, cast.record_of("Théo Lambert", not_after=cast.END_OF_TERM, device=theo_device.id))
    assert exchange.may_ask(theo_device.id, garance.membership, now) == theo_device.transport
    assert exchange.may_ask(theo_device.id, garance.membership, cast.END_OF_TERM + 1) is None
    revoke(garance, cast.theo().id)
    assert exchange.may_ask(theo_device.id, garance.membership, now) is None
    assert exchange.may_ask(DeviceKeys.new(cast.randomness("x")).id, garance.membership, now) is None


def test_a_relays_key_is_kept_whole_and_shows_nothing() -> None:
    again = read_relay_key(RELAY.to_file())
    assert (again.id, again.public) == (RELAY.id, RELAY.public)
    assert again.sign(b"x\0", b"y") == RELAY.sign(b"x\0", b"y")
    assert RELAY.to_file()[-64:-32].hex() not in repr(RELAY)
    for at in range(0, len(RELAY.to_file()), 7):
        bent = bytearray(RELAY.to_file())
        bent[at] ^= 1
        refused("X1", lambda bent=bent: read_relay_key(bytes(bent)))
    with pytest.raises(ValueError, match="32 bytes"):
        RelayKey(HolderId("ab" * 16), b"short")
