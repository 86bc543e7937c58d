"""The keys of an epoch: one secret, from which those who read a compartment derive everything.

Law: a secret is believed only when the public key it derives has the key id it was announced under. Source:
docs/format/keys.md and membership.md, Epoch record.
"""

from collections.abc import Sequence

from lanterne.proof import hashing
from lanterne.proof.records import EpochRecord, Wrap
from lanterne.seal.errors import DoesNotOpen
from lanterne.seal.secrets import (
    SECRET_SIZE,
    AgreeKey,
    Hidden,
    Random,
    derive,
    open_sealed,
    seal,
    seal_to,
)
from lanterne.wire import packing
from lanterne.wire.errors import PackingError
from lanterne.wire.names import Compartment, KeyId, PracticeId, SeatId

WRAP_CONTEXT = b"lanterne/wrap/1\0"
PREVIOUS_CONTEXT = b"lanterne/previous/1\0"
_MAX_PREVIOUS = 1024 * 1024


class EpochKeys(Hidden):
    """The secrets of one epoch of one compartment."""

    __slots__ = (
        "_agree", "_previous_key", "_secret", "compartment", "key_id", "naming_key", "part_key", "table_key",
    )  # fmt: skip

    def __init__(self, compartment: Compartment, secret: bytes) -> None:
        if len(secret) != SECRET_SIZE:
            raise DoesNotOpen("an epoch's secret")
        self.compartment = compartment
        self._secret = secret
        self._agree = AgreeKey.derived(secret, "epoch")
        self.key_id = hashing.key_id(compartment, self._agree.public)
        self.part_key = derive(secret, "lanterne/epoch/part/1")
        self.table_key = derive(secret, "lanterne/epoch/table/1")
        self._previous_key = derive(secret, "lanterne/epoch/previous/1")
        self.naming_key = derive(secret, "lanterne/epoch/naming/1")

    @classmethod
    def new(cls, compartment: Compartment, random: Random) -> "EpochKeys":
        return cls(compartment, random(SECRET_SIZE))

    @property
    def public(self) -> bytes:
        """The public HPKE key, 1,216 bytes."""
        return self._agree.public

    def open_deposit(self, sealed: bytes, info: bytes) -> bytes:
        """E17 for a deposited part; DoesNotOpen otherwise."""
        return self._agree.open_sealed(sealed, info, "a deposited part")

    def wrap(self, to: SeatId, agree_key: bytes, scope: bytes) -> Wrap:
        """This epoch's secret sealed to a seat or sheet; `scope` is the practice id, or the genesis nonce."""
        return Wrap(
            self.key_id, to, seal_to(agree_key, self._secret, wrap_info(scope, self.key_id, to)), scope
        )

    def hand_down(self) -> bytes:
        """The secret itself, for the list a newer epoch seals, and nothing else."""
        return self._secret

    def seal_previous(self, older: Sequence["EpochKeys"], practice: PracticeId, random: Random) -> bytes:
        """The secrets of `older` epochs of the compartment, sealed under this one."""
        listed = packing.encode([keys.hand_down() for keys in older])
        return seal(self._previous_key, listed, _previous_data(practice, self.key_id), random)

    def open_previous(self, epoch: EpochRecord, practice: PracticeId) -> list["EpochKeys"]:
        """The older epochs this one holds; empty when it has none.

        Raises:
            DoesNotOpen: the list is not one.
        """
        if epoch.previous is None:
            return []
        what = "the list of older epochs"
        listed = open_sealed(self._previous_key, epoch.previous, _previous_data(practice, self.key_id), what)
        try:
            secrets = packing.decode(listed, max_bytes=_MAX_PREVIOUS, max_depth=1)
        except PackingError as error:
            raise DoesNotOpen(what) from error
        if type(secrets) is not list or any(type(one) is not bytes for one in secrets):
            raise DoesNotOpen(what)
        return [EpochKeys(self.compartment, secret) for secret in secrets]


def wrap_info(scope: bytes, key_id: KeyId, to: SeatId) -> bytes:
    """The HPKE info of a wrap."""
    return WRAP_CONTEXT + scope + bytes.fromhex(key_id) + bytes.fromhex(to)


def _previous_data(practice: PracticeId, key_id: KeyId) -> bytes:
    return PREVIOUS_CONTEXT + bytes.fromhex(practice) + bytes.fromhex(key_id)
