"""Who signed a message between holders: statements, receipts, notices, requests, answers.

Law: checked with public keys alone, each under a context of its own, so that none can be shown as another.
Whoever signs is a `Signer`, whose secret lives elsewhere. Source: docs/format/exchange.md.
"""

from __future__ import annotations

from typing import Protocol

from lanterne.proof.membership import Membership
from lanterne.proof.signature import verifies
from lanterne.wire.exchange import (
    ANSWER_CONTEXT,
    NOTICE_CONTEXT,
    RECEIPT_CONTEXT,
    REQUEST_CONTEXT,
    STATEMENT_CONTEXT,
    HolderId,
    MessageRefused,
    Signed,
)
from lanterne.wire.names import DeviceId, PracticeId
from lanterne.wire.request import AnswerHeader, Request, RequestHeader, answer_to_sign
from lanterne.wire.statements import (
    OperatorNotice,
    Receipt,
    Statement,
    pack_notice,
    pack_receipt,
    pack_statement,
)


class Signer(Protocol):
    """A device or a relay that signs: Ed25519 over `context`, which ends in a zero byte, then `message`."""

    def sign(self, context: bytes, message: bytes) -> bytes:
        """64 bytes."""


# ---------------------------------------------------------------- signing


def sign_statement(statement: Statement, signer: Signer) -> Signed[Statement]:
    """The statement of a device, signed by its transport key."""
    packed = pack_statement(statement)
    return Signed(statement, packed, signer.sign(STATEMENT_CONTEXT, packed))


def sign_receipt(receipt: Receipt, signer: Signer) -> Signed[Receipt]:
    """The receipt of a relay."""
    packed = pack_receipt(receipt)
    return Signed(receipt, packed, signer.sign(RECEIPT_CONTEXT, packed))


def sign_notice(notice: OperatorNotice, signer: Signer) -> Signed[OperatorNotice]:
    """The notice of a relay's operator."""
    packed = pack_notice(notice)
    return Signed(notice, packed, signer.sign(NOTICE_CONTEXT, packed))


def sign_request(
    request: Request, *, device: DeviceId, signer: Signer, time: int, nonce: bytes
) -> RequestHeader:
    """The header `Lanterne-Device`. `time` in milliseconds; `nonce` 16 unpredictable bytes, used once."""
    signature = signer.sign(REQUEST_CONTEXT, request.to_sign(time, nonce))
    return RequestHeader(device, time, nonce, signature)


def sign_answer(
    request: RequestHeader, *, status: int, body: bytes, holder: HolderId, signer: Signer
) -> AnswerHeader:
    """The header `Lanterne-Holder` of the answer to `request`."""
    return AnswerHeader(holder, signer.sign(ANSWER_CONTEXT, answer_to_sign(request.signature, status, body)))


# ---------------------------------------------------------------- checking


def check_statement(signed: Signed[Statement], membership: Membership) -> None:
    """H1 (its practice) and H2.

    A device stays in the membership when its seats are revoked: what it said remains evidence.

    Raises:
        MessageRefused: H1, H2.
    """
    if signed.value.practice != membership.practice:
        raise MessageRefused("H1", "the statement is of another practice")
    device = membership.devices.get(signed.value.device)
    if device is None:
        raise MessageRefused("H2", "the device was not admitted")
    if not verifies(device.transport, STATEMENT_CONTEXT, signed.packed, signed.signature):
        raise MessageRefused("H2", "the signature of the statement does not verify")


def check_receipt(signed: Signed[Receipt], *, practice: PracticeId, relay: HolderId, key: bytes) -> None:
    """Whether the relay of this id and key made the receipt, for this practice; MessageRefused (X4)."""
    if signed.value.practice != practice or signed.value.relay != relay:
        raise MessageRefused("X4", "the receipt is of another practice or relay")
    if not verifies(key, RECEIPT_CONTEXT, signed.packed, signed.signature):
        raise MessageRefused("X4", "the signature of the receipt does not verify")


def check_notice(signed: Signed[OperatorNotice], *, relay: HolderId, key: bytes) -> None:
    """Whether the operator of this relay made the notice; MessageRefused (X4)."""
    if signed.value.relay != relay:
        raise MessageRefused("X4", "the notice is of another relay")
    if not verifies(key, NOTICE_CONTEXT, signed.packed, signed.signature):
        raise MessageRefused("X4", "the signature of the notice does not verify")


def check_request(header: RequestHeader, request: Request, transport: bytes) -> None:
    """Whether the transport key made the request; MessageRefused (X3). Clock and nonce are the holder's."""
    if not verifies(transport, REQUEST_CONTEXT, request.to_sign(header.time, header.nonce), header.signature):
        raise MessageRefused("X3", "the signature of the request does not verify")


def check_answer(
    answer: AnswerHeader, request: RequestHeader, *, status: int, body: bytes, holder: HolderId, key: bytes
) -> None:
    """Whether who was asked gave this status and body to this request; MessageRefused (X3)."""
    signed = answer_to_sign(request.signature, status, body)
    if answer.holder != holder or not verifies(key, ANSWER_CONTEXT, signed, answer.signature):
        raise MessageRefused("X3", "somebody else answered, or the answer was altered")


def may_ask(device: DeviceId, membership: Membership, now_ms: int) -> bytes | None:
    """The transport key of an admitted device that holds an active seat at `now_ms`; None otherwise."""
    record = membership.devices.get(device)
    if record is None:
        return None
    active = any(seat.device == device and membership.is_active(seat.id, now_ms) for seat in membership.seats)
    return record.transport if active else None
