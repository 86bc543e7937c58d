"""The keys of a seat, and of the recovery sheet, which signs and opens like one.

Law: one 32-byte secret gives everything (docs/format/keys.md); the public half proves the id.
"""

from typing import Protocol

from lanterne.proof import hashing
from lanterne.proof.records import SeatRecord, SheetRecord
from lanterne.seal.secrets import SECRET_SIZE, AgreeKey, Hidden, Random, SignKey, derive
from lanterne.wire.entry import ENTRY_CONTEXT
from lanterne.wire.names import Compartment, DeviceId, PersonId, SeatId


class Signer(Protocol):
    """What a seat and the sheet have in common: they sign entries and open what is sealed to them."""

    @property
    def id(self) -> SeatId: ...

    def sign(self, context: bytes, message: bytes) -> bytes: ...

    def sign_entry(self, signed: bytes) -> bytes: ...

    def open_sealed(self, sealed: bytes, info: bytes) -> bytes: ...


class _Keys(Hidden):
    __slots__ = ("_agree", "_secret", "_sign", "id")

    def __init__(self, secret: bytes, name: str) -> None:
        if len(secret) != SECRET_SIZE:
            raise ValueError("a secret has 32 bytes")
        self._secret = secret
        self._sign = SignKey(derive(secret, f"lanterne/{name}/sign/1"))
        self._agree = AgreeKey.derived(secret, name)

    @property
    def sign_key(self) -> bytes:
        """The public signing key, 32 bytes."""
        return self._sign.public

    @property
    def agree_key(self) -> bytes:
        """The public HPKE key, 1,216 bytes."""
        return self._agree.public

    def sign(self, context: bytes, message: bytes) -> bytes:
        """Ed25519 over `context`, which ends in a zero byte, and `message`."""
        return self._sign.sign(context, message)

    def sign_entry(self, signed: bytes) -> bytes:
        """The signature of an entry over its preamble and header."""
        return self._sign.sign(ENTRY_CONTEXT, signed)

    def open_sealed(self, sealed: bytes, info: bytes) -> bytes:
        """What was sealed by HPKE to this seat; DoesNotOpen otherwise."""
        return self._agree.open_sealed(sealed, info, "what was sealed to this seat")

    def secret_to_store(self) -> bytes:
        """The secret itself, for the seat file or the printed sheet, and nothing else."""
        return self._secret


class SeatKeys(_Keys):
    """The secrets of one person on one device."""

    __slots__ = ("local_key",)

    id: SeatId

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, "seat")
        self.id = hashing.seat_id(self.sign_key, self.agree_key)
        self.local_key = derive(secret, "lanterne/seat/local/1")

    @classmethod
    def new(cls, random: Random) -> "SeatKeys":
        return cls(random(SECRET_SIZE))

    def record(
        self,
        *,
        person: PersonId,
        device: DeviceId,
        compartments: tuple[Compartment, ...],
        admin: bool,
        not_after: int | None = None,
    ) -> SeatRecord:
        """The public record of this seat; `not_after` in milliseconds since 1970 UTC."""
        places = tuple(sorted(set(compartments)))
        return SeatRecord(self.id, self.sign_key, self.agree_key, person, device, places, admin, not_after)


class SheetKeys(_Keys):
    """The secrets of a recovery sheet."""

    __slots__ = ()

    id: SeatId

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, "sheet")
        self.id = hashing.sheet_id(self.sign_key, self.agree_key)

    @classmethod
    def new(cls, random: Random) -> "SheetKeys":
        return cls(random(SECRET_SIZE))

    def record(self) -> SheetRecord:
        return SheetRecord(self.id, self.sign_key, self.agree_key)
